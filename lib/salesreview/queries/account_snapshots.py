"""Active accounts as they were known on past days: what a model of churn learns from (engine row E-21).

A row is an account active at the end of a day ``moment`` (`retention`: a live contract, or an order within the
activity window). Its features come from facts dated on or before that day (`account_facts`):

- Orders, tickets, surveys, activities, payments, contracts, contacts, signals and opportunities by their own days; an
  activity is known from the day it was logged, a contract from the day it was signed.
- Tier and owner as the tier history had them. Industry, size, type and region of an account count as known from the
  beginning.
- What accounts say of themselves today (status, reason and day of churn, tier, credit, potential) is left out, and so
  is whether an order was cancelled later: the data does not date it.
"""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..record import UNCLASSIFIED
from ..settings import Settings
from .account_facts import COVERED, DERIVED, HELPERS, PARTS, Part
from .retention import CARRIED_SQL, contract_days

MOST_ROWS, PER_ACCOUNT = 20_000, 12
"""Snapshots of a history and of one account at most, the first by a digest of account and day, so that the choice is
always the same; neighbouring snapshots of an account tell nearly the same."""
FIXED = {"industry": "industry", "size_band": "size_band", "customer_type": "customer_type", "region": "region_id"}
"""Features that are columns of accounts."""

_ACTIVE = f"""
    {CARRIED_SQL}, bought_on AS (
        SELECT DISTINCT account_id, order_date AS day FROM sales_facts
        WHERE NOT is_return AND account_id IS NOT NULL AND account_id <> '{UNCLASSIFIED}'
    ), active AS (
        SELECT d.day, b.account_id FROM days AS d
        JOIN bought_on AS b ON b.day <= d.day AND b.day > d.day - CAST($activity AS INTEGER)
        UNION
        SELECT d.day, c.account_id FROM days AS d
        JOIN carried AS c ON greatest(c.start_date, c.signed_on) <= d.day
             AND d.day <= greatest(c.carried_to, c.end_date + CAST($grace AS INTEGER))
    )"""


def history(mart: Mart, settings: Settings, at: date) -> pd.DataFrame:
    """Snapshots whose outcome is known at the end of ``at``, for training.

    Days are ``at`` − horizon, and every ``settings.models.snapshot_days`` before, back to the first day of the data.
    Columns: ``account_id``, ``moment``, ``lost`` (active at ``moment``, no longer active after the horizon) and the
    features whose tables the data has.
    """
    horizon, step = settings.models.churn_horizon_days, settings.models.snapshot_days
    count = ((at - mart.meta.first_day).days - horizon) // step
    days = f"""moments AS (
            SELECT CAST($last AS DATE) - CAST(k * {step} AS INTEGER) AS moment FROM generate_series(0, {count}) AS g(k)
        ), days AS (SELECT moment AS day FROM moments UNION SELECT moment + {horizon} FROM moments)"""
    grid = f"""
        SELECT account_id, moment, lost FROM (
            SELECT a.account_id, m.moment, z.account_id IS NULL AS lost, md5(a.account_id || '@' || m.moment) AS digest
            FROM moments AS m JOIN active AS a ON a.day = m.moment
            LEFT JOIN active AS z ON z.day = m.moment + {horizon} AND z.account_id = a.account_id
        ) AS found
        QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY digest) <= {PER_ACCOUNT}
        ORDER BY digest LIMIT {MOST_ROWS}"""
    frame = _featured(mart, settings, days, grid, last=at - timedelta(days=horizon))
    return frame.assign(lost=frame["lost"].astype(bool))


def active_on(mart: Mart, settings: Settings, at: date) -> pd.DataFrame:
    """The accounts active at the end of ``at`` with the columns of `history` but for ``lost``; by account_id."""
    days = "days AS (SELECT CAST($last AS DATE) AS day)"
    return _featured(mart, settings, days, "SELECT account_id, day AS moment FROM active", last=at)


def active_ids(mart: Mart, settings: Settings, day: date) -> tuple[str, ...]:
    """The accounts active at the end of ``day``, in order."""
    sql = (
        f"WITH days AS (SELECT CAST($day AS DATE) AS day), {_ACTIVE} SELECT account_id FROM active ORDER BY account_id"
    )
    found = mart.query(sql, day=day, activity=settings.activity_window_days, **contract_days(mart, settings))
    return tuple(found["account_id"].astype("str"))


def _featured(mart: Mart, settings: Settings, days: str, grid: str, last: date) -> pd.DataFrame:
    """The rows of ``grid`` with their features, by day and account."""
    parts = [(part, _given(mart, part)) for part in PARTS if not mart.missing(*part.needs)]
    known = {name for _, features in parts for name in features}
    derived = {name: sql for name, (sql, needs) in DERIVED.items() if known.issuperset(needs)}
    covered = [sql for name, sql in COVERED.items() if name in known]
    derived["days_covered"] = f"greatest({', '.join(covered)})" if covered else "NULL"
    fixed = {name: column for name, column in FIXED.items() if not mart.missing(f"accounts.{column}")}
    tiered = not mart.missing("account_tier_history.tier")
    columns = ["g.*", *(f"a.{column} AS {name}" for name, column in fixed.items()), *(["y.tier"] if tiered else [])]
    columns += [f"{part.name}.{name}" for part, features in parts for name in features]
    columns += [f"{sql} AS {name}" for name, sql in derived.items()]
    joins = [f"JOIN {p.name} ON {p.name}.account_id = g.account_id AND {p.name}.moment = g.moment" for p, _ in parts]
    if tiered:
        joins.append(
            "ASOF LEFT JOIN account_tier_history AS y ON y.account_id = g.account_id AND g.moment >= y.valid_from"
        )
    sql = f"""
        WITH {days}, {_ACTIVE}, grid AS MATERIALIZED ({grid}),
        {", ".join(_summed(part, features) for part, features in parts)}
        SELECT {", ".join(columns)}
        FROM grid AS g LEFT JOIN accounts AS a ON a.account_id = g.account_id {" ".join(joins)}
        ORDER BY g.moment, g.account_id
    """
    given = contract_days(mart, settings) | {"activity": settings.activity_window_days, "last": last}
    frame = mart.query(sql, **given)
    numbers = {name: "float64" for name in (*known, *derived)}
    texts = {name: "object" for name in (*fixed, "tier") if name in frame}
    frame = frame.assign(moment=pd.to_datetime(frame["moment"])).astype(numbers | texts)
    return frame.drop(columns=list(HELPERS), errors="ignore")


def _given(mart: Mart, part: Part) -> dict[str, str]:
    """The features of a part that the data has."""
    return {name: sql for name, sql in part.features.items() if not mart.missing(*part.also.get(name, ()))}


def _summed(part: Part, features: dict[str, str]) -> str:
    since = f" AND e.day > g.moment - {part.within}" if part.within else ""
    columns = ", ".join(f"{sql} AS {name}" for name, sql in features.items())
    return f"""{part.name} AS (
            SELECT g.account_id, g.moment, {columns}
            FROM grid AS g LEFT JOIN ({part.rows}) AS e ON e.account_id = g.account_id AND e.day <= g.moment{since}
            GROUP BY g.account_id, g.moment
        )"""
