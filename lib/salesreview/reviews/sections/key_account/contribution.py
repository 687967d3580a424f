"""What strategic accounts bought, of how much, against what (requirements K-01, K-02)."""

from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, PeriodName, Prose, Series, Text
from ...context import Context
from ..cases import past_quarters
from ..sales.headline import rate, target_book
from ..sales.sales_common import as_target
from . import contribution_accounts as accounts
from . import strategic
from .contribution_group import Group, constant_sales, growth_figures

IDS = (
    ("strategic_text", "strategic_sales.heading", ("K-01", "K-02")),
    ("strategic_cards", "strategic_sales.heading", ("K-01", "K-02")),
    ("strategic_quarters", "strategic_sales.quarters_title", ("K-02",)),
    *accounts.IDS,
)


def attainment_figure(ctx: Context) -> Figure:
    """Sales of strategic accounts over the tier's target (D-01 in scope); no value without one."""
    tier = ctx.settings.key_tiers[0] if ctx.settings.key_tiers else ""
    goal = target_book(ctx, "sales", "tier").resolve(ctx.current.window, tier)
    flags = ("no_target",) if goal is None else ("derived_target",) if goal.derived else ()
    value = goal.value if goal else None
    target = ctx.figure("target", value, ctx.current, flags=flags, **strategic.SCOPE)
    return rate(ctx, "attainment", Group(ctx, ctx.current).sales(), target)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, sales by quarter, few against many, who moved the sum."""
    heading = Heading(id="strategic_heading", title=Text("strategic_sales.heading"))
    absent = strategic.silent(ctx, IDS, "orders.account_id")
    if absent:
        return heading, *absent
    group = Group(ctx, ctx.current)
    moved = accounts.moved(ctx)
    told = (_prose(ctx, group, moved), _cards(ctx, group), _quarters(ctx))
    return heading, *told, accounts.pareto(ctx), accounts.movers(ctx, moved)


def _verdict(group: Group, attained: Figure, key: str, **values) -> Text:
    case = "no_target" if attained.value is None else "met" if attained.value >= 1 else "missed"
    rest = {} if case == "no_target" else {"attainment": attained}
    return Text(f"{key}_{case}", {"sales": group.sales(), "share": group.share()} | rest | values)


def _cards(ctx: Context, group: Group) -> Cards:
    actual, constant = growth_figures(ctx)
    attained = attainment_figure(ctx)
    sold = group.sales()
    name, _, codes = IDS[1]
    return Cards(
        id=name,
        title=_verdict(group, attained, "strategic_sales.title"),
        requirements=codes,
        cards=(
            Card(Text("strategic_sales.sales"), sold, (as_target(sold, attained), actual)),
            Card(Text("strategic_sales.constant"), constant_sales(ctx, ctx.current), (constant,)),
            Card(Text("strategic_sales.share"), group.share()),
            Card(Text("strategic_sales.buyers"), group.buyers()),
            Card(Text("strategic_sales.aov_ratio"), group.aov_ratio()),
        ),
        notes=(Text("strategic_sales.note_sets"),),
    )


def _prose(ctx: Context, group: Group, moved: list[tuple]) -> Prose:
    attained, (actual, constant) = attainment_figure(ctx), growth_figures(ctx)
    known = strategic.accounts(ctx)
    count = ctx.figure("strategic_accounts", len(known), ctx.current, n=len(known))
    sentences = [
        _verdict(group, attained, "strategic_sales.sentence", all=count, n=group.buyers()),
    ]
    if actual.value is not None and constant.value is not None:
        sentences.append(Text("strategic_sales.sentence_yoy", {"actual": actual, "constant": constant}))
    elif actual.value is None:
        sentences.append(Text("strategic_sales.sentence_no_base"))
    else:
        sentences.append(Text("strategic_sales.sentence_actual", {"actual": actual}))
    if moved:
        up, down = ([one for one in moved if (one[3].value > 0) == rise] for rise in (True, False))
        for case, rows in (("up", up), ("down", down)):
            if rows:
                names = tuple(Text("common_sales.member_amount", {"member": r[0], "amount": r[3]}) for r in rows[:2])
                sentences.append(Text(f"strategic_sales.sentence_{case}", {"names": names}))
    apart = group.aov_ratio()
    if apart.value is not None and "small_n" not in apart.flags:
        values = {"ratio": apart, "mine": group.aov(), "other": group.aov(False)}
        sentences.append(Text("strategic_sales.sentence_aov", values))
    return Prose(id=IDS[0][0], title=Text("empty"), requirements=IDS[0][2], sentences=tuple(sentences))


def _quarters(ctx: Context) -> Chart:
    spans = [ctx.span(quarter) for quarter in past_quarters(ctx)] or [ctx.current]
    groups = [Group(ctx, span) for span in spans]
    mine, others = (tuple(group.sales(own) for group in groups) for own in (True, False))
    shares = [group.share() for group in groups]
    known = [share for share in shares if share.value is not None]
    values = {"first": known[0], "last": known[-1]} if known else {}
    case = "level"
    if len(known) > 1 and abs(known[-1].value - known[0].value) >= 0.02:
        case = "up" if known[-1].value > known[0].value else "down"
    name, title, codes = IDS[2]
    return Chart(
        id=name,
        title=Text(f"strategic_sales.quarters_{case}", values) if known else Text(title),
        requirements=codes,
        form="stacked",
        categories=tuple(PeriodName(span.code) for span in spans),
        series=(
            Series(Text("strategic_sales.mine"), mine, "part"),
            Series(Text("strategic_sales.others"), others, "part"),
        ),
        axes={"y": Text("metric.sales")},
        summary=Text("strategic_sales.quarters_alt", values) if known else Text(title),
    )
