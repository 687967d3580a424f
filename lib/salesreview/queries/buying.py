"""How customers buy: where they come from, through which channel they order, how long and with whom (M-07)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def products_per_order(mart: Mart, window: Window) -> tuple[int, int]:
    """Different products summed over the orders of ``window``, and those orders; returns are left out."""
    row = mart.query(
        """
        WITH baskets AS (
            SELECT order_id, count(DISTINCT product_id) AS products FROM sales_facts
            WHERE order_date BETWEEN $start AND $end AND NOT is_return GROUP BY order_id
        )
        SELECT coalesce(sum(products), 0) AS products, count(*) AS orders FROM baskets
        """,
        start=window.start,
        end=window.end,
    ).iloc[0]
    return int(row["products"]), int(row["orders"])


def contacts_per_deal(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals won in ``window`` that have activities: opp_id, people (different contacts spoken to), touches."""
    return mart.query(
        """
        SELECT o.opp_id, count(DISTINCT a.contact_id) AS people, count(*) AS touches
        FROM opportunities o JOIN activities a ON a.opp_id = o.opp_id
        WHERE o.outcome = 'won' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
        GROUP BY o.opp_id ORDER BY o.opp_id
        """,
        start=window.start,
        end=window.end,
    )


def lead_sources(mart: Mart, window: Window) -> pd.DataFrame:
    """Leads received in ``window`` by source channel: member, n."""
    return mart.query(
        f"""
        SELECT coalesce(c.name, l.source_channel, '{UNCLASSIFIED}') AS member, count(*) AS n
        FROM leads l LEFT JOIN channels c ON c.channel_id = l.source_channel
        WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end GROUP BY member ORDER BY n DESC, member
        """,
        start=window.start,
        end=window.end,
    )


def needs_with_words(mart: Mart, window: Window, words: tuple[str, ...]) -> tuple[int, int]:
    """Needs recorded in ``window`` whose text holds one of ``words``, and all needs recorded."""
    found = mart.query(
        'SELECT text FROM needs WHERE "date" BETWEEN $start AND $end', start=window.start, end=window.end
    )["text"]
    hits = sum(isinstance(text, str) and any(word.lower() in text.lower() for word in words) for text in found)
    return hits, len(found)


def tool_users(mart: Mart, tool_id: str, window: Window) -> int:
    """People who used a tool on at least one day of a week that begins in ``window``."""
    found = mart.query(
        """
        SELECT count(DISTINCT rep_id) AS users FROM tool_usage
        WHERE tool_id = $tool AND active_days > 0 AND "week" BETWEEN $start AND $end
        """,
        tool=tool_id,
        start=window.start,
        end=window.end,
    )
    return int(found["users"].iloc[0])


def tool_name(mart: Mart, tool_id: str) -> str:
    """The name of a tool, its id where it has none."""
    found = mart.query("SELECT name FROM tools WHERE tool_id = $tool", tool=tool_id)["name"]
    return tool_id if found.empty or pd.isna(found.iloc[0]) else found.iloc[0]
