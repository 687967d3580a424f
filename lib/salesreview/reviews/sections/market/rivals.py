"""Competitors: who they are, what they did, how deals against them end, what they take (M-03, M-04, S2-19, S3-14,
S1-69)."""

from collections import Counter

import pandas as pd

from ....metrics.growth import ratio
from ....queries import rivals as queries
from ....record import Chart, Exhibit, Heading, PeriodName, Point, Prose, Series, Table, Text
from ...context import Context
from .boxes import absent
from .common import gap, thin
from .rival_figures import DEAL_FIELDS, Duels, duels, price_gaps, share_moves
from .share import WHOLE, both

BOXES = {
    "rivals_text": ("M-03", "M-04"),
    "rivals_matrix": ("M-03", "S3-14"),
    "rivals_log": ("M-03", "S2-19"),
    "rivals_duels": ("M-03",),
    "rivals_shares": ("M-04", "S1-69"),
    "rivals_table": ("M-03", "M-04", "S3-14"),
}

RIVAL_RISE = 0.05
"""Rise of a rival's share on last year that lights the warning (requirement S1-69)."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, matrix, log of moves, head to head, shares of the market with warning, what each takes."""
    heading, title = Heading(id="rivals_heading", title=Text("market_rivals.heading")), Text("market_rivals.heading")
    known, dealt = not ctx.mart.missing("competitors.name"), not ctx.mart.missing(*DEAL_FIELDS)
    moved = not ctx.mart.missing("competitor_moves.date")
    if not (known or dealt or moved):
        fields = ("competitors.name", "competitor_moves.date", *ctx.mart.missing(*DEAL_FIELDS))
        return heading, *absent(BOXES, title, fields)
    found = duels(ctx) if dealt else None
    return (
        heading,
        _prose(ctx, found),
        _matrix(ctx),
        _log(ctx),
        _duels(ctx, found),
        _shares(ctx),
        _table(ctx, found),
    )


def _matrix(ctx: Context) -> Exhibit:
    known = queries.competitors(ctx.mart)
    if known.empty:
        return gap("rivals_matrix", "market_rivals.matrix", BOXES["rivals_matrix"], ("competitors.name",))
    rows = []
    for row in known.head(ctx.settings.top_n).itertuples():
        at = {"dimension": "competitor", "member": row.name}
        index = None if pd.isna(row.price_index) else float(row.price_index)
        label = Text("market_rivals.entrant", {"name": row.name}) if row.is_new_entrant else row.name
        cells = (row.product_features, row.channels, row.strengths, row.weaknesses)
        price = ctx.figure("rival_price_index", index, ctx.current, **at)
        rows.append((label, cells[0], price, *cells[1:]))
    cheaper = int((known["price_index"] < 100).sum())
    return Table(
        id="rivals_matrix",
        title=Text("market_rivals.matrix_title", {"n": str(len(known)), "cheaper": str(cheaper)}),
        requirements=BOXES["rivals_matrix"],
        header=tuple(
            Text(f"market_rivals.column_{name}")
            for name in ("rival", "product", "price_index", "channels", "strengths", "weaknesses")
        ),
        rows=tuple(rows),
        notes=(Text("market_rivals.note_index"), Text("market_rivals.note_external")),
    )


def _log(ctx: Context) -> Exhibit:
    place = ("rivals_log", "market_rivals.log", BOXES["rivals_log"])
    if gone := ctx.mart.missing("competitor_moves.date", "competitor_moves.type"):
        return gap(*place, gone)
    found = queries.moves(ctx.mart, ctx.current.window)
    if found.empty:
        return thin(*place, "market_rivals.no_moves")
    shown = found.head(ctx.settings.top_n)
    kind, n = Counter(found["type"]).most_common(1)[0]
    values = {"total": str(len(found)), "kind": kind, "n": str(n)}
    return Table(
        id=place[0],
        title=Text("market_rivals.log_title", values),
        requirements=place[2],
        header=tuple(Text(f"market_rivals.column_{name}") for name in ("day", "rival", "kind", "source")),
        rows=tuple(
            (row.day.date(), row.name, row.type, row.source) for row in shown.itertuples(name="Move", index=False)
        ),
        notes=(
            Text("market_rivals.note_moves"),
            *((Text("market_rivals.note_log", {"shown": str(len(shown))}),) if len(shown) < len(found) else ()),
        ),
    )


def _duels(ctx: Context, found: Duels | None) -> Exhibit:
    place = ("rivals_duels", "market_rivals.duels", BOXES["rivals_duels"])
    if found is None:
        return gap(*place, ctx.mart.missing(*DEAL_FIELDS))
    known = [one for one in found.rows if one.rate.value is not None and "small_n" not in one.rate.flags]
    if not known:
        return thin(*place, "market_rivals.few_duels")
    known = sorted(known, key=lambda one: (one.rate.value, one.name))
    worse = [one for one in known if one.below]
    values = {"low": known[0].rate, "high": known[-1].rate, "without": found.without}
    named = {"rivals": tuple(one.name for one in worse), "without": found.without}
    title = Text("market_rivals.duels_worse", named) if worse else Text("market_rivals.duels_alike", values)
    return Chart(
        id=place[0],
        title=title,
        requirements=place[2],
        form="dot",
        points=tuple(Point(one.name, x=one.rate, low=one.low, high=one.high) for one in known),
        axes={"x": Text("metric.rival_win_rate")},
        marks={"reference": found.without} if found.without.value is not None else {},
        summary=Text(
            "market_rivals.duels_alt",
            {"rates": tuple(Text("share.named", {"name": one.name, "value": one.rate}) for one in known)},
        ),
        notes=(Text("market_rivals.note_duels", {"n": str(found.without.n)}),),
    )


