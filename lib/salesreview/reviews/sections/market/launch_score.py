"""How launches are received, and which link of the chain is the weakest (requirements M-12, M-13)."""

from dataclasses import dataclass
from math import log, sqrt

import pandas as pd

from ....metrics.comparison import rate_difference
from ....metrics.growth import ratio
from ....metrics.satisfaction import Z95
from ....periods import Window
from ....queries import launches as queries
from ....record import Exhibit, Figure, Prose, Table, Text
from ...context import Context
from ..finding import few
from ..sales.launches import Launch, new_products
from .boxes import absent, too_few

BOXES = {"launch_score": ("M-12",), "launch_links": ("M-13",), "launch_links_text": ("M-13",)}
LOWER = ("launch_price_loss",)


@dataclass(frozen=True)
class Scored:
    """One launch: units against plan, acceptance, customers' voice, and the links of its chain by metric."""

    launch: Launch
    units: Figure
    planned_units: Figure
    unit_rate: Figure
    acceptance: Figure
    csat: Figure
    complaints: Figure
    links: dict[str, Figure]


@dataclass(frozen=True)
class Link:
    """One link of a weak launch beside the reference; ``apart`` says whether the two differ beyond chance."""

    metric: str
    now: Figure
    reference: Figure
    level: Figure
    apart: bool


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Scorecard of the launches, checklist of the weakest against the strongest, paragraph."""
    title = Text("launch_score.title")
    if len(gone := ctx.mart.missing("products.launch_date", "product_launches.launch_date")) == 2:
        return absent(BOXES, title, gone)
    found = scored(ctx)
    if not found:
        return too_few(BOXES, title, Text("launches.none"))
    score = _scorecard(ctx, found)
    pair = weak_and_reference(found)
    if pair is None:
        rest = {name: ids for name, ids in BOXES.items() if name != "launch_score"}
        return score, *too_few(rest, Text("launch_score.links"), Text("launch_score.no_pair"))
    chain = checklist(ctx, *pair)
    return score, _links(pair, chain), _prose(pair, chain)


def scored(ctx: Context) -> tuple[Scored, ...]:
    """The new products of the period with what is known of their reception, by sales since launch."""
    aims = queries.aims(ctx.mart) if not ctx.mart.missing("product_launches.launch_date") else pd.DataFrame()
    return tuple(_scored(ctx, item, aims.loc[item.product_id] if item.product_id in aims.index else None)
                 for item in new_products(ctx))  # fmt: skip


def _scored(ctx: Context, item: Launch, aim: pd.Series | None) -> Scored:
    since = Window(item.day, max(item.day, ctx.current.window.end))
    units, orders = queries.sold_units(ctx.mart, item.product_id, since)
    seen = queries.links(ctx.mart, item.product_id, since)
    planned = None
    if aim is not None and item.plan.value and not pd.isna(aim.target_units) and aim.planned:
        planned = round(float(aim.target_units) * item.plan.value / float(aim.planned))
    accounts = None if aim is None or pd.isna(aim.target_accounts) else float(aim.target_accounts)

    def figure(name: str, top: float | None, bottom: float | None, n: int | None = None, flags=()) -> Figure:
        where = {"dimension": "product", "member": item.name, "numerator": top, "denominator": bottom}
        return ctx.figure(name, ratio(top, bottom), ctx.current, n=n, flags=flags, **where)

    def counted(name: str, top: str, bottom: str) -> Figure:
        hits, n = int(seen[top]), int(seen[bottom])
        return figure(name, hits, n, n, few(ctx, n))

    where = {"dimension": "product", "member": item.name}
    rated = int(seen.rated)
    rating = None if pd.isna(seen.rating) else float(seen.rating)
    small = ("small_n",) if rated < ctx.settings.minimum_n.mean else ()
    csat = ctx.figure("launch_csat", rating, ctx.current, n=rated, flags=small, **where)
    return Scored(
        launch=item,
        units=ctx.figure("launch_units", units, ctx.current, n=orders, **where),
        planned_units=ctx.figure("launch_units_plan", planned, ctx.current, **where),
        unit_rate=figure("launch_units_attainment", units, planned),
        acceptance=figure("launch_acceptance", item.accounts.value, accounts),
        csat=csat,
        complaints=figure("launch_complaint_rate", int(seen.complaints), orders, orders, few(ctx, orders)),
        links={
            "launch_awareness": figure("launch_awareness", float(seen.opportunities), accounts),
            "launch_win_rate": counted("launch_win_rate", "won", "closed"),
            "launch_price_loss": counted("launch_price_loss", "price", "lost"),
            "launch_on_time": counted("launch_on_time", "on_time", "promised"),
            "launch_csat": csat,
        },
    )


def weak_and_reference(found: tuple[Scored, ...]) -> tuple[Scored, Scored] | None:
    """The launch furthest below its plan and the one that did best; None without a shortfall or a second launch."""
    known = sorted(
        (one for one in found if one.launch.attainment.value is not None), key=lambda one: one.launch.attainment.value
    )
    if len(known) < 2 or known[0].launch.attainment.value >= 1:
        return None
    return known[0], known[-1]


def checklist(ctx: Context, weak: Scored, reference: Scored) -> tuple[Link, ...]:
    """The links known on both sides, the weakest first: by how far the weak launch stays behind the reference."""
    found = []
    for name, now in weak.links.items():
        base = reference.links[name]
        if now.value is None or not base.value or (name in LOWER and not now.value):
            continue
        level = base.value / now.value if name in LOWER else now.value / base.value
        where = {"dimension": "product", "member": weak.launch.name}
        figure = ctx.figure("launch_link_level", level, ctx.current, dimension="product×link",
                            member=f"{where['member']} | {name}")  # fmt: skip
        found.append(Link(name, now, base, figure, _apart(name, now, base)))
    return tuple(sorted(found, key=lambda link: (link.level.value, link.metric)))


def clear(chain: tuple[Link, ...]) -> Link | None:
    """The weakest link that stays behind the reference beyond chance."""
    return next((link for link in chain if link.apart and link.level.value < 1), None)


def _apart(name: str, now: Figure, base: Figure) -> bool:
    if name == "launch_awareness":
        counts = now.numerator, base.numerator
        return min(counts) > 0 and abs(log(now.value / base.value)) > Z95 * sqrt(sum(1 / count for count in counts))
    if "small_n" in now.flags or "small_n" in base.flags or name == "launch_csat":
        return False
    gap = rate_difference(int(now.numerator), int(now.denominator), int(base.numerator), int(base.denominator))
    return gap is not None and gap.excludes_zero


def _scorecard(ctx: Context, found: tuple[Scored, ...]) -> Table:
    names = ("product", "units", "planned_units", "unit_rate", "acceptance")
    voiced = any(one.csat.value is not None for one in found)
    names += ("csat",) if voiced else ()
    names += ("complaints",) if any(one.complaints.numerator for one in found) else ()
    rows = []
    for one in found[: ctx.settings.top_n]:
        item = one.launch
        cells = {
            "product": item.name, "units": one.units, "planned_units": one.planned_units,
            "unit_rate": one.unit_rate, "acceptance": one.acceptance,
            "csat": one.csat, "complaints": one.complaints,
        }  # fmt: skip
        rows.append(tuple(cells[name] for name in names))
    known = [one for one in found if one.acceptance.value is not None]
    title = Text("launch_score.title")
    if known:
        best = max(known, key=lambda one: one.acceptance.value)
        title = Text("launch_score.table", {"product": best.launch.name, "acceptance": best.acceptance})
    notes = (Text("launch_score.note_plan"), *(() if voiced else (Text("launch_score.note_no_voice"),)))
    return Table(
        id="launch_score",
        title=title,
        requirements=BOXES["launch_score"],
        header=tuple(Text(f"launch_score.column_{name}") for name in names),
        rows=tuple(rows),
        notes=notes,
    )


def _links(pair: tuple[Scored, Scored], chain: tuple[Link, ...]) -> Exhibit:
    if not chain:
        (box,) = too_few({"launch_links": ("M-13",)}, Text("launch_score.links"), Text("launch_score.no_links"))
        return box
    weak, reference = (one.launch.name for one in pair)
    worst = clear(chain)
    title = Text("launch_score.links_unsure", {"product": weak})
    if worst is not None:
        title = Text("launch_score.links_title", {"product": weak, "link": Text(f"metric.{worst.metric}")})
    rows = [
        (Text(f"metric.{link.metric}"), link.now, link.reference, link.level,
         Text("launch_score.apart" if link.apart else "launch_score.not_apart"))
        for link in chain
    ]  # fmt: skip
    return Table(
        id="launch_links",
        title=title,
        requirements=BOXES["launch_links"],
        header=(
            Text("launch_score.column_link"), weak, Text("launch_score.column_reference", {"product": reference}),
            Text("launch_score.column_level"), Text("launch_score.column_apart"),
        ),
        rows=tuple(rows),
        notes=(Text("launch_score.note_links"),),
    )  # fmt: skip


def _prose(pair: tuple[Scored, Scored], chain: tuple[Link, ...]) -> Prose:
    weak, best = pair
    sentences = [
        Text(
            "launch_score.sentence_pair",
            {
                "weak": weak.launch.name, "low": weak.launch.attainment,
                "best": best.launch.name, "high": best.launch.attainment,
            },
        )
    ]  # fmt: skip
    certain = clear(chain)
    if certain is not None:
        values = {"link": Text(f"metric.{certain.metric}"), "now": certain.now, "reference": certain.reference}
        sentences.append(Text("launch_score.sentence_link", values))
    rest = tuple(Text(f"metric.{link.metric}") for link in chain if not link.apart)
    if rest:
        sentences.append(Text("launch_score.sentence_unsure", {"links": rest}))
    if weak.csat.value is None:
        sentences.append(Text("launch_score.sentence_silent", {"product": weak.launch.name}))
    fixed = {"id": "launch_links_text", "title": Text("empty"), "requirements": BOXES["launch_links_text"]}
    return Prose(sentences=tuple(sentences), **fixed)
