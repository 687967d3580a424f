"""What strategic accounts bought, of how much, against what (requirements K-01, K-02)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.growth import ratio
from ....queries import sales
from ....queries.key_accounts import strategic_accounts
from ....queries.retention import opening_day
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, PeriodName, Prose, Series, Table, Text
from ...context import Context, Span
from ..cases import past_quarters
from ..sales.headline import rate, target_book
from ..sales.sales_common import as_target, grown
from . import strategic

IDS = (
    ("strategic_text", "strategic_sales.heading", ("K-01", "K-02")),
    ("strategic_cards", "strategic_sales.heading", ("K-01", "K-02")),
    ("strategic_quarters", "strategic_sales.quarters_title", ("K-02",)),
    ("strategic_pareto", "strategic_sales.pareto_title", ("K-02",)),
    ("strategic_movers", "strategic_sales.movers_title", ("K-02",)),
)
CONSTANT = {"dimension": "customer_group", "member": "strategic_constant"}
MOVERS = 4


@dataclass(frozen=True)
class Group:
    """Sales of strategic accounts (strategic at the order's date) and of the others in one span."""

    ctx: Context
    span: Span

    @cached_property
    def facts(self) -> pd.DataFrame:
        found = sales.by(self.ctx.mart, self.span.window, "is_strategic", "account_id", "account")
        return found.assign(mine=found["is_strategic"] == "true")

    def sales(self, mine: bool = True) -> Figure:
        part = self.facts[self.facts["mine"] == mine]
        where = strategic.SCOPE if mine else strategic.OTHERS
        return self.ctx.figure("sales", round(float(part["sales"].sum()), 2), self.span, n=_orders(part), **where)

    def share(self) -> Figure:
        amount, total = self.sales().value, sales.totals(self.ctx.mart, self.span.window).sales
        rest = {"numerator": amount, "denominator": total, "n": self.buyers().n}
        return self.ctx.figure("share_mix", ratio(amount, total), self.span, **rest, **strategic.SCOPE)

    def buyers(self) -> Figure:
        n = int(self.facts.loc[self.facts["mine"] & (self.facts["positive_orders"] > 0), "account_id"].nunique())
        return self.ctx.figure("buying_accounts", n, self.span, n=n, **strategic.SCOPE)

    def aov(self, mine: bool = True) -> Figure:
        part = self.facts[self.facts["mine"] == mine]
        amount, n = float(part["sales"].sum()), int(part["positive_orders"].sum())
        flags = ("small_n",) if n < self.ctx.settings.minimum_n.mean else ()
        rest = {"numerator": amount, "denominator": n, "n": n, "flags": flags}
        where = strategic.SCOPE if mine else strategic.OTHERS
        return self.ctx.figure("aov", ratio(amount, n), self.span, **rest, **where)

    def aov_ratio(self) -> Figure:
        mine, other = self.aov(), self.aov(False)
        flags = tuple(dict.fromkeys((*mine.flags, *other.flags)))
        rest = {"numerator": mine.value, "denominator": other.value, "n": mine.n, "flags": flags}
        return self.ctx.figure("aov_ratio", ratio(mine.value, other.value), self.span, **rest, **strategic.SCOPE)


def _orders(part: pd.DataFrame) -> int:
    return int(part["orders"].sum())


def growth_figures(ctx: Context) -> tuple[Figure, Figure]:
    """Year on year of the actual set (strategic at each order's date), then of the constant set: accounts strategic at
    the opening of both windows."""
    base = ctx.year_ago
    actual = grown(ctx, Group(ctx, ctx.current).sales(), Group(ctx, base).sales(), base, "yoy")
    now, before = constant_sales(ctx, ctx.current), constant_sales(ctx, base)
    return actual, grown(ctx, now, before, base, "yoy")


def constant_sales(ctx: Context, span: Span) -> Figure:
    """Sales of ``span`` to the accounts that were strategic at the opening of the review period and a year before."""
    sets = [strategic_accounts(ctx.mart, opening_day(each.window)) for each in (ctx.current, ctx.year_ago)]
    same = set(sets[0]["account_id"]) & set(sets[1]["account_id"])
    found = sales.by(ctx.mart, span.window, "account_id")
    part = found[found["account_id"].isin(same)]
    return ctx.figure("sales", round(float(part["sales"].sum()), 2), span, n=_orders(part), **CONSTANT)


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
    moved = _moved(ctx)
    return (heading, _prose(ctx, group, moved), _cards(ctx, group), _quarters(ctx), _pareto(ctx), _movers(ctx, moved))


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


def _pareto(ctx: Context) -> Exhibit:
    """Sales of the strategic accounts, largest first, and the cumulative share of the group's sales."""
    name, _, codes = IDS[3]
    group = Group(ctx, ctx.current)
    part = group.facts[group.facts["mine"]].groupby(["account_id", "account"], as_index=False)["sales"].sum()
    part = part[part["sales"] > 0].sort_values(["sales", "account_id"], ascending=[False, True])
    total = float(part["sales"].sum())
    if len(part) < 2 or total <= 0:
        return strategic.not_enough((IDS[3],), Text("strategic_sales.few"))[0]
    amounts, running, done = [], [], 0.0
    for row in part.itertuples():
        done += row.sales
        where = {"dimension": "customer_group×account", "member": f"strategic | {row.account}"}
        amounts.append(ctx.figure("sales", round(float(row.sales), 2), ctx.current, **where))
        running.append(ctx.figure("cumulative_share", done / total, ctx.current, **where))
    at = min(2, len(part) - 1)
    values = {"n": str(at + 1), "share": running[at], "first": part.iloc[0]["account"], "all": str(len(part))}
    return Chart(
        id=name,
        title=Text("strategic_sales.pareto", {key: values[key] for key in ("n", "share", "all")}),
        requirements=codes,
        form="pareto",
        categories=tuple(part["account"]),
        series=(
            Series(Text("metric.sales"), tuple(amounts)),
            Series(Text("metric.cumulative_share"), tuple(running), "rate"),
        ),
        summary=Text("strategic_sales.pareto_alt", values),
    )


def _moved(ctx: Context) -> list[tuple]:
    """Rows of strategic accounts by the size of their change in sales: account, now, a year ago, change."""
    base = ctx.year_ago
    if not ctx.covers(base):
        return []
    frames = [Group(ctx, span).facts.query("mine") for span in (ctx.current, base)]
    labels = dict(pd.concat(frames)[["account_id", "account"]].itertuples(index=False))
    now, before = (frame.groupby("account_id")["sales"].sum() for frame in frames)
    rows = []
    for account, label in sorted(labels.items()):
        first, then = round(float(now.get(account, 0.0)), 2), round(float(before.get(account, 0.0)), 2)
        where = {"dimension": "customer_group×account", "member": f"strategic | {label}"}
        figures = (ctx.figure("sales", first, ctx.current, **where), ctx.figure("sales", then, base, **where))
        rows.append((label, *figures, ctx.figure("sales_change", round(first - then, 2), ctx.current, **where)))
    return sorted((row for row in rows if row[3].value), key=lambda row: (-abs(row[3].value), row[0]))


def _movers(ctx: Context, moved: list[tuple]) -> Exhibit:
    """Accounts that rose and fell most; the rest in one row, so that the column adds up to the group's change."""
    name, _, codes = IDS[4]
    if not moved:
        return strategic.not_enough((IDS[4],), Text("strategic_sales.no_base"))[0]
    kept = sorted(moved[: 2 * MOVERS], key=lambda row: (-row[3].value, row[0]))
    rest = moved[2 * MOVERS :]
    now, base = Group(ctx, ctx.current).sales(), Group(ctx, ctx.year_ago).sales()
    whole = ctx.figure("sales_change", round(now.value - base.value, 2), ctx.current, **strategic.SCOPE)
    rows = list(kept)
    if rest:
        where = {"dimension": "customer_group×account", "member": "strategic | rest"}
        sums = [round(sum(row[i].value for row in rest), 2) for i in (1, 2, 3)]
        figures = (
            ctx.figure("sales", sums[0], ctx.current, **where),
            ctx.figure("sales", sums[1], ctx.year_ago, **where),
            ctx.figure("sales_change", sums[2], ctx.current, **where),
        )
        rows.append((Text("strategic_sales.rest", {"n": str(len(rest))}), *figures))
    return Table(
        id=name,
        title=Text("strategic_sales.movers", {"account": kept[0][0], "change": kept[0][3]})
        if kept[0][3].value > 0
        else Text("strategic_sales.movers_down", {"account": kept[-1][0], "change": kept[-1][3]}),
        requirements=codes,
        header=(Text("label.customer"), Text("label.current"), Text("label.prior"), Text("metric.sales_change")),
        rows=tuple(rows),
        total=(Text("label.total"), now, base, whole),
        notes=(Text("strategic_sales.note_movers"),),
    )
