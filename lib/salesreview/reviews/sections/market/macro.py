"""Outside indicators, what they may mean, and changes of policy (requirements M-02, S1-04, S3-12, S3-13)."""

from dataclasses import dataclass

import pandas as pd

from ....metrics.association import MONTHS, Association, lagged
from ....periods import Window
from ....queries import macro as queries
from ....queries import sales
from ....record import Exhibit, Figure, Heading, NotEnough, PeriodName, Prose, Spark, Table, Text
from ...context import Context, change
from . import macro_judged as judged
from .boxes import absent, together
from .macro_judged import sign

BOXES = {
    "macro_text": ("M-02", "S3-12"),
    "macro_indicators": ("M-02", "S3-12"),
    "macro_link": ("M-02",),
    "macro_regions": ("M-02",),
}
FIELDS = ("macro_indicators.value", "macro_indicators.month")
SPARK = 13


@dataclass(frozen=True)
class Indicator:
    """One indicator at the period's end: latest value, change on the same month a year before, thirteen months."""

    name: str
    region: str | None
    unit: str
    source: str
    level: Figure
    moved: Figure
    trail: Spark


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, indicators, their link with sales, regions, PEST table, policy log."""
    heading = Heading(id="macro_heading", title=Text("macro.heading"))
    pest, policy = judged.pest(ctx), judged.policy(ctx)
    if missing := ctx.mart.missing(*FIELDS):
        told = together(Text("macro.heading"), (*absent(BOXES, Text("macro.heading"), missing), pest, policy))
        return heading, *told
    values = queries.indicators(ctx.mart, ctx.current.window.end)
    found = _indicators(ctx, values)
    links = _links(ctx, values)
    whole = [one for one in found if one.region is None]
    return (
        heading,
        _prose(ctx, whole, links),
        _table(ctx, whole),
        _link_table(ctx, links),
        _regions(ctx, [one for one in found if one.region is not None]),
        pest,
        policy,
    )


def _indicators(ctx: Context, values: pd.DataFrame) -> list[Indicator]:
    found = []
    for (name, region), part in values.groupby(["indicator", "region"], sort=True, dropna=False):
        part = part.sort_values("month")
        last = part.iloc[-1]
        at = {"dimension": "indicator", "member": name if pd.isna(region) else f"{name} | {region}"}
        level = ctx.figure("macro_level", float(last.value), ctx.current, flags=("external",), **at)
        year = part[part["month"] == last.month - pd.DateOffset(years=1)]
        base = None
        if len(year):
            base = ctx.figure("macro_level", float(year.iloc[0].value), ctx.year_ago, **at)
        trail = tuple(
            ctx.figure("macro_level", float(row.value), ctx.current, dimension="indicator×month",
                       member=f"{at['member']} | {row.month:%Y-%m}")
            for row in part.tail(SPARK).itertuples()
        )  # fmt: skip
        found.append(
            Indicator(
                name=name,
                region=None if pd.isna(region) else region,
                unit="" if pd.isna(last.unit) else last.unit,
                source="—" if pd.isna(last.source) else last.source,
                level=level,
                moved=change(level, base, "yoy"),
                trail=Spark(trail),
            )
        )
    return found


def _notes(ctx: Context) -> dict[str, object]:
    return {note.indicator: note for note in ctx.settings.macro_notes.notes}


def _table(ctx: Context, found: list[Indicator]) -> Exhibit:
    notes, rows = _notes(ctx), []
    for one in found[: ctx.settings.top_n]:
        note = notes.get(one.name)
        effect = Text(f"macro.effect_{sign(note.effect)}") if note else None
        rows.append((one.name, one.level, one.unit, one.moved, one.trail, effect, one.source))
    down = [one for one in found if one.moved.value is not None and one.moved.value < 0]
    counts = {"all": str(len(found))} | ({"down": str(len(down))} if len(down) < len(found) else {})
    return Table(
        id="macro_indicators",
        title=Text("macro.table_title" if len(down) < len(found) else "macro.table_title_all", counts),
        requirements=BOXES["macro_indicators"],
        header=tuple(
            Text(f"macro.column_{name}") for name in ("name", "level", "unit", "moved", "trail", "effect", "source")
        ),
        rows=tuple(rows),
        notes=(Text("macro.note_external"), Text("macro.note_effect")),
    )


def _links(ctx: Context, values: pd.DataFrame) -> tuple[Association, ...]:
    """Indicators of the whole country against monthly sales, over the whole months that both have."""
    whole = values[values["region"].isna()]
    end = ctx.current.window.end
    months = pd.period_range(ctx.mart.meta.first_day, end, freq="M")
    months = [m for m in months if m.start_time.date() >= ctx.mart.meta.first_day.replace(day=1)]
    if months and months[-1].end_time.date() > end:
        months = months[:-1]
    if len(months) < MONTHS:
        return ()
    window = Window(months[0].start_time.date(), months[-1].end_time.date())
    sold = sales.monthly(ctx.mart, window).set_index("month")["sales"]
    sold.index = pd.PeriodIndex(sold.index, freq="M")
    amounts = [float(sold.get(month, 0.0)) for month in months]
    series = {}
    for name, part in whole.groupby("indicator", sort=True):
        known = part.set_index(pd.PeriodIndex(part["month"], freq="M"))["value"]
        if all(month in known.index for month in months):
            series[name] = [float(known[month]) for month in months]
    return lagged(series, amounts, [month.month for month in months])


def _link_table(ctx: Context, links: tuple[Association, ...]) -> Exhibit:
    fixed = {"id": "macro_link", "requirements": BOXES["macro_link"]}
    if not links:
        return NotEnough(title=Text("macro.link"), reason=Text("macro.link_few"), **fixed)
    rows = []
    for one in links[: ctx.settings.top_n]:
        at = {"dimension": "indicator", "member": one.name, "n": one.n}
        flags = ("within_chance",) if one.p >= 0.05 else ()
        rows.append(
            (
                one.name,
                ctx.figure("macro_lag", one.lag, ctx.current, **at),
                ctx.figure("macro_correlation", one.value, ctx.current, flags=flags, **at),
                ctx.figure("macro_p", one.p, ctx.current, **at),
                Text("macro.link_found" if one.p < 0.05 else "macro.link_chance"),
            )
        )
    certain = tuple(one.name for one in links if one.p < 0.05)
    title = Text("macro.link_some", {"names": certain}) if certain else Text("macro.link_none")
    return Table(
        title=title,
        header=tuple(Text(f"macro.column_{name}") for name in ("name", "lag", "correlation", "p", "verdict")),
        rows=tuple(rows),
        notes=(Text("macro.note_link", {"n": str(links[0].n)}),),
        **fixed,
    )


def _regions(ctx: Context, found: list[Indicator]) -> Exhibit:
    """Regional indicators beside own sales of the region."""
    fixed = {"id": "macro_regions", "requirements": BOXES["macro_regions"]}
    if not found:
        return NotEnough(title=Text("macro.regions"), reason=Text("macro.regions_none"), **fixed)
    own = {}
    for span in (ctx.current, ctx.year_ago):
        own[span.code] = sales.by(ctx.mart, span.window, "region").set_index("region")["sales"]
    rows = []
    for one in sorted(found, key=lambda one: (one.name, -one.level.value))[: ctx.settings.top_n]:
        at = {"dimension": "region", "member": one.region}
        now, base = (
            ctx.figure("sales", float(own[span.code].get(one.region, 0.0)), span, **at)
            for span in (ctx.current, ctx.year_ago)
        )
        yoy = change(now, base if ctx.covers(ctx.year_ago) else None, "yoy")
        label = Text("macro.region", {"name": one.name, "region": one.region})
        rows.append((label, one.level, one.unit, one.moved, now, yoy))
    strong = max(found, key=lambda one: one.level.value)
    return Table(
        title=_valued("macro.regions_title", strong, region=strong.region),
        header=tuple(Text(f"macro.column_{name}") for name in ("region", "level", "unit", "moved", "sales", "yoy")),
        rows=tuple(rows),
        **fixed,
    )


def _valued(key: str, one: Indicator, **values: object) -> Text:
    """The entry of a level with its unit: percentages read without a space and move by points."""
    told = {"name": one.name, "level": one.level} | values
    return Text(f"{key}_percent", told) if one.unit == "%" else Text(key, told | {"unit": one.unit})


def _prose(ctx: Context, whole: list[Indicator], links: tuple[Association, ...]) -> Prose:
    sentences = []
    moved = [one for one in whole if one.moved.value is not None]
    if moved:
        up = [one for one in moved if one.moved.value > 0]
        down = [one for one in moved if one.moved.value < 0]
        case = "rose" if len(up) == len(moved) else "fell" if len(down) == len(moved) else "moves"
        counts = {"up": str(len(up)), "down": str(len(down))} if case == "moves" else {"n": str(len(moved))}
        sentences.append(Text(f"macro.sentence_{case}", {"period": PeriodName(ctx.period.code), **counts}))
        for one in sorted(down, key=lambda one: one.moved.value)[:2]:
            sentences.append(_valued("macro.sentence_down", one, moved=one.moved))
    certain = tuple(one.name for one in links if one.p < 0.05)
    if certain:
        sentences.append(Text("macro.sentence_linked", {"names": certain}))
    elif links:
        sentences.append(Text("macro.sentence_not_linked"))
    notes = ctx.settings.macro_notes.notes
    against = tuple(note.indicator for note in notes if note.effect == "-")
    if against:
        sentences.append(Text("macro.sentence_against", {"names": against}))
    if not sentences:
        sentences.append(Text("macro.sentence_nothing"))
    return Prose(id="macro_text", title=Text("empty"), requirements=BOXES["macro_text"], sentences=tuple(sentences))
