"""What sales are made of: product lines, services, customers, regions, concentration (requirements D-07 … D-11)."""

import pandas as pd

from ....metrics import mix
from ....queries import sales
from ....record import (
    UNCLASSIFIED,
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotProvided,
    PeriodName,
    Prose,
    Series,
    Table,
    Text,
)
from ...context import Context
from .growth import case, orders_growth
from .mix_members import COLUMNS, LARGEST, concentration_figures, main_line, member_figures, mix_header, mix_title
from .sales_common import DIMENSIONS, Dimension, missing, not_provided, shortened, told_columns, whole_share
from .trend import monthly_series

CUSTOMER_CUTS = ("customer_type", "tier", "new_existing")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, product lines (table, Pareto, cards of concentration), services, customers, regions."""
    lines, regions, services = (DIMENSIONS[name] for name in ("product_line", "region", "service_type"))
    return (
        Heading(id="mix_heading", title=Text("mix.heading")),
        _prose(ctx),
        _table(ctx, "mix_lines", lines, "D-07"),
        _pareto(ctx, lines),
        _concentration(ctx, lines),
        _monthly(ctx, services),
        _table(ctx, "mix_services", services, "D-08"),
        _customers(ctx),
        _table(ctx, "mix_regions", regions, "D-10"),
        _heatmap(ctx),
    )


def _table(ctx: Context, exhibit_id: str, dimension: Dimension, requirement: str) -> Exhibit:
    title = Text("mix.by", {"dimension": Text(f"common_sales.by_{dimension.name}")})
    absent = missing(ctx, dimension)
    if absent:
        return NotProvided(id=exhibit_id, title=title, requirements=(requirement,), missing=absent)
    members = member_figures(ctx, dimension)
    with_target = any(figures["attainment"].value is not None for figures in members)
    columns = (*COLUMNS, "attainment") if with_target else COLUMNS
    rows, notes = shortened(
        [(figures["sales"].member, *(figures[name] for name in columns)) for figures in members],
        key=lambda row: row[1].value,
    )
    _, now, _, yoy, _ = orders_growth(ctx)
    whole = whole_share(ctx, now.value)
    added = ctx.figure("growth_contribution", yoy.value, ctx.current, flags=yoy.flags)
    total = (Text("label.total"), now, whole, None, yoy, added, *((None,) if with_target else ()))
    found = Table(
        id=exhibit_id,
        title=mix_title(dimension, members),
        requirements=(requirement,),
        header=mix_header(Text(f"label.{dimension.name}"), with_target),
        rows=rows,
        total=total,
        notes=(*notes, Text("mix.note_unclassified")) if any(r[0] == UNCLASSIFIED for r in rows) else notes,
    )
    return told_columns(found)


def _pareto(ctx: Context, dimension: Dimension) -> Exhibit:
    title = Text("mix.pareto")
    absent = missing(ctx, dimension)
    if absent:
        return NotProvided(id="mix_lines_chart", title=title, requirements=("D-07",), missing=absent)
    members = [figures for figures in member_figures(ctx, dimension) if figures["sales"].value > 0]
    members = members[: ctx.settings.top_n]
    reached, cumulated = 0.0, []
    for figures in members:
        reached += figures["sales"].value
        whole = figures["share"].denominator
        cumulated.append(
            ctx.figure(
                "cumulative_share",
                reached / whole if whole > 0 else None,
                ctx.current,
                dimension=dimension.name,
                member=figures["sales"].member,
                numerator=reached,
                denominator=whole,
            )
        )
    few = next((i for i, figure in enumerate(cumulated) if figure.value is not None and figure.value >= 0.8), None)
    values = {"members": tuple(figures["sales"].member for figures in members[: (few or 0) + 1])}
    if few is not None and few + 1 == len(members):
        title = Text("mix.pareto_even")
    elif few is not None:
        title = Text("mix.pareto_title", values | {"share": cumulated[few]})
    listed = tuple(
        Text("common_sales.named", {"name": f["sales"].member, "value": f["sales"]}) for f in members[:LARGEST]
    )
    return Chart(
        id="mix_lines_chart",
        title=title,
        requirements=("D-07",),
        form="pareto",
        categories=tuple(figures["sales"].member for figures in members),
        series=(
            Series(Text("metric.sales"), tuple(figures["sales"] for figures in members), "actual"),
            Series(Text("metric.cumulative_share"), tuple(cumulated), "cumulative"),
        ),
        summary=Text("mix.pareto_alt", {"members": listed}),
    )


def _concentration(ctx: Context, dimension: Dimension) -> Exhibit:
    title = Text("mix.concentration")
    absent = missing(ctx, dimension)
    if absent:
        return NotProvided(id="mix_concentration", title=title, requirements=("D-11",), missing=absent)
    main, hhi, top = main_line(ctx), *concentration_figures(ctx, dimension)
    cards = [Card(Text("metric.hhi"), hhi), Card(Text("mix.cr3"), top)]
    if main is None:
        return Cards(id="mix_concentration", title=title, requirements=("D-11",), cards=tuple(cards))
    name, share, shift = main
    concentrated = hhi.value is not None and hhi.value > ctx.settings.thresholds.concentrated_hhi
    return Cards(
        id="mix_concentration",
        title=Text(
            f"mix.main_{'concentrated' if concentrated else 'spread'}", {"line": name, "share": share, "hhi": hhi}
        ),
        requirements=("D-11",),
        cards=(Card(Text("mix.main_card", {"line": name}), share, (shift,)), *cards),
        notes=(Text("mix.note_main"),),
    )


def _monthly(ctx: Context, dimension: Dimension) -> Exhibit:
    title = Text("mix.services")
    absent = missing(ctx, dimension)
    if absent:
        return NotProvided(id="mix_services_chart", title=title, requirements=("D-08",), missing=absent)
    months = [month for month in monthly_series(ctx)[0] if month.start >= ctx.period.start]
    if not months:
        sentence = Text("mix.no_whole_month")
        return Prose(id="mix_services_chart", title=title, requirements=("D-08",), sentences=(sentence,))
    found = sales.monthly(ctx.mart, ctx.current.window, dimension.id_column)
    amounts = {(row.month.date(), getattr(row, dimension.id_column)): row.sales for row in found.itertuples()}
    names = mix.ranked(dict(found.groupby(dimension.id_column)["sales"].sum()))
    members = member_figures(ctx, dimension)
    series = tuple(
        Series(
            name,
            tuple(
                Figure(
                    "sales",
                    float(amounts.get((month.start, name), 0.0)),
                    "money",
                    month.code,
                    dimension=dimension.name,
                    member=name,
                )
                for month in months
            ),
            "part",
        )
        for name in names
    )
    return Chart(
        id="mix_services_chart",
        title=_largest_title(members),
        requirements=("D-08",),
        form="stacked",
        categories=tuple(PeriodName(month.code) for month in months),
        series=series,
        summary=_shares_alt(members),
    )


def _largest_title(members: list[dict[str, Figure]]) -> Text:
    first = members[0]
    if first["share"].value is None:
        return Text("mix.services")
    return Text("mix.services_title", {"member": first["sales"].member, "share": first["share"]})


def _shares_alt(members: list[dict[str, Figure]]) -> Text:
    listed = tuple(
        Text("common_sales.named", {"name": f["sales"].member, "value": f["share"]}) for f in members[: LARGEST + 2]
    )
    return Text("mix.shares_alt", {"members": listed})


def _customers(ctx: Context) -> Exhibit:
    title = Text("mix.customers")
    provided = [DIMENSIONS[name] for name in CUSTOMER_CUTS if not missing(ctx, DIMENSIONS[name])]
    absent = tuple(DIMENSIONS[name].fields[0] for name in CUSTOMER_CUTS if missing(ctx, DIMENSIONS[name]))
    if not provided:
        return NotProvided(id="mix_customers", title=title, requirements=("D-09",), missing=absent)
    rows = []
    for dimension in provided:
        for figures in member_figures(ctx, dimension)[: LARGEST + 2]:
            label = Text("mix.cut", {"cut": Text(f"label.{dimension.name}"), "member": figures["sales"].member})
            rows.append((label, *(figures[name] for name in COLUMNS)))
    notes = [Text("mix.note_tier" if ctx.mart.missing("account_tier_history") else "mix.note_tier_history")]
    if absent:
        notes.append(Text("common_sales.note_missing", {"fields": absent}))
    first = member_figures(ctx, provided[0])
    found = Table(
        id="mix_customers",
        title=mix_title(provided[0], first),
        requirements=("D-09",),
        header=mix_header(Text("label.customer"), False),
        rows=tuple(rows),
        notes=tuple(notes),
    )
    return told_columns(found)


def _heatmap(ctx: Context) -> Exhibit:
    title = Text("mix.heatmap")
    absent = (*missing(ctx, DIMENSIONS["region"]), *missing(ctx, DIMENSIONS["product_line"]))
    if absent:
        return NotProvided(id="mix_regions_chart", title=title, requirements=("D-10", "S2-03"), missing=absent)
    found: pd.DataFrame = sales.by(ctx.mart, ctx.current.window, "region_id", "region", "product_line")
    regions = mix.ranked(dict(found.groupby("region")["sales"].sum()))[: ctx.settings.top_n]
    lines = mix.ranked(dict(found.groupby("product_line")["sales"].sum()))[: ctx.settings.top_n]
    amounts = dict(found.groupby(["region", "product_line"])["sales"].sum())

    def cell(region: str, line: str) -> Figure | None:
        value = amounts.get((region, line))
        if value is None:
            return None
        return ctx.figure(
            "sales", float(value), ctx.current, dimension="region×product_line", member=f"{region} | {line}"
        )

    cells = {region: tuple(cell(region, line) for line in lines) for region in regions}
    best = max((c for row in cells.values() for c in row if c), key=lambda c: (c.value, c.member), default=None)
    values = {"members": best.member, "amount": best} if best else {}
    return Chart(
        id="mix_regions_chart",
        title=Text("mix.heatmap_title", values) if best else title,
        requirements=("D-10", "S2-03"),
        form="heatmap",
        categories=tuple(lines),
        series=tuple(Series(region, cells[region], "part") for region in regions),
        summary=Text("mix.heatmap_title", values) if best else title,
    )


def _prose(ctx: Context) -> Prose | NotProvided:
    dimension = DIMENSIONS["product_line"]
    absent = missing(ctx, dimension)
    if absent:
        return not_provided(("mix_text",), "mix.heading", "D-07", absent)[0]
    sentences = []
    main = main_line(ctx)
    if main is not None:
        name, share, shift = main
        key = "mix.sentence_main" if shift.value is None else "mix.sentence_main_shift"
        values = {"line": name, "share": share} | ({"shift": shift} if shift.value is not None else {})
        sentences.append(Text(key, values))
    *_, yoy, _ = orders_growth(ctx)
    members = [f for f in member_figures(ctx, dimension) if f["contribution"].value is not None]
    if members and yoy.value is not None:
        sentences.append(_contribution_sentence(members, yoy))
    if not missing(ctx, DIMENSIONS["region"]):
        regions = [f for f in member_figures(ctx, DIMENSIONS["region"]) if f["contribution"].value is not None]
        falling = sorted(
            (f for f in regions if f["contribution"].value < -0.0005), key=lambda f: f["contribution"].value
        )
        if falling:
            values = {"region": falling[0]["sales"].member, "contribution": falling[0]["contribution"]}
            sentences.append(Text("mix.sentence_region", values))
    hhi, top = concentration_figures(ctx, dimension)
    if hhi.value is not None:
        concentrated = hhi.value > ctx.settings.thresholds.concentrated_hhi
        key = "mix.sentence_concentrated" if concentrated else "mix.sentence_spread"
        sentences.append(Text(key, {"hhi": hhi, "top": top, "n": str(hhi.n)}))
    return Prose(id="mix_text", title=Text("empty"), requirements=("D-07", "D-10", "D-11"), sentences=tuple(sentences))


def _contribution_sentence(members: list[dict[str, Figure]], yoy: Figure) -> Text:
    sign = -1 if case(yoy) == "down" else 1
    best = max(members, key=lambda f: (f["contribution"].value * sign, f["sales"].member))
    values = {"yoy": yoy, "line": best["sales"].member, "contribution": best["contribution"]}
    return Text("mix.sentence_contribution", values)