def _shares(ctx: Context) -> Exhibit:
    """Own and rivals' shares of the whole market, a year ago and now."""
    place = ("rivals_shares", "market_rivals.shares", BOXES["rivals_shares"])
    if gone := ctx.mart.missing("market_size.competitor_shares"):
        return gap(*place, gone)
    moved = share_moves(ctx)
    if not moved:
        return thin(*place, "share.no_base")
    rose = max(moved.items(), key=lambda item: item[1][2].value)
    fell = min(moved.items(), key=lambda item: item[1][2].value)
    now, before = (found[WHOLE] for found in both(ctx))
    own = Series(Text("market_rivals.own"), (before.share, now.share), "actual")
    others = tuple(Series(name, (old, new), "part") for name, (old, new, _) in moved.items())
    values = {"up": rose[0], "gain": rose[1][2]}
    alarm = round(rose[1][2].value, 9) >= RIVAL_RISE
    told = values | {"down": fell[0], "loss": fell[1][2]}
    return Chart(
        id=place[0],
        title=Text(f"market_rivals.shares_{'alarm' if alarm else 'calm'}", values),
        requirements=place[2],
        form="slope",
        categories=(PeriodName(ctx.year_ago.code), PeriodName(ctx.current.code)),
        series=(own, *others),
        axes={"y": Text("metric.market_share")},
        summary=Text("market_rivals.shares_alt", told),
        notes=(Text("market_rivals.note_alarm"), Text("market_rivals.note_shares")),
    )


def _table(ctx: Context, found: Duels | None) -> Exhibit:
    place = ("rivals_table", "market_rivals.table", BOXES["rivals_table"])
    if found is None:
        return gap(*place, ctx.mart.missing(*DEAL_FIELDS))
    if not found.rows:
        return thin(*place, "market_rivals.few_duels")
    shares, gaps = share_moves(ctx), price_gaps(ctx)
    ranked = sorted(found.rows, key=lambda one: (-one.lost_amount.value, one.name))[: ctx.settings.top_n]
    rows = []
    for one in ranked:
        share = shares.get(one.name, (None, None, None))
        rows.append(
            (one.name, share[1], share[2], one.deals, one.rate, gaps.get(one.name), one.lost_amount, one.lost_share)
        )
    names = ("rival", "share", "moved", "deals", "rate", "price_gap", "lost", "lost_share")
    first = ranked[0]
    values = {"rival": first.name, "amount": first.lost_amount, "part": first.lost_share}
    return Table(
        id=place[0],
        title=Text("market_rivals.table_title", values),
        requirements=place[2],
        header=tuple(Text(f"market_rivals.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("market_rivals.note_lost"), *((Text("market_rivals.note_gap"),) if gaps else ())),
    )


def _prose(ctx: Context, found: Duels | None) -> Prose:
    sentences = []
    if not ctx.mart.missing("competitor_moves.type"):
        kinds = Counter(queries.moves(ctx.mart, ctx.current.window)["type"])
        if kinds:
            kind, n = kinds.most_common(1)[0]
            values = {"n": str(sum(kinds.values())), "kind": kind, "part": str(n)}
            sentences.append(Text("market_rivals.sentence_moves", values))
        else:
            sentences.append(Text("market_rivals.no_moves"))
    if found is not None and found.rows:
        worse = tuple(one.name for one in found.rows if one.below)
        if worse:
            sentences.append(Text("market_rivals.sentence_worse", {"rivals": worse, "without": found.without}))
        elif found.without.value is not None and "small_n" not in found.without.flags:
            sentences.append(Text("market_rivals.sentence_alike", {"without": found.without}))
        lost = sum(one.lost_amount.value for one in found.rows)
        pipeline = found.rows[0].lost_share.denominator
        total = ctx.figure("rival_lost_amount", round(lost, 2), ctx.current)
        part = ctx.figure("rival_lost_share", ratio(lost, pipeline), ctx.current, numerator=lost, denominator=pipeline)
        sentences.append(Text("market_rivals.sentence_lost", {"amount": total, "part": part}))
    gaps = {name: one for name, one in price_gaps(ctx).items() if "small_n" not in one.flags}
    if gaps:
        dear = max(gaps.items(), key=lambda item: item[1].value)
        if dear[1].value > 0:
            values = {"rival": dear[0], "gap": dear[1], "n": str(dear[1].n)}
            sentences.append(Text("market_rivals.sentence_gap", values))
    if not sentences:
        sentences.append(Text("market_rivals.few_duels"))
    return Prose(id="rivals_text", title=Text("empty"), requirements=BOXES["rivals_text"], sentences=tuple(sentences))
