"""How far sales reach into the market, and leads by recommendation (requirements T-12, T-13)."""

from collections.abc import Sequence

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

REFERRAL = "合作伙伴转介"


def universe(mart: Mart, industries: Sequence[str], size_bands: Sequence[str], regions: Sequence[str]) -> pd.DataFrame:
    """Accounts in the CRM that are wanted as customers: account_id, industry. An empty list leaves its trait open."""
    wanted = {"a.industry": industries, "a.size_band": size_bands, "coalesce(r.name, a.region_id)": regions}
    named, clauses = {}, []
    for place, (column, values) in enumerate(wanted.items()):
        if values:
            keys = [f"v{place}_{i}" for i in range(len(values))]
            named |= dict(zip(keys, values, strict=True))
            clauses.append(f"{column} IN ({', '.join(f'${key}' for key in keys)})")
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    return mart.query(
        f"""SELECT a.account_id, coalesce(a.industry, '{UNCLASSIFIED}') AS industry
            FROM accounts AS a LEFT JOIN regions AS r ON r.region_id = a.region_id {where} ORDER BY a.account_id""",
        **named,
    )


def referred_leads(mart: Mart, window: Window) -> tuple[int, int]:
    """(leads of ``window`` that came by recommendation, leads of it)."""
    row = mart.query(
        """
        SELECT count(*) AS leads, count(CASE WHEN c.group4 = $referral THEN 1 END) AS referred
        FROM leads AS l LEFT JOIN channels AS c ON c.channel_id = l.source_channel
        WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end
        """,
        start=window.start,
        end=window.end,
        referral=REFERRAL,
    ).iloc[0]
    return int(row["referred"]), int(row["leads"])
