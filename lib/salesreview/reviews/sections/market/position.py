"""Where the firm stands in its market (requirements M-08, M-09)."""

import pandas as pd

from ....queries import sales as sales_queries
from ....queries.market import market_size
from ....record import Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Table, Text
from ...context import Context, Span, change

SIZE_FIELDS = ("market_size.market_amount", "market_size.period")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, share by product line, paragraph."""
    shares = _shares(ctx, ctx.current)
    return (
        Heading(id="position_heading", title=Text("position.heading")),
        _share_table(ctx, shares),
        _text(shares),
    )


def _shares(ctx: Context, span: Span) -> list[tuple[str | None, Figure, Figure, str]]:
    """(product line or None, market amount, own share, source) for each segment with a size."""
    if ctx.mart.missing(*SIZE_FIELDS):
        return []
    size = market_size(ctx.mart, span.code)
    own = sales_queries.by(ctx.mart, span.window, "product_line").set_index("product_line").sales
    rows = []
    for row in size.itertuples():
        line = None if pd.isna(row.product_line) else row.product_line
        at = {"dimension": "product_line", "member": line} if line else {}
        sales = float(own.sum() if line is None else own.get(line, 0.0))
        amount = ctx.figure("market_amount", row.market_amount, span, flags=("external",), **at)
        value = sales / row.market_amount if row.market_amount else None
        share = ctx.figure(
            "market_share", value, span, numerator=sales, denominator=row.market_amount, flags=("external",), **at
        )
        rows.append((line, amount, share, row.source))
    return rows


def _share_table(ctx: Context, shares) -> Exhibit:
    box = {"id": "position_share", "requirements": ("M-08", "M-09")}
    if not shares:
        missing = ctx.mart.missing(*SIZE_FIELDS)
        if missing:
            return NotProvided(title=Text("position.share"), missing=missing, **box)
        reason = Text("position.no_size", {"period": ctx.period.code})
        return NotEnough(title=Text("position.share"), reason=reason, **box)
    before = {line: share for line, _, share, _ in _shares(ctx, ctx.year_ago)} if ctx.covers(ctx.year_ago) else {}
    rows = tuple(
        (line or Text("position.whole_market"), amount, share, change(share, before.get(line), "yoy"), source)
        for line, amount, share, source in shares
    )
    header = (
        Text("position.segment"),
        Text("metric.market_amount"),
        Text("metric.market_share"),
        Text("position.share_change"),
        Text("position.source"),
    )
    notes = (Text("position.note_external"),) + ((Text("position.note_partial"),) if ctx.current.partial else ())
    whole = next((share for line, _, share, _ in shares if line is None and share.value is not None), None)
    title = Text("position.share_title", {"share": whole}) if whole else Text("position.share")
    return Table(title=title, header=header, rows=rows, notes=notes, **box)


def _text(shares) -> Prose:
    whole = next(((amount, share) for line, amount, share, _ in shares if line is None), None)
    sentences = []
    if whole:
        sentences.append(Text("position.sentence_share", {"amount": whole[0], "share": whole[1]}))
    else:
        sentences.append(Text("position.sentence_no_share"))
    return Prose(id="position_text", title=Text("empty"), requirements=("M-08",), sentences=tuple(sentences))
