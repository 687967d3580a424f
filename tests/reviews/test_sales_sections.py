"""The sales sections on a company worked out by hand (see sales_marts)."""

from datetime import date

import pytest

from salesreview.errors import SalesReviewError
from salesreview.exhibits.catalogue import render
from salesreview.queries import order_values, sales
from salesreview.record import Cards, Chart, Exhibit, NotProvided, Prose, Table, Text, figures_in, unique
from salesreview.reviews.sections.sales import (
    attainment,
    deals,
    drivers,
    growth,
    headline,
    key_customers,
    launches,
    mix,
    orders,
    portfolio,
    trend,
)

from .hand_mart import context
from .sales_marts import ORDERS, small_company

SECTIONS = (attainment, growth, trend, drivers, mix, launches, key_customers, portfolio, orders, deals)


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    with small_company(tmp_path_factory.mktemp("small")) as built:
        yield built


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The company as of a day inside the period."""
    with small_company(tmp_path_factory.mktemp("running"), date(2026, 5, 10)) as built:
        yield built


@pytest.fixture
def ctx(mart):
    return context(mart)


def by_id(exhibits):
    return {exhibit.id: exhibit for exhibit in exhibits}


def figure(exhibits, metric, member=None, comparison=None, dimension=None):
    found = [
        f
        for f in unique(figures_in(exhibits))
        if (f.metric, f.member, f.comparison) == (metric, member, comparison)
        and (dimension is None or f.dimension == dimension)
        and f.period == "2026-H1"
    ]
    assert len(found) == 1, found
    return found[0]


def test_totals(ctx):
    """2640 in three orders, one return; costs 720+400+100+180−60 = 1340; list 15·120+800+300−120 = 2780."""
    found = sales.totals(ctx.mart, ctx.current.window)
    assert (found.sales, found.cost, found.list_sales, found.return_sales) == (2640.0, 1340.0, 2780.0, -110.0)
    assert (found.orders, found.positive_orders, found.accounts, found.lines) == (4, 3, 3, 5)
    assert sales.cancelled_orders(ctx.mart, ctx.current.window) == 1


def test_parts_add_up_to_totals(ctx):
    total = sales.totals(ctx.mart, ctx.current.window)
    for dimension in sales.DIMENSIONS:
        assert sales.by(ctx.mart, ctx.current.window, dimension)["sales"].sum() == pytest.approx(total.sales)
    assert sales.monthly(ctx.mart, ctx.current.window, "region")["sales"].sum() == pytest.approx(total.sales)


def test_new_customers_are_new_in_the_window_asked_for(ctx):
    found = sales.by(ctx.mart, ctx.current.window, "new_existing").set_index("new_existing")["sales"]
    assert dict(found) == {sales.NEW: 330.0, sales.EXISTING: 2310.0}
    before = sales.by(ctx.mart, ctx.period.year_ago().window, "new_existing").set_index("new_existing")["sales"]
    assert dict(before) == {sales.NEW: 3000.0}


def test_an_unknown_dimension_names_the_nearest(ctx):
    with pytest.raises(SalesReviewError, match="did you mean region"):
        sales.by(ctx.mart, ctx.current.window, "regoin")


def test_a_frame_handed_out_may_be_changed(ctx):
    handed_out = sales.by(ctx.mart, ctx.current.window, "region")
    handed_out["sales"] = 0.0
    assert sales.by(ctx.mart, ctx.current.window, "region")["sales"].sum() == 2640.0


def test_headline(ctx):
    found = headline.headline_figures(ctx)
    assert (found.sales.value, found.target.value, found.gap.value) == (2640.0, 3000.0, -360.0)
    assert found.attainment.value == pytest.approx(0.88)
    assert (found.attainment.numerator, found.attainment.denominator) == (2640.0, 3000.0)
    assert found.gap_ratio.value == pytest.approx(-0.12)
    assert found.yoy.value == pytest.approx(2640 / 3000 - 1)
    assert found.seq.value == pytest.approx(2640 / 500 - 1)
    assert found.target_revised.value == 2800.0
    assert found.attainment_revised.value == pytest.approx(2640 / 2800)
    assert found.card.comparisons[0].value == pytest.approx(0.88)


def test_a_running_period_is_held_against_the_target_to_date(running):
    """History of 2025 puts two sevenths each on January, March, May, one on August: each of the three takes 1000 of
    H1's 3000. Of May 2026 four of nineteen working days (6 to 9, the 9th made up) have passed: 2000 + 1000·4/19.
    Sales 1320 + 1100 + 330 = 2750 against 2000 up to 10 May 2025.
    """
    found = headline.headline_figures(context(running))
    assert found.sales.value == 2750.0 and "partial" in found.sales.flags
    assert found.target.value == pytest.approx(2000 + 1000 * 4 / 19)
    assert "derived_target" in found.attainment.flags
    assert found.attainment.value == pytest.approx(2750 / (2000 + 1000 * 4 / 19))
    assert found.attainment_full.value == pytest.approx(2750 / 3000)
    assert found.yoy.value == pytest.approx(2750 / 2000 - 1)


def test_a_quarter_takes_its_share_of_the_half(ctx, mart):
    """January and March of the half's three selling months: 2000 of 3000."""
    found = headline.headline_figures(context(mart, "Q1"))
    assert found.target.value == pytest.approx(2000.0) and "derived_target" in found.target.flags


