"""Buying again: both repurchase rates and the amount (requirement D-34)."""

from ....periods import add_months
from ....queries import retention as queries
from ....record import Figure, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..finding import few, finding, rate_case


def has_opening(ctx: Context, span: Span) -> bool:
    """Whether the data begins before the span, so that somebody can have been active at its opening."""
    return ctx.mart.meta.first_day < span.window.start


def repurchase_figures(ctx: Context, span: Span | None = None) -> tuple[Figure, Figure, Figure]:
    """(repurchase rate of prior buyers, rate of second orders within the span, repurchase amount) (D-34)."""
    span = span or ctx.current
    facts = queries.repurchase(ctx.mart, span.window)
    short = ("provisional",) if ctx.mart.meta.first_day > add_months(span.window.start, -12) else ()

    def rate(name: str, top: str, bottom: str, flags: tuple[str, ...]) -> Figure:
        n = facts[bottom]
        value = facts[top] / n if n else None
        rest = {"numerator": facts[top], "denominator": n, "n": int(n), "flags": few(ctx, n) + flags}
        return ctx.figure(name, value, span, **rest)

    return (
        rate("repurchase_rate", "repurchasers", "prior_buyers", short),
        rate("repurchase_rate_2", "twice", "buyers", ()),
        ctx.figure("repurchase_amount", facts["amount"], span, n=int(facts["repurchasers"]), flags=short),
    )


def exhibit(ctx: Context) -> Table:
    """Both rates and the amount against last year and the period before."""
    now = repurchase_figures(ctx)
    spans = [base_span(ctx, ctx.year_ago), base_span(ctx, ctx.previous)]
    bases = [repurchase_figures(ctx, span) if span and has_opening(ctx, span) else (None,) * 3 for span in spans]
    rows = [
        (
            Text(f"metric.{figure.metric}"),
            figure,
            year_ago,
            change(figure, year_ago, "yoy"),
            previous,
            change(figure, previous, "seq"),
        )
        for figure, year_ago, previous in zip(now, *bases, strict=True)
    ]
    moved = change(now[0], bases[0][0], "yoy")
    case = "unknown" if now[0].value is None else rate_case(now[0], bases[0][0])
    values = {} if case == "unknown" else {"rate": now[0]}
    columns = ("now", "prior", "yoy", "previous", "seq")
    return Table(
        id="retention_repurchase",
        title=finding("retention.repurchase", case, moved, **values),
        requirements=("D-34",),
        header=(Text("label.metric"), *(Text(f"retention.column_{name}") for name in columns)),
        rows=tuple(rows),
        notes=(Text("retention.note_repurchase"),),
    )
