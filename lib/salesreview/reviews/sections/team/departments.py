"""How other departments work with sales: answers, projects, mutual rating (requirement T-15)."""

import pandas as pd

from ....queries.teamwork import projects_due
from ....record import Card, Cards, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Table, Text
from ...context import Context, change
from ..cases import base_span, movement
from .common import absent, lacking, mean, share
from .requests import FIELDS, answer_figures, by_department, judged_requests

IDS = {f"departments_{name}": ("T-15",) for name in ("cards", "scorecard", "projects", "text")}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, scorecard of departments, projects in time, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "departments", missing)
    frame = judged_requests(ctx, ctx.current)
    if frame["hours"].notna().sum() == 0:
        return lacking(IDS, "departments", Text("departments.none"))
    base = base_span(ctx, ctx.year_ago)
    before = judged_requests(ctx, base) if base else None
    now = answer_figures(ctx, frame, ctx.current)
    then = answer_figures(ctx, before, base) if base else {}
    yoy = {name: change(figure, then.get(name), "yoy") for name, figure in now.items()}
    teams = by_department(ctx, frame, ctx.current)
    past = by_department(ctx, before, base) if base else {}
    return (
        Heading(id="departments_heading", title=Text("departments.heading")),
        Cards(
            id="departments_cards",
            title=Text("departments.cards", {"sla": now["sla"], "hours": now["median"]})
            if now["sla"].value is not None
            else Text("departments.cards_no_limit", {"hours": now["median"]}),
            requirements=("T-15", "S2-13"),
            cards=tuple(
                Card(Text(f"metric.{f.metric}"), f, (yoy[name],)) for name, f in now.items() if f.value is not None
            ),
            notes=(Text("departments.note_clock"),),
        ),
        _scorecard(ctx, frame, teams, past),
        _projects(ctx),
        _text(now, yoy, teams, past),
    )


def _scorecard(ctx: Context, frame: pd.DataFrame, teams: dict, past: dict) -> Table:
    rows = []
    for name, figures in list(teams.items())[: ctx.settings.top_n]:
        own = frame[frame["to_dept"] == name]
        at = {"dimension": "to_dept", "member": name}
        count = ctx.figure("requests_opened", len(own), ctx.current, n=len(own), **at)
        rated = mean(ctx, "request_rating", own["rating"], **at)
        moved = change(figures["median"], past.get(name, {}).get("median"), "yoy")
        rows.append((name, count, figures["sla"], figures["median"], figures["p90"], moved, rated))
    names = ("department", "requests", "sla", "median", "p90", "change", "rating")
    worst = rows[0]
    known = worst[2].value is not None and len(rows) > 1
    title = (
        Text("departments.scorecard_worst", {"department": worst[0], "sla": worst[2]})
        if known
        else Text("departments.scorecard")
    )
    return Table(
        id="departments_scorecard",
        title=title,
        requirements=("T-15", "S2-13"),
        header=tuple(Text(f"departments.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("departments.note_sla_agreed" if ctx.settings.sla.requests else "departments.note_sla"),),
    )


def _projects(ctx: Context) -> Exhibit:
    fixed = {"id": "departments_projects", "requirements": ("T-15",)}
    missing = ctx.mart.missing("projects.planned_end", "projects.end")
    if missing:
        return NotProvided(title=Text("departments.projects"), missing=missing, **fixed)
    now = projects_due(ctx.mart, ctx.current.window)
    if now.empty:
        return NotEnough(title=Text("departments.projects"), reason=Text("departments.projects_none"), **fixed)
    base = base_span(ctx, ctx.year_ago)
    before = projects_due(ctx.mart, base.window).set_index("type") if base else None
    rows = []
    for row in now.itertuples():
        at = {"dimension": "project_type", "member": row.type}
        figure = share(ctx, "project_on_time", row.on_time, row.due, **at)
        then = None
        if before is not None and row.type in before.index:
            then = share(
                ctx, "project_on_time", before.loc[row.type, "on_time"], before.loc[row.type, "due"], base, **at
            )
        due = ctx.figure("projects_due", row.due, ctx.current, n=row.due, **at)
        rows.append((row.type, due, figure, change(figure, then, "yoy")))
    whole = share(ctx, "project_on_time", now["on_time"].sum(), now["due"].sum())
    return Table(
        title=Text("departments.projects_share", {"share": whole}),
        header=tuple(Text(f"departments.column_{name}") for name in ("project", "due", "on_time", "change")),
        rows=tuple(rows),
        notes=(Text("departments.note_projects"),),
        **fixed,
    )


def _text(now: dict[str, Figure], yoy: dict[str, Figure], teams: dict, past: dict) -> Prose:
    case = movement(yoy["median"])
    values = {"hours": now["median"], "p90": now["p90"]} | ({} if case == "no_base" else {"yoy": yoy["median"]})
    sentences = [Text(f"departments.text_{case}", values)]
    slower = []
    for name, figures in teams.items():
        moved = change(figures["median"], past.get(name, {}).get("median"), "yoy")
        if moved.value is not None and moved.value > 0.2 and not figures["median"].flags:
            slower.append((moved.value, name, figures["median"], moved))
    if slower:
        _, name, hours, moved = max(slower, key=lambda item: (item[0], item[1]))
        sentences.append(Text("departments.text_slowed", {"department": name, "hours": hours, "yoy": moved}))
    missed = [(name, f["sla"]) for name, f in teams.items() if f["sla"].value is not None and not f["sla"].flags]
    if missed:
        sentences.append(Text("departments.text_sla", {"department": missed[0][0], "sla": missed[0][1]}))
    sentences.append(Text("departments.text_unknown"))
    return Prose(id="departments_text", title=Text("empty"), requirements=("T-15", "S2-13"), sentences=tuple(sentences))
