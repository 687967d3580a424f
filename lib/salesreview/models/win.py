"""The win model: will an open deal be won within the horizon, and will it be won at all (requirement E-22)."""

from datetime import date
from pathlib import Path

import pandas as pd

from ..mart.store import Mart
from ..queries.opportunity_snapshots import OUTCOMES, UNDATED, amounts, filled_late, history, open_on, staged
from ..settings import Settings
from . import baselines
from .fit import Floors, fit
from .result import Scored
from .storage import save
from .task import Task
from .timing import timing

KEPT_BACK = ("opp_id", "moment", "manual_prob", *OUTCOMES)
"""Columns of a snapshot that are no features."""
AGES = ((0, "0"), (30, "30"), (60, "60"), (90, "90"), (180, "180"))
"""Ages in days from which deals are counted as old where no stage is known."""


def scored(mart: Mart, settings: Settings, at: date, folder: Path) -> Scored:
    """Fit on what was known up to ``at``, score that day's open deals; the card and the model go to ``folder``.

    ``scores`` has further columns: ``eventual`` (probability of a win at any time) and ``eventual_basis``,
    ``segment`` (stage, without stages the age band), ``segment_rate`` (its smoothed share won at any time), ``stage``,
    ``days_in_stage`` (without stages days since creation), ``days_to_win`` (median, if won), ``amount`` (as known
    then, may be missing) and ``manual_prob`` (the seller's own, may be missing). The fit of ``eventual`` lies in the
    folder ``win_eventual``.
    """
    chosen = settings.models
    past = history(mart, settings.funnel, at, chosen.win_horizon_days, chosen.snapshot_days)
    now = open_on(mart, settings.funnel, at).set_index("opp_id", drop=False)
    now.index.name = None
    decided = past[past["decided"]].reset_index(drop=True)
    span = max(chosen.fewest_days - chosen.win_horizon_days, 0)  # the history ends a horizon after the last snapshot
    floors = Floors(chosen.fewest_positives, chosen.fewest_negatives, span)
    within, ever = (
        fit(task(mart, settings, at, rows, name, target), seed=chosen.seed, folds=chosen.folds, floors=floors)
        for rows, name, target in ((past, "win", "won_within"), (decided, "win_eventual", "won"))
    )
    for found in (within, ever):
        save(found, folder / found.evaluation.task)
    return Scored(within.evaluation, _scores(mart, settings, at, now, decided, within, ever), _reasons(now, within))


def task(mart: Mart, settings: Settings, at: date, rows: pd.DataFrame, name: str, target: str) -> Task:
    """What the classifier learns: ``rows`` as of `history` on ``at``, ``target`` one of its outcomes.

    Features counted from dated rows are vouched for: a strong one is no leak. The undated ones are not, and those
    that people fill in as a deal is decided are kept out.
    """
    own, known = rows["manual_prob"], features(rows)
    late = tuple(name for name in filled_late(mart, at) if name in known and name not in settings.models.known_early)
    vouched = tuple(name for name in known if name not in (*UNDATED, *late))
    rules = {"stage" if staged(mart) else "age_band": segment(rows)}
    rules |= {rule: rows[rule] for rule in ("type", "product_line") if rule in rows and rule not in late}
    return Task(
        name,
        known,
        rows[target],
        groups=rows["opp_id"],
        times=rows["moment"],
        rules=rules,
        opinions={"seller": own} if own.notna().any() else {},
        known_later=late,
        known_early=(*vouched, *settings.models.known_early),
        horizon_days=settings.models.win_horizon_days,
    )


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of snapshots that the classifier may use."""
    return rows.drop(columns=[name for name in KEPT_BACK if name in rows])


def segment(rows: pd.DataFrame) -> pd.Series:
    """The deal's stage, or where no stage is known the age in days from which its band begins."""
    if "stage" in rows:
        return rows["stage"].astype(object)
    starts, names = zip(*AGES, strict=True)
    return pd.cut(rows["age"], [*starts, float("inf")], labels=names, right=False).astype(object)


def _scores(mart, settings, at, now, decided, within, ever) -> pd.DataFrame:
    segments, known = segment(now), timing(mart, settings, at)
    won = decided["won"].to_numpy(dtype=int)
    rates, overall = baselines.member_rates(segment(decided), won), baselines.base_rate(won)
    stage = now["stage"] if "stage" in now else pd.Series("", index=now.index)
    since = now["days_in_stage"] if "days_in_stage" in now else now["age"]
    scores = pd.DataFrame(
        {
            "id": now["opp_id"].astype(str),
            "probability": within.predict(features(now), segments),
            "basis": _basis(within),
            "eventual": ever.predict(features(now), segments),
            "eventual_basis": _basis(ever),
            "segment": segments,
            "segment_rate": baselines.rated(segments, rates, overall),
            "stage": stage,
            "days_in_stage": since,
            "days_to_win": [known.median(*pair) for pair in zip(stage, since.fillna(0), strict=True)],
            "amount": now["opp_id"].map(amounts(mart, at)).astype(float),
            "manual_prob": now["manual_prob"],
        }
    )
    scores["eventual"] = scores[["probability", "eventual"]].max(axis=1)
    return scores.reset_index(drop=True)


def _basis(fitted) -> str:
    return "model" if fitted.evaluation.verdict == "signal" else "base_rate"


def _reasons(now: pd.DataFrame, within) -> pd.DataFrame:
    found = within.explain(features(now))
    found = found.assign(id=found["row"].astype(str))
    return found[["id", "rank", "feature", "value", "effect"]].reset_index(drop=True)
