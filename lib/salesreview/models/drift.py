"""What became of an earlier pack's predictions once their horizon has passed (calibration drift)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter

from ..mart.store import Mart
from ..queries import account_snapshots
from ..settings import Settings
from .evidence import reliability
from .fitted import TASKS, About, about
from .result import Bin


@dataclass(frozen=True)
class Drift:
    """Predictions of ``day`` against what happened within ``horizon`` days.

    ``predicted`` is the sum of the probabilities, ``spread`` the standard deviation that chance gives it, ``observed``
    the events, over ``rows`` units; ``brier`` the mean squared error.
    """

    task: str
    day: date
    horizon: int
    rows: int
    predicted: float
    spread: float
    observed: int
    brier: float
    bins: tuple[Bin, ...]


DRIFT = TypeAdapter(Drift)


def check(mart: Mart, settings: Settings, at: date, out: Path, folder: Path) -> None:
    """Lay ``<task>_earlier.json`` into ``folder`` for each task whose horizon has passed for a pack below ``out``."""
    for task in TASKS:
        earlier = latest(out, task, mart.meta.company, at)
        if earlier is not None:
            found = compare(mart, settings, *earlier, task)
            if found is not None:
                (folder / f"{task}_earlier.json").write_bytes(DRIFT.dump_json(found, indent=1))


def read(folder: Path, task: str) -> Drift | None:
    """What `check` laid down; None without an earlier pack."""
    file = folder / f"{task}_earlier.json"
    return DRIFT.validate_json(file.read_bytes()) if file.exists() else None


def latest(out: Path, task: str, company: str, at: date) -> tuple[Path, About] | None:
    """The models of the company's latest pack below ``out`` whose predictions are due by ``at``."""
    due = [
        (known.at, folder, known) for folder, known in _packs(out) if known.company == company and known.due(task) <= at
    ]
    _, folder, known = max(due, key=lambda one: one[:2], default=(None, None, None))
    return None if folder is None else (folder, known)


def _packs(out: Path) -> Iterator[tuple[Path, About]]:
    for file in sorted(out.glob("*/models/about.json")):
        known = about(file.parent)
        if known is not None:
            yield file.parent, known


def compare(mart: Mart, settings: Settings, folder: Path, known: About, task: str) -> Drift | None:
    """The scores in ``folder`` against what the mart knows now; None when nothing was scored."""
    scores = pd.read_parquet(folder / f"{task}_scores.parquet")
    if scores.empty:
        return None
    day = known.due(task)
    if task == "churn":
        events = ~scores["id"].isin(account_snapshots.active_ids(mart, settings, day))
    else:
        won = mart.query(
            "SELECT opp_id FROM opportunities WHERE outcome = 'won' AND CAST(closed_at AS DATE) <= $day", day=day
        )
        events = scores["id"].isin(won["opp_id"])
    return drift(task, known.at, (day - known.at).days, scores["probability"], events)


def drift(task: str, day: date, horizon: int, probabilities: pd.Series, events: pd.Series) -> Drift:
    """Predicted against observed events; both series have one value a unit."""
    p, y = probabilities.to_numpy(dtype="float64"), events.to_numpy(dtype="int64")
    return Drift(task, day, horizon, len(p), float(p.sum()), float((p * (1 - p)).sum() ** 0.5), int(y.sum()),
                 float(((p - y) ** 2).mean()), reliability(y, p))  # fmt: skip
