"""Shares of markets: what market and share did to sales, and where a product line stands (M-08 … M-11)."""

from dataclasses import dataclass

from .bridges import balanced
from .growth import ratio


@dataclass(frozen=True)
class TwoFactor:
    """Parts of a change of sales in whole cents; they add up to it (requirement M-09)."""

    market: float
    share: float


def two_factor(sales0: float, market0: float, sales1: float, market1: float) -> TwoFactor | None:
    """``ΔS = share0·ΔMkt + Δshare·Mkt1``: what the market's growth alone would have brought, and the rest.

    None where a market has no size. The same shares give no share effect, the same markets no market effect.

    >>> two_factor(10.0, 100.0, 15.0, 120.0)
    TwoFactor(market=2.0, share=3.0)
    """
    if market0 <= 0 or market1 <= 0:
        return None
    share0, share1 = sales0 / market0, sales1 / market1
    parts = share0 * (market1 - market0), (share1 - share0) * market1
    return TwoFactor(*balanced(parts, sales1 - sales0))


def share_range(sales: float, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Lowest and highest share that a market between ``low`` and ``high`` leaves; None where a bound is missing."""
    return ratio(sales, high), ratio(sales, low)


def share_case(
    change: float | None,
    band: float,
    now: tuple[float | None, float | None],
    before: tuple[float | None, float | None],
) -> str:
    """``up``, ``down``, ``flat`` or ``no_base`` for a change of a share (requirement M-09).

    Flat below ``band``, and ``unsure`` above it while the two ranges (low, high) meet: the estimate is no better.

    >>> share_case(0.01, 0.005, (0.10, 0.12), (0.11, 0.13))
    'unsure'
    """
    if change is None:
        return "no_base"
    if abs(change) < band:
        return "flat"
    known = None not in (*now, *before)
    if known and now[0] <= before[1] and before[0] <= now[1]:
        return "unsure"
    return "up" if change > 0 else "down"


def standing(
    relative_share: float,
    growth: float,
    cut_share: float,
    cut_growth: float,
    margin: float | None = None,
    floor: float | None = None,
) -> str:
    """``star``, ``potential``, ``cash`` or ``improve`` (M-11); a margin below ``floor`` is always ``improve``.

    High means at least the cut-off.

    >>> standing(1.2, 0.10, 1.0, 0.08), standing(0.5, 0.10, 1.0, 0.08), standing(0.5, 0.02, 1.0, 0.08)
    ('star', 'potential', 'improve')
    """
    if margin is not None and floor is not None and margin < floor:
        return "improve"
    if growth >= cut_growth:
        return "star" if relative_share >= cut_share else "potential"
    return "cash" if relative_share >= cut_share else "improve"
