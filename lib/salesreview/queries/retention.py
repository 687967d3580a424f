"""Who stayed, who left, who renewed and who bought again, as small frames (requirements D-33 … D-37, engine E-13).

One definition of active serves all (convention ACTV, one rule a business type): on a day an account is active when a
signed contract carries it or when it ordered within the activity window that ends on that day. A contract carries its
account until the renewal starts, or through the grace period when there is none; so contract churn is dated at end +
grace, other churn at the last order + window. Days are as of the end of the day; an opening balance is therefore
taken on the day before a period.
"""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window, add_months
from ..record import UNCLASSIFIED
from ..settings import Settings

UNCODED = "未登记"
"""The churn reason of lost accounts for which nobody wrote one down."""

CARRIED_SQL = """
    signed AS (
        SELECT contract_id, account_id, start_date, end_date, renewal_of, coalesce(renewable, TRUE) AS renewable,
               coalesce(CAST(signed_at AS DATE), start_date) AS signed_on,
               coalesce(annual_value, CAST(amount * 365 / (end_date - start_date + 1) AS DECIMAL(20, 4)), 0) AS value
        FROM contracts
        WHERE account_id IS NOT NULL AND start_date IS NOT NULL AND end_date >= start_date
              AND (signed_at IS NOT NULL OR NOT CAST($dated AS BOOLEAN))
    ), successors AS (
        SELECT a.contract_id, min(b.start_date) AS next_start
        FROM signed AS a JOIN signed AS b ON b.account_id = a.account_id AND b.contract_id <> a.contract_id
        WHERE b.signed_on <= a.end_date + CAST($grace AS INTEGER)
              AND (b.renewal_of = a.contract_id
                   OR (NOT CAST($linked AS BOOLEAN) AND b.start_date > a.start_date AND b.end_date > a.end_date
                       AND b.start_date <= a.end_date + CAST($grace AS INTEGER)))
        GROUP BY a.contract_id
    ), carried AS (
        SELECT s.contract_id, s.account_id, s.start_date, s.end_date, s.signed_on, s.renewable, s.value,
               n.next_start IS NOT NULL AS is_renewed,
               coalesce(n.next_start - 1, s.end_date + CAST($grace AS INTEGER)) AS carried_to
        FROM signed AS s LEFT JOIN successors AS n ON n.contract_id = s.contract_id
    )
"""

_BASE = f"""
    WITH {CARRIED_SQL}, contracted AS (
        SELECT account_id,
               max(CASE WHEN $opening BETWEEN start_date AND carried_to THEN 1 ELSE 0 END) AS at_opening,
               max(CASE WHEN $closing BETWEEN start_date AND carried_to THEN 1 ELSE 0 END) AS at_closing
        FROM carried GROUP BY account_id
    ), bought AS (
        SELECT account_id,
               max(CASE WHEN order_date <= $opening AND NOT is_return THEN order_date END) AS last_before,
               max(CASE WHEN NOT is_return THEN order_date END) AS last_order,
               sum(CASE WHEN order_date > $year_before AND order_date <= $opening THEN net_amount ELSE 0 END)
                   AS prior_sales,
               sum(CASE WHEN order_date > $opening THEN net_amount ELSE 0 END) AS sales,
               sum(CASE WHEN order_date BETWEEN $base_start AND $base_end THEN net_amount ELSE 0 END) AS base_sales
        FROM sales_facts
        WHERE order_date <= $closing AND account_id IS NOT NULL AND account_id <> '{UNCLASSIFIED}'
        GROUP BY account_id
    ), known AS (
        SELECT account_id FROM bought UNION SELECT account_id FROM contracted
    ), tiers AS (
        SELECT account_id, tier, is_strategic,
               row_number() OVER (PARTITION BY account_id ORDER BY valid_from DESC) AS place
        FROM account_tier_history
        WHERE valid_from <= $opening AND (valid_to IS NULL OR valid_to >= $opening)
    ), base AS (
        SELECT k.account_id, coalesce(a.name, k.account_id) AS account,
               coalesce(t.tier, a.tier, '{UNCLASSIFIED}') AS tier,
               coalesce(t.is_strategic, a.is_strategic, FALSE) AS is_strategic,
               coalesce(a.customer_type, '{UNCLASSIFIED}') AS customer_type,
               coalesce(c.name, a.acquisition_channel, '{UNCLASSIFIED}') AS channel,
               coalesce(a.churn_reason, '{UNCODED}') AS churn_reason,
               coalesce(d.at_opening = 1, FALSE)
                   OR coalesce(b.last_before > $opening - CAST($activity AS INTEGER), FALSE) AS is_active_before,
               coalesce(d.at_closing = 1, FALSE)
                   OR coalesce(b.last_order > $closing - CAST($activity AS INTEGER), FALSE) AS is_active_after,
               b.last_order, coalesce(b.prior_sales, 0) AS prior_sales, coalesce(b.sales, 0) AS sales,
               coalesce(b.base_sales, 0) AS base_sales
        FROM known AS k
        LEFT JOIN bought AS b ON b.account_id = k.account_id
        LEFT JOIN contracted AS d ON d.account_id = k.account_id
        LEFT JOIN accounts AS a ON a.account_id = k.account_id
        LEFT JOIN tiers AS t ON t.account_id = k.account_id AND t.place = 1
        LEFT JOIN channels AS c ON c.channel_id = a.acquisition_channel
    )
"""


