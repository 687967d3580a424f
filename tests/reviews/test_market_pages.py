"""What the market pages show, row by row: rivals' shares, warnings, complaints, needs, main customers, losses."""

from datetime import date

import pytest

from salesreview.record import NotProvided, Text
from salesreview.reviews.sections.market import (
    boxes,
    complaints,
    lost_customers,
    main_group,
    needs,
    outside,
    rivals,
    share,
    structure,
    tiers,
)

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)


def by_id(exhibits) -> dict:
    return {exhibit.id: exhibit for exhibit in exhibits}


def test_boxes_become_one_only_where_nothing_can_be_shown():
    first = NotProvided(id="a", title=Text("macro.pest"), missing=("x.a", "x.b"))
    second = NotProvided(id="b", title=Text("macro.policy"), missing=("x.b", "params/y.yml"))
    merged = boxes.together(Text("macro.heading"), (first, second))
    assert [one.id for one in merged] == ["a", "b"]
    assert {one.missing for one in merged} == {("x.a", "x.b", "params/y.yml")}
    assert {one.title.key for one in merged} == {"macro.heading"}
    (few,) = boxes.too_few({"c": ()}, Text("macro.link"), Text("macro.link_few"))
    assert boxes.together(Text("macro.heading"), (first, few)) == (first, few)


def sizes(rival_before: float, rival_now: float) -> list[dict]:
    return [
        {"period": period, "segment": "all", "market_amount": 1000.0, "low": low, "high": 2000.0 - low,
         "competitor_shares": f'{{"C1": {held}, "C2": 0.1}}'}
        for period, held, low in (("2025-H1", rival_before, 980.0), ("2026-H1", rival_now, 980.0))
    ]  # fmt: skip


@pytest.mark.parametrize(("now", "told"), [(0.249, "calm"), (0.25, "alarm")])
def test_a_rival_that_gains_five_points_sets_off_the_warning(tmp_path, now, told):
    orders = sold(
        order(1, "A1", "2024-07-01", 1.0), order(2, "A1", "2025-02-01", 100.0), order(3, "A1", "2026-02-01", 110.0)
    )
    names = [{"competitor_id": "C1", "name": "R1"}, {"competitor_id": "C2", "name": "R2"}]
    moves = [
        {"move_id": str(i), "competitor_id": "C1", "date": "2026-03-01", "type": kind}
        for i, kind in enumerate(("降价", "降价", "新品"))
    ]
    ctx = context(
        hand_mart(tmp_path, AS_OF, **orders, competitors=names, market_size=sizes(0.2, now), competitor_moves=moves)
    )
    found = by_id(rivals.exhibits(ctx))
    title = found["rivals_shares"].title
    assert title.key == f"market_rivals.shares_{told}" and title.values["up"] == "R1"
    assert title.values["gain"].value == pytest.approx(now - 0.2)
    log = found["rivals_log"]
    assert (log.title.values["total"], log.title.values["kind"], log.title.values["n"]) == ("3", "降价", "2")
    # 10 % then 11 % of 1000: two points of the band are not reached, so neither a rise nor a fall is told
    held, moved = share.whole_share(ctx)
    assert held.value == pytest.approx(0.11) and moved.value == pytest.approx(0.01)


def test_a_small_move_of_the_share_is_not_coloured(tmp_path):
    # 10.0 % then 10.2 %: below the band of half a point
    orders = sold(
        order(1, "A1", "2024-07-01", 1.0), order(2, "A1", "2025-02-01", 100.0), order(3, "A1", "2026-02-01", 102.0)
    )
    _, moved = share.whole_share(context(hand_mart(tmp_path, AS_OF, **orders, market_size=sizes(0.2, 0.2))))
    assert moved.value == pytest.approx(0.002) and "within_chance" in moved.flags


