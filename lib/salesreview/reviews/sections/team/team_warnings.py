"""Managers' standard, warning lights of teams, whether everyone carries a target (S1-38, S1-70, S1-71, S2-31)."""

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.team_lights import light_of_months, light_of_share
from ....periods import Period
from ....queries.people import credit_by_rep
from ....queries.productivity import reps as quota_reps
from ....queries.staff import kept_by_team
from ....record import (
    UNCLASSIFIED,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Series,
    Table,
    Text,
)
from ...context import Context
from ..sales.headline import TargetBook, headline_figures, target_book
from . import staff, team_leavers
from .credit import Credit

IDS = {
    "team_warnings_managers": ("S1-38",),
    "team_warnings_months": ("S1-71",),
    "team_warnings_lights": ("S1-70", "S1-71"),
    "team_warnings_targets": ("S2-31",),
    "team_warnings_leavers": ("T-04",),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, managers' standard, months by team, lights, cover of targets."""
    heading = Heading(id="team_warnings_heading", title=Text("team_warnings.heading"))
    missing = ctx.mart.missing("reps.team_id", "orders.rep_id")
    if missing:
        box = {"title": Text("team_warnings.heading"), "missing": missing}
        return heading, *(NotProvided(id=name, requirements=codes, **box) for name, codes in IDS.items())
    months = monthly(ctx)
    return (
        heading,
        _managers(ctx),
        _months(ctx, months),
        _lights(ctx, months),
        _targets(ctx),
        team_leavers.exhibit(ctx, IDS["team_warnings_leavers"]),
    )


def _kept(ctx: Context, span) -> dict[str, Figure]:
    found = kept_by_team(ctx.mart, span.window)
    return {
        team: staff.retention_of(ctx, part, span, dimension="team", member=team)
        for team, part in found.groupby("team")
        if team != UNCLASSIFIED
    }


def _managers(ctx: Context) -> Exhibit:
    fixed = {"id": "team_warnings_managers", "requirements": IDS["team_warnings_managers"]}
    scheme, title = ctx.settings.kpi_scheme, Text("team_warnings.managers_title")
    reached = {line.member: line.attainment for line in Credit(ctx).teams if line.member != UNCLASSIFIED}
    known = not ctx.mart.missing(staff.LEAVERS)
    kept = _kept(ctx, ctx.current) if known else {}
    rows = []
    for team in sorted(set(reached) | set(kept)):
        share, stay = reached.get(team), kept.get(team)
        tests = [
            (share.value, scheme.manager_attainment) if share is not None else (None, 0.0),
            (stay.value, scheme.manager_retention) if stay is not None else (None, 0.0),
        ]
        judged = [value >= limit for value, limit in tests if value is not None]
        state = "unknown" if len(judged) < 2 and (not judged or judged[0]) else "pass" if all(judged) else "fail"
        rows.append((team, share, stay, Text(f"team_warnings.state_{state}")))
    rows = [row for row in rows if (row[1] and row[1].value is not None) or (row[2] and row[2].value is not None)]
    if not rows:
        return NotEnough(title=title, reason=Text("team_warnings.no_managers"), **fixed)
    failed = sum(row[3].key.endswith("fail") for row in rows)
    rows.sort(key=lambda row: (row[3].key != "team_warnings.state_fail", row[1].value if row[1] else 9.0, row[0]))
    limits = {
        "attainment": _limit(ctx, "manager attainment", scheme.manager_attainment),
        "retention": _limit(ctx, "manager retention", scheme.manager_retention),
    }
    values = limits | {"failed": str(failed), "n": str(len(rows))}
    return Table(
        title=Text("team_warnings.managers_failed" if failed else "team_warnings.managers_passed", values),
        header=tuple(Text(f"team_warnings.column_{name}") for name in ("team", "attainment", "retention", "standard")),
        rows=tuple(rows),
        notes=(Text("team_warnings.note_managers"),),
        **fixed,
    )


def _limit(ctx: Context, member: str, value: float) -> Figure:
    return ctx.figure("scheme_value", value, ctx.current, dimension="scheme", member=member)


def complete_months(ctx: Context) -> tuple[Period, ...]:
    """Months of the review period that are over."""
    months = ctx.period.parts("M") if ctx.period.kind != "M" else (ctx.period,)
    return tuple(month for month in months if month.end <= ctx.current.window.end)


def monthly(ctx: Context) -> dict[str, tuple[Figure, ...]]:
    """Attainment of each team with targets by complete month; the company under the empty name. {} without targets."""
    months = complete_months(ctx)
    teams, total = target_book(ctx, "sales", "team"), target_book(ctx)
    names = dict(kept_by_team(ctx.mart, ctx.current.window)[["team_id", "team"]].itertuples(index=False))
    found: dict[str, list[Figure]] = {}
    for month in months:
        span = ctx.span(month)
        credit = credit_by_rep(ctx.mart, span.window)
        sold = credit.groupby("team_id").sales.sum()
        for member in sorted(teams.original):
            amount = float(sold.get(member, 0.0))
            figure = _month(
                ctx, teams, span, member, amount, {"dimension": "team", "member": names.get(member, member)}
            )
            found.setdefault(names.get(member, member), []).append(figure)
        found.setdefault("", []).append(
            _month(ctx, total, span, "", float(credit.sales.sum()), {"dimension": "team", "member": "company"})
        )
    return {team: tuple(f) for team, f in found.items() if any(one.value is not None for one in f)}


def _month(ctx: Context, book: TargetBook, span, member: str, sales: float, where: dict) -> Figure:
    goal = book.resolve(span.window, member)
    flags = ("no_target",) if goal is None else ("derived_target",) if goal.derived else ()
    value = ratio(sales, goal.value) if goal is not None else None
    rest = {"numerator": sales, "denominator": goal.value if goal else None, "flags": flags}
    return ctx.figure("credited_attainment", value, span, **rest, **where)


def _no_months(ctx: Context, fixed: dict) -> Exhibit:
    title = Text("team_warnings.months_title")
    if ctx.mart.missing("targets.value"):
        return NotProvided(title=title, missing=("targets.value",), **fixed)
    return NotEnough(title=title, reason=Text("team_warnings.no_months"), **fixed)


def _company(team: str) -> Text | str:
    return team or Text("team_warnings.company")


def _months(ctx: Context, months: dict[str, tuple[Figure, ...]]) -> Exhibit:
    fixed = {"id": "team_warnings_months", "requirements": IDS["team_warnings_months"]}
    periods = complete_months(ctx)
    if not months or len(periods) < 2:
        return _no_months(ctx, fixed)
    limit = ctx.settings.kpi_scheme.warning_attainment
    flat = [figure for figures in months.values() for figure in figures if figure.value is not None]
    weak = [figure for figure in flat if figure.value < limit]
    lowest = min(flat, key=lambda figure: figure.value)
    values = {"limit": _limit(ctx, "warning attainment", limit), "n": str(len(weak))}
    order = sorted(months, key=lambda team: (team == "", team))
    return Chart(
        title=Text("team_warnings.months_weak" if weak else "team_warnings.months_fine", values),
        form="heatmap",
        categories=tuple(PeriodName(month.code, short=True) for month in periods),
        series=tuple(Series(_company(team), months[team], "part") for team in order),
        summary=Text(
            "team_warnings.months_alt",
            {"team": _company("" if lowest.member == "company" else lowest.member), "low": lowest,
             "month": PeriodName(lowest.period)},
        ),
        **fixed,
    )  # fmt: skip


def _lights(ctx: Context, months: dict[str, tuple[Figure, ...]]) -> Exhibit:
    """The light of each team: retention over twelve months, and months running below the limit."""
    fixed = {"id": "team_warnings_lights", "requirements": IDS["team_warnings_lights"]}
    scheme = ctx.settings.kpi_scheme
    known = not ctx.mart.missing(staff.LEAVERS)
    kept = _kept(ctx, staff.twelve_months(ctx)) if known else {}
    if known:
        span = staff.twelve_months(ctx)
        kept[""] = staff.retention_figure(ctx, span)
    rows, red = [], []
    for team in sorted(set(kept) | set(months), key=lambda team: (team == "", team)):
        stay = kept.get(team)
        usable = stay is not None and stay.value is not None and "small_n" not in stay.flags
        first = light_of_share(stay.value if usable else None, scheme.warning_retention, scheme.manager_retention)
        series = months.get(team, ())
        second = light_of_months([f.value for f in series], scheme.warning_attainment, scheme.warning_months)
        last = series[-1] if series else None
        cells = (stay, Text(f"team_warnings.light_{first}"), last, Text(f"team_warnings.light_{second}"))
        rows.append((_company(team), *cells))
        red += [_company(team)] if "red" in (first, second) else []
    if not rows:
        return NotEnough(title=Text("team_warnings.lights_title"), reason=Text("team_warnings.no_lights"), **fixed)
    names = ("team", "kept12", "light_kept", "last_month", "light_months")
    limits = {
        "retention": _limit(ctx, "warning retention", scheme.warning_retention),
        "amber": _limit(ctx, "manager retention", scheme.manager_retention),
        "attainment": _limit(ctx, "warning attainment", scheme.warning_attainment),
        "months": str(scheme.warning_months),
    }
    return Table(
        title=Text("team_warnings.lights_red", {"teams": tuple(red)}) if red else Text("team_warnings.lights_fine"),
        header=tuple(Text(f"team_warnings.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("team_warnings.note_lights", limits),),
        **fixed,
    )


def _targets(ctx: Context) -> Exhibit:
    """Whether everybody in post carries a target, and whether teams' and people's targets make the company's."""
    fixed = {"id": "team_warnings_targets", "requirements": IDS["team_warnings_targets"]}
    title = Text("team_warnings.targets_title")
    if ctx.mart.missing("targets.value"):
        return NotProvided(title=title, missing=("targets.value",), **fixed)
    goals = {dim: target_book(ctx, "sales", dim).members(ctx.current.window) for dim in ("team", "rep")}
    people = quota_reps(ctx.mart)
    end = pd.Timestamp(ctx.current.window.end)
    here = people[~(pd.to_datetime(people["leave_date"]) <= end) & ~(pd.to_datetime(people["hire_date"]) > end)]
    with_goal = int(here["rep_id"].isin(set(goals["rep"])).sum())
    n = len(here)
    cover = ctx.figure("quota_coverage", ratio(with_goal, n), ctx.current, numerator=with_goal, denominator=n, n=n)
    state = "unknown" if cover.value is None else "green" if cover.value >= 1 else "red"
    rows = [(Text("team_warnings.check_cover"), cover, None, None, Text(f"team_warnings.light_{state}"))]
    whole = headline_figures(ctx).target
    for dim in ("team", "rep"):
        if not goals[dim] or whole.value is None:
            continue
        total = sum(goal.value for goal in goals[dim].values())
        at = {"dimension": "target_sum", "member": dim}
        given = ctx.figure("target", total, ctx.current, **at)
        left = ctx.figure("target_unallocated", whole.value - total, ctx.current, **at)
        state = "green" if abs(left.value) <= 0.005 * whole.value else "amber"
        rows.append((Text(f"team_warnings.check_{dim}"), given, whole, left, Text(f"team_warnings.light_{state}")))
    case = "none" if not with_goal else "all" if with_goal == n else "some"
    values = {"all": {"n": str(n)}, "some": {"n": str(n), "with": str(with_goal), "cover": cover}, "none": {}}[case]
    names = ("check", "value", "parent", "difference", "light")
    return Table(
        title=Text(f"team_warnings.targets_{case}", values),
        header=tuple(Text(f"team_warnings.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("team_warnings.note_targets"),),
        **fixed,
    )
