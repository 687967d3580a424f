"""Open opportunities as they were known on past days: what a model of wins learns from (engine row E-22).

A row is an opportunity open at the end of a day ``moment``. Its features come from facts dated on or before it:

- Stage, amount, expected close and the seller are those of the dated tables (stage_history, opportunity_snapshots,
  quotes, activities, account_tier_history); what opportunities say of them today is not used.
- An activity is known from the day it was logged, a quote from the day it was prepared, submitted, approved or sent.
- What an opportunity is about (customer, lead, product, type, region) and what a customer is (industry, size) count
  as known from the beginning.
- Columns without a date that people fill in as a deal goes on (competitors present, status, manual_prob of today) and
  the customer's acquisition channel, which only a won customer has, are left out.
- Where no table dates the seller, the seller of today stands in: there is no other.
- Days before the first sale of the data are left out, as the other tables hold nothing of them.
"""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..settings import Funnel
from .cycle import stage_map_sql, stage_values
from .opportunity_facts import ACCOUNT_SQL, DEAL_SQL, SELLER_SQL

MOST_ROWS = 12_000
"""Snapshots of a history at most, the first by a digest of deal and day, so that the choice is the same each time."""
PER_DEAL = 4
"""Snapshots of one deal at most, by the same digest: a deal that drags on tells the same thing again."""

OUTCOMES = ("won_within", "won", "decided")
CATEGORIES = ("stage", "type", "product_line", "industry", "size_band", "customer_type", "region", "source", "tier")
FLAGS = ("kdm_met", "existing_customer", "competitor_noted")

LATE = 0.10
"""A column of opportunities that is filled in so much more of the decided deals than of the open ones is filled in
as deals are decided."""
HANGING = {
    "account_id": ("industry", "size_band", "customer_type", "tier", "competitor_noted", "existing_customer",
                   "past_orders", "days_since_order", "year_sales", "account_decided", "account_win_rate",
                   "complaints", "region"),
    "region_id": ("region",),
    "lead_id": ("source",),
    "product_id": ("product_line",),
    "type": ("type",),
    "rep_id": ("seller_decided", "seller_win_rate", "seller_tenure"),
}  # fmt: skip
"""Features that are known of a deal only through a column of opportunities that has no date."""
UNDATED = ("type", "product_line", "industry", "size_band", "customer_type", "region", "source")
"""Features that count as known from the beginning though no table dates them."""

SOURCES = {
    "stage": ("stage_history.stage|opportunity_snapshots.stage",),
    "type": ("opportunities.type",),
    "product_line": ("products.product_line",),
    "industry": ("accounts.industry",),
    "size_band": ("accounts.size_band",),
    "customer_type": ("accounts.customer_type",),
    "region": ("opportunities.region_id|accounts.region_id",),
    "source": ("leads.source_channel",),
    "tier": ("account_tier_history.tier",),
    "age": (),
    "days_in_stage": ("stage_history.entered_at",),
    "stage_delay": ("stage_history.exited_at",),
    "amount": ("opportunity_snapshots.amount|quotes.amount",),
    "days_to_close": ("opportunity_snapshots.expected_close",),
    "postponed": ("opportunity_snapshots.expected_close",),
    "touches": ("activities.opp_id",),
    "recent_touches": ("activities.opp_id",),
    "days_since_touch": ("activities.opp_id",),
    "contacts_met": ("activities.opp_id", "activities.contact_id"),
    "kdm_met": ("activities.opp_id", "activities.contact_id", "contacts.buying_role"),
    "quote_versions": ("quotes.opp_id",),
    "discount": ("quotes.opp_id", "quotes.discount_pct"),
    "quote_age": ("quotes.opp_id",),
    "approval_days": ("quotes.opp_id", "approvals.object_id"),
    "competitor_noted": ("account_signals.type",),
    "existing_customer": ("orders.account_id",),
    "past_orders": ("orders.account_id",),
    "days_since_order": ("orders.account_id",),
    "year_sales": ("orders.account_id",),
    "account_decided": ("opportunities.account_id",),
    "account_win_rate": ("opportunities.account_id",),
    "complaints": ("tickets.account_id",),
    "seller_decided": ("opportunities.rep_id",),
    "seller_win_rate": ("opportunities.rep_id",),
    "seller_tenure": ("reps.hire_date",),
}
"""Columns of the data model that a feature needs (``a|b``: either); without them it is left out."""


def staged(mart: Mart) -> bool:
    """Whether the data says in which stage a deal was on a past day."""
    return len(mart.missing("stage_history.stage", "opportunity_snapshots.stage")) < 2


