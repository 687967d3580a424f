"""What the teams sold together, against target and last year, and who moved it (requirements T-01, T-03, T-04)."""

from collections.abc import Sequence

from ....metrics.bridges import Step, ranked_steps
from ....record import (
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Prose,
    Series,
    Table,
    Text,
)
from ...context import Context, change
from ..indicators.productivity import productivity_figure
from ..sales.headline import Headline, headline_figures
from ..sales.sales_common import sales_figure, shortened, told_columns
from . import staff
from .credit import HOUSE, Credit, Line

IDS = {
    "team_results_cards": ("T-01", "T-03"),
    "team_results_text": ("T-01", "T-03", "T-04"),
    "team_results_bullet": ("T-03",),
    "team_results_gap": ("T-04",),
    "team_results_growth": ("T-04", "S2-11"),
    "team_results_table": ("T-03", "T-04", "S2-11"),
}
NEEDS = ("orders.rep_id", "reps.team_id")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, strip of headline numbers, paragraph, teams against target, two bridges, table."""
    heading = Heading(id="team_results_heading", title=Text("team_results.heading"))
    found, credit = headline_figures(ctx), Credit(ctx)
    strip = _strip(ctx, found)
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return (
            heading,
            strip,
            *(
                NotProvided(id=name, title=Text("team_results.heading"), requirements=IDS[name], missing=missing)
                for name in list(IDS)[1:]
            ),
        )
    lines = credit.teams
    return (
        heading,
        strip,
        _text(ctx, found, credit),
        _bullet(ctx, lines),
        _gap(ctx, lines),
        _growth(ctx, credit),
        told_columns(_table(ctx, found, credit)),
    )


def _strip(ctx: Context, found: Headline) -> Cards:
    """Attainment, growth, size, retention, training, sales per head: what is known of them."""
    cards = [Card(Text("metric.attainment"), found.attainment)] if found.attainment.value is not None else []
    cards.append(Card(Text(f"metric.{found.sales.metric}"), found.sales, (found.yoy,)))
    if not ctx.mart.missing(staff.PEOPLE):
        covered = ctx.covers(ctx.year_ago)
        size = staff.size_figure(ctx)
        before = staff.size_figure(ctx, ctx.year_ago) if covered else None
        cards.append(Card(Text("metric.team_size"), size, (change(size, before, "yoy"),)))
        if not ctx.mart.missing(staff.LEAVERS):
            kept = staff.retention_figure(ctx)
            before = staff.retention_figure(ctx, ctx.year_ago) if covered else None
            cards.append(Card(Text("metric.rep_retention"), kept, (change(kept, before, "yoy"),)))
        if not ctx.mart.missing("training_records.date"):
            hours = staff.training_figure(ctx)
            before = staff.training_figure(ctx, ctx.year_ago) if covered else None
            cards.append(Card(Text("metric.team_training_hours"), hours, (change(hours, before, "yoy"),)))
        head = productivity_figure(ctx)
        if head is not None and head.value is not None:
            before = productivity_figure(ctx, ctx.year_ago) if covered else None
            cards.append(Card(Text("metric.productivity"), head, (change(head, before, "yoy"),)))
    return Cards(
        id="team_results_cards",
        title=_strip_title(found),
        requirements=IDS["team_results_cards"],
        cards=tuple(cards),
    )


def _strip_title(found: Headline) -> Text:
    if found.attainment.value is None:
        return Text("team_results.strip_no_target", {"sales": found.sales})
    case = "met" if found.attainment.value >= 1 else "missed"
    return Text(f"team_results.strip_{case}", {"attainment": found.attainment, "gap": found.gap})


def _targeted(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.attainment.value is not None]


def _bullet(ctx: Context, lines: Sequence[Line]) -> Exhibit:
    fixed = {"id": "team_results_bullet", "requirements": IDS["team_results_bullet"]}
    known = sorted(_targeted(lines), key=lambda line: (-line.attainment.value, line.member))
    if not known:
        return _no_targets(ctx, fixed)
    over = [line for line in known if line.attainment.value >= 1]
    best, worst = known[0], known[-1]
    values = {"best": best.member, "high": best.attainment, "worst": worst.member, "low": worst.attainment}
    case = "one" if len(known) == 1 else "all" if len(over) == len(known) else "none" if not over else "some"
    counts = {"some": {"over": str(len(over)), "n": str(len(known))}}.get(case, {})
    prior = tuple(line.yoy for line in known)
    return Chart(
        title=Text(f"team_results.bullet_{case}", (values if case != "one" else {"high": best.attainment}) | counts),
        form="bullet",
        categories=tuple(line.member for line in known),
        series=(
            Series(Text("label.actual"), tuple(line.sales for line in known), "actual"),
            Series(Text("label.target"), tuple(line.target for line in known), "target"),
            *_prior(ctx, known, prior),
        ),
        axes={"x": Text("metric.credited_sales")},
        summary=Text("team_results.bullet_alt", {"teams": tuple(_named(line, line.attainment) for line in known)}),
        notes=(Text("team_results.note_credit"),),
        **fixed,
    )


def _prior(ctx: Context, lines: Sequence[Line], changes: Sequence[Figure]) -> tuple[Series, ...]:
    """Sales of the year before, which the change remembers as its denominator."""
    if all(one.value is None for one in changes):
        return ()
    figures = tuple(
        ctx.figure("credited_sales", one.denominator, ctx.year_ago, dimension=line.sales.dimension, member=line.member)
        for line, one in zip(lines, changes, strict=True)
    )
    return (Series(Text("label.prior"), figures, "prior"),)


def _no_targets(ctx: Context, fixed: dict) -> Exhibit:
    title = Text("team_results.by_team")
    if ctx.mart.missing("targets.value"):
        return NotProvided(title=title, missing=("targets.value",), **fixed)
    return NotEnough(title=title, reason=Text("team_results.no_team_targets"), **fixed)


def _named(line: Line, figure: Figure) -> Text:
    return Text("team_results.named", {"name": line.member, "value": figure})


def _gap(ctx: Context, lines: Sequence[Line]) -> Exhibit:
    """From the total target to total sales; what no team's target explains is a bar of its own."""
    fixed = {"id": "team_results_gap", "requirements": IDS["team_results_gap"]}
    known, found = _targeted(lines), headline_figures(ctx)
    if not known or found.target.value is None or found.sales.metric != "sales":
        return _no_targets(ctx, fixed)
    total = found.sales.value - found.target.value
    gaps = {line.member: line.gap.value for line in known}
    steps = ranked_steps(gaps, total, ctx.settings.top_n, residual=HOUSE)
    bars = [(step, _step(ctx, "credited_gap", "team_gap", step)) for step in steps]
    values = {"target": found.target, "sales": found.sales, "gap": found.gap}
    return Chart(
        title=_bridge_title("gap", total, bars, found.gap),
        form="waterfall",
        categories=(Text("metric.target"), *(_bar(step, "unallocated") for step, _ in bars), Text("metric.sales")),
        series=(Series(Text("metric.credited_gap"), (found.target, *(f for _, f in bars), found.sales)),),
        marks={"totals": (0, -1)},
        summary=Text("team_results.gap_alt", values),
        reconciliation=Text("team_results.gap_adds_up", values),
        notes=(Text("team_results.note_unallocated"),) if any(s.kind == "residual" for s in steps) else (),
        **fixed,
    )


