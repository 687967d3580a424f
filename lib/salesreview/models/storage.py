"""A fit on disk: skops for the estimator (never pickle), JSON for the rest, and the model card."""

import json
from pathlib import Path

import pandas as pd
import skops.io
from pydantic import TypeAdapter

from ..errors import SourceError
from .calibration import Calibration, Tuned
from .candidates import Boosting, SplineLogistic
from .card import card, document
from .columns import normalised
from .encoding import Categories, Design, Numbers
from .fit import Fallback, Fit
from .result import Evaluation

OWN = tuple(
    f"{kind.__module__}.{kind.__qualname__}"
    for kind in (
        Boosting,
        Calibration,
        Categories,
        Design,
        Numbers,
        SplineLogistic,
        Tuned,
    )
)
LIBRARY = (
    "functools.partial",  # of a function that must be listed itself
    "sklearn.utils.validation.check_array",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "numpy.random.mtrand.RandomState",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
)
TRUSTED = (*OWN, *LIBRARY)
EVALUATION = TypeAdapter(Evaluation)


def save(fit: Fit, folder: Path) -> None:
    """Write ``fit.json``, ``card.md``, ``card.json`` and, with signal, ``model.skops`` and ``background.parquet``."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {
        "evaluation": EVALUATION.dump_python(fit.evaluation, mode="json"),
        "fallback": {"base": fit.fallback.base, "rates": dict(fit.fallback.rates)},
        "columns": list(fit.columns),
    }
    (folder / "fit.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")
    (folder / "card.md").write_text(card(fit), encoding="utf-8")
    (folder / "card.json").write_text(json.dumps(document(fit), indent=1, ensure_ascii=False), encoding="utf-8")
    if fit.estimator is not None:
        skops.io.dump(fit.estimator, folder / "model.skops")
        fit.background.to_parquet(folder / "background.parquet", index=False)


def load(folder: Path) -> Fit:
    """The fit that ``save`` laid down. Raises SourceError for a model file with types that no fit of ours has."""
    kept = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    evaluation = EVALUATION.validate_python(kept["evaluation"], strict=False)
    fallback = Fallback(**kept["fallback"])
    path = folder / "model.skops"
    if not path.exists():
        return Fit(evaluation, None, fallback)
    background = normalised(pd.read_parquet(folder / "background.parquet"))
    return Fit(evaluation, estimator(path), fallback, tuple(kept["columns"]), background)


def estimator(path: Path) -> Tuned:
    """The estimator in a skops file, if all its types are known."""
    foreign = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED))
    if foreign:
        raise SourceError("the model file holds types that no model here has", where=path.name, got=", ".join(foreign))
    return skops.io.load(path, trusted=list(TRUSTED))
