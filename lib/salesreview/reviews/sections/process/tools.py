"""Whether tools are used, how deeply, and what they cost (requirement P-24)."""

import math

import pandas as pd

from ....queries import working as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context, Span
from .common import absent, at, card, count, middle, pair, share, too_few

NEEDS = ("tools.tool_id", "tool_usage.active_days")
BOXES = {"tools_cards": ("P-24",), "tools_matrix": ("P-24",), "tools_table": ("P-24",), "tools_text": ("P-24",)}
ACTIVE_SHARE, LOW_REACH, FEWEST_WEEKS = 0.75, 0.6, 4


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, team by tool, table of tools, paragraph."""
    heading = Heading(id="tools_heading", title=Text("tools.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "tools.heading", missing)
    users = tool_users(ctx, ctx.current)
    if users.empty or queries.weeks(ctx.mart, ctx.current.window) < FEWEST_WEEKS:
        return heading, *too_few(BOXES, "tools.heading", "tools.few")
    return heading, _cards(ctx), _matrix(ctx), _table(ctx), _text(ctx)


def tool_users(ctx: Context, span: Span) -> pd.DataFrame:
    """Tool and person with ``active``: used on a day in at least 75 % of the weeks (key adoption)."""
    found, weeks = queries.tool_users(ctx.mart, span.window), queries.weeks(ctx.mart, span.window)
    return found.assign(active=(found["active_weeks"] >= math.ceil(ACTIVE_SHARE * weeks)) & (weeks > 0))


def reach_figure(ctx: Context, span: Span, found: pd.DataFrame | None = None, **identity) -> Figure:
    """Active users / staff in post, over tools where none is named (registry key tool_reach)."""
    found = tool_users(ctx, span) if found is None else found
    return share(ctx, "tool_reach", int(found["active"].sum()), len(found), span, **identity)


def lag_figure(ctx: Context, span: Span) -> Figure:
    """Hours from an activity to its record, 90th percentile: how old the data in reports is (key logging_lag)."""
    return middle(ctx, "logging_lag", queries.logging_lags(ctx.mart, span.window)["hours"], span, 0.9)


def _cards(ctx: Context) -> Cards:
    overall = reach_figure(ctx, ctx.current)
    found = [Card(Text("metric.tool_reach"), overall)]
    users = tool_users(ctx, ctx.current)
    central = _central(ctx)
    if central is not None:
        part = users[users["tool_id"] == central["tool_id"]]
        label = Text("tools.reach_of", {"tool": central["tool"]})
        found.append(Card(label, reach_figure(ctx, ctx.current, part, **at("tool", central["tool_id"]))))
    if not ctx.mart.missing("activities.logged_at"):
        found.append(card(ctx, lambda span: lag_figure(ctx, span)))
    low = _weakest(ctx)
    title = Text("tools.heading")
    if low is not None:
        title = Text("tools.title", {"reach": overall, "tool": low[0], "low": low[1]})
    return Cards(
        id="tools_cards",
        title=title,
        requirements=BOXES["tools_cards"],
        cards=tuple(found),
        notes=(Text("tools.note"),),
    )


def _central(ctx: Context) -> pd.Series | None:
    """The customer management system."""
    found = queries.tools(ctx.mart)
    found = found[found["category"] == "客户管理"]
    return None if found.empty else found.iloc[0]


def by_tool(ctx: Context) -> list[tuple[pd.Series, Figure]]:
    """Each tool with its reach, least used first."""
    users, found = tool_users(ctx, ctx.current), []
    for _, tool in queries.tools(ctx.mart).iterrows():
        part = users[users["tool_id"] == tool["tool_id"]]
        found.append((tool, reach_figure(ctx, ctx.current, part, **at("tool", tool["tool_id"]))))
    return sorted(found, key=lambda pair: (pair[1].value is None, pair[1].value or 0, pair[0]["tool_id"]))


def _weakest(ctx: Context) -> tuple[str, Figure] | None:
    known = [(tool["tool"], reach) for tool, reach in by_tool(ctx) if reach.value is not None]
    return known[0] if known else None


def _matrix(ctx: Context) -> Exhibit:
    users, rows = tool_users(ctx, ctx.current), []
    names = {tool["tool_id"]: tool["tool"] for _, tool in queries.tools(ctx.mart).iterrows()}
    box = {"id": "tools_matrix", "requirements": BOXES["tools_matrix"]}
    for team, part in users.groupby("team"):
        if part["rep_id"].nunique() < ctx.settings.minimum_n.rep:
            continue
        cells = []
        for tool in names:
            here = part[part["tool_id"] == tool]
            cells.append(reach_figure(ctx, ctx.current, here, **at("team×tool", pair(team, tool))))
        rows.append(Series(str(team), tuple(cells), "part"))
    if not rows:
        return NotEnough(title=Text("tools.matrix"), reason=Text("tools.few_teams"), **box)
    flat = [(row.label, names[cell.member.split(" | ")[1]], cell) for row in rows for cell in row.figures]
    empty = [one for one in flat if one[2].value is not None and one[2].value < LOW_REACH]
    low = min(flat, key=lambda one: (one[2].value, str(one[0])))
    gaps = count(ctx, "tool_active", len(empty), **at("gaps", "team×tool"))
    values = {"team": low[0], "tool": low[1], "low": low[2]}
    return Chart(
        title=Text("tools.matrix_title", values),
        form="heatmap",
        categories=tuple(names.values()),
        series=tuple(rows),
        axes={"value": Text("metric.tool_reach")},
        summary=Text("tools.matrix_alt", values | {"gaps": gaps, "cells": str(len(flat))}),
        notes=(Text("tools.note_matrix"),),
        **box,
    )


def _table(ctx: Context) -> Table:
    users, rows = tool_users(ctx, ctx.current), []
    for tool, reach in by_tool(ctx):
        identity, part = at("tool", tool["tool_id"]), users[users["tool_id"] == tool["tool_id"]]
        active = int(part["active"].sum())
        used = part.loc[part["active"], "features"].astype(float)
        deepest = float(tool["features"]) if pd.notna(tool["features"]) and tool["features"] else None
        depth = float(used.mean()) / deepest if len(used) and deepest else None
        licences = float(tool["licences"]) if pd.notna(tool["licences"]) else None
        yearly = float(tool["cost"]) if pd.notna(tool["cost"]) else None
        adopted = active / licences if licences else None
        each = yearly / active if yearly is not None and active else None
        rows.append(
            (
                tool["tool"],
                tool["category"],
                ctx.figure("tool_licences", licences, ctx.current, **identity),
                count(ctx, "tool_active", active, **identity),
                ctx.figure("adoption", adopted, ctx.current, numerator=active, denominator=licences, **identity),
                reach,
                ctx.figure("depth", depth, ctx.current, n=len(used), **identity),
                ctx.figure("tool_cost_user", each, ctx.current, numerator=yearly, denominator=active, **identity),
            )
        )
    names = ("tool_licences", "tool_active", "adoption", "tool_reach", "depth", "tool_cost_user")
    over = [row for row in rows if row[4].value is not None and row[4].value > 1]
    title = Text("tools.table")
    if over:
        title = Text("tools.table_over", {"tools": tuple(row[0] for row in over)})
    return Table(
        id="tools_table",
        title=title,
        requirements=BOXES["tools_table"],
        header=(Text("tools.tool"), Text("tools.category"), *(Text(f"tools.col_{name}") for name in names)),
        rows=tuple(rows),
        notes=(*((Text("tools.note_over"),) if over else ()), Text("tools.note_depth")),
    )


def _text(ctx: Context) -> Prose:
    weak = [
        (tool["tool"], reach) for tool, reach in by_tool(ctx) if reach.value is not None and reach.value < LOW_REACH
    ]
    sentences = [Text("tools.say", {"reach": reach_figure(ctx, ctx.current)})]
    if weak:
        named = tuple(Text("tools.named", {"tool": name, "reach": reach}) for name, reach in weak)
        sentences.append(Text("tools.say_weak", {"tools": named}))
    else:
        sentences.append(Text("tools.say_none_weak"))
    if not ctx.mart.missing("activities.logged_at"):
        lag = lag_figure(ctx, ctx.current)
        sentences += [Text("tools.say_lag", {"lag": lag})] if lag.value is not None else []
    return Prose(id="tools_text", title=Text("empty"), requirements=BOXES["tools_text"], sentences=tuple(sentences))