def _growth(ctx: Context, credit: Credit) -> Exhibit:
    """From last year's sales to this year's by team, house accounts last."""
    fixed = {"id": "team_results_growth", "requirements": IDS["team_results_growth"]}
    first, last = sales_figure(ctx, ctx.year_ago), sales_figure(ctx, ctx.current)
    if not credit.comparable or first.value is None:
        reason = Text("team_results.no_base")
        return NotEnough(title=Text("team_results.growth"), reason=reason, **fixed)
    total = last.value - first.value
    moved = {line.member: line.change.value for line in credit.teams}
    steps = ranked_steps(moved, total, ctx.settings.top_n)
    bars = [(step, _step(ctx, "credited_change", "team_change", step)) for step in steps]
    moved_by = ctx.figure("credited_change", total, ctx.current)
    values = {"first": first, "last": last, "change": moved_by}
    return Chart(
        title=_bridge_title("growth", total, bars, moved_by),
        form="waterfall",
        categories=(
            PeriodName(ctx.year_ago.code),
            *(_bar(step, "house") for step, _ in bars),
            PeriodName(ctx.current.code),
        ),
        series=(Series(Text("metric.credited_change"), (first, *(f for _, f in bars), last)),),
        marks={"totals": (0, -1)},
        summary=Text("team_results.growth_alt", values),
        reconciliation=Text("team_results.growth_adds_up", values),
        **fixed,
    )


