"""How customers and rivals reacted to a price change (requirement M-15)."""

from collections import Counter
from datetime import timedelta

from ....metrics.growth import ratio
from ....periods import Window
from ....queries import price_effects as queries
from ....queries import rivals
from ....record import Exhibit, Figure, NotProvided, Table, Text
from ...context import Context, Span, change
from .boxes import Boxes

BOXES: Boxes = {"prices_reactions": ("M-15",)}


def reactions(ctx: Context, one) -> Exhibit:
    """What customers said and rivals did before and after a `prices.Event`."""
    wide = timedelta(days=ctx.settings.market.reaction_days)
    spans = [
        Span(f"{window.start}:{window.end}", window)
        for window in (
            Window(one.day, min(one.day + wide - timedelta(days=1), ctx.mart.meta.as_of)),
            Window(one.day - wide, one.day - timedelta(days=1)),
        )
    ]
    rows, sources = [], {
        "price_loss_share": ("opportunities.lost_reason",),
        "price_answer_share": ("surveys.theme",),
        "price_complaint_share": ("tickets.category", "tickets.is_complaint"),
    }  # fmt: skip
    gone = {name: ctx.mart.missing(*fields) for name, fields in sources.items()}
    for name in (name for name, fields in gone.items() if not fields):
        now, base = (_share(ctx, name, span, one) for span in spans)
        rows.append((Text(f"metric.{name}"), base, now, change(now, base, "seq")))
    moved = _moves(ctx, spans)
    if not rows and moved is None:
        fields = tuple(field for one_ in gone.values() for field in one_)
        box = {"id": "prices_reactions", "requirements": BOXES["prices_reactions"]}
        return NotProvided(title=Text("prices.reactions"), missing=fields, **box)
    rows += moved or []
    certain = [row for row in rows if row[3] is not None and row[3].value and _beyond(row[3])]
    title = Text("prices.reactions_some", {"kinds": tuple(row[0] for row in certain)})
    return Table(
        id="prices_reactions",
        title=title if certain else Text("prices.reactions_none"),
        requirements=BOXES["prices_reactions"],
        header=tuple(Text(f"prices.column_{name}") for name in ("reaction", "before", "after", "moved")),
        rows=tuple(rows),
        notes=(Text("prices.note_reactions", {"day": one.day}),),
    )


def _beyond(moved: Figure) -> bool:
    return moved.unit == "pp" and not {"within_chance", "small_n"} & set(moved.flags)


def _share(ctx: Context, name: str, span: Span, one) -> Figure:
    if name == "price_loss_share":
        hits, n = queries.lost_for_price(ctx.mart, span.window, one.products)
    else:
        kind = "answers" if name == "price_answer_share" else "complaints"
        hits, n = queries.price_voices(ctx.mart, span.window)[kind]
    flags = ("small_n",) if n < ctx.settings.minimum_n.rate else ()
    where = {"dimension": "product_line", "member": one.line} if name == "price_loss_share" else {}
    return ctx.figure(name, ratio(hits, n), span, numerator=hits, denominator=n, n=n, flags=flags, **where)


def _moves(ctx: Context, spans: list[Span]) -> list[tuple] | None:
    if ctx.mart.missing("competitor_moves.date"):
        return None
    counts = [Counter(rivals.moves(ctx.mart, span.window)["type"]) for span in spans]
    rows = []
    for kind in sorted(set(counts[0]) | set(counts[1]), key=lambda kind: (-counts[0][kind], kind)):
        now, base = (
            ctx.figure("rival_moves", count[kind], span, n=count[kind], dimension="move_type", member=kind)
            for count, span in zip(counts, spans, strict=True)
        )
        rows.append((Text("prices.rival_move", {"kind": kind}), base, now, None))
    return rows
