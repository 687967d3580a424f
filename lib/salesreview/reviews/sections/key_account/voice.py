"""How satisfied strategic accounts are, weighted by what they buy (requirement K-12)."""

from ....metrics.growth import ratio
from ....record import Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context, Span
from ..market.satisfaction import Rated, Scope, csat_index, missing, moved, nps
from . import strategic

IDS = (
    ("strategic_csat_text", "strategic_csat.heading", ("K-12",)),
    ("strategic_csat_table", "strategic_csat.heading", ("K-12",)),
)


def scope(ctx: Context, span: Span) -> Scope:
    """The accounts that are strategic at the end of ``span``."""
    ids = frozenset(strategic.accounts(ctx, span)["account_id"])
    return Scope(strategic.SCOPE["dimension"], strategic.SCOPE["member"], ids)


def group_index(ctx: Context, span: Span | None = None) -> Rated:
    """Satisfaction index of strategic accounts, every answer alike."""
    span = span or ctx.current
    return csat_index(ctx, span, scope(ctx, span))


def account_index(ctx: Context, account_id: str, label: str, span: Span | None = None) -> Rated:
    """Satisfaction index of one account."""
    return csat_index(ctx, span or ctx.current, Scope("account", label, frozenset({account_id})))


def weighted_index(ctx: Context) -> Figure:
    """The index of strategic accounts weighted by their sales; accounts without answers or sales stand aside."""
    total = weighed = 0.0
    n = 0
    known = strategic.accounts(ctx)
    for row in known.itertuples():
        found = account_index(ctx, row.account_id, row.account).figure
        if found.value is not None and row.sales > 0:
            total, weighed, n = total + row.sales, weighed + row.sales * found.value, n + 1
    flags = ("small_n",) if n < ctx.settings.minimum_n.mean else ()
    sold = float(known.loc[known["sales"] > 0, "sales"].sum())
    part = ratio(total, sold)
    flags += (f"coverage={part:.2f}",) if part is not None and part < 0.9995 else ()
    where = {"dimension": "customer_group", "member": "strategic_weighted"}
    return ctx.figure(
        "csat_index",
        ratio(weighed, total),
        ctx.current,
        numerator=weighed,
        denominator=total,
        n=n,
        flags=flags,
        **where,
    )


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, table of the accounts that answered; those who did not are named in the paragraph."""
    heading = Heading(id="strategic_csat_heading", title=Text("strategic_csat.heading"))
    absent = (*strategic.missing(ctx), *missing(ctx, "CSAT"))
    if absent:
        return heading, *strategic.not_provided(IDS, absent)
    known = strategic.accounts(ctx)
    rated = [(row, account_index(ctx, row.account_id, row.account)) for row in known.itertuples()]
    answered = [(row, one) for row, one in rated if one.known]
    if not answered:
        return heading, *strategic.not_enough(IDS, Text("strategic_csat.none"))
    silent = [row for row, one in rated if not one.known and row.sales > 0]
    return heading, _prose(ctx, answered, silent), _table(ctx, answered)


def _prose(ctx: Context, answered: list[tuple], silent: list) -> Prose:
    whole, weighted = group_index(ctx), weighted_index(ctx)
    base = group_index(ctx, ctx.year_ago) if ctx.covers(ctx.year_ago) else None
    yoy = moved(whole, base)
    values = {"weighted": weighted, "plain": whole.figure, "n": str(whole.figure.n), "accounts": str(len(answered))}
    sentences = [Text("strategic_csat.sentence", values)]
    if yoy.value is None:
        sentences.append(Text("strategic_csat.sentence_no_base"))
    elif {"within_chance", "small_n"} & set(yoy.flags):
        sentences.append(Text("strategic_csat.sentence_flat", {"yoy": yoy}))
    else:
        case = "better" if yoy.value > 0 else "worse"
        sentences.append(Text(f"strategic_csat.sentence_{case}", {"yoy": yoy}))
    every = csat_index(ctx).figure
    if every.value is not None:
        sentences.append(Text("strategic_csat.sentence_all", {"all": every}))
    if silent:
        amount = ctx.figure(
            "sales", round(sum(row.sales for row in silent), 2), ctx.current,
            dimension="customer_group", member="strategic_unheard", n=len(silent),
        )  # fmt: skip
        names = tuple(row.account for row in silent[:5])
        values = {"n": str(len(silent)), "names": names, "sales": amount}
        sentences.append(Text("strategic_csat.sentence_silent", values))
    return Prose(id=IDS[0][0], title=Text("empty"), requirements=IDS[0][2], sentences=tuple(sentences))


def _table(ctx: Context, answered: list[tuple]) -> Table:
    name, _, codes = IDS[1]
    rows = []
    for row, one in answered[: ctx.settings.top_n]:
        own = Scope("account", row.account, frozenset({row.account_id}))
        before = account_index(ctx, row.account_id, row.account, ctx.year_ago) if ctx.covers(ctx.year_ago) else None
        score = nps(ctx, ctx.current, own).figure
        sold = ctx.figure("sales", round(row.sales, 2), ctx.current, **strategic.of_account(row.account))
        count = ctx.figure("survey_answers", one.figure.n, ctx.current, **strategic.of_account(row.account))
        rows.append(
            (row.account, sold, count, one.figure, moved(one, before), score if score.value is not None else None)
        )
    total = (Text("strategic_csat.weighted"), None, None, weighted_index(ctx), None, None)
    lowest = min(answered, key=lambda pair: (pair[1].figure.value, pair[0].account))
    values = {"account": lowest[0].account, "index": lowest[1].figure, "n": str(lowest[1].figure.n)}
    title = Text("strategic_csat.table", values)
    if not lowest[1].claimable:
        title = Text("strategic_csat.table_few", {"accounts": str(len(answered)), "weighted": weighted_index(ctx)})
    header = (
        "label.customer",
        "metric.sales",
        "metric.survey_answers",
        "metric.csat_index",
        "strategic_csat.yoy",
        "metric.nps",
    )
    return Table(
        id=name,
        title=title,
        requirements=codes,
        header=tuple(Text(key) for key in header),
        rows=tuple(rows),
        total=total,
        notes=(Text("strategic_csat.note"),),
    )