def history(mart: Mart, funnel: Funnel, at: date, horizon: int, step: int) -> pd.DataFrame:
    """Snapshots whose outcome within ``horizon`` days is known at the end of ``at``, for training.

    Days are ``at`` − horizon, and every ``step`` days before; without stages on past days they are ages of the deal
    (0, step, 2·step … days since its creation), so that a row knows no more than its day of creation. Columns:
    ``opp_id``, ``moment``, ``won_within`` (won within the horizon), ``decided`` and ``won`` (by the end of ``at``), the
    features whose tables the data has, and ``manual_prob`` (what the seller had last said by then, may be missing).
    """
    moments = _ages(step) if not staged(mart) else _days(mart, at, horizon, step)
    grid = f"""
        grid AS (
            SELECT opp_id, moment, CAST(won_on <= moment + {int(horizon)} AS BOOLEAN) AS won_within,
                   won_on IS NOT NULL AS won, won_on IS NOT NULL OR lost_on IS NOT NULL AS decided
            FROM (
                SELECT *, row_number() OVER (PARTITION BY opp_id ORDER BY md5(opp_id || '@' || moment)) AS place
                FROM ({moments}) AS found
            ) AS numbered
            WHERE place <= {PER_DEAL} ORDER BY md5(opp_id || '@' || moment) LIMIT {MOST_ROWS}
        )"""
    frame = _featured(mart, funnel, grid, at=at, last=at - timedelta(days=horizon))
    return frame.assign(**{name: frame[name].fillna(False).astype(bool) for name in OUTCOMES})


def open_on(mart: Mart, funnel: Funnel, at: date) -> pd.DataFrame:
    """The opportunities open at the end of ``at`` with the columns of `history` but for the outcomes."""
    today = "CAST($at AS DATE)"
    grid = f"grid AS (SELECT opp_id, {today} AS moment FROM ({_DEALS}) AS d WHERE {_open(today)})"
    return _featured(mart, funnel, grid, at=at)


_DEALS = """
    SELECT opp_id, CAST(created_at AS DATE) AS created_on, CAST(closed_at AS DATE) AS closed_on, outcome,
           CASE WHEN outcome = 'won' AND CAST(closed_at AS DATE) <= $at THEN CAST(closed_at AS DATE) END AS won_on,
           CASE WHEN outcome = 'lost' AND CAST(closed_at AS DATE) <= $at THEN CAST(closed_at AS DATE) END AS lost_on
    FROM opportunities WHERE outcome IS NULL OR outcome = 'open' OR closed_at IS NOT NULL"""


def _open(day: str) -> str:
    return f"d.created_on <= {day} AND (d.closed_on IS NULL OR d.closed_on > {day} OR d.outcome = 'open')"


def _days(mart: Mart, at: date, horizon: int, step: int) -> str:
    count = ((at - mart.meta.first_day).days - horizon) // step
    return f"""SELECT d.*, days.moment FROM ({_DEALS}) AS d
               JOIN (SELECT CAST($last AS DATE) - CAST(k * {int(step)} AS INTEGER) AS moment
                     FROM generate_series(0, {count}) AS g(k)) AS days ON {_open("days.moment")}"""


def _ages(step: int) -> str:
    return f"""SELECT d.*, d.created_on + CAST(k * {int(step)} AS INTEGER) AS moment FROM ({_DEALS}) AS d
               JOIN generate_series(0, {PER_DEAL - 1}) AS g(k)
               ON d.created_on + CAST(k * {int(step)} AS INTEGER) <= CAST($last AS DATE)
                  AND {_open(f"d.created_on + CAST(k * {int(step)} AS INTEGER)")}"""


def _featured(mart: Mart, funnel: Funnel, grid: str, **days: date) -> pd.DataFrame:
    """The rows of ``grid`` with their features."""
    dated_seller = not mart.missing("activities.rep_id", "activities.opp_id")
    dated_seller = dated_seller or not mart.missing("account_tier_history.owner_rep_id")
    stays = _STAYS if not mart.missing("stage_history.stage") else _SHOT_STAYS
    sql = f"""
        WITH {stage_map_sql(funnel)}, {grid}, stays AS ({stays}),
        deals AS (
            SELECT g.*, o.account_id, o.lead_id, o.type, o.product_id, CAST(o.created_at AS DATE) AS created_on,
                   coalesce(r.name, o.region_id, a.region_id) AS region, a.industry, a.size_band, a.customer_type,
                   {"NULL" if dated_seller else "o.rep_id"} AS undated_seller
            FROM grid g JOIN opportunities o ON o.opp_id = g.opp_id
            LEFT JOIN accounts a ON a.account_id = o.account_id
            LEFT JOIN regions r ON r.region_id = coalesce(o.region_id, a.region_id)
        ),
        {DEAL_SQL}, {ACCOUNT_SQL}, {SELLER_SQL}
        SELECT d.* EXCLUDE (account_id, lead_id, product_id, created_on, undated_seller),
               date_diff('day', d.created_on, d.moment) AS age, p.product_line,
               coalesce(c.name, l.source_channel) AS source,
               deal.* EXCLUDE (opp_id, moment), account.* EXCLUDE (opp_id, moment), seller.* EXCLUDE (opp_id, moment)
        FROM deals d
        LEFT JOIN products p ON p.product_id = d.product_id
        LEFT JOIN leads l ON l.lead_id = d.lead_id AND CAST(l.received_at AS DATE) <= d.moment
        LEFT JOIN channels c ON c.channel_id = l.source_channel
        JOIN deal ON deal.opp_id = d.opp_id AND deal.moment = d.moment
        JOIN account ON account.opp_id = d.opp_id AND account.moment = d.moment
        JOIN seller ON seller.opp_id = d.opp_id AND seller.moment = d.moment
        ORDER BY d.moment, d.opp_id
    """
    frame = mart.query(sql, order=list(funnel.stages), **stage_values(funnel), **days)
    frame = frame.drop(columns=[name for name, needs in SOURCES.items() if not _given(mart, needs)])
    kinds = {name: "bool" for name in FLAGS} | {name: "object" for name in CATEGORIES}
    kinds = {name: kinds.get(name, "float64") for name in SOURCES if name in frame} | {"manual_prob": "float64"}
    return frame.assign(moment=pd.to_datetime(frame["moment"])).astype(kinds)


