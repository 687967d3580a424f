"""Both models of a mart, fitted once and kept beside it."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter

from .. import cache
from ..mart.store import Mart
from ..packaged import code_digest
from ..settings import Settings
from .result import Evaluation, Scored

EVALUATION = TypeAdapter(Evaluation)
ABOUT = "about.json"
TASKS = ("churn", "win")


@dataclass(frozen=True)
class Models:
    """What the models say with the facts known up to and including ``at``."""

    at: date
    churn: Scored
    win: Scored


@dataclass(frozen=True)
class About:
    """Of which company and day the models in a folder are, and how far they look, for whoever checks them later."""

    company: str
    at: date
    churn_days: int
    win_days: int

    def due(self, task: str) -> date:
        """The day on which the outcome of a task's predictions is known."""
        return self.at + timedelta(days=getattr(self, f"{task}_days"))


def about(folder: Path) -> About | None:
    """What `fitted` noted down in ``folder``; None where it is not readable."""
    try:
        return TypeAdapter(About).validate_json((folder / ABOUT).read_bytes())
    except (OSError, ValueError):
        return None


def fitted(mart: Mart, settings: Settings, at: date) -> Models:
    """The models of ``mart`` as of ``at``, read from beside the mart, or fitted and kept there."""
    folder = kept(mart.path, settings, at)
    if not folder.exists():
        _fit(mart.path, settings, at, folder)
    return Models(at, *(read(folder, task) for task in TASKS))


def kept(mart_path: Path, settings: Settings, at: date) -> Path:
    """Where the models of a mart lie: anew for another day, other settings of the models, or other code."""
    chosen = (at, settings.models, settings.activity_window_days, settings.renewal_grace_days, settings.funnel)
    key = hashlib.sha256(repr((chosen, code_digest("models", "queries", "metrics"))).encode()).hexdigest()[:16]
    return mart_path.parent / f"models-{key}"


def read(folder: Path, task: str) -> Scored:
    """One model's results as they lie in ``folder``."""
    evaluation = EVALUATION.validate_json((folder / f"{task}.json").read_bytes())
    tables = (pd.read_parquet(folder / f"{task}_{name}.parquet") for name in ("scores", "reasons"))
    return Scored(evaluation, *tables)


def write(folder: Path, task: str, scored: Scored) -> None:
    """Lay down what ``read`` takes."""
    (folder / f"{task}.json").write_bytes(EVALUATION.dump_json(scored.evaluation, indent=1))
    scored.scores.to_parquet(folder / f"{task}_scores.parquet", index=False)
    scored.reasons.to_parquet(folder / f"{task}_reasons.parquet", index=False)


def _fit(mart_path: Path, settings: Settings, at: date, folder: Path) -> None:
    from . import churn, win  # scikit-learn takes seconds to load, and kept results need none of it

    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".models-") as beside, Mart.open(mart_path) as mart:
        made = Path(beside) / "new"
        made.mkdir()
        for task, model in zip(TASKS, (churn, win), strict=True):
            write(made, task, model.scored(mart, settings, at, made))
        days = settings.models.churn_horizon_days, settings.models.win_horizon_days
        (made / ABOUT).write_bytes(TypeAdapter(About).dump_json(About(mart.meta.company, at, *days)))
        cache.move(made, folder)