def test_gap_by_region(ctx):
    """East 2310 − 2000, west 330 − 700; 300 of the total target was given to no region."""
    exhibits = attainment.exhibits(ctx)
    assert figure(exhibits, "gap_contribution", "华东").value == 310.0
    assert figure(exhibits, "gap_contribution", "西北").value == -370.0
    assert figure(exhibits, "target_unallocated", "未分类").value == -300.0
    bridge = by_id(exhibits)["attainment_bridge_1"]
    values = [f.value for f in bridge.series[0].figures]
    assert values[0] + sum(values[1:-1]) == pytest.approx(values[-1])


def test_without_targets_sales_stay_and_targets_are_said_to_be_missing(tmp_path):
    with small_company(tmp_path, targets=None) as mart:
        exhibits = by_id(attainment.exhibits(context(mart)))
    assert exhibits["attainment_cards"].title.key == "attainment.title_no_target"
    assert isinstance(exhibits["attainment_bridge_1"], NotProvided)
    assert "no_target" in exhibits["attainment_cards"].cards[1].figure.flags


def test_targets_of_regions_stand_in_for_a_total(tmp_path):
    rows = [{"target_id": "x1", "dim": "region", "member": "R1", "value": 2000}]
    rows.append({"target_id": "x2", "dim": "region", "member": "R2", "value": 700})
    window = {"period_start": "2026-01-01", "period_end": "2026-06-30", "metric": "sales"}
    with small_company(tmp_path, targets=[row | window for row in rows]) as mart:
        found = headline.headline_figures(context(mart))
    assert found.target.value == 2700.0 and "derived_target" in found.attainment.flags


def test_orders_keep_a_target_of_their_own_where_another_basis_leads(mart):
    """Signings lead, though none are given; orders are held against their own target: 2640 / 3000 = 0.88."""
    found = attainment.exhibits(context(mart, revenue_basis="signed"))
    assert figure(found, "target_sales").value == 3000.0
    assert figure(found, "attainment_sales").value == pytest.approx(0.88)
    assert all(one.value is None for one in unique(figures_in(found)) if one.metric == "target")


def test_growth_by_quarter(ctx):
    """Q1 2026: 2420 against 2000; Q2: 220 against 1000, and against 2420 the quarter before."""
    rows = {
        period.code: (now.value, yoy.value, seq.value)
        for period, now, _, yoy, seq in growth.growth_rows(ctx, ctx.period.parts("Q"))
    }
    assert rows["2026-Q1"][:2] == (2420.0, pytest.approx(0.21))
    assert rows["2026-Q2"] == (220.0, pytest.approx(-0.78), pytest.approx(220 / 2420 - 1))


def test_bridge_of_causes(ctx):
    """As worked out in test_sales_bridges, with C and D in another line."""
    exhibits = drivers.exhibits(ctx)
    expected = {"volume": 400.0, "mix": -200.0, "price": 140.0, "new_product": 300.0, "discontinued": -1000.0}
    for name, value in expected.items():
        assert figure(exhibits[:3], f"{name}_effect").value == value


def test_mix(ctx):
    """L1 2340 of 2640 against 2000 of 3000; L1 adds 340/3000 to growth, L2 takes 700/3000."""
    members = {f["sales"].member: f for f in mix.member_figures(ctx, mix.DIMENSIONS["product_line"])}
    assert members["L1"]["share"].value == pytest.approx(2340 / 2640)
    assert members["L1"]["shift"].value == pytest.approx(2340 / 2640 - 2000 / 3000)
    assert members["L1"]["contribution"].value == pytest.approx(340 / 3000)
    assert members["L2"]["contribution"].value == pytest.approx(-700 / 3000)
    east = {f["sales"].member: f for f in mix.member_figures(ctx, mix.DIMENSIONS["region"])}["华东"]
    assert east["attainment"].value == pytest.approx(2310 / 2000)


def test_new_products(ctx):
    found = launches.vitality(ctx, ctx.current)
    assert found.value == pytest.approx(300 / 2640)
    (product,) = launches.new_products(ctx)
    assert (product.name, product.cumulated.value, product.accounts.value) == ("丁", 300.0, 1)
    assert product.plan.value is None and "no_target" in product.attainment.flags


def test_launch_plan_counts_the_running_month_by_days(tmp_path):
    """February 100, March 200, of April's 300 ten of thirty days: 400 against 300 sold."""
    plan = '{"2026-02": 100, "2026-03": 200, "2026-04": 300}'
    row = {"product_id": "D", "launch_date": "2026-02-01", "monthly_plan": plan}
    with small_company(tmp_path, date(2026, 4, 10), product_launches=[row]) as mart:
        (product,) = launches.new_products(context(mart))
    assert product.plan.value == pytest.approx(400.0)
    assert product.attainment.value == pytest.approx(0.75)