def contract_days(mart: Mart, settings: Settings) -> dict[str, object]:
    """What `CARRIED_SQL` asks for: days of grace, whether signing is dated, whether renewals are linked."""
    return {
        "grace": settings.renewal_grace_days,
        "dated": not mart.missing("contracts.signed_at"),
        "linked": not mart.missing("contracts.renewal_of"),
    }


def _days(mart: Mart, settings: Settings, window: Window) -> dict[str, object]:
    opening, year_ago = opening_day(window), window.years_back()
    return contract_days(mart, settings) | {
        "activity": settings.activity_window_days,
        "opening": opening,
        "closing": window.end,
        "year_before": add_months(opening, -12),
        "base_start": year_ago.start,
        "base_end": year_ago.end,
    }


def opening_day(window: Window) -> date:
    """The day on whose evening the window's opening balance is taken."""
    return window.start - timedelta(days=1)


def base(mart: Mart, settings: Settings, window: Window) -> pd.DataFrame:
    """Accounts active at the opening or the close of ``window``, one row each, by account_id.

    Columns: account_id, account, tier and is_strategic (as of the opening where history is kept), customer_type,
    channel (of acquisition), churn_reason (`UNCODED` where none is written down), is_active_before, is_active_after,
    last_order (null without one), prior_sales (12 months up to the opening), sales (in the window), base_sales (same
    window a year before); money.
    """
    sql = f"{_BASE} SELECT * FROM base WHERE is_active_before OR is_active_after ORDER BY account_id"
    return mart.query(sql, **_days(mart, settings, window))


def counts(mart: Mart, settings: Settings, window: Window) -> tuple[int, int]:
    """(accounts active at the opening, those of them still active at the close)."""
    sql = f"""{_BASE} SELECT count(*) AS start, count(CASE WHEN is_active_after THEN 1 END) AS kept
              FROM base WHERE is_active_before"""
    row = mart.query(sql, **_days(mart, settings, window)).iloc[0]
    return int(row["start"]), int(row["kept"])


def due_by_month(mart: Mart, settings: Settings, window: Window) -> pd.DataFrame:
    """Renewable contracts that end in ``window`` by month (D-33); months without any have no row.

    Columns: month (first day), due, renewed, pending (counts) and due_value, renewed_value, pending_value (annual
    value of the contracts due; money a year). Pending: not renewed and still within grace on the data's last day.
    """
    sql = f"""
        WITH {CARRIED_SQL}, due AS (
            SELECT CAST(date_trunc('month', end_date) AS DATE) AS month, value, is_renewed,
                   NOT is_renewed AND end_date + CAST($grace AS INTEGER) > $as_of AS is_pending
            FROM carried WHERE renewable AND end_date BETWEEN $start AND $end
        )
        SELECT month, count(*) AS due, count(CASE WHEN is_renewed THEN 1 END) AS renewed,
               count(CASE WHEN is_pending THEN 1 END) AS pending, sum(value) AS due_value,
               sum(CASE WHEN is_renewed THEN value ELSE 0 END) AS renewed_value,
               sum(CASE WHEN is_pending THEN value ELSE 0 END) AS pending_value
        FROM due GROUP BY month ORDER BY month
    """
    links = contract_days(mart, settings)
    return mart.query(sql, start=window.start, end=window.end, as_of=mart.meta.as_of, **links)


