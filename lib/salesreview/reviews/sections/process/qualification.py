"""Qualifying leads and finding needs, and the effort spent on what came to nothing (P-07, P-08, S3-30 … S3-32)."""

from itertools import pairwise

import pandas as pd

from ....metrics.funnel import ratio
from ....queries import leads as queries
from ....record import UNCLASSIFIED, Card, Cards, Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context, Span, change
from ..cases import base_span, rate_movement, seen_until
from .lead_sources import mature_span
from .slot import Slot, shaky
from .wasted import waste_figure, waste_table

FIELDS = ("leads.qualified_at", "leads.first_touch_at")
SLOTS = {
    "cards": Slot("qualify_cards", Text("qualify.heading"), ("P-07", "S3-32")),
    "teams": Slot("qualify_teams", Text("qualify.teams"), ("P-07",)),
    "classes": Slot("qualify_classes", Text("qualify.classes"), ("S3-30",)),
    "waste": Slot("qualify_waste", Text("qualify.waste"), ("P-08",)),
    "prose": Slot("qualify_text", Text("qualify.heading"), ("P-07", "P-08")),
    "touches": Slot("qualify_touches", Text("qualify.touches"), ("S3-31",)),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, teams, grades, wasted effort, paragraph, contacts by type."""
    heading = Heading(id="qualify_heading", title=Text("qualify.heading"))
    missing = ctx.mart.missing(*FIELDS)
    touches = _touches(ctx)
    if missing:
        rest = {name: slot.absent(missing) for name, slot in SLOTS.items()}
        return heading, *(rest | {"touches": touches}).values()
    now = judged(ctx, ctx.current)
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *({name: slot.few() for name, slot in SLOTS.items()} | {"touches": touches}).values()
    waste = waste_table(ctx, SLOTS["waste"])
    return heading, _cards(ctx), _teams(ctx, now), _classes(ctx), waste, _prose(ctx, waste), touches


def judged(ctx: Context, span: Span) -> pd.DataFrame:
    """Leads received in ``span`` and judged by the day of observation, with ``days`` from first touch to judgement."""
    found = queries.leads(ctx.mart, span.window, seen_until(ctx, span))
    found = found[found["qualified"] | found["disqualified"]].copy()
    judged_at = found["qualified_at"].fillna(found["disqualified_at"])
    found["days"] = (judged_at - found["first_touch_at"]).dt.total_seconds() / 86400
    return found


def qualify_days_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Median days from first contact to the judgement of a lead (P-07)."""
    span = span or ctx.current
    return _days(ctx, judged(ctx, span), span)


def _days(ctx: Context, found: pd.DataFrame, span: Span, **at) -> Figure:
    known = found.loc[found["days"] >= 0, "days"]
    value = float(known.median()) if len(known) else None
    return ctx.figure("qualify_days", value, span, n=len(known), flags=shaky(ctx, len(known), "mean"), **at)


def precision_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Qualified leads that reached a quote / qualified, of leads old enough (key qualify_precision)."""
    span = span or mature_span(ctx)
    found = queries.reached_quote(ctx.mart, span.window, ctx.current.window.end)
    hits, n = int(found["quoted"].sum()), len(found)
    return ctx.figure(
        "qualify_precision", ratio(hits, n), span, numerator=hits, denominator=n, n=n, flags=shaky(ctx, n)
    )


def bant_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Of the four questions (budget, authority, need, timing) the share answered yes on qualified leads (P-07)."""
    span = span or ctx.current
    found = judged(ctx, span)
    return _bant(ctx, found, span)


def _bant(ctx: Context, found: pd.DataFrame, span: Span, **at) -> Figure:
    known = found.loc[found["qualified"], "bant_known"].dropna()
    hits, asked = float(known.sum()), 4 * len(known)
    return ctx.figure("bant_share", ratio(hits, asked), span, numerator=hits, denominator=asked, n=len(known),
                      flags=shaky(ctx, len(known)), **at)  # fmt: skip


def needs_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Customers with a new opportunity who have a need on record / customers with a new opportunity (S3-32)."""
    span = span or ctx.current
    n, hits = queries.needs_recorded(ctx.mart, span.window)
    return ctx.figure("needs_recorded", ratio(hits, n), span, numerator=hits, denominator=n, n=n, flags=shaky(ctx, n))


def _cards(ctx: Context) -> Cards:
    base = base_span(ctx, ctx.year_ago)
    makes = [qualify_days_figure]
    makes += [bant_figure] if not ctx.mart.missing("leads.bant") else []
    makes += [needs_figure] if not ctx.mart.missing("needs.account_id") else []
    cards = []
    for make in makes:
        now = make(ctx)
        cards.append(Card(Text(f"metric.{now.metric}"), now, (change(now, make(ctx, base) if base else None, "yoy"),)))
    notes = []
    if not ctx.mart.missing("quotes.opp_id"):
        precision = precision_figure(ctx)
        cards.insert(1, Card(Text("metric.qualify_precision"), precision))
        window = mature_span(ctx).window
        notes.append(Text("qualify.note_precision", {"first": window.start, "last": window.end}))
    values = {"days": cards[0].figure}
    title = Text("qualify.title", values)
    if notes and cards[1].figure.value is not None:
        title = Text("qualify.title_precision", values | {"precision": cards[1].figure})
    return Cards(title=title, cards=tuple(cards), notes=(*notes, Text("qualify.note_bant")), **SLOTS["cards"].at)


def _teams(ctx: Context, now: pd.DataFrame) -> Exhibit:
    slot = SLOTS["teams"]
    missing = ctx.mart.missing("reps.team_id")
    if missing:
        return slot.absent(missing)
    people = ctx.mart.query(
        "SELECT r.rep_id, coalesce(t.name, r.team_id) AS team FROM reps r LEFT JOIN teams t ON t.team_id = r.team_id"
    )
    found = now.merge(people, on="rep_id", how="left").fillna({"team": UNCLASSIFIED})
    rows = []
    for team, part in found.groupby("team"):
        n, hits, at = len(part), int(part["qualified"].sum()), {"dimension": "team", "member": team}
        rows.append(
            (
                team,
                ctx.figure("leads_judged", n, ctx.current, **at),
                _days(ctx, part, ctx.current, **at),
                ctx.figure("lead_qualified_judged", hits / n, ctx.current, numerator=hits, denominator=n, n=n,
                           flags=shaky(ctx, n), **at),
                _bant(ctx, part, ctx.current, **at),
            )
        )  # fmt: skip
    solid = sorted((r for r in rows if "small_n" not in r[3].flags), key=lambda r: (-r[3].value, r[0]))
    rows.sort(key=lambda row: (-row[3].value, row[0]))
    title = slot.title
    if len(solid) > 1:
        best, worst = solid[0], solid[-1]
        case = "even" if rate_movement(best[3], worst[3]) == "flat" else "apart"
        values = {"best": best[0], "high": best[3], "worst": worst[0], "low": worst[3]}
        title = Text(f"qualify.teams_{case}", values)
    names = ("leads_judged", "qualify_days", "lead_qualified_judged", "bant_share")
    return Table(
        title=title,
        header=(Text("label.team"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("qualify.note_teams"),),
        **slot.at,
    )


def _classes(ctx: Context) -> Exhibit:
    """Grades A to D: how many, how many of the mature ones qualified and were won, how fast they are answered."""
    slot = SLOTS["classes"]
    missing = ctx.mart.missing("leads.band")
    if missing:
        return slot.absent(missing)
    span = mature_span(ctx)
    found = queries.leads(ctx.mart, span.window, ctx.current.window.end)
    found = found.merge(queries.outcomes(ctx.mart, span.window, ctx.current.window.end), on="lead_id", how="left")
    rows = []
    for band, part in found.groupby("band"):
        n, at = len(part), {"dimension": "lead_band", "member": str(band)}
        counts = {"denominator": n, "n": n, "flags": shaky(ctx, n)}
        good, won = int(part["qualified"].sum()), int(part["won"].sum())
        rows.append(
            (
                Text(f"leadeven.band_{band}"),
                ctx.figure("leads", n, span, **at),
                ctx.figure("lead_qualified", good / n, span, numerator=good, **counts, **at),
                ctx.figure("lead_won", won / n, span, numerator=won, **counts, **at),
                ctx.figure("lead_value", float(part["amount"].sum()) / n, span, n=n, flags=counts["flags"], **at),
            )
        )
    if len(rows) < 2:
        return slot.few()
    falls = all(one[2].value >= two[2].value for one, two in pairwise(rows))
    values = {"first": rows[0][2], "last": rows[-1][2]}
    names = ("leads", "lead_qualified", "lead_won", "lead_value")
    return Table(
        title=Text("qualify.classes_order" if falls else "qualify.classes_mixed", values),
        header=(Text("leadeven.band"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("leadsource.note_mature", {"first": span.window.start, "last": span.window.end}),),
        **slot.at,
    )


def _touches(ctx: Context) -> Exhibit:
    slot = SLOTS["touches"]
    missing = ctx.mart.missing("activities.type", "activities.started_at")
    if missing:
        return slot.absent(missing)
    found = queries.touches(ctx.mart, ctx.current.window).head(ctx.settings.top_n)
    total, rows = int(found["n"].sum()), []
    if total < ctx.settings.minimum_n.rate:
        return slot.few()
    for row in found.itertuples():
        n, at = int(row.n), {"dimension": "contact_type", "member": row.type}
        share = ctx.figure("contact_share", n / total, ctx.current, numerator=n, denominator=total, n=total, **at)
        hits, rated = int(row.effective), int(row.rated)
        good = ctx.figure("contact_effective", ratio(hits, rated), ctx.current, numerator=hits, denominator=rated,
                          n=rated, flags=shaky(ctx, rated), **at)  # fmt: skip
        rows.append((row.type, ctx.figure("contacts_made", n, ctx.current, **at), share, good))
    names = ("contacts_made", "contact_share", "contact_effective")
    return Table(
        title=Text("qualify.touches_title", {"type": rows[0][0], "share": rows[0][2]}),
        header=(Text("qualify.contact"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        **slot.at,
    )


def _prose(ctx: Context, waste: Exhibit) -> Prose:
    days = qualify_days_figure(ctx)
    sentences = [Text("qualify.say_days", {"days": days})]
    if not ctx.mart.missing("quotes.opp_id"):
        precision = precision_figure(ctx)
        if precision.value is not None:
            sentences.append(Text("qualify.say_precision", {"precision": precision}))
    if isinstance(waste, Table):
        sentences.append(Text("qualify.say_waste", {"waste": waste_figure(ctx)}))
        thin = waste.rows[0][2]
        sentences.append(Text("qualify.say_thin", {"share": thin}))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
