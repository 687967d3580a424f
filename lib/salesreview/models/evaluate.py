"""The machinery of the models on any flat file: verdict, measures, leaks, card."""

import dataclasses
import json
from pathlib import Path

from .card import REASONS, VERDICTS, card, estimate, fate
from .fit import Fit, fit
from .flat_file import Request, read
from .result import Estimate, Evaluation, Measures

MEASURES = tuple(field.name for field in dataclasses.fields(Measures))
LABELS = {
    "auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "brier": "Brier",
    "brier_skill": "Brier skill",
    "ece": "ECE",
    "lift": "lift",
}


def evaluate(request: Request, *, folds: int, seed: int) -> tuple[Fit, tuple[str, ...]]:
    """The fit of a file's task, and notes on what was assumed in reading it."""
    given = read(request)
    made = fit(given.task, folds=folds, seed=seed)
    found = dataclasses.replace(made.evaluation, excluded=(*given.excluded, *made.evaluation.excluded))
    return dataclasses.replace(made, evaluation=found), given.notes


def write(made: Fit, notes: tuple[str, ...], json_to: Path | None, card_to: Path | None) -> None:
    """Write the evaluation and the model card to the files that were asked for."""
    for path, text in ((json_to, _json(made.evaluation, notes)), (card_to, card(made))):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _json(found: Evaluation, notes: tuple[str, ...]) -> str:
    return json.dumps({**document(found), "notes": list(notes)}, indent=1, ensure_ascii=False) + "\n"


def document(found: Evaluation) -> dict:
    """The evaluation as plain values, each measure by its own key with ``value``, ``low`` and ``high``."""
    plain = dataclasses.asdict(found)
    measures = plain.pop("measures") or {name: dataclasses.asdict(Estimate(None)) for name in MEASURES}
    plain["baselines"] = [{"name": one["name"], **one["measures"]} for one in plain["baselines"]]
    plain["candidates"] = [{"name": name, "log_loss": loss} for name, loss in found.candidates]
    return {**plain, **measures}


def summary(found: Evaluation, notes: tuple[str, ...] = ()) -> str:
    """The evaluation in a few lines for a terminal."""
    rate = "no base rate" if found.base_rate is None else f"base rate {found.base_rate:.1%}"
    lines = [
        f"{found.task}: {found.rows:,} rows, {found.positives:,} events ({rate})",
        f"verdict: {found.verdict}" + "".join(f"; {REASONS[reason]}" for reason in found.reasons),
        VERDICTS[found.verdict],
    ]
    if found.protocol is not None:
        lines.append(
            f"tested: {found.protocol.tested_rows:,} rows, {found.protocol.folds} folds, {found.protocol.kind}"
        )
    if found.measures is not None:
        lines += _measured(found)
    lines += [f"leak: {one.column} ({one.reason}; {one.detail}){fate(one)}" for one in found.leaks]
    if found.excluded:
        lines.append("left out: " + ", ".join(f"{one.column} ({one.reason})" for one in found.excluded))
    for one in found.drivers[:5]:
        more = f", {one.direction}" + (f" with {one.category}" if one.category else "")
        lines.append(f"goes with the outcome: {one.feature} (skill {estimate(one.importance)}{more})")
    return "\n".join([*lines, *(f"note: {note}" for note in notes)])


def _measured(found: Evaluation) -> list[str]:
    named = [(found.chosen or "best candidate", found.measures)]
    named += [(one.name, one.measures) for one in found.baselines]
    return [
        f"{name}: " + ", ".join(f"{label} {estimate(getattr(measures, key))}" for key, label in LABELS.items())
        for name, measures in named
    ]