def test_key_customers(ctx):
    """a1 is the one key customer: 1320 − 110 of 2640; potential 7300 · 181/365 = 3620; margin (1210 − 660)/1210."""
    exhibits = key_customers.exhibits(ctx)
    row = by_id(exhibits)["customers_table"].rows[0]
    assert row[0] == "一号" and row[2].value == 1210.0
    assert row[3].value == pytest.approx(1210 / 2640)
    assert row[4].value == pytest.approx(0.21)
    assert row[6].value == pytest.approx((1210 - 660) / 1210)
    assert row[7].value == pytest.approx(1210 / 3620)


def test_orders(ctx):
    """Three orders each year: count moves nothing, value the whole −360. Orders 1320, 1100, 330: median 1100."""
    found = orders.order_figures(ctx, ctx.current)
    assert found["aov"].value == 880.0 and found["arpa"].value == 880.0
    assert found["order_value_median"].value == 1100.0
    assert found["order_count"].value == 4 and found["cancel_rate"].value == 0.2
    assert vars(orders.split(ctx)) == {"count": 0.0, "value": -360.0}


def test_classes_add_up_to_sales(ctx):
    found = order_values.classes(ctx.mart, ctx.current.window, 1300.0, 0.2).set_index("class")["sales"]
    assert dict(found) == {"large": 1320.0, "middle": 1100.0, "tail": 330.0, "returns": -110.0}
    found = order_values.classes(ctx.mart, ctx.current.window, 1300.0, 0.1).set_index("class")["sales"]
    assert dict(found) == {"large": 1320.0, "middle": 1430.0, "returns": -110.0}


def test_largest_orders_and_returns(ctx):
    assert list(order_values.largest(ctx.mart, ctx.current.window, 2)["order_id"]) == ["o5", "o6"]
    assert list(order_values.largest(ctx.mart, ctx.current.window, 2, returns=True)["order_id"]) == ["r1"]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda module: module.__name__.rpartition(".")[2])
@pytest.mark.parametrize("period", ["H1", "FY", "2026-01-01:2026-04-15", "2025-H1"])
def test_every_section_prints_in_both_languages(mart, section, period):
    exhibits = section.exhibits(context(mart, period))
    assert exhibits[0].id.endswith("_heading")
    for exhibit in exhibits:
        for lang in ("zh", "en"):
            assert printed(exhibit, lang)


@pytest.mark.parametrize(
    "absent",
    [
        {"targets": None},
        {"products": None, "accounts": None, "regions": None, "targets": None},
    ],
    ids=lambda absent: "+".join(absent),
)
def test_missing_tables_leave_the_same_exhibits(mart, tmp_path, absent):
    whole = [exhibit.id for section in SECTIONS for exhibit in section.exhibits(context(mart))]
    with small_company(tmp_path, **absent) as poor:
        found = [exhibit for section in SECTIONS for exhibit in section.exhibits(context(poor))]
        assert [exhibit.id for exhibit in found] == whole
        assert any(isinstance(exhibit, NotProvided) for exhibit in found)
        for exhibit in found:
            assert printed(exhibit, "zh")
            assert not isinstance(exhibit, NotProvided) or exhibit.missing


@pytest.mark.parametrize("period", ["H1", "Q2", "FY", "M05"])
def test_figures_have_one_value_each_and_say_why_one_is_missing(mart, running, period):
    for built in (mart, running):
        found = unique(figures_in([section.exhibits(context(built, period)) for section in SECTIONS]))
        assert [f.key for f in found if f.value is None and not f.flags and f.denominator != 0] == []


def test_orders_without_quantities_have_no_bridge(tmp_path):
    lines = [{"order_id": row[0], "line_no": "1", "net_amount": 100} for row in ORDERS]
    with small_company(tmp_path, order_lines=lines) as mart:
        exhibits = drivers.exhibits(context(mart))
    assert {e.missing for e in exhibits[1:]} == {("order_lines.qty", "order_lines.product_id")}


def printed(exhibit: Exhibit, lang: str) -> str:
    """All that the exhibit says, in a language."""
    things = [
        exhibit.title,
        *exhibit.notes,
        getattr(exhibit, "summary", None),
        getattr(exhibit, "reconciliation", None),
    ]
    if isinstance(exhibit, Prose):
        things += exhibit.sentences
    if isinstance(exhibit, Cards):
        things += [thing for card in exhibit.cards for thing in (card.label, card.figure, card.comparisons)]
    if isinstance(exhibit, Table):
        rows = (*exhibit.rows, *((exhibit.total,) if exhibit.total else ()))
        assert all(len(row) == len(exhibit.header) for row in rows)
        things += [*exhibit.header, *(cell for row in rows for cell in row)]
    if isinstance(exhibit, Chart):
        assert all(len(series.figures) == len(exhibit.categories) for series in exhibit.series)
        things += [*exhibit.categories, *(series.label for series in exhibit.series)]
        things += [*exhibit.axes.values(), *(point.label for point in exhibit.points)]
    texts = [render(thing, lang, "CNY") for thing in things if thing is not None and thing != Text("empty")]
    return " ".join(texts)
