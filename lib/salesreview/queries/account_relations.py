"""Who is known at the customers, and who was spoken to (requirements K-16, K-33 … K-35)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

CONVERSATIONS = ("电话", "上门拜访", "演示", "会议", "回访", "挽回", "高层互访", "QBR", "陌拜", "展会")
"""Activities in which both sides speak. A mail or message counts as two-way only when the customer sent it."""

_SPOKE = """coalesce(effective, true) AND coalesce(type, '') <> '辅导'
    AND (type IN ({conversations}) OR direction = '客户发起')"""


def contacts(mart: Mart, day: date) -> pd.DataFrame:
    """People at known accounts who had not left by ``day``: contact_id, account_id, department, level, role, stance.

    ``department`` and ``role`` are `UNCLASSIFIED` where none is written down; ``stance`` is -2 … 2 or null. Contacts
    carry no day of entry, so those of an earlier day are today's knowledge of who was there.
    """
    sql = f"""
        SELECT contact_id, account_id, coalesce(department, '{UNCLASSIFIED}') AS department, level,
               coalesce(buying_role, '{UNCLASSIFIED}') AS role, stance
        FROM contacts
        WHERE account_id IS NOT NULL
          AND CASE WHEN left_at IS NULL THEN coalesce(valid, true) ELSE left_at > $day END
        ORDER BY account_id, contact_id
    """
    return mart.query(sql, day=day)


def touches(mart: Mart, window: Window) -> pd.DataFrame:
    """Two-way contacts of ``window`` by account and person: account_id, contact_id (null where not named), touches.

    A two-way contact is an effective activity in which both sides speak, or one that the customer began. Coaching of
    own people is none. Activities without account count for the account of their contact.
    """
    marks = ", ".join(f"'{name}'" for name in CONVERSATIONS)
    sql = f"""
        SELECT coalesce(a.account_id, c.account_id) AS account_id, a.contact_id, count(*) AS touches
        FROM activities AS a LEFT JOIN contacts AS c ON c.contact_id = a.contact_id
        WHERE CAST(a.started_at AS DATE) BETWEEN $start AND $end AND coalesce(a.account_id, c.account_id) IS NOT NULL
          AND {_SPOKE.format(conversations=marks)}
        GROUP BY coalesce(a.account_id, c.account_id), a.contact_id ORDER BY account_id, contact_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def last_touches(mart: Mart, day: date) -> dict[str, date]:
    """Day of the last two-way contact (as `touches`) with each person up to ``day``, by contact_id."""
    marks = ", ".join(f"'{name}'" for name in CONVERSATIONS)
    sql = f"""
        SELECT contact_id, CAST(max(started_at) AS DATE) AS last FROM activities
        WHERE CAST(started_at AS DATE) <= $day AND contact_id IS NOT NULL AND {_SPOKE.format(conversations=marks)}
        GROUP BY contact_id ORDER BY contact_id
    """
    found = mart.query(sql, day=day)
    return {name: last.date() for name, last in zip(found["contact_id"], found["last"], strict=True)}


def visits(mart: Mart, window: Window, kind: str) -> pd.DataFrame:
    """Effective activities of ``kind`` (such as 高层互访, QBR) by account and month: account_id, month, visits."""
    sql = """
        SELECT account_id, CAST(date_trunc('month', started_at) AS DATE) AS month, count(*) AS visits
        FROM activities
        WHERE type = $kind AND coalesce(effective, true) AND account_id IS NOT NULL
          AND CAST(started_at AS DATE) BETWEEN $start AND $end
        GROUP BY account_id, CAST(date_trunc('month', started_at) AS DATE) ORDER BY account_id, month
    """
    return mart.query(sql, kind=kind, start=window.start, end=window.end)
