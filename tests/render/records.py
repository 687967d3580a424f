"""A small review made by hand: what workbook and slides show, with names that look like formulas."""

from datetime import date

from salesreview.record import (
    Card,
    Cards,
    Chart,
    Figure,
    Finding,
    Findings,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Point,
    Prose,
    Review,
    Series,
    Spark,
    Table,
    Text,
)
from salesreview.render.document import Cover

PERIOD = "2026-H1"
FORMULA = '=HYPERLINK("http://x","y")'
COVER = Cover("pack", {"zh": "测试公司", "en": "Test Ltd"}, PERIOD, "2026-06-30", "CNY")


def figure(value, metric="sales", unit="money", member=None, **rest) -> Figure:
    dimension = "region" if member else None
    return Figure(metric, value, unit, PERIOD, dimension, member, **rest)


SALES = figure(123456.789, n=12)
TARGET = figure(0.987, unit="ratio", comparison="target")
GROWTH = figure(-0.05, unit="ratio", comparison="yoy")
MARGIN = figure(0.4191, "gm_pct", "ratio", flags=("small_n",))
POINTS = figure(0.0278, "gm_pct", "pp", comparison="yoy")
CYCLE = figure(84.0, "cycle", "days")


def regions(*rows: tuple[str, float | None], total: float | None = None, **rest) -> Table:
    """Sales by region, with the last region's figure short of records where it is None."""
    return Table(
        id="regions",
        title=Text("metric.sales"),
        header=(Text("variant.market"), Text("metric.sales"), Text("comparison.yoy")),
        rows=tuple(
            (name, figure(value, member=name, flags=() if value is not None else ("no_target",)), None)
            for name, value in rows
        ),
        total=(Text("variant.team"), figure(total), None) if total is not None else None,
        **rest,
    )


MIXED = Table(
    id="mixed",
    title=Text("metric.gm_pct"),
    header=("指标", "本期", "变化", "日期"),
    rows=(
        (Text("metric.sales"), SALES, GROWTH, date(2026, 6, 30)),
        (Text("metric.gm_pct"), MARGIN, POINTS, None),
        (Text("metric.cycle"), CYCLE, Spark((CYCLE, SALES)), PeriodName(PERIOD)),
    ),
)
BY_MONTH = tuple(Figure("sales", value, "money", f"2026-M0{m}") for m, value in enumerate((10.0, 20.5, 30.0), 1))
MONTHS = Chart(
    id="months",
    title=Text("metric.sales"),
    form="bars",
    categories=tuple(PeriodName(one.period) for one in BY_MONTH),
    series=(
        Series(Text("metric.sales"), BY_MONTH),
        Series(Text("comparison.yoy"), (Figure("sales", 5.0, "money", "2025-M01"), None, None), role="prior"),
    ),
    summary=Text("metric.sales"),
)
WINS = Chart(
    id="wins",
    title=Text("metric.win_rate"),
    form="dot",
    points=tuple(
        Point(
            name,
            figure(value, "win_rate", "ratio", name),
            low=figure(value - 0.1, "rate_low", "ratio", name),
            high=figure(value + 0.1, "rate_high", "ratio", name),
        )
        for name, value in (("华东", 0.4), ("华南", 0.3))
    ),
)
FOUND = Finding(
    "F-GAP-REG", "gap", False, Text("metric.sales"), (Text("metric.gm_pct"), Text("metric.sales")), "EV1",
    figure(-500.0, "gap"), "西北",
)  # fmt: skip


def review(variant: str = "market", *more) -> Review:
    """A review with cards, two chapters, tables, charts, findings, and what is absent; ``more`` exhibits at its end."""
    return Review(
        variant=variant,
        title=Text(f"variant.{variant}"),
        headline=Text("metric.sales"),
        cards=(Card(Text("metric.sales"), SALES, (TARGET, GROWTH)), Card(Text("metric.gm_pct"), MARGIN, (POINTS,))),
        exhibits=(
            Heading("one", Text("variant.team"), level=1),
            Prose("summary_text", Text(""), sentences=(Text("metric.sales"), Text("metric.gm_pct")), listed=True),
            Heading("first", Text("variant.process"), level=2),
            regions(("华东", 70000.25), (FORMULA, 53456.539), ("@SUM", None), total=123456.789),
            MONTHS,
            Heading("two", Text("variant.key_account"), level=1),
            MIXED,
            WINS,
            Cards("extra", Text("metric.gm_pct"), cards=(Card(Text("metric.cycle"), CYCLE),)),
            Findings("findings", Text("variant.team"), findings=(FOUND,)),
            NotProvided("absent", Text("metric.sales"), missing=("orders.amount",)),
            NotEnough("few", Text("metric.gm_pct"), reason=Text("variant.team")),
            *more,
        ),
        period=PERIOD,
        as_of="2026-06-30",
        company="测试公司",
        currency="CNY",
    )
