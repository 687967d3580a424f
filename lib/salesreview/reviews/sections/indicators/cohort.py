"""The cohort funnel: who came in during the period and how far they got by now (D-22). Part of the funnel section."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pandas as pd

from ....metrics import funnel as metrics
from ....metrics.funnel import Stake, Step, ratio
from ....queries import funnel as queries
from ....record import Chart, Exhibit, Figure, NotEnough, NotProvided, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span, rate_movement, seen_until
from .cycle import cycle_figures
from .rates import usable
from .stages import stage_label


@dataclass(frozen=True)
class Cohort:
    """The funnel of the review period's leads, without leads of its opportunities."""

    ctx: Context

    @cached_property
    def funnel(self):
        return usable(self.ctx)

    @cached_property
    def base(self) -> int:
        """Position of the first step: 0 with leads, else 1."""
        return 1 if self.ctx.mart.missing("leads.received_at") else 0

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return queries.steps(self.funnel)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What the data would need for a funnel of more than two steps."""
        fields = ("leads.received_at", "stage_history.stage", "quotes.opp_id")
        return self.ctx.mart.missing(*fields) if len(self.keys) - self.base < 3 else ()

    @cached_property
    def maturity(self) -> int | None:
        """Days after which a record counts as mature: the P75 of the cycle of the period's won deals."""
        found = cycle_figures(self.ctx)["cycle_p75"].value
        return None if found is None else round(found)

    def frame(self, span: Span) -> pd.DataFrame:
        """The cohort of ``span`` as it stood at the same age (`cases.seen_until`)."""
        seen = seen_until(self.ctx, span)
        query = queries.deal_cohort if self.base else queries.lead_cohort
        return query(self.ctx.mart, self.funnel, span.window, seen, seen - timedelta(days=self.maturity or 0))

    @cached_property
    def now(self) -> pd.DataFrame:
        return self.frame(self.ctx.current)

    @cached_property
    def before(self) -> pd.DataFrame | None:
        span = base_span(self.ctx, self.ctx.year_ago)
        return self.frame(span) if span else None

    def steps(self, frame: pd.DataFrame) -> tuple[Step, ...]:
        return metrics.cohort_steps(frame, self.keys, self.base)

    @cached_property
    def basis(self) -> str:
        """``matured`` when enough mature records can be judged, else ``all``."""
        mature = self.now.loc[self.now["matured"], "n"].sum()
        enough = self.maturity is not None and mature >= self.ctx.settings.minimum_n.rate
        return "matured" if enough else "all"

    def judged(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The records that the bottleneck is judged on."""
        return frame[frame["matured"]] if self.basis == "matured" else frame


def lead_deal_conv_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Leads received in ``span`` and signed by now / leads received (registry key lead_deal_conv)."""
    span = span or ctx.current
    seen = seen_until(ctx, span)
    funnel = usable(ctx)
    frame = queries.lead_cohort(ctx.mart, funnel, span.window, seen, seen)
    n = int(frame["n"].sum())
    signed = int(frame.loc[frame["level"] >= len(queries.steps(funnel)) - 1, "n"].sum())
    flags = ("small_n",) if n < ctx.settings.minimum_n.rate else ()
    at = {"numerator": signed, "denominator": n, "n": n, "flags": flags}
    return ctx.figure("lead_deal_conv", ratio(signed, n), span, **at)


def stakes_of(cohort: Cohort) -> tuple[Stake, ...]:
    """Value at stake by step (D-27); empty when the cohort has too few steps or records.

    The reference rate is the target of the settings, else last year's own rate, else the best team's.
    """
    ctx = cohort.ctx
    frame = cohort.judged(cohort.now)
    if cohort.missing or frame["n"].sum() < ctx.settings.minimum_n.rate:
        return ()
    closed = queries.closed(ctx.mart, ctx.current.window)
    won = ratio(float(closed["won_amount"].sum()), float(closed["priced_won"].sum()))
    return metrics.stakes(cohort.steps(frame), _references(cohort, frame), won)


def _references(cohort: Cohort, frame: pd.DataFrame) -> dict[str, tuple[float, str]]:
    fewest = cohort.ctx.settings.minimum_n.rate
    best = metrics.best_team_rates(frame, cohort.keys, fewest, cohort.base)
    found = {key: (rate, "team") for key, rate in best.items()}
    if cohort.before is not None:
        prior = cohort.steps(cohort.judged(cohort.before))
        found |= {step.key: (step.rate, "prior") for step in prior if step.reached >= fewest and step.rate is not None}
    targets = cohort.ctx.settings.funnel.target_rates
    return found | {key: (rate, "target") for key, rate in targets.items() if key in cohort.keys}


def cohort_exhibits(cohort: Cohort, stakes: tuple[Stake, ...]) -> tuple[Exhibit, Exhibit]:
    """The funnel drawn, and its table: cohort, last year, mature cohort, throughput."""
    ids = ("funnel_cohort", "funnel_steps")
    if cohort.missing:
        box = {"title": Text("funnel.cohort"), "requirements": ("D-22",), "missing": cohort.missing}
        return NotProvided(id=ids[0], **box), NotProvided(id=ids[1], **box)
    if cohort.now["n"].sum() < cohort.ctx.settings.minimum_n.rate:
        box = {"title": Text("funnel.cohort"), "requirements": ("D-22",), "reason": Text("funnel.few_records")}
        return NotEnough(id=ids[0], **box), NotEnough(id=ids[1], **box)
    return _chart(cohort, stakes), _table(cohort)


def _count(cohort: Cohort, name: str, step: Step, span: Span | None = None) -> Figure:
    return cohort.ctx.figure(name, step.reached, span or cohort.ctx.current, dimension="stage", member=step.key)


def _rate(cohort: Cohort, name: str, step: Step, span: Span | None = None) -> Figure | None:
    if step.passed is None:
        return None
    ctx = cohort.ctx
    flags = ("small_n",) if step.reached < ctx.settings.minimum_n.rate else ()
    at = {"numerator": step.passed, "denominator": step.reached, "n": step.reached, "flags": flags}
    return ctx.figure(name, step.rate, span or ctx.current, dimension="stage", member=step.key, **at)


def _chart(cohort: Cohort, stakes: tuple[Stake, ...]) -> Chart:
    steps = cohort.steps(cohort.now)
    counts = tuple(_count(cohort, "stage_count", step) for step in steps)
    rates = (None, *(_rate(cohort, "stage_rate", step) for step in steps[:-1]))
    neck = metrics.bottleneck(stakes)
    first, last = steps[0], steps[-1]
    whole = cohort.ctx.figure(
        "funnel_conv",
        ratio(last.reached, first.reached),
        cohort.ctx.current,
        numerator=last.reached,
        denominator=first.reached,
        n=first.reached,
    )
    still = cohort.ctx.figure(
        "cohort_undecided", int(cohort.now.loc[cohort.now["undecided"], "n"].sum()), cohort.ctx.current
    )
    values = {"first": counts[0], "last": counts[-1], "whole": whole, "open": still}
    kind = "deals" if cohort.base else "leads"
    highlight = {"highlight": [step.key for step in steps].index(neck.key) + 1} if neck else {}
    return Chart(
        id="funnel_cohort",
        title=Text(f"funnel.cohort_title_{kind}", values),
        requirements=("D-22",),
        form="funnel",
        categories=tuple(stage_label(step.key) for step in steps),
        series=(Series(Text("metric.stage_count"), counts), Series(Text("metric.stage_rate"), rates, "rate")),
        marks=highlight,
        summary=Text(f"funnel.cohort_alt_{kind}", values),
        notes=(Text("funnel.note_cohort"), *((Text("funnel.note_highlight"),) if neck else ())),
    )


def _table(cohort: Cohort) -> Table:
    ctx = cohort.ctx
    span = base_span(ctx, ctx.year_ago)
    prior = {step.key: _rate(cohort, "stage_rate", step, span) for step in cohort.steps(cohort.before)} if span else {}
    mature = {step.key: step for step in cohort.steps(cohort.now[cohort.now["matured"]])}
    flow = queries.throughput(ctx.mart, cohort.funnel, ctx.current.window).set_index("level")["n"].to_dict()
    rows = []
    for step in cohort.steps(cohort.now):
        rate = _rate(cohort, "stage_rate", step)
        events = int(flow.get(cohort.keys.index(step.key), 0))
        rows.append(
            (
                stage_label(step.key),
                _count(cohort, "stage_count", step),
                rate,
                change(rate, prior.get(step.key), "yoy") if rate else None,
                _count(cohort, "stage_count_matured", mature[step.key]) if cohort.maturity is not None else None,
                _rate(cohort, "stage_rate_matured", mature[step.key]) if cohort.maturity is not None else None,
                ctx.figure("stage_throughput", events, ctx.current, dimension="stage", member=step.key),
            )
        )
    names = (
        "stage_count",
        "stage_rate",
        "rate_change",
        "stage_count_matured",
        "stage_rate_matured",
        "stage_throughput",
    )
    notes = [Text("funnel.note_same_age"), Text("funnel.note_throughput")]
    if cohort.maturity is not None:
        notes.insert(0, Text("funnel.note_maturity", {"days": cycle_figures(ctx)["cycle_p75"]}))
    return Table(
        id="funnel_steps",
        title=_steps_title(rows, prior),
        requirements=("D-22",),
        header=(Text("funnel.step"), *(Text(f"funnel.col_{name}") for name in names)),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _steps_title(rows: list[tuple], prior: dict[str, Figure | None]) -> Text:
    """Names the step whose rate fell most against last year, of those that fell by more than chance."""
    fallen = [row for row in rows if row[2] and rate_movement(row[2], prior.get(row[2].member)) == "worse"]
    if not fallen:
        return Text("funnel.steps")
    worst = min(fallen, key=lambda row: row[3].value)
    return Text("funnel.steps_title", {"step": worst[0], "rate": worst[2], "yoy": worst[3]})
