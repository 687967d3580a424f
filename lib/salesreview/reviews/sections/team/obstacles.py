"""Where work between departments gets stuck, and how late activities are recorded (requirement T-23)."""

import pandas as pd

from ....metrics.comparison import Interval, rate_difference
from ....queries.teamwork import deal_outcomes, logging_lag, requests_of_deals
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, PeriodName, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from .common import absent, lacking, quantile, share, thin
from .requests import FIELDS, judge, judged_requests, quarter_span, quarters_to

IDS = {f"obstacles_{name}": ("T-23",) for name in ("heat", "logging", "text")}
LOGGED = ("activities.logged_at", "activities.started_at")
DEALS = ("internal_requests.opp_id", "opportunities.lost_reason", "opportunities.closed_at")
ROWS = 12


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, hours to the answer by department and type over the quarters, logging lag, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        heading, *boxes = absent(IDS, "obstacles", missing)
        return heading, *(_logging(ctx) if box.id == "obstacles_logging" else box for box in boxes)
    frame = judged_requests(ctx, ctx.current)
    if frame["hours"].notna().sum() == 0:
        heading, *boxes = lacking(IDS, "obstacles", Text("departments.none"))
        return heading, *(_logging(ctx) if box.id == "obstacles_logging" else box for box in boxes)
    return (
        Heading(id="obstacles_heading", title=Text("obstacles.heading")),
        _heat(ctx),
        _logging(ctx),
        _text(ctx, frame),
    )


def _heat(ctx: Context) -> Chart:
    """Rows are department and type of request, columns quarters: a path that slows down shows as a darkening row."""
    quarters = quarters_to(ctx)
    frames = [judged_requests(ctx, quarter_span(ctx, quarter)) for quarter in quarters]
    everything = pd.concat(frames)
    sizes = everything.groupby(["to_dept", "type"]).size()
    paths = sorted(sizes.index, key=lambda path: (-sizes[path], path))[:ROWS]
    rows, drift = [], []
    for path in sorted(paths):
        cells = []
        for quarter, frame in zip(quarters, frames, strict=True):
            own = frame[(frame["to_dept"] == path[0]) & (frame["type"] == path[1])]
            span = quarter_span(ctx, quarter)
            at = {"dimension": "to_dept×type", "member": " | ".join(path)}
            cells.append(quantile(ctx, "request_hours", own["hours"], 0.5, span, **at) if len(own) else None)
        rows.append(Series(Text("obstacles.path", {"department": path[0], "type": path[1]}), tuple(cells), "part"))
        drift += _drift(path, cells)
    slow = max(drift, default=None, key=lambda item: (item[0], item[1]))
    title, values = Text("obstacles.heat"), {}
    if slow is not None and slow[0] >= 1.5:
        values = {"department": slow[1][0], "type": slow[1][1], "now": slow[3], "then": slow[2]}
        title = Text("obstacles.heat_slowed", values)
    return Chart(
        id="obstacles_heat",
        title=title,
        requirements=("T-23",),
        form="heatmap",
        categories=tuple(PeriodName(quarter.code) for quarter in quarters),
        series=tuple(rows),
        axes={"value": Text("metric.request_hours")},
        summary=Text("obstacles.heat_alt_slowed", values) if values else Text("obstacles.heat_alt"),
        notes=(Text("obstacles.note_heat"),),
    )


def _drift(path: tuple[str, str], cells: list[Figure | None]) -> list[tuple]:
    """(ratio of the last to the first quarter that is known well enough, path, first, last); nothing without two."""
    known = [cell for cell in cells if cell is not None and cell.value and not cell.flags]
    return [(known[-1].value / known[0].value, path, known[0], known[-1])] if len(known) > 1 else []


def _lag(ctx: Context, span: Span) -> pd.DataFrame:
    return logging_lag(ctx.mart, span.window, ctx.settings.records.late_after_h)


