"""Preparing proposals, how they fit, and what is conceded (P-09, P-11, S3-33 … S3-35, S3-37)."""

from collections.abc import Callable

import pandas as pd

from ....metrics.durations import differ, spread
from ....metrics.funnel import ratio
from ....metrics.worktime import working_hours
from ....queries import offers as queries
from ....queries.approvals import workdays
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from .discounts import discounts_chart
from .slot import Slot, shaky

FIELDS = ("quotes.requested_at", "quotes.prepared_at")
SLOTS = {
    "cards": Slot("proposal_cards", Text("proposal.heading"), ("P-09", "P-11")),
    "box": Slot("proposal_box", Text("proposal.box"), ("P-09",)),
    "fit": Slot("proposal_fit", Text("proposal.fit"), ("P-11", "S3-33", "S3-34", "S3-35")),
    "discounts": Slot("proposal_discounts", Text("proposal.discounts"), ("S3-37",)),
    "prose": Slot("proposal_text", Text("proposal.heading"), ("P-09", "P-11")),
}
BOX = (("low", "p10"), ("q1", "p25"), ("median", "median"), ("q3", "p75"), ("high", "p90"))
PARTS = ("lines", "price", "delivery", "after_sales")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, template against bespoke, fit and completeness, discounts against wins, paragraph."""
    heading = Heading(id="proposal_heading", title=Text("proposal.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    now = prepared(ctx, ctx.current)
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *(slot.few() for slot in SLOTS.values())
    box, fit, discounts = _box(ctx, now), _fit(ctx), discounts_chart(ctx, SLOTS["discounts"])
    return heading, _cards(ctx), box, fit, discounts, _prose(ctx, now, box)


def prepared(ctx: Context, span: Span) -> pd.DataFrame:
    """`queries.offers.quotes` of ``span`` with ``hours`` of preparation (working hours; null while in work)."""
    found = queries.quotes(ctx.mart, span.window)
    found["hours"] = working_hours(found["requested_at"], found["prepared_at"], workdays(ctx.mart))
    return found


def _first(found: pd.DataFrame) -> pd.Series:
    return found.loc[(found["version"] == 1) & (found["hours"] >= 0), "hours"]


def hours_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Median (``proposal_hours``) and 90th percentile of the preparation of first versions."""
    span = span or ctx.current
    times = spread(_first(prepared(ctx, span)).to_numpy())
    at = {"n": times.n, "flags": shaky(ctx, times.n, "mean")}
    return {
        "proposal_hours": ctx.figure("proposal_hours", times.median, span, **at),
        "proposal_p90": ctx.figure("proposal_p90", times.p90, span, **at),
    }


