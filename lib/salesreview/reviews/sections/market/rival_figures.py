"""Figures about competitors: deals against them, their shares of the market, their prices (M-03, M-04)."""

from dataclasses import dataclass

import pandas as pd

from ....metrics.association import rates_p
from ....metrics.comparison import holm, wilson
from ....metrics.growth import ratio
from ....queries import rivals as queries
from ....record import Figure
from ...context import Context, change
from ..finding import few
from .share import WHOLE, both

DEAL_FIELDS = ("opportunities.outcome", "opportunities.closed_at", "opportunities.present_competitors")
PRICE_FIELDS = ("quotes.amount", "quotes.list_amount", "competitors.price_index")


@dataclass(frozen=True)
class Duel:
    """Deals against one rival; ``below`` says that clearly less is won than in deals without any known rival."""

    rival_id: str
    name: str
    deals: Figure
    rate: Figure
    low: Figure
    high: Figure
    lost_amount: Figure
    lost_share: Figure
    below: bool


@dataclass(frozen=True)
class Duels:
    """All rivals met, those met most first, and the win rate of deals without any known rival."""

    rows: tuple[Duel, ...]
    without: Figure


def duels(ctx: Context) -> Duels:
    """Won and lost deals of the review period against each rival, Holm-adjusted against deals without one."""
    frame = queries.head_to_head(ctx.mart, ctx.current.window)
    names = names_of(ctx)
    alone = frame[frame["competitor_id"].isna()]
    won, closed = int(alone["won"].sum()), int(alone["won"].sum() + alone["lost"].sum())
    without = ctx.figure(
        "rival_win_rate", ratio(won, closed), ctx.current, dimension="competitor", member="none", numerator=won,
        denominator=closed, n=closed, flags=few(ctx, closed),
    )  # fmt: skip
    met = frame[frame["competitor_id"].notna()]
    met = met.assign(deals=met["won"] + met["lost"]).sort_values(["deals", "competitor_id"], ascending=[False, True])
    pipeline = queries.worked_pipeline(ctx.mart, ctx.current.window)
    below = _below(ctx, met, won, closed)
    rows = tuple(
        _duel(ctx, row, names.get(row.competitor_id, row.competitor_id), pipeline, row.competitor_id in below)
        for row in met.itertuples()
    )
    return Duels(rows, without)


def _below(ctx: Context, met: pd.DataFrame, won: int, closed: int) -> set[str]:
    """Rivals whose win rate lies below that of deals without one, at 5 % over all rivals (Holm)."""
    fewest = ctx.settings.minimum_n.rate
    if closed < fewest:
        return set()
    judged = [row for row in met.itertuples() if row.deals >= fewest]
    p_values = [rates_p(int(row.won), int(row.deals), won, closed) for row in judged]
    return {
        row.competitor_id
        for row, p in zip(judged, holm(p_values), strict=True)
        if p < 0.05 and row.won / row.deals < won / closed
    }


def _duel(ctx: Context, row, name: str, pipeline: float, below: bool) -> Duel:
    at = {"dimension": "competitor", "member": name}
    n, found = int(row.deals), wilson(int(row.won), int(row.deals))
    flags = few(ctx, n)
    counts = {"numerator": int(row.won), "denominator": n, "n": n, "flags": flags}
    share = ratio(float(row.lost_amount), pipeline)
    return Duel(
        rival_id=row.competitor_id,
        name=name,
        deals=ctx.figure("rival_deals", n, ctx.current, n=n, **at),
        rate=ctx.figure("rival_win_rate", found.value if found else None, ctx.current, **counts, **at),
        low=ctx.figure("rival_win_low", found.low if found else None, ctx.current, n=n, flags=flags, **at),
        high=ctx.figure("rival_win_high", found.high if found else None, ctx.current, n=n, flags=flags, **at),
        lost_amount=ctx.figure("rival_lost_amount", float(row.lost_amount), ctx.current, n=int(row.lost_to), **at),
        lost_share=ctx.figure(
            "rival_lost_share", share, ctx.current, numerator=float(row.lost_amount), denominator=pipeline, **at
        ),
        below=below,
    )


def names_of(ctx: Context) -> dict[str, str]:
    """Name of each competitor by id."""
    known = queries.competitors(ctx.mart)
    return dict(zip(known["competitor_id"], known["name"], strict=True))


def share_moves(ctx: Context) -> dict[str, tuple[Figure, Figure, Figure]]:
    """Each rival's share of the whole market before, now, and the difference, largest now first."""
    now, before = both(ctx)
    if WHOLE not in now or WHOLE not in before:
        return {}
    names, found = names_of(ctx), {}
    for code, value in sorted(now[WHOLE].rivals.items(), key=lambda item: (-item[1], item[0])):
        if code not in before[WHOLE].rivals:
            continue
        at = {"dimension": "competitor", "member": names.get(code, code), "flags": ("external",)}
        new = ctx.figure("rival_share", value, ctx.current, **at)
        old = ctx.figure("rival_share", before[WHOLE].rivals[code], ctx.year_ago, **at)
        found[names.get(code, code)] = (old, new, change(new, old, "yoy"))
    return found


def price_gaps(ctx: Context) -> dict[str, Figure]:
    """By rival's name: how far the last quotes lost to the rival lay above (+) or below its price level."""
    if ctx.mart.missing(*PRICE_FIELDS, "opportunities.lost_competitor"):
        return {}
    known = queries.competitors(ctx.mart).set_index("competitor_id")
    found = {}
    for row in queries.lost_quotes(ctx.mart, ctx.current.window).itertuples():
        if row.competitor_id not in known.index or not known.loc[row.competitor_id, "price_index"] > 0:
            continue
        name, level = known.loc[row.competitor_id, "name"], float(known.loc[row.competitor_id, "price_index"])
        quoted = 100 * row.amount / row.list_amount
        flags = ("external",) + (("small_n",) if row.quotes < ctx.settings.minimum_n.mean else ())
        found[name] = ctx.figure(
            "rival_price_gap", quoted / level - 1, ctx.current, dimension="competitor", member=name,
            numerator=quoted, denominator=level, n=int(row.quotes), flags=flags,
        )  # fmt: skip
    return found