def _given(mart: Mart, needs: tuple[str, ...]) -> bool:
    return all(any(not mart.missing(name) for name in either.split("|")) for either in needs)


def filled_late(mart: Mart, at: date) -> tuple[str, ...]:
    """Features that hang on a column of opportunities which people fill in as a deal is decided (see `LATE`); knowing
    them is knowing that it was."""
    shares = ", ".join(f"avg(CAST({name} IS NOT NULL AS INTEGER)) AS {name}" for name in HANGING)
    sql = f"""SELECT coalesce(CAST(closed_at AS DATE) <= $at, FALSE) AS decided, {shares}
              FROM opportunities WHERE CAST(created_at AS DATE) <= $at GROUP BY decided"""
    found = mart.query(sql, at=at).set_index("decided")
    if len(found) < 2:
        return ()
    late = [name for name in HANGING if found.loc[True, name] - found.loc[False, name] > LATE]
    return tuple(dict.fromkeys(feature for name in late for feature in HANGING[name]))


def stage_outcomes(mart: Mart, funnel: Funnel, at: date) -> pd.DataFrame:
    """What became of each deal after it entered a stage: ``stage``, ``days`` from the first entry to the closing or to
    ``at``, ``fate`` (won, lost, open). Without stages on past days ``stage`` is empty and days run from creation."""
    stays = _STAYS if not mart.missing("stage_history.stage") else _SHOT_STAYS
    if not staged(mart):
        stays = "SELECT opp_id, '' AS stage, CAST(created_at AS DATE) AS entered_on FROM opportunities"
    sql = f"""
        WITH {stage_map_sql(funnel)}, stays AS ({stays}),
        entries AS (
            SELECT opp_id, stage, min(entered_on) AS entered_on FROM stays WHERE entered_on <= $at
            GROUP BY opp_id, stage
        )
        SELECT e.stage, CASE WHEN d.won_on IS NOT NULL THEN 'won' WHEN d.lost_on IS NOT NULL THEN 'lost' ELSE 'open' END
                        AS fate,
               date_diff('day', e.entered_on, coalesce(d.won_on, d.lost_on, CAST($at AS DATE))) AS days
        FROM entries e JOIN ({_DEALS}) AS d ON d.opp_id = e.opp_id
        WHERE e.entered_on <= coalesce(d.won_on, d.lost_on, CAST($at AS DATE))
        ORDER BY e.stage, days, fate
    """
    return mart.query(sql, at=at, **stage_values(funnel))


def amounts(mart: Mart, at: date) -> pd.Series:
    """Amount of each opportunity by ``opp_id`` as it was known at the end of ``at``: on the data's last day what
    opportunities say, before it the last snapshot (without one what opportunities say)."""
    sql = """SELECT o.opp_id, o.amount AS latest, arg_max(s.amount, s.snapshot_date) AS past
             FROM opportunities o LEFT JOIN opportunity_snapshots s ON s.opp_id = o.opp_id AND s.snapshot_date <= $at
             GROUP BY o.opp_id, o.amount"""
    found = mart.query(sql, at=at).set_index("opp_id")
    return found["latest"] if at >= mart.meta.as_of else found["past"].fillna(found["latest"])


_STAYS = """
    SELECT h.opp_id, coalesce(m.stage_key, h.stage) AS stage, CAST(h.entered_at AS DATE) AS entered_on, h.entered_at,
           CAST(h.exited_at AS DATE) AS exited_on
    FROM stage_history h LEFT JOIN stage_map m ON m.stage = h.stage"""

_SHOT_STAYS = """
    SELECT s.opp_id, coalesce(m.stage_key, s.stage) AS stage, s.snapshot_date AS entered_on,
           CAST(s.snapshot_date AS TIMESTAMP) AS entered_at, CAST(NULL AS DATE) AS exited_on
    FROM opportunity_snapshots s LEFT JOIN stage_map m ON m.stage = s.stage WHERE s.stage IS NOT NULL"""
