"""Executive visits and touchpoints at strategic accounts (requirements K-33, K-34)."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from ....metrics.growth import ratio
from ....periods import Window
from ....queries import account_relations as queries
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context, Span
from . import strategic
from .exec_visits import calendar

FIELDS = ("contacts.department", "activities.contact_id")
BOXES = (
    ("touch_visits", "touch.visits_title", ("K-33",)),
    ("touch_map", "touch.map_title", ("K-34",)),
    ("touch_table", "touch.table_title", ("K-34",)),
    ("touch_text", "touch.heading", ("K-33", "K-34")),
)


@dataclass(frozen=True)
class Touch:
    """Touches of one account in the days back: by department (0 where a relevant one got none), and at the busiest
    contact; ``levels`` are the levels touched, ``people`` the contacts touched."""

    account: str
    by_department: dict[str, int]
    coverage: Figure
    top_share: Figure
    people: int
    levels: tuple[str, ...]
    single: bool


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, visit calendar, heat map account by department, table of thin accounts, paragraph."""
    heading = Heading(id="touch_heading", title=Text("touch.heading"))
    silent = strategic.silent(ctx, BOXES, *FIELDS)
    if silent:
        return heading, *silent
    found = touched(ctx)
    board, visit_values = calendar(ctx)
    return heading, board, _map(ctx, found), _table(ctx, found), _text(ctx, found, visit_values)


def touched(ctx: Context) -> tuple[Touch, ...]:
    """One entry per strategic account, largest sales first; the days back end with the review period's data."""
    end = ctx.current.window.end
    window = Window(end - timedelta(days=ctx.settings.relations.touch_days - 1), end)
    span = Span(f"{window.start}:{window.end}", window)
    people = queries.contacts(ctx.mart, end)
    touches = queries.touches(ctx.mart, window).dropna(subset=["contact_id"])
    people = people.merge(touches[["contact_id", "touches"]], on="contact_id", how="left").fillna({"touches": 0})
    return tuple(
        _of_account(ctx, span, row, people[people["account_id"] == row.account_id])
        for row in strategic.accounts(ctx).itertuples()
    )


def _of_account(ctx: Context, span: Span, row, people: pd.DataFrame) -> Touch:
    where = strategic.of_account(row.account)
    plan = ctx.settings.account_plans.get(row.account_id)
    counts = {name: int(n) for name, n in people.groupby("department")["touches"].sum().items()}
    counts |= {one.department: 0 for one in (plan.expected_roles if plan else ()) if one.department not in counts}
    counts.pop(UNCLASSIFIED, None)
    met, total = people[people["touches"] > 0], int(people["touches"].sum())
    reached = sum(n > 0 for n in counts.values())
    rest = {"numerator": reached, "denominator": len(counts), "n": len(counts)}
    coverage = ctx.figure("dept_coverage", ratio(reached, len(counts)), span, **rest, **where)
    busiest = float(people["touches"].max()) if len(people) else 0.0
    flags = ("small_n",) if total < ctx.settings.minimum_n.mean else ()
    rest = {"numerator": busiest, "denominator": total, "n": total, "flags": flags}
    share = ctx.figure("top_contact_share", ratio(busiest, total), span, **rest, **where)
    single = not flags and share.value is not None and share.value > ctx.settings.relations.single_thread_share
    levels = tuple(sorted(met["level"].dropna().unique(), key=_rank))
    return Touch(row.account, counts, coverage, share, len(met), levels, single)


def _rank(level: str) -> int:
    order = ("C-level", "总监", "经理", "员工")
    return order.index(level) if level in order else len(order)


def _map(ctx: Context, found: tuple[Touch, ...]) -> Exhibit:
    box = {"id": "touch_map", "requirements": ("K-34",)}
    totals = pd.Series(dtype=float)
    for one in found:
        totals = totals.add(pd.Series(one.by_department, dtype=float), fill_value=0)
    if not totals.sum():
        return NotEnough(title=Text("touch.map_title"), reason=Text("touch.no_touches"), **box)
    departments = list(totals.sort_values(ascending=False, kind="stable").index)
    days = {"days": str(ctx.settings.relations.touch_days)}
    pooled = pooled_coverage(ctx, found)
    missed = _most_missed(found)
    values = days | {"coverage": pooled} | ({"department": missed} if missed else {})
    key = "touch.map_missed" if missed else "touch.map_all"
    return Chart(
        title=Text(key, values),
        form="heatmap",
        categories=tuple(departments),
        series=tuple(
            Series(one.account, tuple(_cell(ctx, one, name) for name in departments), "part")
            for one in found[: ctx.settings.top_n]
        ),
        axes={"x": Text("touch.department"), "y": Text("label.customer")},
        summary=Text(f"{key}_alt", values),
        notes=(Text("touch.note_map", days | {"n": str(min(len(found), ctx.settings.top_n))}),),
        **box,
    )


