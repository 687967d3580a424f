"""What the page of a strategic account tells beside its sales: open deals, tickets, who looks after it (K-04, K-13)."""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import add_months
from ..record import UNCLASSIFIED


def open_deals(mart: Mart) -> pd.DataFrame:
    """Deals open on the data's last day: opp_id, account_id, type, product_line (of the main product; `UNCLASSIFIED`
    where none), amount, expected_close; the largest of each account first."""
    return mart.query(f"""
        SELECT o.opp_id, o.account_id, coalesce(o.type, '{UNCLASSIFIED}') AS type,
               coalesce(p.product_line, '{UNCLASSIFIED}') AS product_line, o.amount, o.expected_close
        FROM opportunities AS o LEFT JOIN products AS p ON p.product_id = o.product_id
        WHERE o.account_id IS NOT NULL AND coalesce(o.outcome, 'open') = 'open' AND o.closed_at IS NULL
        ORDER BY o.account_id, o.amount DESC NULLS LAST, o.opp_id
    """)


def open_tickets(mart: Mart, day: date) -> pd.DataFrame:
    """Tickets not resolved by ``day``, by account: account_id, open, complaints (of them), oldest (day of opening)."""
    sql = """
        SELECT account_id, count(*) AS open, count(CASE WHEN is_complaint THEN 1 END) AS complaints,
               CAST(min(opened_at) AS DATE) AS oldest
        FROM tickets
        WHERE account_id IS NOT NULL AND CAST(opened_at AS DATE) <= $day
              AND (resolved_at IS NULL OR CAST(resolved_at AS DATE) > $day)
        GROUP BY account_id ORDER BY account_id
    """
    return mart.query(sql, day=day)


def complaint_kinds(mart: Mart, day: date) -> pd.DataFrame:
    """What the complaints of the six months to ``day`` were about: account_id, category, complaints; the most common of
    each account first."""
    sql = f"""
        SELECT account_id, coalesce(category, '{UNCLASSIFIED}') AS category, count(*) AS complaints FROM tickets
        WHERE account_id IS NOT NULL AND is_complaint AND CAST(opened_at AS DATE) BETWEEN $start AND $day
        GROUP BY account_id, coalesce(category, '{UNCLASSIFIED}') ORDER BY account_id, complaints DESC, category
    """
    return mart.query(sql, start=add_months(day, -6) + timedelta(days=1), day=day)


def keepers(mart: Mart) -> dict[str, str]:
    """Label of the person who looks after each account, by account_id."""
    found = mart.query("""
        SELECT a.account_id, r.name AS keeper FROM accounts AS a JOIN reps AS r ON r.rep_id = a.owner_rep_id
        WHERE r.name IS NOT NULL ORDER BY a.account_id
    """)
    return dict(zip(found["account_id"], found["keeper"], strict=True))
