"""How sellers cooperate: co-sold deals, their win rate within bands of like size, who works with whom (T-14)."""

import pandas as pd

from ....metrics.comparison import Interval
from ....metrics.matched import matched_difference
from ....queries.staff_surveys import answers
from ....queries.teamwork import closed_deals, shared_wins
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Series, Text
from ...context import Context, Span, change
from ..cases import base_span
from .common import absent, ends, lacking, mean, share

IDS = {f"teamwork_{name}": ("T-14",) for name in ("cards", "bands", "network", "text")}
FIELDS = ("opportunities.outcome", "opportunities.closed_at")
TEAMS = ("opportunity_team.member", "order_splits.rep_id")
BANDS = 4


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, win rate by size band, deals shared between teams, paragraph."""
    missing, unteamed = ctx.mart.missing(*FIELDS), ctx.mart.missing(*TEAMS)
    if missing or len(unteamed) == len(TEAMS):
        return absent(IDS, "teamwork", (*missing, *unteamed))
    deals = closed_deals(ctx.mart, ctx.current.window)
    if deals["won"].sum() == 0:
        return lacking(IDS, "teamwork", Text("teamwork.none"))
    rate = co_sell_rate(ctx, deals, ctx.current)
    base = base_span(ctx, ctx.year_ago)
    before = co_sell_rate(ctx, closed_deals(ctx.mart, base.window), base) if base else None
    yoy = change(rate, before, "yoy")
    lift, bands = co_sell_lift(ctx, deals)
    return (
        Heading(id="teamwork_heading", title=Text("teamwork.heading")),
        _cards(ctx, rate, yoy, lift),
        _bands(ctx, lift, bands),
        _network(ctx),
        _text(ctx, rate, yoy, lift),
    )


def co_sell_rate(ctx: Context, deals: pd.DataFrame, span: Span) -> Figure:
    """Won deals with two credited sellers or more over won deals (metric co_sell_rate)."""
    won = deals[deals["won"].astype(bool)]
    return share(ctx, "co_sell_rate", (won["credited"] >= 2).sum(), len(won), span)


def co_sell_lift(ctx: Context, deals: pd.DataFrame) -> tuple[Interval | None, list[dict]]:
    """The win rate of co-sold deals less that of others, matched by size, and its bands.

    Bands are quarters of the closed deals by amount; without amounts there is one. Co-sold means two sellers or more
    named in the deal's team, which is known for lost deals too. Each band: high (largest amount, None without amounts)
    and hits and records of both kinds. None when few deals of either kind are there.
    """
    frame = deals.assign(co=deals["named"] >= 2, won=deals["won"].astype(bool))
    priced = frame["amount"].notna()
    if priced.mean() >= 0.5:
        frame = frame[priced]
        frame = frame.assign(band=pd.qcut(frame["amount"].rank(method="first"), min(BANDS, len(frame)), labels=False))
    else:
        frame = frame.assign(band=0, amount=None)
    found = []
    for _, part in frame.groupby("band", sort=True):
        kinds = [part[part["co"]]["won"], part[~part["co"]]["won"]]
        counts = tuple(int(value) for kind in kinds for value in (kind.sum(), len(kind)))
        found.append({"high": part["amount"].max(), "counts": counts})
    smallest = min(frame["co"].sum(), (~frame["co"]).sum())
    enough = smallest >= ctx.settings.minimum_n.rate
    return (matched_difference([band["counts"] for band in found]) if enough else None), found


def lift_figure(ctx: Context, lift: Interval | None) -> Figure:
    return ctx.figure("co_sell_lift", lift.value if lift else None, ctx.current, flags=() if lift else ("small_n",))


def _case(lift: Interval | None) -> str:
    if lift is None:
        return "few"
    return "alike" if not lift.excludes_zero else "higher" if lift.value > 0 else "lower"


def _cards(ctx: Context, rate: Figure, yoy: Figure, lift: Interval | None) -> Cards:
    cards = [Card(Text("metric.co_sell_rate"), rate, (yoy,)), Card(Text("metric.co_sell_lift"), lift_figure(ctx, lift))]
    now = answers(ctx.mart, ctx.current.window, "360")["index"]
    if now.notna().any():
        peers, base = mean(ctx, "peer_score", now), base_span(ctx, ctx.year_ago)
        then = mean(ctx, "peer_score", answers(ctx.mart, base.window, "360")["index"], base) if base else None
        cards.append(Card(Text("metric.peer_score"), peers, (change(peers, then, "yoy"),)))
    return Cards(
        id="teamwork_cards",
        title=Text("teamwork.cards", {"rate": rate}),
        requirements=IDS["teamwork_cards"],
        cards=tuple(cards),
        notes=(Text("teamwork.note_rate"),),
    )


def _bands(ctx: Context, lift: Interval | None, bands: list[dict]) -> Exhibit:
    fixed = {"id": "teamwork_bands", "requirements": ("T-14",)}
    if lift is None:
        return NotEnough(title=Text("teamwork.bands_title"), reason=Text("teamwork.bands_few"), **fixed)
    points, low = [], None
    for place, band in enumerate(bands, start=1):
        hits_1, n_1, hits_0, n_0 = band["counts"]
        figures = [
            share(ctx, "co_sell_win_rate", hits, n, dimension="size band×kind", member=f"{place} | {kind}")
            for hits, n, kind in ((hits_1, n_1, "co-sold"), (hits_0, n_0, "alone"))
        ]
        points.append(Point(_band_label(ctx, place, len(bands), low, band["high"]), *figures))
        low = band["high"]
    value = lift_figure(ctx, lift)
    return Chart(
        title=Text(f"teamwork.bands_{_case(lift)}", {"lift": value}),
        form="dumbbell",
        points=tuple(points),
        axes={"x": Text("teamwork.co_sold"), "y": Text("teamwork.alone")},
        summary=Text("teamwork.bands_alt", {"lift": value}),
        notes=(Text("teamwork.note_bands"),),
        **fixed,
    )


def _band_label(ctx: Context, place: int, of: int, low: float | None, high: float | None) -> Text:
    if high is None or of == 1 or pd.isna(high):
        return Text("teamwork.band_all")
    limits = {
        name: ctx.figure("deal_band_limit", float(value), ctx.current, dimension="size band", member=str(at))
        for name, value, at in (("low", low, place - 1), ("high", high, place))
        if value is not None
    }
    if place == 1:
        return Text("teamwork.band_first", {"high": limits["high"]})
    if place == of:
        return Text("teamwork.band_last", {"low": limits["low"]})
    return Text("teamwork.band", limits)


def _network(ctx: Context) -> Exhibit:
    """Won deals shared by sellers of two teams, or of one; symmetric."""
    fixed = {"id": "teamwork_network", "requirements": ("T-14",)}
    pairs = shared_wins(ctx.mart, ctx.current.window)
    teams = sorted(set(pairs["first"]) | set(pairs["second"]))
    if len(teams) < 2:
        return NotEnough(title=Text("teamwork.network_title"), reason=Text("teamwork.network_few"), **fixed)
    deals = {(row.first, row.second): int(row.deals) for row in pairs.itertuples()}

    def cell(one: str, two: str) -> Figure:
        pair = (min(one, two), max(one, two))
        return ctx.figure(
            "shared_deals", deals.get(pair, 0), ctx.current, dimension="team×team", member=" | ".join(pair)
        )

    across = [(count, pair) for pair, count in deals.items() if pair[0] != pair[1]]
    _, (first, second) = min(across, key=lambda item: (-item[0], item[1])) if across else (0, (teams[0], teams[0]))
    values = {"first": first, "second": second, "deals": cell(first, second)}
    return Chart(
        title=Text("teamwork.network" if across else "teamwork.network_inside", values if across else {}),
        form="heatmap",
        categories=tuple(teams),
        series=tuple(Series(row, tuple(cell(row, column) for column in teams), "part") for row in teams),
        axes={"value": Text("metric.shared_deals")},
        summary=Text("teamwork.network_alt", values),
        notes=(Text("teamwork.note_network"),),
        **fixed,
    )


def _text(ctx: Context, rate: Figure, yoy: Figure, lift: Interval | None) -> Prose:
    case = "no_base" if yoy.value is None else "flat" if "within_chance" in yoy.flags else "moved"
    sentences = [Text(f"teamwork.text_{case}", {"rate": rate} | ({} if case == "no_base" else {"yoy": yoy}))]
    if lift is None:
        sentences.append(Text("teamwork.text_few"))
    else:
        low, high = ends(ctx, "co_sell_lift", ctx.current, "co_sell_lift", lift.low, lift.high)
        values = {"lift": lift_figure(ctx, lift), "low": low, "high": high}
        sentences += [Text(f"teamwork.text_{_case(lift)}", values), Text("teamwork.text_caveat")]
    return Prose(id="teamwork_text", title=Text("empty"), requirements=("T-14",), sentences=tuple(sentences))
