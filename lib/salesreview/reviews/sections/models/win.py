"""Win probability in the reviews: evidence first, then the weighted pipeline and the deals that count (G-11, E-22)."""

from ....record import Exhibit, Heading, Text
from ...context import Context
from . import deals, pipeline


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, weighted pipeline, deals."""
    return _heading(), *pipeline.exhibits(ctx), *deals.exhibits(ctx)


def in_brief(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, what the pipeline comes to, and by stage: for a review that is about something else."""
    text, _, stages, _ = pipeline.exhibits(ctx)
    return _heading(), text, stages


def _heading() -> Heading:
    return Heading(id="win_heading", title=Text("win.heading"))