def _cell(ctx: Context, one: Touch, department: str) -> Figure | None:
    if department not in one.by_department:
        return None
    where = {"dimension": "account×department", "member": f"{one.account} | {department}"}
    return ctx.figure("touches", one.by_department[department], ctx.current, **where)


def pooled_coverage(ctx: Context, found: tuple[Touch, ...]) -> Figure:
    """Departments touched over relevant departments, all strategic accounts together."""
    part, whole = (sum(int(getattr(one.coverage, side)) for one in found) for side in ("numerator", "denominator"))
    flags = ("small_n",) if whole < ctx.settings.minimum_n.rate else ()
    rest = {"numerator": part, "denominator": whole, "n": whole, "flags": flags}
    return ctx.figure("dept_coverage", ratio(part, whole), ctx.current, **rest, **strategic.SCOPE)


def _most_missed(found: tuple[Touch, ...]) -> str | None:
    """The department without touches at the most accounts where it is relevant; None when none was missed."""
    missed = pd.Series([name for one in found for name, n in one.by_department.items() if not n], dtype=object)
    counts = missed.value_counts()
    return None if counts.empty else sorted(counts[counts == counts.max()].index)[0]


def _table(ctx: Context, found: tuple[Touch, ...]) -> Exhibit:
    """The thinnest accounts: those that hang on one contact first, then those with the fewest departments."""
    thin = [one for one in found if one.single or (one.coverage.value or 0) < 1]
    ranked = sorted(thin, key=lambda one: (not one.single, one.coverage.value or 0))[: ctx.settings.top_n]
    if not ranked:
        reason = Text("touch.none_thin")
        return NotEnough(id="touch_table", title=Text("touch.table_title"), requirements=("K-34",), reason=reason)
    rows = []
    for one in ranked:
        people = ctx.figure("contacts_touched", one.people, ctx.current, **strategic.of_account(one.account))
        untouched = tuple(name for name, n in one.by_department.items() if not n)
        names = Text("touch.list", {"names": untouched}) if untouched else None
        levels = Text("touch.list", {"names": one.levels}) if one.levels else None
        mark = Text("touch.single") if one.single else None
        rows.append((one.account, one.coverage, names, levels, people, one.top_share, mark))
    columns = ("label.customer", "metric.dept_coverage", "touch.untouched", "touch.levels", "metric.contacts_touched")
    columns += ("metric.top_contact_share", "touch.flag")
    single, values = single_threads(ctx, found), {"coverage": pooled_coverage(ctx, found)}
    plain = Text("touch.table_plain", values)
    limit = ctx.figure("single_thread_limit", ctx.settings.relations.single_thread_share, ctx.current)
    return Table(
        id="touch_table",
        title=Text("touch.table_single", values | {"single": single}) if single.value else plain,
        requirements=("K-34",),
        header=tuple(Text(name) for name in columns),
        rows=tuple(rows),
        notes=(Text("touch.note_single", {"limit": limit, "fewest": str(ctx.settings.minimum_n.mean)}),),
    )


def single_threads(ctx: Context, found: tuple[Touch, ...]) -> Figure:
    """How many strategic accounts hang on one contact."""
    count = sum(one.single for one in found)
    return ctx.figure("single_threads", count, ctx.current, n=len(found), **strategic.SCOPE)


def _text(ctx: Context, found: tuple[Touch, ...], values: dict) -> Prose:
    picked = {name: values[name] for name in ("visits", "planned", "rate", "on_plan", "unvisited")}
    sentences = [Text("touch.sentence_visits", picked)]
    sentences.append(Text("touch.sentence_sponsor", {"sponsored": values["sponsored"]}))
    days = {"days": str(ctx.settings.relations.touch_days)}
    sentences.append(Text("touch.sentence_map", days | {"coverage": pooled_coverage(ctx, found)}))
    single = [one.account for one in found if one.single]
    silent = [one.account for one in found if not sum(one.by_department.values())]
    if single:
        sentences.append(
            Text("touch.sentence_single", {"accounts": tuple(single[:3]), "n": single_threads(ctx, found)})
        )
    else:
        sentences.append(Text("touch.sentence_no_single"))
    if silent:
        sentences.append(Text("touch.sentence_silent", days | {"accounts": tuple(silent[:4])}))
    return Prose(id="touch_text", title=Text("empty"), requirements=("K-33", "K-34"), sentences=tuple(sentences))
