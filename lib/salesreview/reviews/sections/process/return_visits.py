"""Return visits to customers and after complaints (requirement S3-46, measured as D-78)."""

from ....queries import service as queries
from ....record import Cards, Exhibit, Figure, NotEnough, NotProvided, Text
from ...context import Context, Span
from ..finding import finding
from .common import cards, moved, share

WITHIN_DAYS = 30


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Coverage of active customers, and complaints after which somebody called again."""
    box = {"id": "service_visits", "requirements": ("S3-46",)}
    missing = ctx.mart.missing("activities.type", "activities.account_id")
    if missing:
        return (NotProvided(title=Text("service.visits"), missing=missing, **box),)
    coverage = coverage_figure(ctx, ctx.current)
    if coverage.value is None:
        return (NotEnough(title=Text("service.visits"), reason=Text("service.no_active"), **box),)
    case, change = moved(ctx, lambda span: coverage_figure(ctx, span))
    makes = (lambda span: coverage_figure(ctx, span), lambda span: complaint_figure(ctx, span))
    title = finding("service.visits", case, change, coverage=coverage)
    return (Cards(title=title, cards=cards(ctx, makes), notes=(Text("service.note_visits"),), **box),)


def coverage_figure(ctx: Context, span: Span) -> Figure:
    """Active customers with a return visit in ``span`` / active customers (registry key visit_coverage)."""
    active, visited = queries.visited_accounts(ctx.mart, span.window, ctx.settings.activity_window_days)
    return share(ctx, "visit_coverage", visited, active, span)


def complaint_figure(ctx: Context, span: Span) -> Figure:
    """Complaints with a return visit within thirty days of their solution (registry key complaint_followed)."""
    n, followed = queries.followed_complaints(ctx.mart, span.window, WITHIN_DAYS)
    return share(ctx, "complaint_followed", followed, n, span)
