"""Tickets with their working hours, and the figures of service (requirements P-20, P-21)."""

from functools import lru_cache

import pandas as pd

from ....metrics.worktime import working_hours
from ....queries import service as queries
from ....queries.approvals import workdays
from ....record import Figure
from ...context import Context, Span
from ..cases import seen_until
from .common import middle, share


def tickets(ctx: Context, span: Span) -> pd.DataFrame:
    """Tickets opened in ``span`` with their working hours: response, solved, waiting (to the last day), limit (null
    where none is agreed), in_time (null while the limit has not passed), first_contact."""
    return _tickets(ctx, span).copy()


@lru_cache(maxsize=16)
def _tickets_kept(mart, window, seen, limits) -> pd.DataFrame:
    found, days = queries.tickets(mart, window, seen), workdays(mart)
    end = pd.Series(pd.Timestamp(seen) + pd.Timedelta(hours=24), index=found.index)
    found["response"] = working_hours(found["opened_at"], found["first_response_at"], days)
    found["solved"] = working_hours(found["opened_at"], found["resolved_at"], days)
    found["limit"] = found["phase"].map(dict(limits)).astype(float)
    waited = working_hours(found["opened_at"], end, days)
    answered = found["response"].notna()
    late = waited > found["limit"]
    due = found["limit"].notna() & (answered | late)
    found["in_time"] = (answered & (found["response"] <= found["limit"])).where(due).astype("boolean")
    same_day = found["resolved_at"].notna() & (found["solved"] <= found["response"] + 8)
    found["first_contact"] = same_day & ~found["reopened"] & ~found["handed"]
    return found


def _tickets(ctx: Context, span: Span) -> pd.DataFrame:
    limits = tuple((phase, limit.first_response_h) for phase, limit in ctx.settings.sla.service.items())
    return _tickets_kept(ctx.mart, span.window, seen_until(ctx, span), limits)


def response_figure(ctx: Context, span: Span, quantile: float = 0.5) -> Figure:
    """Median (key first_response) or 90th percentile (first_response_p90) of the first response, working hours."""
    name = "first_response" if quantile == 0.5 else "first_response_p90"
    return middle(ctx, name, _tickets(ctx, span)["response"], span, quantile)


def sla_figure(ctx: Context, span: Span) -> Figure:
    """Tickets first answered within the agreed limit (registry key service_sla); None where no limit is agreed."""
    return kept_figure(ctx, _tickets(ctx, span), span)


def kept_figure(ctx: Context, found: pd.DataFrame, span: Span, **identity) -> Figure:
    """As `sla_figure` for some of the tickets."""
    due = found["in_time"].dropna()
    return share(ctx, "service_sla", int(due.sum()), len(due), span, **identity)


def resolve_figure(ctx: Context, span: Span) -> Figure:
    """Median working hours to the solution; open tickets are left out (registry key resolve_time)."""
    return middle(ctx, "resolve_time", _tickets(ctx, span)["solved"], span)


def fcr_figure(ctx: Context, span: Span) -> Figure:
    """Solved within a working day of the first response, not handed on and not reopened / tickets (key fcr)."""
    found = _tickets(ctx, span)
    return share(ctx, "fcr", int(found["first_contact"].sum()), len(found), span)


def reopen_figure(ctx: Context, span: Span) -> Figure:
    """Reopened / resolved tickets (registry key reopen)."""
    solved = _tickets(ctx, span)
    solved = solved[solved["resolved_at"].notna()]
    return share(ctx, "reopen", int(solved["reopened"].sum()), len(solved), span)
