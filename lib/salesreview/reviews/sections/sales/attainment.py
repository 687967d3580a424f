"""Sales against target: headline, bases, the gap and where it comes from (requirements D-01, D-02)."""

from collections.abc import Sequence

from ....metrics.attainment import attainment
from ....queries.sales import basis_missing
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, PeriodName, Prose, Series, Table, Text
from ...context import Context
from .gap import MemberGap, bridge, gap_sentences, member_gaps, members_table
from .headline import BASES, Headline, amount, headline_figures, period_targets, rate
from .sales_common import grown, started

REQUIREMENTS = ("D-01", "D-02")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, bullet chart, table of bases, two gap bridges, table of members."""
    found = headline_figures(ctx)
    gaps = member_gaps(ctx, found)
    return (
        Heading(id="attainment_heading", title=Text("attainment.heading")),
        _prose(found, gaps),
        _cards(found),
        _bullet(ctx, found),
        _bases(ctx),
        *(bridge(ctx, found, gaps, place) for place in (0, 1)),
        members_table(ctx, found, gaps),
    )


def case(found: Headline) -> str:
    """``met``, ``missed`` or ``no_target``; ``no_sales`` when the headline basis is missing in the data."""
    if found.sales.value is None:
        return "no_sales"
    if found.attainment.value is None:
        return "no_target"
    return "met" if found.gap.value >= 0 else "missed"


def headline_text(found: Headline, key: str = "attainment.title") -> Text:
    """The verdict in one sentence, by case; the running period says so."""
    kind = case(found)
    partial = "_partial" if "partial" in found.sales.flags else ""
    values = {"period": PeriodName(found.sales.period), "metric": Text(f"metric.{found.sales.metric}")}
    if kind != "no_sales":
        values["sales"] = found.sales
    if kind in ("met", "missed"):
        values |= {"attainment": found.attainment, "gap": found.gap}
        if key.endswith("sentence"):
            values["ratio"] = found.gap_ratio
    return Text(f"{key}_{kind}{partial if kind != 'no_sales' else ''}", values)


def _cards(found: Headline) -> Cards:
    cards = [found.card, Card(Text("metric.attainment"), found.attainment)]
    if found.gap.value is not None:
        cards.append(Card(Text("metric.gap"), found.gap))
    if found.attainment_full is not found.attainment:
        cards.append(Card(Text("metric.attainment_full"), found.attainment_full))
    if found.attainment_revised is not None:
        cards.append(Card(Text("metric.attainment_revised"), found.attainment_revised))
    return Cards(id="attainment_cards", title=headline_text(found), requirements=("D-01",), cards=tuple(cards))


def _bullet(ctx: Context, found: Headline) -> Chart:
    kind = "Q" if ctx.period.kind in ("FY", "H") else "M"
    inner = started(ctx, ctx.period.parts(kind)) if ctx.period.kind != "M" else ()
    periods = (ctx.period, *(period for period in inner if period != ctx.period))
    metric = found.sales.metric
    actual = [amount(ctx, ctx.span(period), ctx.settings.revenue_basis) for period in periods]
    target = [period_targets(ctx, period, metric).to_date for period in periods]
    prior = [amount(ctx, ctx.year_before(period), ctx.settings.revenue_basis) for period in periods]
    return Chart(
        id="attainment_bullet",
        title=_bullet_title(actual, target),
        requirements=("D-01",),
        form="bullet",
        categories=tuple(PeriodName(period.code) for period in periods),
        series=(
            Series(Text(f"metric.{metric}"), tuple(actual), "actual"),
            Series(Text("metric.target"), tuple(f if f.value is not None else None for f in target), "target"),
            Series(Text("label.prior"), tuple(f if f.value is not None else None for f in prior), "prior"),
        ),
        summary=Text("attainment.bullet_alt", {"sales": actual[0], "target": target[0], "prior": prior[0]}),
    )


def _bullet_title(actual: Sequence[Figure], target: Sequence[Figure]) -> Text:
    known = [
        (now, attainment(now.value, goal.value))
        for now, goal in zip(actual[1:], target[1:], strict=True)
        if attainment(now.value, goal.value) is not None
    ]
    if not known:
        return Text("attainment.bullet")
    short = [PeriodName(now.period) for now, reached in known if reached < 1]
    if not short:
        return Text("attainment.bullet_all")
    key = "attainment.bullet_none" if len(short) == len(known) else "attainment.bullet_some"
    return Text(key, {} if key.endswith("none") else {"short": tuple(short)})


def _bases(ctx: Context) -> Table:
    rows, fields = [], []
    for basis, metric in BASES.items():
        absent = basis_missing(ctx.mart, basis)
        if absent:
            rows.append((Text(f"metric.{metric}"), Text("common_sales.not_provided"), None, None, None))
            fields += absent
            continue
        base = ctx.year_ago
        now = amount(ctx, ctx.current, basis)
        goal = period_targets(ctx, ctx.period, metric).to_date
        reached = rate(ctx, "attainment" if metric == ctx_metric(ctx) else f"attainment_{metric}", now, goal)
        yoy = grown(ctx, now, amount(ctx, base, basis), base, "yoy")
        rows.append((Text(f"metric.{metric}"), now, yoy, _goal(ctx, metric, goal), reached))
    notes = [Text("attainment.note_bases")]
    if fields:
        notes.append(Text("common_sales.note_missing", {"fields": tuple(fields)}))
    return Table(
        id="attainment_bases",
        title=Text("attainment.bases"),
        requirements=("D-01",),
        header=(
            Text("attainment.basis"),
            Text("common_sales.amount"),
            Text("metric.growth_yoy"),
            Text("metric.target"),
            Text("metric.attainment"),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def ctx_metric(ctx: Context) -> str:
    """The metric of the headline basis."""
    return BASES[ctx.settings.revenue_basis]


def _goal(ctx: Context, metric: str, goal: Figure) -> Figure:
    """The target under a name of its own for the bases beside the headline."""
    if metric == ctx_metric(ctx):
        return goal
    return ctx.figure(f"target_{metric}", goal.value, ctx.current, flags=tuple(f for f in goal.flags if f != "partial"))


def _prose(found: Headline, gaps: Sequence[MemberGap]) -> Prose:
    sentences = [headline_text(found, "attainment.sentence")]
    if found.sales.value is not None:
        sentences.append(_growth_sentence(found))
    if gaps:
        sentences += gap_sentences(gaps[0])
    if found.attainment_revised is not None:
        values = {"target": found.target_revised, "attainment": found.attainment_revised}
        sentences.append(Text("attainment.sentence_revised", values))
    if "derived_target" in found.target.flags:
        sentences.append(Text("attainment.sentence_derived"))
    return Prose(id="attainment_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))


def _growth_sentence(found: Headline) -> Text:
    if found.yoy.value is None and found.seq.value is None:
        return Text("attainment.sentence_no_base")
    if found.yoy.value is None:
        return Text("attainment.sentence_seq", {"seq": found.seq})
    if found.seq.value is None or found.previous.period == found.year_ago.period:
        return Text("attainment.sentence_yoy", {"yoy": found.yoy, "base": found.year_ago})
    return Text("attainment.sentence_growth", {"yoy": found.yoy, "base": found.year_ago, "seq": found.seq})
