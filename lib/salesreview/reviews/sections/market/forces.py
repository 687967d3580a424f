"""Five forces, and where the company differs from its rivals (requirements S1-05, S1-06, S3-15)."""

import json

from ....metrics.growth import ratio
from ....queries import causes, rivals, sales
from ....queries import price_effects as prices
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, Point, Prose, Table, Text
from ...context import Context
from ..finding import few
from ..sales.sales_common import share_of_largest
from .boxes import absent, together
from .common import gap, noted, thin

FORCES = ("rivalry", "entrants", "substitutes", "buyers", "suppliers")
BOXES = {"forces_text": ("S1-05",), "forces_table": ("S1-05",)}
EDGE = {"edge_chart": ("S1-06",), "edge_table": ("S1-06", "S3-15")}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, the five forces, needs against the best rival as chart and table."""
    heading = Heading(id="forces_heading", title=Text("forces.heading"))
    if not ctx.settings.five_forces.forces:
        told = absent(BOXES, Text("forces.heading"), ("params/five_forces.yml",))
    else:
        told = (_prose(ctx), _table(ctx))
    return heading, *together(Text("forces.heading"), (*told, *_edge(ctx)))


def _table(ctx: Context) -> Table:
    settings, hints = ctx.settings.five_forces, data_hints(ctx)
    rows = []
    for name in FORCES:
        force = settings.forces.get(name)
        if force is None:
            continue
        score = ctx.figure("force_score", force.score, ctx.current, dimension="force", member=name)
        hint = hints.get(name)
        label = None if hint is None else Text("forces.top5" if name == "buyers" else f"metric.{hint.metric}")
        rows.append(
            (Text(f"forces.{name}"), score, Text(f"forces.trend_{_trend(force.trend)}"), force.evidence, label, hint)
        )
    strongest = max(settings.forces.items(), key=lambda item: (item[1].score, -FORCES.index(item[0])))
    return Table(
        id="forces_table",
        title=Text("forces.title", {"force": Text(f"forces.{strongest[0]}")}),
        requirements=BOXES["forces_table"],
        header=tuple(
            Text(f"forces.column_{name}") for name in ("force", "score", "trend", "evidence", "hint", "value")
        ),
        rows=tuple(rows),
        notes=(Text("forces.note", {"noted": noted(settings.source, settings.date)}),),
    )


def _trend(trend: str) -> str:
    return {"上升": "up", "持平": "flat", "下降": "down"}[trend]


def data_hints(ctx: Context) -> dict[str, Figure]:
    """What the data says about each force, where it can."""
    found = {}
    if not ctx.mart.missing("opportunities.lost_competitor", "opportunities.closed_at"):
        lost, named, entrant = rivals.losses(ctx.mart, ctx.current.window)
        found["rivalry"] = _rate(ctx, "to_rival_share", named, lost)
        if not ctx.mart.missing("competitors.is_new_entrant"):
            found["entrants"] = _rate(ctx, "entrant_loss_share", entrant, named)
    if not ctx.mart.missing("opportunities.lost_reason", "opportunities.closed_at"):
        reasons = causes.losses(ctx.mart, ctx.current.window)
        coded = reasons[reasons["reason"] != UNCLASSIFIED]
        misfit = int(coded.loc[coded["reason"].isin(("需求不匹配", "产品")), "n"].sum())
        found["substitutes"] = _rate(ctx, "misfit_loss_share", misfit, int(coded["n"].sum()))
    accounts = sales.by(ctx.mart, ctx.current.window, "account_id").set_index("account_id")["sales"]
    accounts = accounts.drop(UNCLASSIFIED, errors="ignore")
    if len(accounts):
        total = sales.totals(ctx.mart, ctx.current.window).sales
        found["buyers"] = share_of_largest(ctx, accounts.tolist(), 5, total, "account")
    cost = _unit_cost(ctx)
    if cost is not None:
        found["suppliers"] = cost
    return found


def _rate(ctx: Context, name: str, hits: int, n: int) -> Figure:
    return ctx.figure(name, ratio(hits, n), ctx.current, numerator=hits, denominator=n, n=n, flags=few(ctx, n))


def _unit_cost(ctx: Context) -> Figure | None:
    """The same products' cost a unit now against a year before, at quantities now."""
    if ctx.mart.missing("order_lines.cost_amount", "order_lines.qty") or not ctx.covers(ctx.year_ago):
        return None
    sums = []
    for span in (ctx.current, ctx.year_ago):
        lines = prices.lines(ctx.mart, span.window)
        lines = lines[lines["cost"].notna() & (lines["product_id"] != UNCLASSIFIED)]
        sums.append(lines.groupby("product_id")[["qty", "cost"]].sum())
    both = sums[0].join(sums[1], suffixes=("", "_base"), how="inner")
    both = both[both["qty_base"] > 0]
    then = float((both["qty"] * both["cost_base"] / both["qty_base"]).sum())
    now = float(both["cost"].sum())
    if then <= 0:
        return None
    return ctx.figure("unit_cost_change", now / then - 1, ctx.current, numerator=now, denominator=then, n=len(both))