def due_by_account(mart: Mart, settings: Settings, window: Window) -> pd.DataFrame:
    """As `due_by_month` by account: account_id, due, renewed, pending, due_value, renewed_value, pending_value."""
    sql = f"""
        WITH {CARRIED_SQL}, due AS (
            SELECT account_id, value, is_renewed,
                   NOT is_renewed AND end_date + CAST($grace AS INTEGER) > $as_of AS is_pending
            FROM carried WHERE renewable AND end_date BETWEEN $start AND $end
        )
        SELECT account_id, count(*) AS due, count(CASE WHEN is_renewed THEN 1 END) AS renewed,
               count(CASE WHEN is_pending THEN 1 END) AS pending, sum(value) AS due_value,
               sum(CASE WHEN is_renewed THEN value ELSE 0 END) AS renewed_value,
               sum(CASE WHEN is_pending THEN value ELSE 0 END) AS pending_value
        FROM due GROUP BY account_id ORDER BY account_id
    """
    links = contract_days(mart, settings)
    return mart.query(sql, start=window.start, end=window.end, as_of=mart.meta.as_of, **links)


def recurring(mart: Mart, settings: Settings, window: Window) -> pd.DataFrame:
    """Annual value of live renewable contracts by account: account_id, at_opening, at_closing (money a year).

    Contracts that are not renewable end by plan; they are no recurring revenue and their end is no loss.
    """
    sql = f"""
        WITH {CARRIED_SQL}
        SELECT account_id,
               sum(CASE WHEN $opening BETWEEN start_date AND carried_to THEN value ELSE 0 END) AS at_opening,
               sum(CASE WHEN $closing BETWEEN start_date AND carried_to THEN value ELSE 0 END) AS at_closing
        FROM carried WHERE renewable AND start_date <= $closing AND carried_to >= $opening
        GROUP BY account_id ORDER BY account_id
    """
    return mart.query(sql, opening=opening_day(window), closing=window.end, **contract_days(mart, settings))


def repurchase(mart: Mart, window: Window) -> dict[str, float]:
    """Facts of both repurchase rates (D-34).

    ``prior_buyers`` bought in the 12 months before, ``repurchasers`` of them ordered in ``window`` for ``amount``;
    ``buyers`` ordered in the window, ``twice`` of them on two days or more. Returns alone are no order.
    """
    sql = f"""
        WITH accounts_of AS (
            SELECT account_id,
                   count(CASE WHEN order_date < $start AND NOT is_return THEN 1 END) AS lines_before,
                   count(DISTINCT CASE WHEN order_date >= $start AND NOT is_return THEN order_date END) AS days_within,
                   sum(CASE WHEN order_date >= $start THEN net_amount ELSE 0 END) AS amount
            FROM sales_facts
            WHERE order_date BETWEEN $since AND $end AND account_id IS NOT NULL AND account_id <> '{UNCLASSIFIED}'
            GROUP BY account_id
        )
        SELECT count(CASE WHEN lines_before > 0 THEN 1 END) AS prior_buyers,
               count(CASE WHEN lines_before > 0 AND days_within > 0 THEN 1 END) AS repurchasers,
               coalesce(sum(CASE WHEN lines_before > 0 AND days_within > 0 THEN amount END), 0) AS amount,
               count(CASE WHEN days_within > 0 THEN 1 END) AS buyers,
               count(CASE WHEN days_within > 1 THEN 1 END) AS twice
        FROM accounts_of
    """
    since = add_months(window.start, -12)
    row = mart.query(sql, since=since, start=window.start, end=window.end).iloc[0]
    return {name: float(row[name]) for name in ("prior_buyers", "repurchasers", "amount", "buyers", "twice")}


def repurchase_by_account(mart: Mart, window: Window) -> pd.DataFrame:
    """Accounts that bought in the 12 months before ``window`` (D-34): account_id, has_ordered (in it); by id."""
    sql = f"""
        SELECT account_id, count(CASE WHEN order_date >= $start AND NOT is_return THEN 1 END) > 0 AS has_ordered
        FROM sales_facts
        WHERE order_date BETWEEN $since AND $end AND account_id IS NOT NULL AND account_id <> '{UNCLASSIFIED}'
        GROUP BY account_id HAVING count(CASE WHEN order_date < $start AND NOT is_return THEN 1 END) > 0
        ORDER BY account_id
    """
    since = add_months(window.start, -12)
    return mart.query(sql, since=since, start=window.start, end=window.end)


def quarter_index(day: date, fiscal_start: int) -> int:
    """A running number of fiscal quarters, the same that `first_order_cohorts` counts with."""
    return (12 * day.year + day.month - fiscal_start) // 3


