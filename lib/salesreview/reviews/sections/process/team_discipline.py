"""How the teams keep records and next actions, side by side (requirements P-35, P-36)."""

import pandas as pd

from ....metrics.durations import differ
from ....queries import discipline as queries
from ....record import UNCLASSIFIED, Exhibit, Figure, NotEnough, NotProvided, Table, Text
from ...context import Context
from .common import at, count, share
from .records import quality

NEEDS = ("reps.team_id", "activities.rep_id")
BOX = {"id": "discipline_teams", "requirements": ("P-35", "P-36")}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """One table: data quality, days with a same-day record, next actions in time and overdue, by team."""
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return (NotProvided(title=Text("discipline.teams"), missing=missing, **BOX),)
    parts = {name: frame for name, frame in _parts(ctx).items() if len(frame)}
    teams = sorted({team for frame in parts.values() for team in frame["team"]} - {UNCLASSIFIED})
    if len(teams) < 2:
        return (NotEnough(title=Text("discipline.teams"), reason=Text("discipline.few"), **BOX),)
    rows = sorted((_row(ctx, team, parts) for team in teams), key=_weakest_first)
    names = [name for name in ("dq_index", "record_daily", "on_time_followup", "overdue_actions") if _known(rows, name)]
    table = Table(
        title=_title(ctx, parts, rows),
        header=(Text("label.team"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple((row["team"], *(row[name] for name in names)) for row in rows),
        notes=(Text("discipline.note"),),
        **BOX,
    )
    return (table,)


def _parts(ctx: Context) -> dict[str, pd.DataFrame]:
    """What the data has by team: ``quality``, ``daily`` (one row per person) and ``actions`` (one per next action)."""
    window, found = ctx.current.window, {}
    found["quality"] = queries.record_quality(ctx.mart, window, ctx.settings.records.late_after_h)
    if not ctx.mart.missing("activities.logged_at"):
        found["daily"] = queries.daily_records(ctx.mart, window)
    if not ctx.mart.missing("activities.next_action_due", "activities.next_action_done_at"):
        found["actions"] = queries.follow_ups(ctx.mart, window)
    return found


def _row(ctx: Context, team: str, parts: dict[str, pd.DataFrame]) -> dict[str, object]:
    """The team's figures by metric; None where its part of the data is empty."""
    own = {name: frame[frame["team"] == team] for name, frame in parts.items()}
    row, identity = {"team": team}, at("team", team)
    if len(own.get("quality", ())):
        row["dq_index"] = quality(ctx, own["quality"], **identity)[0]
    if len(own.get("daily", ())):
        days = own["daily"]
        row["record_daily"] = share(ctx, "record_daily", days["days"].sum(), days["workdays"].sum(), **identity)
    if len(own.get("actions", ())):
        due = own["actions"]
        row["on_time_followup"] = share(ctx, "on_time_followup", due["done"].sum(), len(due), **identity)
        late = int((due["open"] & (due["days_over"] > 0)).sum())
        row["overdue_actions"] = count(ctx, "overdue_actions", late, **identity)
    return {"dq_index": None, "record_daily": None, "on_time_followup": None, "overdue_actions": None} | row


def _weakest_first(row: dict[str, object]) -> tuple:
    values = (row["record_daily"], row["on_time_followup"], row["dq_index"])
    first = next((figure.value for figure in values if figure is not None and figure.value is not None), 2.0)
    return first, row["team"]


def _known(rows: list[dict[str, object]], name: str) -> bool:
    return any(isinstance(row[name], Figure) for row in rows)


def _title(ctx: Context, parts: dict[str, pd.DataFrame], rows: list[dict[str, object]]) -> Text:
    """The first measure in which teams differ beyond chance, people or next actions being the units compared."""
    values = {}
    if "daily" in parts:
        values["record_daily"] = parts["daily"].assign(value=lambda t: t["days"] / t["workdays"])
    if "actions" in parts:
        values["on_time_followup"] = parts["actions"].assign(value=lambda t: t["done"].astype(float))
    for name, frame in values.items():
        fewest = ctx.settings.minimum_n.rep if name == "record_daily" else ctx.settings.minimum_n.rate
        groups = {team: part["value"] for team, part in frame.groupby("team") if len(part) >= fewest}
        groups.pop(UNCLASSIFIED, None)
        if differ(*groups.values()):
            solid = [row for row in rows if row["team"] in groups]
            low, high = (pick(solid, key=lambda row: row[name].value) for pick in (min, max))
            ends = {"low": low[name], "team": low["team"], "high": high[name], "best": high["team"]}
            return Text("discipline.apart", {"metric": Text(f"metric.{name}")} | ends)
    return Text("discipline.alike" if values else "discipline.teams")