def _prose(ctx: Context) -> Prose:
    settings, hints = ctx.settings.five_forces, data_hints(ctx)
    rising = tuple(Text(f"forces.{name}") for name in FORCES
                   if name in settings.forces and settings.forces[name].trend == "上升")  # fmt: skip
    sentences = [Text("forces.sentence_rising", {"forces": rising}) if rising else Text("forces.sentence_steady")]
    for name in ("rivalry", "suppliers", "buyers"):
        hint = hints.get(name)
        if hint is not None and hint.value is not None and "small_n" not in hint.flags:
            sentences.append(Text(f"forces.sentence_{name}", {"value": hint}))
    return Prose(id="forces_text", title=Text("empty"), requirements=BOXES["forces_text"], sentences=tuple(sentences))


def edges(ctx: Context) -> list[tuple[str, str, Figure, Figure, Figure, Figure]]:
    """Need, best rival, importance, own score, best rival's score, importance × (own − rival); the best edge first."""
    best: dict[str, tuple[float, str]] = {}
    for row in rivals.competitors(ctx.mart).itertuples():
        for need, score in (json.loads(row.need_scores) if isinstance(row.need_scores, str) else {}).items():
            best[need] = max(best.get(need, (0.0, "")), (float(score), row.name))
    found = []
    for one in ctx.settings.need_scores.needs:
        if one.need not in best:
            continue
        score, rival = best[one.need]
        at = {"dimension": "need", "member": one.need}
        values = (("edge_importance", one.importance), ("edge_own", one.own), ("edge_rival", score),
                  ("edge_gap", one.importance * (one.own - score)))  # fmt: skip
        made = [ctx.figure(name, value, ctx.current, flags=("external",), **at) for name, value in values]
        found.append((one.need, rival, *made))
    return sorted(found, key=lambda row: (-row[5].value, row[0]))


def _edge(ctx: Context) -> tuple[Exhibit, ...]:
    missing = (*ctx.mart.missing("competitors.need_scores"),)
    if not ctx.settings.need_scores.needs:
        missing = (*missing, "params/need_scores.yml")
    if missing:
        return tuple(gap(name, "edge.title", ids, missing) for name, ids in EDGE.items())
    found = edges(ctx)
    if not found:
        return tuple(thin(name, "edge.title", ids, "edge.none") for name, ids in EDGE.items())
    ahead = tuple(row[0] for row in found if row[5].value > 0)
    behind = tuple(row[0] for row in found if row[5].value < 0)
    case = "both" if ahead and behind else "ahead" if ahead else "behind"
    values = {name: value for name, value in (("ahead", ahead), ("behind", behind)) if value}
    settings = ctx.settings.need_scores
    chart = Chart(
        id="edge_chart",
        title=Text(f"edge.title_{case}", values) if values else Text("edge.title"),
        requirements=EDGE["edge_chart"],
        form="dumbbell",
        points=tuple(Point(row[0], x=row[3], y=row[4]) for row in found),
        axes={"x": Text("metric.edge_own"), "y": Text("metric.edge_rival")},
        summary=Text(
            "edge.alt", {"needs": tuple(Text("edge.named", {"need": r[0], "own": r[3], "rival": r[4]}) for r in found)}
        ),
        notes=(Text("edge.note", {"noted": noted(settings.source, settings.date)}),),
    )
    table = Table(
        id="edge_table",
        title=Text("edge.table", {"need": found[0][0], "edge": found[0][5]}),
        requirements=EDGE["edge_table"],
        header=tuple(Text(f"edge.column_{name}") for name in ("need", "importance", "own", "rival", "score", "edge")),
        rows=tuple((row[0], row[2], row[3], row[1], row[4], row[5]) for row in found[: ctx.settings.top_n]),
        notes=(Text("edge.note_formula"),),
    )
    return chart, table