@pytest.mark.parametrize(("last", "lit"), [(4.0, True), (5.5, False)])
def test_three_falls_in_a_row_light_the_warning(tmp_path, last, lit):
    months = zip(("2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"), (7.0, 6.0, 5.0, last), strict=True)
    rows = [{"indicator": "行业增速", "month": month, "value": value, "source": "S"} for month, value in months]
    ctx = context(hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-02-01", 1.0)), macro_indicators=rows))
    table = by_id(outside.exhibits(ctx))["outside_growth"]
    assert table.title.key == ("outside.growth_red" if lit else "outside.growth_green")
    (row,) = table.rows
    assert (row[1].value, row[2].value) == (7.0, last)


def ticket(number: int, account: str, category: str, day: str, complaint: bool = True) -> dict:
    return {
        "ticket_id": f"T{number}", "account_id": account, "opened_at": f"{day} 09:00", "category": category,
        "is_complaint": complaint,
    }  # fmt: skip


def test_complaints_by_category_with_the_customers_behind_them(tmp_path):
    # quality: three complaints of A1 and A2 after one a year ago; response: one of A1; a question is no complaint.
    # In twelve months A1 bought 300 (not the 50 before) and A2 100.
    orders = sold(
        order(1, "A1", "2025-01-10", 50.0), order(2, "A1", "2026-01-10", 300.0), order(3, "A2", "2025-09-01", 100.0)
    )
    rows = [
        ticket(1, "A1", "质量", "2026-02-02"), ticket(2, "A1", "质量", "2026-03-02"),
        ticket(3, "A2", "质量", "2026-04-02"), ticket(4, "A1", "响应", "2026-02-02"),
        ticket(5, "A2", "使用", "2026-02-02", complaint=False), ticket(6, "A2", "质量", "2025-02-03"),
    ]  # fmt: skip
    table = complaints.table(context(hand_mart(tmp_path, AS_OF, **orders, tickets=rows)))
    first, second = table.rows
    assert first[0] == "质量" and [cell.value for cell in first[1:3]] == [3, 0.75]
    assert first[3].value == pytest.approx(2.0)  # three after one
    assert [cell.value for cell in first[4:]] == [2, 400.0]
    assert second[0] == "响应" and second[5].value == 300.0


def need(number: int, code: str, importance: float, satisfaction: float, source: str, implicit: bool = False) -> dict:
    return {
        "need_id": f"N{number}", "account_id": "A1", "date": "2026-02-01", "type": "功能", "code": code,
        "source": source, "importance": importance, "satisfaction": satisfaction, "implicit": implicit,
    }  # fmt: skip


def test_needs_with_what_interviews_said(tmp_path):
    # P: importance (9 + 7) / 2 = 8, satisfaction (4 + 6) / 2 = 5, unmet 8 + 3 = 11; Q: 6, satisfied at 8, unmet 6.
    # P came up in two interviews, once unspoken; Q in none.
    rows = [need(1, "P", 9, 4, "访谈", True), need(2, "P", 7, 6, "访谈"), need(3, "Q", 6, 8, "问卷")]
    mart = hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-02-01", 1.0)), needs=rows)
    table = by_id(needs.exhibits(context(mart, minimum_n={"rate": 1, "mean": 1})))["needs_table"]
    assert [row[0] for row in table.rows] == ["P", "Q"]
    assert [cell.value for cell in table.rows[0][2:]] == [2, 2, 0.5, 8, 5, 11]
    assert [cell.value for cell in table.rows[1][2:]] == [1, 0, None, 6, 8, 6]
    without = [row | {"source": "问卷"} for row in rows]
    (folder := tmp_path / "asked").mkdir()
    mart = hand_mart(folder, AS_OF, **sold(order(1, "A1", "2026-02-01", 1.0)), needs=without)
    table = by_id(needs.exhibits(context(mart, minimum_n={"rate": 1, "mean": 1})))["needs_table"]
    assert len(table.header) == len(table.rows[0]) == 6


def buying(rows: list[tuple[str, str, str, float]]) -> dict:
    """Accounts (id, industry, region) with one order each of so much."""
    return sold(*(order(i, name, "2026-02-01", amount) for i, (name, _, _, amount) in enumerate(rows))) | {
        "accounts": [
            {"account_id": name, "industry": industry, "customer_type": kind} for name, industry, kind, _ in rows
        ]
    }


@pytest.mark.parametrize(("inside", "key"), [(20, "less"), (11, "alike")])
def test_a_trait_of_the_main_customers_is_told_beyond_chance_only(tmp_path, inside, key):
    # The industry I sells 20 × 100 = 2000 of 2400 (83 %) and carries the main group. Of its 20 customers 20 (or 11) are
    # agents, of the 20 others 10: 100 % against 50 % is beyond chance (chi-square 13.3), 55 % is not (0.1).
    # Where all are agents, the other kind stands further from 100 (index 0) and is told.
    rows = [(f"I{i}", "I", "代理" if i < inside else "直销", 100.0) for i in range(20)]
    rows += [(f"J{i}", "J", "代理" if i < 10 else "直销", 20.0) for i in range(20)]
    found = by_id(main_group.exhibits(context(hand_mart(tmp_path, AS_OF, **buying(rows)), minimum_n={"rate": 5})))
    segments = found["main_group_table"]
    assert [row[0] for row in segments.rows] == ["I"]  # sizes are not known, so segments are industries
    assert segments.rows[0][4].value == pytest.approx(2000 / 2400)
    profile = found["main_group_profile"]
    assert profile.title.key.startswith(f"main_group.profile_{key}")
    agents = next(row for row in profile.rows if row[0] == "代理")
    assert agents[2].value == pytest.approx(inside / 20) and agents[3].value == pytest.approx((inside + 10) / 40)


def test_new_and_existing_customers_on_average(tmp_path):
    # New: A2 bought 100 and A3 50, 75 each; existing: A1 bought 300
    orders = sold(
        order(1, "A1", "2024-01-01", 1.0), order(2, "A1", "2026-02-01", 300.0), order(3, "A2", "2026-02-01", 100.0),
        order(4, "A3", "2026-03-01", 50.0),
    )  # fmt: skip
    accounts = [{"account_id": f"A{i}", "industry": "I" if i < 3 else "J"} for i in (1, 2, 3)]
    mart = hand_mart(tmp_path, AS_OF, **orders, accounts=accounts)
    found = by_id(structure.exhibits(context(mart, minimum_n={"mean": 1, "rate": 1})))
    title = found["structure_table"].title
    assert (title.values["new"].value, title.values["old"].value) == (75.0, 300.0)
    # J has only new customers, I a quarter of 400
    shares = found["structure_industry"].title.values
    assert (shares["high"], shares["most"].value, shares["low"], shares["least"].value) == ("J", 1.0, "I", 0.25)
    few = by_id(structure.exhibits(context(mart)))["structure_table"].title
    assert few.key == "structure.table"


@pytest.mark.parametrize(("first", "known"), [("2024-06-01", True), ("2024-09-01", False)])
def test_growth_of_tiers_needs_two_whole_years(tmp_path, first, known):
    # the twelve months before the last twelve begin on 1 July 2024
    mart = hand_mart(
        tmp_path, AS_OF, **sold(order(1, "A1", first, 50.0), order(2, "A1", "2025-01-01", 100.0),
                                order(3, "A1", "2026-06-01", 300.0)),
    )  # fmt: skip
    table = by_id(tiers.exhibits(context(mart, minimum_n={"rate": 1})))["tiers_table"]
    names = [column.key for column in table.header]
    assert ("tiers.column_growth" in names) == known
    if known:
        assert table.total[names.index("tiers.column_growth")].value == pytest.approx(2.0)


def test_the_register_of_losses_has_the_columns_that_hold_something(tmp_path):
    # A1 bought 100 in the year before the period and nothing since; A2 goes on
    orders = sold(
        order(0, "A1", "2024-01-05", 1.0), order(1, "A1", "2025-03-01", 100.0), order(2, "A2", "2025-12-01", 10.0),
        order(3, "A2", "2026-05-01", 10.0),
    )  # fmt: skip
    found = by_id(lost_customers.exhibits(context(hand_mart(tmp_path, AS_OF, **orders))))
    table = found["lost_register"]
    assert [column.key for column in table.header] == ["lost.column_account", "lost.column_value",
                                                       "lost.column_last_order"]  # fmt: skip
    assert [(row[1].value, row[2]) for row in table.rows] == [(100.0, date(2025, 3, 1))]
    (folder := tmp_path / "told").mkdir()
    told = hand_mart(
        folder, AS_OF, **orders,
        accounts=[{"account_id": "A1", "churn_reason": "价格"}, {"account_id": "A2"}],
        tickets=[ticket(1, "A1", "质量", "2026-01-05")],
        activities=[{"activity_id": "V", "account_id": "A1", "started_at": "2026-02-03 10:00"}],
    )  # fmt: skip
    (row,) = by_id(lost_customers.exhibits(context(told)))["lost_register"].rows
    assert row[3] == "价格" and row[4].key == "lost.recoverable_yes"
    assert row[5].value == 1 and row[6] == date(2026, 2, 3)
