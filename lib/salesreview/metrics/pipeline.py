"""How the open pipeline of a period came and went, deal by deal, so that the bars add up (S2-43, S4-31)."""

from dataclasses import dataclass

import pandas as pd

FLOWS = ("start", "created", "pulled_in", "cut", "won", "lost", "slipped", "end")


@dataclass(frozen=True)
class Flow:
    """Amounts of a period's pipeline: start + created + pulled_in − cut − won − lost − slipped = end.

    All are zero or above. ``slipped_deals`` counts the deals behind ``slipped``.
    """

    start: float
    created: float
    pulled_in: float
    cut: float
    won: float
    lost: float
    slipped: float
    end: float
    slipped_deals: int = 0

    @property
    def balance(self) -> float:
        """What the bars fail to explain; zero but for rounding."""
        gone = self.cut + self.won + self.lost + self.slipped
        return self.start + self.created + self.pulled_in - gone - self.end


def flow(deals: pd.DataFrame) -> Flow:
    """The pipeline expected to close by the period's end.

    ``deals`` has one row per deal that was open at any time: ``start`` (amount when it was open at the start and
    expected by the end of the period, else 0), ``first`` (amount when it was first expected by the end of the period,
    0 if it never was), ``new`` (created in the period), ``end`` (amount when still open and expected by the end, else
    0), ``fate`` (``won``, ``lost`` or ``open``), ``closing`` (amount at the closing). A deal of an earlier period that
    comes in, and a raised amount, count as pulled in; a lowered amount as cut; a deal that stays open and is expected
    later as slipped, with the amount that it came in with.
    """
    sums = dict.fromkeys(FLOWS, 0.0)
    slipped = 0
    for row in deals.itertuples():
        closed = row.fate != "open"
        leaves = float(row.closing) if closed else float(row.end)
        came = float(row.start) or float(row.first) or (leaves if closed else 0.0)
        if not came and not leaves:
            continue
        sums["start"] += float(row.start)
        if not row.start:
            sums["created" if row.new else "pulled_in"] += came
        if not closed and not leaves:
            sums["slipped"] += came
            slipped += 1
            continue
        sums["pulled_in"] += max(0.0, leaves - came)
        sums["cut"] += max(0.0, came - leaves)
        sums[row.fate if closed else "end"] += leaves
    return Flow(**sums, slipped_deals=slipped)


def stalled(stays: pd.DataFrame, limits: dict[str, float]) -> pd.Series:
    """Whether each open stay (``stage``, ``days``) is longer than its stage's limit; False for a stage without one."""
    allowed = stays["stage"].map(limits).astype(float)
    return (stays["days"] > allowed) & allowed.notna()


def velocity(deals: float, win_rate: float | None, amount: float | None, cycle: float | None) -> float | None:
    """Open deals × win rate × average won amount / cycle in days (key velocity); None when a part is missing.

    >>> velocity(10, 0.5, 100.0, 50.0)
    10.0
    """
    if None in (win_rate, amount, cycle) or cycle <= 0:
        return None
    return deals * win_rate * amount / cycle