def _logging(ctx: Context) -> Exhibit:
    fixed = {"id": "obstacles_logging", "requirements": ("T-23",)}
    missing = ctx.mart.missing(*LOGGED)
    if missing:
        return NotProvided(title=Text("obstacles.logging"), missing=missing, **fixed)
    now = _lag(ctx, ctx.current)
    if now.empty:
        return NotEnough(title=Text("obstacles.logging"), reason=Text("obstacles.logging_none"), **fixed)
    base = base_span(ctx, ctx.year_ago)
    before = _lag(ctx, base).set_index("team") if base else None
    rows = []
    for row in now.itertuples():
        at = {"dimension": "team", "member": row.team}
        late, then = share(ctx, "backfill", row.late, row.n, **at), None
        if before is not None and row.team in before.index:
            then = share(ctx, "backfill", before.loc[row.team, "late"], before.loc[row.team, "n"], base, **at)
        hours = ctx.figure("logging_hours", float(row.hours), ctx.current, n=int(row.n), flags=thin(ctx, row.n), **at)
        count = ctx.figure("records_dated", int(row.n), ctx.current, n=int(row.n), **at)
        rows.append((row.team, count, hours, late, change(late, then, "yoy")))
    rows.sort(key=lambda row: (-(row[3].value or 0.0), row[0]))
    whole = share(ctx, "backfill", now["late"].sum(), now["n"].sum())
    return Table(
        title=Text("obstacles.logging_late", {"late": whole}),
        header=tuple(Text(f"obstacles.column_{name}") for name in ("team", "records", "hours", "late", "change")),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("obstacles.note_logging"),),
        **fixed,
    )


def late_deals(ctx: Context) -> tuple[pd.DataFrame, Interval | None]:
    """Deals closed in the review period that had a judged request: won, internal, amount, late (some answer was over
    its limit), and the difference in the share lost to internal process, late less in time."""
    window = ctx.current.window
    asked = judge(ctx, requests_of_deals(ctx.mart, window), window.end)
    asked = asked[asked["met"].notna()]
    late = (~asked["met"].astype(bool)).groupby(asked["opp_id"]).any()
    deals = deal_outcomes(ctx.mart, window).set_index("opp_id")
    deals = deals.join(late.rename("late"), how="inner")
    slow, timely = deals[deals["late"]], deals[~deals["late"]]
    counts = (int(slow["internal"].sum()), len(slow), int(timely["internal"].sum()), len(timely))
    return deals, rate_difference(*counts) if min(len(slow), len(timely)) >= ctx.settings.minimum_n.rate else None


def _text(ctx: Context, frame: pd.DataFrame) -> Prose:
    due = frame["met"].dropna()
    sentences = []
    if len(due):
        overdue = share(ctx, "request_overdue", len(due) - int(due.sum()), len(due))
        p90 = quantile(ctx, "request_hours_p90", frame["hours"], 0.9)
        sentences.append(Text("obstacles.text_overdue", {"overdue": overdue, "n": str(len(due)), "p90": p90}))
    else:
        sentences.append(Text("obstacles.text_no_limit"))
    if ctx.mart.missing(*DEALS):
        sentences.append(Text("obstacles.text_no_deals"))
    else:
        deals, gap = late_deals(ctx)
        late = deals[deals["late"]]
        if gap is None:
            sentences.append(Text("obstacles.text_deals_few", {"n": str(len(late))}))
        else:
            figures = [
                share(ctx, "internal_loss", part["internal"].sum(), len(part), dimension="answers", member=name)
                for name, part in (("late", late), ("in time", deals[~deals["late"]]))
            ]
            case = "alike" if not gap.excludes_zero else "more" if gap.value > 0 else "less"
            sentences.append(Text(f"obstacles.text_deals_{case}", {"late": figures[0], "timely": figures[1]}))
    if not ctx.mart.missing(*LOGGED):
        found = _lag(ctx, ctx.current)
        if len(found):
            sentences.append(
                Text(
                    "obstacles.text_logging",
                    {"late": share(ctx, "backfill", found["late"].sum(), found["n"].sum())},
                )
            )
    return Prose(id="obstacles_text", title=Text("empty"), requirements=("T-23",), sentences=tuple(sentences))
