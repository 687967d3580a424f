"""Templates, standards, and whether appraisal and compliance touch the process (requirements P-26, P-27)."""

import pandas as pd

from ....metrics.comparison import rate_difference, wilson
from ....queries import discipline as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Point, Table, Text
from ...context import Context, Span
from .common import at, clear, count, share, yoy

ARTEFACTS = {"quote": "quotes.template_id", "contract": "contracts.template_id"}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, template rates, standards on the list, weights of the scheme, compliance and winning."""
    heading = Heading(id="standards_heading", title=Text("standards.heading"))
    return heading, _templates(ctx), _list(ctx), _weights(ctx), _compliance(ctx)


def template_figure(ctx: Context, span: Span, artefact: str) -> Figure:
    """Quotes or contracts made from a template / all of them (registry key template_rate)."""
    used = queries.templated(ctx.mart, span.window, artefact)["used"]
    return share(ctx, "template_rate", int(used.sum()), len(used), span, **at("artefact", artefact))


def _templates(ctx: Context) -> Exhibit:
    box = {"id": "standards_templates", "requirements": ("P-26",)}
    known = [name for name, field in ARTEFACTS.items() if not ctx.mart.missing(field)]
    if not known:
        return NotProvided(title=Text("standards.templates"), missing=tuple(ARTEFACTS.values()), **box)
    rows = []
    for artefact in known:
        now = template_figure(ctx, ctx.current, artefact)
        if now.value is None:
            continue
        by_rep = (
            queries.templated(ctx.mart, ctx.current.window, artefact).groupby("rep_id")["used"].agg(["mean", "size"])
        )
        by_rep = by_rep[by_rep["size"] >= ctx.settings.minimum_n.mean]["mean"]
        identity = at("artefact", artefact)
        ends = [
            ctx.figure(name, float(by_rep.quantile(q)) if len(by_rep) else None, ctx.current, n=len(by_rep), **identity)
            for name, q in (("template_rep_low", 0.1), ("template_rep_high", 0.9))
        ]
        size = count(ctx, "template_uses", now.n, **identity)
        change = yoy(ctx, now, lambda span, artefact=artefact: template_figure(ctx, span, artefact))
        rows.append((Text(f"standards.{artefact}"), size, now, change, *ends))
    if not rows:
        return NotEnough(title=Text("standards.templates"), reason=Text("standards.none"), **box)
    names = ("template_uses", "template_rate", None, "template_rep_low", "template_rep_high")
    low = min(rows, key=lambda row: row[2].value)
    return Table(
        title=Text("standards.templates_title", {"artefact": low[0], "rate": low[2], "low": low[4], "high": low[5]}),
        header=(Text("standards.artefact"), *(Text(f"metric.{n}") if n else Text("label.yoy") for n in names)),
        rows=tuple(rows),
        notes=(Text("standards.note_templates"),),
        **box,
    )


def _list(ctx: Context) -> Exhibit:
    box = {"id": "standards_list", "requirements": ("P-26",)}
    listed = ctx.settings.standards
    if not listed.items:
        return NotProvided(title=Text("standards.list"), missing=("params/standards.yml",), **box)
    order = {"缺失": 0, "修订中": 1, "生效": 2}
    items = sorted(listed.items, key=lambda item: (order[item.status], item.artefact, item.name))
    gone = count(ctx, "standards_missing", sum(item.status != "生效" for item in items))
    absent = tuple(item.name for item in items if item.status == "缺失")
    title = Text("standards.list_title", {"missing": gone, "n": str(len(items))})
    if absent:
        title = Text("standards.list_absent", {"names": absent})
    return Table(
        title=title,
        header=tuple(Text(f"standards.{name}") for name in ("name", "artefact", "status", "owner", "since")),
        rows=tuple((i.name, i.artefact, i.status, i.owner or None, i.since) for i in items[: ctx.settings.top_n]),
        notes=(Text("standards.note_list", {"source": listed.source, "date": listed.date}),),
        **box,
    )


def _weights(ctx: Context) -> Exhibit:
    box = {"id": "standards_weights", "requirements": ("P-27",)}
    if not ctx.settings.kpi_scheme.scheme_source:
        return NotProvided(title=Text("standards.weights"), missing=("params/kpi_scheme.yml",), **box)
    weights, rows, total = ctx.settings.kpi_scheme.weights, [], 0.0
    for group, weight in weights.items():
        part = weight * ctx.settings.kpi_scheme.process_parts.get(group, 0.0) / 100
        total += part
        identity = at("kpi_group", group)
        whole = ctx.figure("kpi_weight", weight / 100, ctx.current, **identity)
        rows.append(
            (Text(f"standards.group_{group}"), whole, ctx.figure("process_weight", part, ctx.current, **identity))
        )
    share_all = ctx.figure("process_weight", total, ctx.current)
    return Table(
        title=Text("standards.weights_title", {"share": share_all}),
        header=(Text("standards.group"), Text("metric.kpi_weight"), Text("metric.process_weight")),
        rows=tuple(rows),
        total=(Text("label.total"), ctx.figure("kpi_weight", sum(weights.values()) / 100, ctx.current), share_all),
        notes=(Text("standards.note_weights"),),
        **box,
    )


def courses(ctx: Context, span: Span) -> pd.DataFrame:
    """Deals closed in ``span`` with ``complied``: all mandatory fields filled, and no mandatory stage skipped up to the
    furthest stage reached (won deals: no mandatory stage at all).

    ``quoted`` marks deals that got as far as a quote, ``early`` those that kept the process up to there: only these can
    be compared by outcome, because what comes later depends on it."""
    rules, stages = ctx.settings.standards, ctx.settings.funnel.stages
    fields = tuple(f for f in rules.mandatory_fields if not ctx.mart.missing(f"opportunities.{f}"))
    found = queries.closed_course(ctx.mart, span.window, fields)
    rank = {name: place for place, names in enumerate(stages.values()) for name in names}
    needed = [(place, set(names)) for place, (key, names) in enumerate(stages.items()) if key in rules.mandatory_stages]

    def passed(row) -> bool:
        seen = set(row.stages)
        furthest = max((rank[stage] for stage in seen if stage in rank), default=-1)
        due = needed if row.won else [one for one in needed if one[0] <= furthest]
        return bool(seen) and all(names & seen for _, names in due)

    quote = list(stages).index("quote") if "quote" in stages else 0
    before = [names for place, names in needed if place < quote]
    later = {name for name, place in rank.items() if place >= quote}
    marks = {
        "complied": [bool(row.filled) and passed(row) for row in found.itertuples()],
        "quoted": [bool(later & set(row.stages)) for row in found.itertuples()],
        "early": [bool(row.filled) and all(names & set(row.stages) for names in before) for row in found.itertuples()],
    }
    return found.assign(**{name: pd.Series(values, index=found.index, dtype=bool) for name, values in marks.items()})


def compliance_figure(ctx: Context, span: Span) -> Figure:
    """Deals that passed all mandatory stages with all mandatory fields / deals closed (registry key compliance)."""
    found = courses(ctx, span)
    return share(ctx, "compliance", int(found["complied"].sum()), len(found), span)


def _compliance(ctx: Context) -> Exhibit:
    box = {"id": "standards_compliance", "requirements": ("P-27",)}
    missing = ctx.mart.missing("stage_history.stage", "opportunities.closed_at", "opportunities.outcome")
    if missing:
        return NotProvided(title=Text("standards.compliance"), missing=missing, **box)
    found, rate = courses(ctx, ctx.current), compliance_figure(ctx, ctx.current)
    quoted = found[found["quoted"]]
    sides = {"complied": quoted[quoted["early"]], "skipped": quoted[~quoted["early"]]}
    if min(len(part) for part in sides.values()) < ctx.settings.minimum_n.rate:
        if rate.value is None:
            return NotEnough(title=Text("standards.compliance"), reason=Text("standards.none"), **box)
        card = Card(Text("metric.compliance"), rate, (yoy(ctx, rate, lambda span: compliance_figure(ctx, span)),))
        title = Text("standards.compliance_only", {"rate": rate})
        return Cards(title=title, cards=(card,), notes=(Text("standards.note_compliance"),), **box)
    points, won = [], {name: (int(part["won"].sum()), len(part)) for name, part in sides.items()}
    for name, (hits, n) in won.items():
        identity, ends = at("compliance", name), wilson(hits, n)
        low, high = (ctx.figure(f"rate_{e}", getattr(ends, e), ctx.current, n=n, **identity) for e in ("low", "high"))
        point = share(ctx, "win_rate", hits, n, **identity)
        points.append(Point(Text(f"standards.side_{name}", {"n": str(n)}), point, low=low, high=high))
    case = "differ" if clear(rate_difference(*won["complied"], *won["skipped"])) else "alike"
    values = {"rate": rate, "complied": points[0].x, "skipped": points[1].x}
    return Chart(
        title=Text(f"standards.compliance_{case}", values),
        form="dot",
        points=tuple(points),
        axes={"x": Text("metric.win_rate")},
        summary=Text("standards.compliance_alt", values),
        notes=(Text("standards.note_compliance"), Text("standards.note_relation")),
        **box,
    )
