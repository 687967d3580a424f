import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.margin import (
    Margin,
    bridge,
    contribution,
    margin_classes,
    mix_and_rate,
    mix_scenario,
    whale_curve,
)

SIDES = ("qty_0", "list_0", "net_0", "cost_0", "qty_1", "list_1", "net_1", "cost_1")


def products(*rows):
    return pd.DataFrame(rows, columns=SIDES, dtype=float)


def test_margin_over_covered_lines_only():
    margin = Margin(sales=200, covered=160, cost=120)
    assert (margin.gross_profit, margin.rate, margin.coverage) == (40, 0.25, 0.8)
    assert contribution(margin, expense=20) == pytest.approx(200 * 0.25 - 20)
    assert Margin(100, 0, 0).rate is None
    assert contribution(Margin(100, 0, 0), 10) is None


def test_bridge_of_one_product_by_hand():
    # 10 at list 100, net 90, cost 60 -> 12 at list 110, net 99, cost 62; profit 300 -> 444.
    found = bridge(products((10, 1000, 900, 600, 12, 1320, 1188, 744)))
    assert found.effects == {
        "price": 120.0,
        "discount": -12.0,
        "cost": -24.0,
        "volume": 60.0,
        "mix": 0.0,
        "assortment": 0.0,
    }
    assert (found.start, found.end) == (300.0, 444.0)


def test_bridge_puts_new_and_gone_products_apart():
    found = bridge(products((1, 10, 10, 4, 1, 10, 10, 4), (0, None, 0, 0, 2, 20, 20, 5), (3, 9, 9, 8, 0, None, 0, 0)))
    assert found.assortment == 15.0 - 1.0
    assert found.end - found.start == 14.0


def test_bridge_without_list_prices_calls_everything_price():
    found = bridge(products((10, None, 900, 600, 10, None, 950, 600)))
    assert (found.price, found.discount) == (50.0, 0.0)


def test_bridge_of_a_shift_to_the_better_margin_is_mix():
    # Both sell at 10; costs 5 and 9. Two pieces move from the second to the first: profit +8, no volume.
    found = bridge(products((5, 50, 50, 25, 7, 70, 70, 35), (5, 50, 50, 45, 3, 30, 30, 27)))
    assert (found.mix, found.volume) == (8.0, 0.0)


amounts = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
sides = st.tuples(st.integers(-3, 500), st.one_of(st.none(), amounts), amounts, amounts)


@given(st.lists(st.tuples(sides, sides), max_size=12))
def test_bridge_adds_up_to_the_cent(pairs):
    found = bridge(products(*[(*a, *b) for a, b in pairs]))
    total = round(found.start * 100) + sum(round(x * 100) for x in found.effects.values())
    assert total == round(found.end * 100)
    assert found.end == pytest.approx(sum(b[2] - b[3] for _, b in pairs), abs=0.011)


def lines(*rows):
    return (
        pd.DataFrame(rows, columns=["member", "sales_0", "profit_0", "sales_1", "profit_1"], dtype=object)
        .set_index("member")
        .astype(float)
    )


def test_mix_and_rate_by_hand():
    # A 50 % margin, B 10 %; half of sales each, overall 30 %. A's share rises to 60 %, B's margin to 20 %.
    found = mix_and_rate(lines(("A", 100, 50, 120, 60), ("B", 100, 10, 80, 16)))
    assert found["mix"].tolist() == pytest.approx([0.1 * 0.2, -0.1 * -0.2])
    assert found["rate"].tolist() == pytest.approx([0.0, 0.4 * 0.1])
    assert (found["mix"] + found["rate"]).sum() == pytest.approx(76 / 200 - 60 / 200)


positive = st.floats(0.01, 1e6)


@given(st.lists(st.tuples(st.one_of(st.just(0.0), positive), amounts, positive, amounts), min_size=1, max_size=9))
def test_mix_and_rate_add_up_to_the_change(rows):
    frame = lines(*[(str(i), *row) for i, row in enumerate(rows)])
    if frame["sales_0"].sum() <= 0:
        assert mix_and_rate(frame)["mix"].isna().all()
        return
    found = mix_and_rate(frame)
    change = frame["profit_1"].sum() / frame["sales_1"].sum() - frame["profit_0"].sum() / frame["sales_0"].sum()
    scale = max(1.0, found.abs().max().max())
    assert (found["mix"] + found["rate"]).sum() == pytest.approx(change, abs=1e-9 * scale * len(rows) * 10)


def test_whale_curve_by_hand():
    # Profits 60, 50, -10: 60 %, 110 %, 100 % of the total of 100.
    found = whale_curve(pd.Series([-10.0, 60.0, 50.0]))
    assert found == [(0.0, 0.0), (1 / 3, 0.6), (2 / 3, 1.1), (1.0, 1.0)]
    assert whale_curve(pd.Series([-1.0])) == []
    assert whale_curve(pd.Series(dtype=float)) == []


def test_whale_curve_of_many_accounts_keeps_the_peak():
    found = whale_curve(pd.Series([float(x) for x in range(-100, 301)]), points=11)
    assert len(found) <= 12
    assert max(y for _, y in found) == pytest.approx(sum(range(301)) / sum(range(-100, 301)))


def test_margin_classes_by_hand():
    # Overall 275 / 1000 = 27.5 %; quartiles of .1 .2 .3 .5 are .175 and .35; SD 14.8 pp: high from .35, low to .175.
    members = pd.DataFrame(
        {"sales": [250.0, 250.0, 250.0, 250.0, 1.0], "profit": [25.0, 50.0, 75.0, 125.0, 1.0]},
        index=["A", "B", "C", "D", "tiny"],
    )
    found = margin_classes(members)
    assert (found.high, found.low) == (("D",), ("A",))
    assert found.overall == pytest.approx(0.275)
    assert margin_classes(members.head(3)) is None


def test_equal_margins_have_no_high_and_no_low_class():
    found = margin_classes(pd.DataFrame({"sales": [10.0] * 4, "profit": [3.0] * 4}, index=list("ABCD")))
    assert (found.high, found.low) == ((), ())


def test_moving_two_points_of_mix():
    assert mix_scenario(1000.0, 0.5, 0.25, 0.02) == pytest.approx(5.0)
