"""Ideas from the team, what became of them, what they brought, and experiments (requirement T-19)."""

import pandas as pd

from ....queries import morale as queries
from ....queries.staff import kept_by_team
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from .common import absent, lacking, share

IDS = {f"innovation_{name}": ("T-19",) for name in ("cards", "types", "adopted", "experiments", "text")}
FIELDS = ("suggestions.date", "suggestions.status")
TAKEN, DECIDED = ("采纳", "实施"), ("采纳", "实施", "拒绝")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, ideas by kind, what was adopted, experiments, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "innovation", missing)
    frame = queries.suggestions(ctx.mart, ctx.current.window)
    if frame.empty:
        return lacking(IDS, "innovation", Text("innovation.none"))
    base = base_span(ctx, ctx.year_ago)
    now = _figures(ctx, frame, ctx.current)
    then = _figures(ctx, queries.suggestions(ctx.mart, base.window), base) if base else {}
    return (
        Heading(id="innovation_heading", title=Text("innovation.heading")),
        _cards(ctx, now, then),
        _types(ctx, frame),
        _adopted(ctx, frame),
        _experiments(ctx),
        _text(now, then),
    )


def _made(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    return frame[(frame["date"] >= pd.Timestamp(span.window.start)) & (frame["date"] <= pd.Timestamp(span.window.end))]


def _decided(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    day = frame["decided_at"].dt.normalize()
    inside = (day >= pd.Timestamp(span.window.start)) & (day <= pd.Timestamp(span.window.end))
    return frame[inside & frame["status"].isin(DECIDED)]


def _figures(ctx: Context, frame: pd.DataFrame, span: Span) -> dict[str, Figure]:
    """Proposals, per head in post at the end, share adopted of those decided, verified benefit of those adopted."""
    made, decided = _made(frame, span), _decided(frame, span)
    heads = int(kept_by_team(ctx.mart, span.window)["at_end"].sum())
    taken = decided[decided["status"].isin(TAKEN)]
    benefit = float(taken["benefit"].sum()) if taken["benefit"].notna().any() else None
    return {
        "made": ctx.figure("suggestions", len(made), span, n=len(made)),
        "per_head": ctx.figure(
            "suggestions_per_head",
            len(made) / heads if heads else None,
            span,
            numerator=len(made),
            denominator=heads,
            n=len(made),
        ),
        "adopted": share(ctx, "suggestion_adoption", len(taken), len(decided), span),
        "benefit": ctx.figure("suggestion_benefit", benefit, span, n=int(taken["benefit"].notna().sum())),
    }


def _cards(ctx: Context, now: dict[str, Figure], then: dict[str, Figure]) -> Cards:
    return Cards(
        id="innovation_cards",
        title=Text("innovation.title", {"made": now["made"], "adopted": now["adopted"]})
        if now["adopted"].value is not None
        else Text("innovation.title_undecided", {"made": now["made"]}),
        requirements=("T-19",),
        cards=tuple(
            Card(Text(f"metric.{f.metric}"), f, (change(f, then.get(name), "yoy"),) if then else ())
            for name, f in now.items()
            if f.value is not None
        ),
        notes=(Text("innovation.note_rates"),),
    )


def _types(ctx: Context, frame: pd.DataFrame) -> Exhibit:
    """Proposals of the period by kind, and those adopted in it."""
    made, decided = _made(frame, ctx.current), _decided(frame, ctx.current)
    counts = made.groupby("type").size()
    taken = decided[decided["status"].isin(TAKEN)].groupby("type").size()
    kinds = sorted(set(counts.index) | set(taken.index), key=lambda kind: (-counts.get(kind, 0), kind))
    if not kinds:
        return NotEnough(
            id="innovation_types",
            title=Text("innovation.types"),
            requirements=("T-19",),
            reason=Text("innovation.none"),
        )

    def row(name: str, found: pd.Series) -> tuple[Figure, ...]:
        return tuple(
            ctx.figure(name, int(found.get(kind, 0)), ctx.current, dimension="suggestion_type", member=kind)
            for kind in kinds
        )

    first = row("suggestions", counts)
    return Chart(
        id="innovation_types",
        title=Text("innovation.types_most", {"kind": kinds[0], "made": first[0]}),
        requirements=("T-19",),
        form="barh",
        categories=tuple(kinds),
        series=(
            Series(Text("metric.suggestions"), first),
            Series(Text("metric.suggestions_adopted"), row("suggestions_adopted", taken), "prior"),
        ),
        axes={"x": Text("innovation.axis")},
        summary=Text("innovation.types_alt", {"kind": kinds[0], "made": first[0]}),
    )


def _adopted(ctx: Context, frame: pd.DataFrame) -> Exhibit:
    fixed = {"id": "innovation_adopted", "requirements": ("T-19",)}
    decided = _decided(frame, ctx.current)
    taken = decided[decided["status"].isin(TAKEN)]
    if taken.empty:
        return NotEnough(title=Text("innovation.adopted"), reason=Text("innovation.none_adopted"), **fixed)
    ranked = taken.sort_values(["benefit", "decided_at"], ascending=[False, True], na_position="last").head(
        ctx.settings.top_n
    )
    rows = []
    for place, row in enumerate(ranked.itertuples(), start=1):
        at = {"dimension": "suggestion", "member": f"{place:02d}"}
        benefit = (
            None if pd.isna(row.benefit) else ctx.figure("suggestion_benefit", float(row.benefit), ctx.current, **at)
        )
        hours = (
            None if pd.isna(row.hours_saved) else ctx.figure("hours_saved", float(row.hours_saved), ctx.current, **at)
        )
        rows.append((row.type, row.team, row.status, row.decided_at.date(), benefit, hours))
    names = ("kind", "team", "status", "decided", "benefit", "hours")
    return Table(
        title=Text("innovation.adopted"),
        header=tuple(Text(f"innovation.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("innovation.note_benefit"),),
        **fixed,
    )


def _experiments(ctx: Context) -> Exhibit:
    fixed = {"id": "innovation_experiments", "requirements": ("T-19",)}
    missing = ctx.mart.missing("experiments.hypothesis")
    if missing:
        return NotProvided(title=Text("innovation.experiments"), missing=missing, **fixed)
    found = queries.experiments(ctx.mart, ctx.current.window)
    if found.empty:
        return NotEnough(title=Text("innovation.experiments"), reason=Text("innovation.no_experiment"), **fixed)
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        first, last = (None if pd.isna(day) else day.date() for day in (row.start, row.end))
        decision = Text("innovation.undecided") if pd.isna(row.decision) else row.decision
        rows.append((row.hypothesis, first, last, decision))
    return Table(
        title=Text("innovation.experiments"),
        header=tuple(Text(f"innovation.column_{name}") for name in ("hypothesis", "start", "end", "decision")),
        rows=tuple(rows),
        **fixed,
    )


def _text(now: dict[str, Figure], then: dict[str, Figure]) -> Prose:
    moved = change(now["made"], then.get("made"), "yoy")
    known = moved.value is not None
    values = {"made": now["made"], "per_head": now["per_head"]} | ({"before": then["made"]} if known else {})
    sentences = [Text("innovation.text_made" if known else "innovation.text_made_no_base", values)]
    if now["adopted"].value is not None:
        few = "_few" if now["adopted"].flags else ""
        sentences.append(Text(f"innovation.text_adopted{few}", {"adopted": now["adopted"], "n": str(now["adopted"].n)}))
    sentences.append(
        Text("innovation.text_benefit", {"benefit": now["benefit"], "n": str(now["benefit"].n)})
        if now["benefit"].value is not None
        else Text("innovation.text_no_benefit")
    )
    return Prose(id="innovation_text", title=Text("empty"), requirements=("T-19",), sentences=tuple(sentences))