def fit_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Versions per quoted deal closed, first version accepted, lost for a mismatch of need, mean fit, value case and
    completeness of the four fields of the quotes requested."""
    span = span or ctx.current
    closed, quotes = queries.closed_quotes(ctx.mart, span.window), queries.quotes(ctx.mart, span.window)
    lost, n = queries.lost_for(ctx.mart, span.window), len(closed)
    versions = int(closed["versions"].sum())
    quoted = lost[lost["quoted"].astype(bool)]
    scores = quotes["needs_fit"].dropna().astype(float)
    complete = quotes[[f"{part}_complete" for part in PARTS]].dropna()

    def share(name: str, hits: int, of: int) -> Figure:
        at = {"numerator": hits, "denominator": of, "n": of, "flags": shaky(ctx, of)}
        return ctx.figure(name, ratio(hits, of), span, **at)

    mean = {"n": n, "flags": shaky(ctx, n, "mean")}
    found = {
        "deal_versions": ctx.figure(
            "deal_versions", ratio(versions, n), span, numerator=versions, denominator=n, **mean
        ),
        "first_accepted": share("first_accepted", int(closed["first_accepted"].sum()), n),
        "lost_mismatch": share("lost_mismatch", int((quoted["reason"] == "需求不匹配").sum()), len(quoted)),
        "needs_fit": ctx.figure("needs_fit", float(scores.mean()) if len(scores) else None, span, n=len(scores),
                                flags=shaky(ctx, len(scores), "mean")),
        "value_case": share("value_case", int(quotes["has_value_case"].fillna(False).astype(bool).sum()),
                            int(quotes["has_value_case"].notna().sum())),
        "quote_complete": share("quote_complete", int(complete.astype(bool).all(axis=1).sum()), len(complete)),
    }  # fmt: skip
    for part in PARTS:
        column = quotes[f"{part}_complete"].dropna().astype(bool)
        found[f"complete_{part}"] = ctx.figure(
            "quote_field_complete", ratio(int(column.sum()), len(column)), span, dimension="quote_field", member=part,
            numerator=int(column.sum()), denominator=len(column), n=len(column), flags=shaky(ctx, len(column)),
        )  # fmt: skip
    return found


def _with_base(ctx: Context, make: Callable[..., dict[str, Figure]]) -> tuple[dict, dict, dict]:
    now, base = make(ctx), base_span(ctx, ctx.year_ago)
    then = make(ctx, base) if base else {}
    return now, then, {name: change(figure, then.get(name), "yoy") for name, figure in now.items()}


def _cards(ctx: Context) -> Cards:
    hours, _, moved = _with_base(ctx, hours_figures)
    fit, _, fit_moved = _with_base(ctx, fit_figures)
    cards = [Card(Text(f"metric.{name}"), figure, (moved[name],)) for name, figure in hours.items()]
    cards += [
        Card(Text(f"metric.{name}"), fit[name], (fit_moved[name],)) for name in ("first_accepted", "deal_versions")
    ]
    values = {"hours": hours["proposal_hours"], "p90": hours["proposal_p90"]}
    return Cards(
        title=Text("proposal.title", values),
        cards=tuple(cards),
        notes=(Text("proposal.note_hours"),),
        **SLOTS["cards"].at,
    )


def _box(ctx: Context, now: pd.DataFrame) -> Exhibit:
    """Preparation of first versions with a template and without."""
    slot, first = SLOTS["box"], now[(now["version"] == 1) & (now["hours"] >= 0)]
    groups = {"template": first.loc[first["templated"], "hours"], "bespoke": first.loc[~first["templated"], "hours"]}
    if any(len(hours) < ctx.settings.minimum_n.mean for hours in groups.values()):
        return slot.few(Text("proposal.few_groups"))
    found = {name: spread(hours.to_numpy()) for name, hours in groups.items()}
    shown = {
        name: {
            role: ctx.figure(f"proposal_{measure}", getattr(times, measure), ctx.current, dimension="proposal_kind",
                             member=name, n=times.n)
            for role, measure in BOX
        }
        for name, times in found.items()
    }  # fmt: skip
    apart = differ(*(hours.to_numpy() for hours in groups.values()))
    quicker = found["template"].median < found["bespoke"].median
    values = {name: shown[name]["median"] for name in groups}
    return Chart(
        title=Text(f"proposal.box_{'faster' if quicker else 'slower'}" if apart else "proposal.box_even", values),
        form="box",
        categories=tuple(Text(f"proposal.kind_{name}") for name in groups),
        series=tuple(
            Series(Text(f"cycle.box_{role}"), tuple(shown[name][role] for name in groups), role) for role, _ in BOX
        ),
        axes={"x": Text("proposal.axis_hours")},
        summary=Text("proposal.box_alt", values),
        notes=(Text("cycle.note_box"), Text("proposal.note_kinds")),
        **slot.at,
    )


def _fit(ctx: Context) -> Table:
    now, _, yoy = _with_base(ctx, fit_figures)
    rows = []
    for name, figure in now.items():
        label = Text(f"proposal.{name}") if name.startswith("complete_") else Text(f"metric.{name}")
        rows.append(
            (
                label,
                figure,
                yoy[name],
                ctx.figure("quotes_counted", figure.n, ctx.current, dimension="fit", member=name),
            )
        )
    return Table(
        title=Text("proposal.fit_title", {"first": now["first_accepted"], "versions": now["deal_versions"]}),
        header=(Text("label.metric"), Text("label.current"), Text("label.yoy"), Text("label.n")),
        rows=tuple(rows),
        notes=(Text("proposal.note_fit"),),
        **SLOTS["fit"].at,
    )


def _prose(ctx: Context, now: pd.DataFrame, box: Exhibit) -> Prose:
    hours, fit = hours_figures(ctx), fit_figures(ctx)
    share = now.loc[now["version"] == 1, "templated"]
    used = ctx.figure("template_rate", ratio(int(share.sum()), len(share)), ctx.current, dimension="document",
                      member="quote", numerator=int(share.sum()), denominator=len(share), n=len(share))  # fmt: skip
    sentences = [Text("proposal.say_hours", {"hours": hours["proposal_hours"], "used": used})]
    if isinstance(box, Chart):
        sentences.append(Text(f"proposal.say_{box.title.key.rsplit('_', 1)[-1]}"))
    if fit["lost_mismatch"].value is not None:
        sentences.append(Text("proposal.say_mismatch", {"share": fit["lost_mismatch"]}))
    if fit["quote_complete"].value is not None:
        sentences.append(Text("proposal.say_complete", {"share": fit["quote_complete"]}))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
