"""The churn model: which active accounts will no longer be active after the horizon (engine row E-21).

It is about the accounts that are *due*: those that stay active only if they buy or renew within the horizon. The
others cannot be lost within it by definition; counted in, they would make any model look nearly perfect.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from ..mart.store import Mart
from ..queries import account_snapshots
from ..settings import Settings
from .fit import Fit, Floors, fit
from .result import Scored
from .storage import save
from .task import Task

SILENCE = (0.0, 1.0, 2.0, 4.0)
"""Silence in multiples of an account's usual gap between orders, where the recency rule draws its lines."""
SEGMENTS = ("tier", "customer_type", "industry", "region")
"""The first of these that the data has is the segment whose rate stands in for a model."""
SEGMENT, RECENCY = "segment", "recency"
NOT_FEATURES = ("account_id", "moment", "lost")


def scored(mart: Mart, settings: Settings, at: date, folder: Path) -> Scored:
    """Fit on what was known up to ``at`` and score the accounts active that day; fit and card go to ``folder``.

    An account that is not due has probability 0 and the basis "covered".
    ``scores`` has besides ``id``, ``probability`` and ``basis``: ``segment`` and ``recency`` (the members of both
    rules that the account belongs to), ``silent_days`` (since its last order, may be missing) and ``horizon`` in days.
    """
    past, now = account_snapshots.history(mart, settings, at), account_snapshots.active_on(mart, settings, at)
    given = settings.models
    floors = Floors(given.fewest_positives, given.fewest_negatives, given.fewest_days)
    past = past[due(past, given.churn_horizon_days)].reset_index(drop=True)
    found = fit(task(past, given.churn_horizon_days), seed=given.seed, folds=given.folds, floors=floors)
    save(found, folder / "churn")
    now = now.set_index(pd.Index(now["account_id"].astype("str"), name="id"))
    return Scored(
        found.evaluation, _scores(found, now, given.churn_horizon_days), _reasons(found, now, given.churn_horizon_days)
    )


def task(past: pd.DataFrame, horizon: int) -> Task:
    """What the model learns from: ``past`` as `account_snapshots.history` gives it.

    All features are vouched for: each is counted from rows dated on or before its day, so a strong one is no leak.
    """
    features = past.drop(columns=list(NOT_FEATURES))
    return Task(
        "churn",
        features,
        past["lost"],
        groups=past["account_id"],
        times=past["moment"],
        rules={SEGMENT: segment(past), RECENCY: silence(past, horizon)},
        known_early=tuple(features.columns),
        horizon_days=horizon,
    )


def due(rows: pd.DataFrame, horizon: int) -> pd.Series:
    """Whether an account is lost within the horizon unless it buys or renews."""
    return rows["days_covered"] < horizon


def segment(rows: pd.DataFrame) -> pd.Series:
    """Each account's member of the first of `SEGMENTS` that tells any accounts apart."""
    found = next((name for name in SEGMENTS if name in rows and rows[name].nunique() > 1), None)
    return pd.Series("", index=rows.index) if found is None else rows[found].astype("object").fillna("")


def silence(rows: pd.DataFrame, horizon: int) -> pd.Series:
    """The recency rule: ``covered`` where an account stays active through the horizon whatever happens, else how long
    it has been silent, in its usual gaps between orders."""
    if "gap_ratio" not in rows:
        return (rows["days_covered"] < horizon).map({False: "covered", True: "no_gap"}).astype("object")
    labels = [f"up_to_{int(high)}" for high in SILENCE[1:]] + ["longer"]
    found = pd.cut(rows["gap_ratio"], [*SILENCE, float("inf")], labels=labels, include_lowest=True)
    return found.astype("object").fillna("no_gap").mask(rows["days_covered"] >= horizon, "covered")


def _scores(found: Fit, now: pd.DataFrame, horizon: int) -> pd.DataFrame:
    features = now.drop(columns=list(NOT_FEATURES), errors="ignore")
    member, at_stake = segment(now), due(now, horizon)
    basis = "base_rate" if found.estimator is None else "model"
    return pd.DataFrame(
        {
            "id": now.index.to_series().astype("str"),
            "probability": np.where(at_stake, found.predict(features, member), 0.0),
            "basis": np.where(at_stake, basis, "covered"),
            "segment": member.astype("str"),
            "recency": silence(now, horizon).astype("str"),
            "silent_days": now["recency"] if "recency" in now else float("nan"),
            "horizon": horizon,
        }
    ).reset_index(drop=True)


def _reasons(found: Fit, now: pd.DataFrame, horizon: int) -> pd.DataFrame:
    now = now[due(now, horizon)]
    features = now.drop(columns=list(NOT_FEATURES), errors="ignore")
    reasons = found.explain(features).rename(columns={"row": "id"})
    return reasons.astype({"id": "str"})
