"""Morale and incentives (requirement T-24): eNPS, pulse, hours, leavers, variable pay; teams of five or more only."""

from dataclasses import replace

import pandas as pd

from ....metrics.comparison import mean_difference
from ....metrics.satisfaction import promoter_score
from ....queries import morale as queries
from ....queries import staff_surveys
from ....record import (
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Prose,
    Series,
    Table,
    Text,
)
from ...context import Context, Span, change
from ..cases import base_span
from .common import ANONYMOUS, absent, ends, mean, share, thin
from .requests import quarter_span, quarters_to

IDS = {f"morale_{name}": ("T-24",) for name in ("cards", "pulse", "teams", "text")}
QUARTERS = 8


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, pulse by quarter, teams, paragraph; what is not provided stands aside."""
    fields = ("surveys.score", "reps.leave_date", "time_log.hours", "rep_costs.month")
    missing = ctx.mart.missing(*fields)
    if len(missing) == len(fields) or ctx.mart.missing("reps.rep_id"):
        return absent(IDS, "morale", missing or ("reps.rep_id",))
    now = headline(ctx, ctx.current)
    base = base_span(ctx, ctx.year_ago)
    then = headline(ctx, base) if base else {}
    return (
        Heading(id="morale_heading", title=Text("morale.heading")),
        _cards(ctx, now, then),
        _pulse(ctx),
        _teams(ctx),
        _text(ctx, now, then),
    )


def enps_figure(ctx: Context, span: Span, scores: pd.Series, **identity) -> Figure:
    """eNPS of the answers; without value below the five answers that keep them anonymous."""
    found = promoter_score(scores.tolist())
    if found.n < ANONYMOUS:
        return ctx.figure("enps", None, span, n=found.n, flags=("small_n",), **identity)
    flags = ("small_n",) if found.n < ctx.settings.minimum_n.rate else ()
    return ctx.figure("enps", found.value, span, n=found.n, flags=flags, **identity)


def attrition_figure(ctx: Context, span: Span) -> Figure:
    """Voluntary leavers over average headcount, a year (metric rep_attrition)."""
    found = queries.headcount(ctx.mart, span.window)
    heads = float(found["days"].sum()) / span.window.days
    leavers = int(found["voluntary"].sum())
    value = leavers / heads * 365 / span.window.days if heads else None
    flags = thin(ctx, leavers)
    return ctx.figure("rep_attrition", value, span, numerator=leavers, denominator=heads, n=leavers, flags=flags)


def overtime_figure(ctx: Context, span: Span, hours: pd.DataFrame, **identity) -> Figure:
    """Hours beyond 40 a person and full week."""
    people = float(hours["people"].sum())
    over = float(hours["over"].sum())
    return ctx.figure(
        "overtime_hours",
        over / people if people else None,
        span,
        numerator=over,
        denominator=people,
        n=int(people),
        **identity,
    )


def headline(ctx: Context, span: Span) -> dict[str, Figure]:
    """Figures of the cards by name; those whose data is absent are left out."""
    found = {}
    if not ctx.mart.missing("surveys.score", "surveys.rep_id"):
        scores = staff_surveys.answers(ctx.mart, span.window, "eNPS")["score"]
        found["enps"] = enps_figure(ctx, span, scores)
    if not ctx.mart.missing("reps.leave_date", "reps.leave_type"):
        found["attrition"] = attrition_figure(ctx, span)
    if not ctx.mart.missing("time_log.hours"):
        found["overtime"] = overtime_figure(ctx, span, queries.hours(ctx.mart, span.window))
    if not ctx.mart.missing("rep_costs.month", "rep_costs.commission"):
        paid = queries.paid(ctx.mart, span.window)
        found["unpaid"] = share(ctx, "no_variable_pay", (paid["variable"] <= 0).sum(), len(paid), span)
    return {name: figure for name, figure in found.items() if figure.value is not None}


def _cards(ctx: Context, now: dict[str, Figure], then: dict[str, Figure]) -> Exhibit:
    fixed = {"id": "morale_cards", "requirements": ("T-24",)}
    if not now:
        return NotEnough(title=Text("morale.heading"), reason=Text("morale.nothing"), **fixed)
    moved = {name: change(figure, then[name], "yoy") for name, figure in now.items() if name in then}
    title = Text("morale.heading")
    if "enps" in now:
        known, apart = "enps" in moved, enps_moved(ctx)
        case = "no_base" if not known else "same" if not apart else "fell" if moved["enps"].value < 0 else "rose"
        title = Text(f"morale.title_{case}", {"enps": now["enps"], "n": str(now["enps"].n)})
        if known and not apart:
            moved["enps"] = replace(moved["enps"], flags=(*moved["enps"].flags, "within_chance"))
    cards = tuple(
        Card(Text(f"metric.{f.metric}"), f, (moved[name],) if name in moved else ()) for name, f in now.items()
    )
    return Cards(title=title, cards=cards, notes=(Text("morale.note_cards"),), **fixed)


def _pulse(ctx: Context) -> Exhibit:
    fixed = {"id": "morale_pulse", "requirements": ("T-24",)}
    missing = ctx.mart.missing("surveys.score", "surveys.rep_id")
    if missing:
        return NotProvided(title=Text("morale.pulse"), missing=missing, **fixed)
    quarters, figures, answers = quarters_to(ctx, QUARTERS), [], []
    for quarter in quarters:
        span = quarter_span(ctx, quarter)
        found = staff_surveys.answers(ctx.mart, span.window, "pulse")["index"].dropna()
        enough = len(found) >= ANONYMOUS
        figures.append(mean(ctx, "pulse_index", found, span) if enough else None)
        answers += [found] if enough else []
    known = [figure for figure in figures if figure is not None]
    if len(known) < 2:
        return NotEnough(title=Text("morale.pulse"), reason=Text("morale.pulse_few"), **fixed)
    first, last = known[0], known[-1]
    gap = mean_difference(*(v for part in (answers[-1], answers[0]) for v in (len(part), part.mean(), part.std())))
    case = "flat" if gap is None or not gap.excludes_zero else "up" if gap.value > 0 else "down"
    return Chart(
        title=Text(f"morale.pulse_{case}", {"first": first, "last": last}),
        form="line",
        categories=tuple(PeriodName(quarter.code) for quarter in quarters),
        series=(Series(Text("metric.pulse_index"), tuple(figures)),),
        axes={"y": Text("metric.pulse_index")},
        summary=Text("morale.pulse_alt", {"first": first, "last": last}),
        notes=(Text("morale.note_pulse"),),
        **fixed,
    )


def _teams(ctx: Context) -> Exhibit:
    """Teams of five or more people, each measure only from five answers or people on."""
    fixed = {"id": "morale_teams", "requirements": ("T-24",)}
    window = ctx.current.window
    heads = queries.headcount(ctx.mart, window).set_index("team")
    size = heads["days"] / window.days
    hours = queries.hours(ctx.mart, window)
    moods, recommends = (staff_surveys.answers(ctx.mart, window, kind) for kind in ("pulse", "eNPS"))
    rows = []
    for team in sorted(size[size >= ANONYMOUS].index):
        at = {"dimension": "team", "member": team}
        own_hours, own_moods = hours[hours["team"] == team], moods[moods["team"] == team]["index"].dropna()
        scores = recommends[recommends["team"] == team]["score"]
        rows.append(
            (
                team,
                ctx.figure("headcount", float(size[team]), ctx.current, **at),
                enps_figure(ctx, ctx.current, scores, **at) if len(scores) >= ANONYMOUS else None,
                mean(ctx, "pulse_index", own_moods, **at) if len(own_moods) >= ANONYMOUS else None,
                overtime_figure(ctx, ctx.current, own_hours, **at) if own_hours["people"].sum() >= ANONYMOUS else None,
                ctx.figure("team_leavers", int(heads.loc[team, "leavers"]), ctx.current, **at),
            )
        )
    if not rows:
        return NotEnough(title=Text("morale.teams"), reason=Text("resilience.small_teams"), **fixed)
    names = ("team", "headcount", "enps", "pulse", "overtime", "leavers")
    return Table(
        title=Text("morale.teams"),
        header=tuple(Text(f"morale.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("morale.note_groups"),),
        **fixed,
    )


def _text(ctx: Context, now: dict[str, Figure], then: dict[str, Figure]) -> Prose:
    sentences = []
    if "enps" in now:
        sentences += _enps_sentences(ctx, now["enps"], then.get("enps"))
    if "overtime" in now:
        sentences.append(Text("morale.text_overtime", {"hours": now["overtime"]}))
    if "attrition" in now:
        leavers = ctx.figure("voluntary_leavers", now["attrition"].numerator, ctx.current)
        sentences.append(Text("morale.text_attrition", {"rate": now["attrition"], "leavers": leavers}))
    if "unpaid" in now:
        case = "none" if now["unpaid"].numerator == 0 else "some"
        sentences.append(
            Text(
                f"morale.text_unpaid_{case}",
                {"n": str(now["unpaid"].n)} | ({} if case == "none" else {"share": now["unpaid"]}),
            )
        )
    sentences.append(Text("morale.text_absence"))
    return Prose(id="morale_text", title=Text("empty"), requirements=("T-24",), sentences=tuple(sentences))


def enps_interval(ctx: Context, span: Span) -> tuple[float, float] | None:
    """The 95 % interval of the eNPS of ``span``; None below five answers."""
    found = promoter_score(staff_surveys.answers(ctx.mart, span.window, "eNPS")["score"].tolist())
    return (found.low, found.high) if found.n >= ANONYMOUS else None


def enps_moved(ctx: Context) -> bool:
    """Whether the eNPS differs from that of the year before beyond chance (95 %, normal interval of the difference)."""
    base = base_span(ctx, ctx.year_ago)
    now, then = enps_interval(ctx, ctx.current), enps_interval(ctx, base) if base else None
    if now is None or then is None:
        return False
    middle, half = [sum(one) / 2 for one in (now, then)], [(one[1] - one[0]) / 2 for one in (now, then)]
    return abs(middle[0] - middle[1]) > (half[0] ** 2 + half[1] ** 2) ** 0.5


def _enps_sentences(ctx: Context, now: Figure, then: Figure | None) -> list[Text]:
    low, high = ends(ctx, "enps", ctx.current, "enps", *enps_interval(ctx, ctx.current))
    asked = staff_surveys.asked(ctx.mart, ctx.current.window, "eNPS")
    answered = share(ctx, "response_rate", now.n, asked, dimension="survey", member="eNPS")
    found = [Text("morale.text_enps", {"enps": now, "low": low, "high": high, "n": str(now.n), "response": answered})]
    if then is not None and then.value is not None:
        found.append(Text(f"morale.text_enps_{'moved' if enps_moved(ctx) else 'same'}", {"before": then}))
    return found