def first_order_cohorts(mart: Mart, window: Window, fiscal_start: int) -> pd.DataFrame:
    """Accounts that ordered, by quarter of their first order ever and quarter of the order.

    Columns: cohort, quarter (`quarter_index` numbers), accounts. Only orders inside ``window``; returns are none.
    """
    number = "CAST(floor((12 * year({0}) + month({0}) - $fiscal) / 3.0) AS INTEGER)"
    sql = f"""
        SELECT {number.format("first_order_date")} AS cohort, {number.format("order_date")} AS quarter,
               count(DISTINCT account_id) AS accounts
        FROM sales_facts
        WHERE order_date BETWEEN $start AND $end AND NOT is_return AND first_order_date >= $start
              AND account_id IS NOT NULL AND account_id <> '{UNCLASSIFIED}'
        GROUP BY 1, 2 ORDER BY 1, 2
    """
    return mart.query(sql, start=window.start, end=window.end, fiscal=fiscal_start)


def signals(mart: Mart, settings: Settings, window: Window) -> pd.DataFrame:
    """What was known of lost and kept accounts in the 12 months up to the opening of ``window`` (D-37).

    One row for each value of is_lost that occurs, over accounts active at the opening: n, tickets and complaints
    (those of them that are one), rated (accounts with a score), score_mean and score_sd (of each account's mean score
    on a scale of 0-100, from surveys NPS and CSAT and from tickets), touched (accounts with a sales activity),
    touches_mean, touches_sd (activities an account, none counts 0), repriced_mean, repriced_sd (1 for an account that
    bought a product whose price then rose, else 0). Nothing after the opening enters, so a signal
    cannot be an effect of the loss.
    """
    sql = f"""
        {_BASE}, asked AS (
            SELECT account_id, count(*) AS tickets, count(CASE WHEN is_complaint THEN 1 END) AS complaints
            FROM tickets
            WHERE CAST(opened_at AS DATE) > $year_before AND CAST(opened_at AS DATE) <= $opening
            GROUP BY account_id
        ), scores AS (
            SELECT account_id, 100 * (score - scale_min) / nullif(scale_max - scale_min, 0) AS score FROM surveys
            WHERE type IN ('NPS', 'CSAT') AND score IS NOT NULL AND "date" > $year_before AND "date" <= $opening
            UNION ALL
            SELECT account_id, 100 * (csat - 1) / 4 FROM tickets
            WHERE csat IS NOT NULL AND CAST(opened_at AS DATE) > $year_before AND CAST(opened_at AS DATE) <= $opening
        ), rated AS (
            SELECT account_id, CAST(avg(score) AS DECIMAL(20, 6)) AS score FROM scores GROUP BY account_id
        ), touched AS (
            SELECT account_id, count(*) AS touches FROM activities
            WHERE CAST(started_at AS DATE) > $year_before AND CAST(started_at AS DATE) <= $opening
            GROUP BY account_id
        ), repriced AS (
            SELECT DISTINCT f.account_id, 1 AS hit
            FROM sales_facts AS f JOIN price_changes AS p ON p.product_id = f.product_id
            WHERE p.new_price > p.old_price AND p.effective_date > $year_before AND p.effective_date <= $opening
                  AND f.order_date > $year_before AND f.order_date < p.effective_date
        )
        SELECT NOT b.is_active_after AS is_lost, count(*) AS n, CAST(coalesce(sum(c.tickets), 0) AS BIGINT) AS tickets,
               CAST(coalesce(sum(c.complaints), 0) AS BIGINT) AS complaints,
               count(r.score) AS rated, avg(r.score) AS score_mean, coalesce(stddev_samp(r.score), 0) AS score_sd,
               count(t.touches) AS touched, avg(coalesce(t.touches, 0)) AS touches_mean,
               coalesce(stddev_samp(coalesce(t.touches, 0)), 0) AS touches_sd,
               avg(coalesce(p.hit, 0)) AS repriced_mean, coalesce(stddev_samp(coalesce(p.hit, 0)), 0) AS repriced_sd
        FROM base AS b
        LEFT JOIN asked AS c ON c.account_id = b.account_id
        LEFT JOIN rated AS r ON r.account_id = b.account_id
        LEFT JOIN touched AS t ON t.account_id = b.account_id
        LEFT JOIN repriced AS p ON p.account_id = b.account_id
        WHERE b.is_active_before GROUP BY 1 ORDER BY 1
    """
    return mart.query(sql, **_days(mart, settings, window))