def _step(ctx: Context, metric: str, dimension: str, step: Step) -> Figure:
    """A bar in whole cents; its own dimension, because rounding may move a cent to the largest bar."""
    member = step.member if step.kind == "member" else step.kind
    return ctx.figure(metric, step.amount, ctx.current, dimension=dimension, member=member, n=step.count)


def _bar(step: Step, house: str) -> Text | str:
    if step.kind == "rest":
        return Text("common_sales.rest")
    return Text(f"team_results.{house}") if step.member == HOUSE else step.member


def _bridge_title(kind: str, total: float, bars: Sequence[tuple[Step, Figure]], amount: Figure) -> Text:
    sign = 1 if total >= 0 else -1
    pushed = [f for step, f in bars if step.kind == "member" and step.member != HOUSE and f.value * sign > 0]
    drivers = tuple(Text("common_sales.member_amount", {"member": f.member, "amount": f}) for f in pushed[:3])
    case = "up" if total >= 0 else "down"
    if not drivers:
        return Text(f"team_results.{kind}_{case}_other", {"amount": amount})
    return Text(f"team_results.{kind}_{case}", {"amount": amount, "drivers": drivers})


def _table(ctx: Context, found: Headline, credit: Credit) -> Table:
    rows = []
    for line in credit.teams:
        where = {"dimension": "team", "member": line.member}
        total = credit.total
        share = ctx.figure(
            "share_mix",
            line.sales.value / total if total > 0 else None,
            ctx.current,
            numerator=line.sales.value,
            denominator=max(total, 0.0),
            **where,
        )
        name = Text("team_results.house") if line.member == HOUSE else line.member
        rows.append((name, line.sales, share, line.target, line.attainment, line.gap, line.change, line.yoy))
    kept, notes = shortened(rows, key=lambda row: abs(row[1].value))
    names = ("team", "sales", "share", "target", "attainment", "gap", "change", "yoy")
    below = [
        line for line in _targeted(credit.teams) if line.attainment.value < ctx.settings.kpi_scheme.manager_attainment
    ]
    below.sort(key=lambda line: line.attainment.value)
    limit = ctx.figure(
        "attainment_threshold",
        ctx.settings.kpi_scheme.manager_attainment,
        ctx.current,
        dimension="team",
        member="manager",
    )
    values = {"teams": tuple(_named(line, line.attainment) for line in below), "limit": limit}
    return Table(
        id="team_results_table",
        title=Text("team_results.table_below", values) if below else Text("team_results.table"),
        requirements=IDS["team_results_table"],
        header=tuple(Text(f"team_results.column_{name}") for name in names),
        rows=kept,
        notes=(Text("team_results.note_credit"), *notes),
    )


def _text(ctx: Context, found: Headline, credit: Credit) -> Prose:
    lines = [line for line in credit.teams if line.member != HOUSE]
    sentences = [_strip_sentence(found)]
    known = sorted(_targeted(lines), key=lambda line: line.attainment.value)
    if len(known) > 1:
        values = {"worst": _named(known[0], known[0].attainment), "best": _named(known[-1], known[-1].attainment)}
        over = str(sum(line.attainment.value >= 1 for line in known))
        sentences.append(Text("team_results.text_spread", values | {"over": over, "n": str(len(known))}))
    moved = [line for line in lines if line.change.value is not None]
    if moved:
        down = min(moved, key=lambda line: line.change.value)
        up = max(moved, key=lambda line: line.change.value)
        if down.change.value < 0 < up.change.value:
            values = {"up": up.member, "gain": up.change, "down": down.member, "loss": down.change}
            sentences.append(Text("team_results.text_moves", values))
        elif moved:
            one = down if down.change.value < 0 else up
            case = "all_down" if down.change.value < 0 else "all_up"
            sentences.append(Text(f"team_results.text_{case}", {"team": one.member, "change": one.change}))
    else:
        sentences.append(Text("team_results.text_no_base"))
    house = next((line for line in credit.teams if line.member == HOUSE and line.sales.value), None)
    if house:
        sentences.append(Text("team_results.text_house", {"sales": house.sales}))
    return Prose(
        id="team_results_text",
        title=Text("empty"),
        requirements=IDS["team_results_text"],
        sentences=tuple(sentences),
    )


def _strip_sentence(found: Headline) -> Text:
    if found.attainment.value is None:
        return Text("team_results.text_no_target", {"sales": found.sales})
    case = "met" if found.attainment.value >= 1 else "missed"
    return Text(f"team_results.text_{case}", {"sales": found.sales, "attainment": found.attainment, "gap": found.gap})
