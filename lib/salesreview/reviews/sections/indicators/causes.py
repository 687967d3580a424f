"""Root causes of lost deals in four branches, each with its evidence (requirement D-59)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics import causes as metrics
from ....metrics.funnel import ratio
from ....queries import causes as queries
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context, Span, change

FIELDS = ("opportunities.outcome", "opportunities.closed_at", "opportunities.lost_reason")
IDS = ("causes_tree", "causes_table", "causes_text")
TOLD = ("competition", "product", "process", "customer", "unknown")
DIMENSION = "cause"


@dataclass(frozen=True)
class Losses:
    """Losses of the review period by branch."""

    ctx: Context

    def counts(self, span: Span) -> pd.DataFrame:
        """``n`` and ``amount`` by branch, all branches in order."""
        found = queries.losses(self.ctx.mart, span.window)
        found["branch"] = [metrics.branch(reason) for reason in found["reason"]]
        return found.groupby("branch")[["n", "amount"]].sum().reindex(list(TOLD), fill_value=0)

    def shares(self, span: Span) -> dict[str, Figure]:
        found = self.counts(span)
        total = int(found["n"].sum())
        few = ("small_n",) if total < self.ctx.settings.minimum_n.rate else ()
        return {
            name: self.ctx.figure(
                "loss_share", ratio(int(found.n[name]), total), span, dimension=DIMENSION, member=name,
                numerator=int(found.n[name]), denominator=total, n=total, flags=few,
            )
            for name in TOLD
        }  # fmt: skip

    @cached_property
    def now(self) -> dict[str, Figure]:
        return self.shares(self.ctx.current)

    @cached_property
    def before(self) -> dict[str, Figure]:
        """Last year's shares; empty where the data does not reach back."""
        return self.shares(self.ctx.year_ago) if self.ctx.covers(self.ctx.year_ago) else {}

    @cached_property
    def n(self) -> int:
        return self.now["unknown"].n or 0

    @cached_property
    def leading(self) -> str:
        """The branch with most losses among those that the company can act on."""
        return max(TOLD[:3], key=lambda name: (self.now[name].value or 0, name))

    @cached_property
    def amounts(self) -> dict[str, Figure]:
        found = self.counts(self.ctx.current)
        return {
            name: self.ctx.figure(
                "loss_amount", float(found.amount[name]), self.ctx.current, dimension=DIMENSION, member=name
            )
            for name in TOLD
        }

    @cached_property
    def to_rival(self) -> Figure:
        found = queries.losses(self.ctx.mart, self.ctx.current.window)
        named, total = int(found["to_rival"].sum()), int(found["n"].sum())
        at = {"numerator": named, "denominator": total, "n": total}
        return self.ctx.figure("loss_to_rival", ratio(named, total), self.ctx.current, **at)

    @cached_property
    def between_sellers(self) -> Figure:
        """How far won or lost depends on who sells; sellers with few closed deals are left out."""
        found = queries.outcomes(self.ctx.mart, self.ctx.current.window, "rep_id")
        closed = found["won"] + found["lost"]
        solid = found[closed >= self.ctx.settings.minimum_n.rep]
        share = metrics.between_share(list(solid["won"]), list(solid["won"] + solid["lost"]))
        return self.ctx.figure("rep_variance_share", share, self.ctx.current, n=len(solid))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, chart of the branches now and a year ago, table with the evidence, paragraph."""
    heading = Heading(id="causes_heading", title=Text("causes.heading"))
    fixed = {"title": Text("causes.heading"), "requirements": ("D-59",)}
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(NotProvided(id=name, missing=missing, **fixed) for name in IDS)
    losses = Losses(ctx)
    if losses.n < ctx.settings.minimum_n.rate:
        reason = Text("causes.few", {"n": str(losses.n)})
        return heading, *(NotEnough(id=name, reason=reason, **fixed) for name in IDS)
    return heading, _tree(losses), _table(losses), _prose(losses)


def _tree(losses: Losses) -> Chart:
    series = [Series(Text("label.actual"), tuple(losses.now[name] for name in TOLD))]
    if losses.before:
        series.append(Series(Text("label.prior"), tuple(losses.before[name] for name in TOLD), "prior"))
    lead = losses.leading
    values = {"branch": Text(f"causes.{lead}"), "share": losses.now[lead], "n": str(losses.n)}
    told = tuple(Text("causes.item", {"branch": Text(f"causes.{name}"), "share": losses.now[name]}) for name in TOLD)
    return Chart(
        id="causes_tree",
        title=Text("causes.title", values),
        requirements=("D-59",),
        form="barh",
        categories=tuple(Text(f"causes.{name}") for name in TOLD),
        series=tuple(series),
        axes={"x": Text("metric.loss_share")},
        summary=Text("causes.alt", {"branches": told}),
        notes=(Text("causes.note"),),
    )


def _table(losses: Losses) -> Table:
    rows = []
    for name in TOLD:
        now = losses.now[name]
        moved = change(now, losses.before.get(name), "yoy")
        rows.append((Text(f"causes.{name}"), now, moved, losses.amounts[name], _evidence(losses, name)))
    header = ("causes.branch", "metric.loss_share", "label.yoy", "metric.loss_amount", "causes.evidence")
    return Table(
        id="causes_table",
        title=Text("causes.table"),
        requirements=("D-59",),
        header=tuple(Text(key) for key in header),
        rows=tuple(rows),
    )


def _evidence(losses: Losses, name: str) -> Text:
    if name == "competition":
        return Text("causes.evidence_competition", {"share": losses.to_rival})
    return Text(f"causes.evidence_{name}")


def _prose(losses: Losses) -> Prose:
    lead = losses.leading
    values = {"branch": Text(f"causes.{lead}"), "share": losses.now[lead], "amount": losses.amounts[lead]}
    sentences = [Text("causes.say_lead", values)]
    moved = {name: change(losses.now[name], losses.before.get(name), "yoy") for name in TOLD[:4]}
    clear = {n: f for n, f in moved.items() if f.value is not None and "within_chance" not in f.flags}
    if clear:
        name = max(clear, key=lambda one: (abs(clear[one].value), one))
        case = "rose" if clear[name].value > 0 else "fell"
        sentences.append(Text(f"causes.say_{case}", {"branch": Text(f"causes.{name}"), "yoy": clear[name]}))
    elif losses.before:
        sentences.append(Text("causes.say_stable"))
    share = losses.between_sellers
    if share.value is not None:
        case = "team" if share.value >= 0.05 else "no_team"
        sentences.append(Text(f"causes.say_{case}", {"share": share, "n": str(share.n)}))
    sentences.append(Text("causes.say_limits", {"unknown": losses.now["unknown"]}))
    return Prose(id="causes_text", title=Text("empty"), requirements=("D-59",), sentences=tuple(sentences))
