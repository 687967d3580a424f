"""Win probability in the reviews: evidence first, then the weighted pipeline and the deals that count (G-11, E-22)."""

from ....record import Exhibit, Heading, Text
from ...context import Context
from . import deals, evidence, pipeline, win_rates
from .earlier import earlier

CODES = ("G-11",)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, evidence, the earlier pack, past rates, weighted pipeline, deals."""
    return _heading(), *_evidence(ctx), *win_rates.exhibits(ctx), *pipeline.exhibits(ctx), *deals.exhibits(ctx)


def in_brief(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, what the pipeline comes to, and by stage: for a review that is about something else."""
    text, _, stages, _ = pipeline.exhibits(ctx)
    return _heading(), text, stages


def _evidence(ctx: Context) -> tuple[Exhibit, ...]:
    missing = ctx.mart.missing("opportunities.opp_id")
    if missing:
        return evidence.absent("win", CODES, missing)
    return *evidence.exhibits(ctx, ctx.models.win.evaluation, CODES), earlier(ctx, "win", CODES)


def _heading() -> Heading:
    return Heading(id="win_heading", title=Text("win.heading"))
