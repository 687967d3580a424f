"""Requests between departments: who answers, how fast, how often in time (T-15, T-23; metric sla_rate of P-44)."""

from datetime import date

import pandas as pd

from ....periods import Period, Window, containing
from ....queries.approvals import workdays
from ....queries.teamwork import requests
from ....record import Figure
from ...context import Context, Span
from ..cases import seen_until
from ..process.departments import judged
from .common import quantile, share

FIELDS = ("internal_requests.opened_at", "internal_requests.to_dept")


def judge(ctx: Context, frame: pd.DataFrame, until: date) -> pd.DataFrame:
    """``frame`` of `queries.teamwork.requests` with hours and met (null while the limit has not passed), judged as the
    process review does (sla_rate of P-44): an answer after ``until`` is not known yet."""
    answered = frame["responded_at"].where(frame["responded_at"].dt.normalize() <= pd.Timestamp(until))
    found = judged(
        frame.assign(responded_at=answered).rename(columns={"sla_h": "own_limit"}),
        ctx.settings.sla,
        workdays(ctx.mart),
        until,
    )
    return found.rename(columns={"in_time": "met"})


def judged_requests(ctx: Context, span: Span) -> pd.DataFrame:
    """Requests opened in ``span``, followed as long after its end as the review period's are."""
    return judge(ctx, requests(ctx.mart, span.window), seen_until(ctx, span))


def answer_figures(ctx: Context, frame: pd.DataFrame, span: Span, **identity) -> dict[str, Figure]:
    """Median and P90 of working hours to the answer, and the share answered within the limit, of ``frame``."""
    due = frame["met"].dropna()
    return {
        "median": quantile(ctx, "request_hours", frame["hours"], 0.5, span, **identity),
        "p90": quantile(ctx, "request_hours_p90", frame["hours"], 0.9, span, **identity),
        "sla": share(ctx, "sla_rate", int(due.sum()), len(due), span, **identity),
    }


def by_department(ctx: Context, frame: pd.DataFrame, span: Span) -> dict[str, dict[str, Figure]]:
    """`answer_figures` by answering department, worst share in time first."""
    found = {
        str(name): answer_figures(ctx, part, span, dimension="to_dept", member=str(name))
        for name, part in frame.groupby("to_dept", sort=True)
    }

    def worst(item) -> tuple:
        sla = item[1]["sla"].value
        return sla if sla is not None else 2.0, -(item[1]["median"].value or 0.0), item[0]

    return dict(sorted(found.items(), key=worst))


def quarters_to(ctx: Context, count: int = 6) -> list[Period]:
    """The last ``count`` quarters that have begun by the end of the review window, as far as the data reaches back."""
    quarter, found = containing("Q", ctx.current.window.end, ctx.period.fiscal_start), []
    while len(found) < count and quarter.start >= ctx.mart.meta.first_day.replace(day=1):
        found.insert(0, quarter)
        quarter = quarter.previous()
    return found


def quarter_span(ctx: Context, quarter: Period) -> Span:
    """``quarter`` cut at the end of the review window."""
    end = min(quarter.end, ctx.current.window.end)
    return Span(quarter.code, Window(quarter.start, end), end < quarter.end)
