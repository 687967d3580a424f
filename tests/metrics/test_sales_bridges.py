"""Bridges add up to the cent, do not depend on order, and change sign where they promise to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.bridges import Gap, Sold, balanced, gap, price_volume_mix, ranked_steps
from salesreview.metrics.order_value import CountValue, count_value, shapley, three_factor, verdict

cents = st.integers(-(10**9), 10**9).map(lambda value: value / 100)
positive_cents = st.integers(1, 10**9).map(lambda value: value / 100)


def in_cents(*amounts):
    return sum(round(amount * 100) for amount in amounts)


@st.composite
def assortments(draw):
    """What up to six products of three lines sold, some of them in units of their own."""
    items = []
    for i in draw(st.sets(st.integers(0, 5))):
        qty = draw(st.integers(-3, 1000))
        items.append(
            Sold(f"p{i}", f"line{i % 3}", "piece" if i < 4 else "day", float(qty), draw(cents), draw(st.booleans()))
        )
    return items


def test_price_volume_mix_by_hand():
    """A: 10 at 100, then 14 for 1 540. B: 5 at 200, then 4 at 200. C stops (1 000), D starts (300).

    Line: 15 then 18 pieces, mean price 2000/15. Volume 3 × 133.33 = 400. At old prices +4×100 − 1×200 = 200, so mix
    −200. Price 1540 − 14×100 = 140. New 300, discontinued −1000. Together −360 = 2640 − 3000.
    """
    before = [Sold("A", "L", "u", 10, 1000.0), Sold("B", "L", "u", 5, 1000.0), Sold("C", "M", "u", 2, 1000.0)]
    after = [Sold("A", "L", "u", 14, 1540.0), Sold("B", "L", "u", 4, 800.0), Sold("D", "M", "u", 1, 300.0)]
    split = price_volume_mix(before, after)
    assert vars(split) == {
        "volume": 400.0,
        "mix": -200.0,
        "price": 140.0,
        "new": 300.0,
        "discontinued": -1000.0,
        "other": 0.0,
    }
    assert split.total == -360.0


def test_units_that_differ_are_not_added():
    before = [Sold("A", "L", "piece", 10, 1000.0), Sold("B", "L", "day", 5, 1000.0)]
    after = [Sold("A", "L", "piece", 14, 1540.0), Sold("B", "L", "day", 4, 800.0)]
    split = price_volume_mix(before, after)
    assert (split.volume, split.mix, split.price) == (200.0, 0.0, 140.0)


def test_a_product_without_a_price_is_shown_apart():
    split = price_volume_mix([Sold("A", "L", "u", 10, 1000.0)], [Sold("A", "L", "u", -1, -50.0)])
    assert (split.other, split.volume, split.price) == (-1050.0, 0.0, 0.0)


@given(assortments(), assortments())
def test_price_volume_mix_adds_up_to_the_cent(before, after):
    split = price_volume_mix(before, after)
    assert in_cents(*vars(split).values()) == in_cents(*(i.sales for i in after)) - in_cents(*(i.sales for i in before))


@given(assortments(), assortments())
def test_swapping_periods_flips_what_is_symmetric(before, after):
    there, back = price_volume_mix(before, after), price_volume_mix(after, before)
    assert there.total == -back.total
    paired = [(there.new, back.discontinued), (there.other, back.other)]
    paired.append((there.volume + there.mix + there.price, back.volume + back.mix + back.price))
    for forward, backward in paired:
        assert abs(in_cents(forward) + in_cents(backward)) <= 6


@given(assortments(), assortments(), st.randoms())
def test_order_of_products_does_not_matter(before, after, random):
    shuffled = before[:], after[:]
    for items in shuffled:
        random.shuffle(items)
    assert price_volume_mix(*shuffled) == price_volume_mix(before, after)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), cents, max_size=20), cents, st.integers(1, 8))
def test_ranked_steps_add_up_and_keep_the_largest(amounts, residual, top_n):
    total = sum(amounts.values()) + residual
    steps = ranked_steps(amounts, total, top_n, residual="open")
    assert in_cents(*(step.amount for step in steps)) == round(total * 100)
    shown = [abs(amounts[step.member]) for step in steps if step.kind == "member"]
    hidden = [abs(v) for m, v in amounts.items() if m not in {s.member for s in steps if s.kind == "member"}]
    assert len(shown) <= top_n + 1
    assert not hidden or not shown or max(hidden) <= min(shown)


def test_members_that_do_not_add_up_are_an_error():
    with pytest.raises(ValueError, match="add up"):
        ranked_steps({"a": 10.0}, 25.0, 5)


def test_one_member_beyond_the_top_is_shown_rather_than_called_the_rest():
    steps = ranked_steps({"a": 3.0, "b": 2.0, "c": 1.0}, 6.0, 2)
    assert [step.member for step in steps] == ["a", "b", "c"]
    steps = ranked_steps({"a": 4.0, "b": 3.0, "c": 2.0, "d": -1.0}, 8.0, 2)
    assert [(step.member, step.amount, step.count) for step in steps] == [
        ("a", 4.0, 1),
        ("b", 3.0, 1),
        ("rest", 1.0, 2),
    ]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=12))
def test_balanced_parts_stay_within_rounding(parts):
    total = sum(parts)
    found = balanced(parts, total)
    assert in_cents(*found) == round(total * 100)
    assert all(abs(a - b) <= 0.005 * (len(parts) + 2) + 1e-6 for a, b in zip(parts, found, strict=True))


def test_gap_leaves_members_without_a_target_in_the_residual():
    found = gap({"a": 90.0, "b": 30.0, "c": 5.0}, {"a": 100.0, "b": 20.0}, 125.0, 130.0)
    assert found == Gap(-5.0, {"a": -10.0, "b": 10.0}, -5.0)


def test_gap_counts_a_member_with_a_target_that_sold_nothing():
    assert gap({}, {"a": 100.0}, 0.0, 100.0).members == {"a": -100.0}


def test_count_and_value_by_hand():
    """10 orders of 100, then 12 of 125: ΔN·mean AOV = 2×112.5 = 225, ΔAOV·mean N = 25×11 = 275."""
    assert count_value(1000.0, 10, 1500.0, 12) == CountValue(225.0, 275.0)


@given(positive_cents, st.integers(1, 10**5), positive_cents, st.integers(1, 10**5))
def test_count_and_value_add_up_and_flip(s0, n0, s1, n1):
    there, back = count_value(s0, n0, s1, n1), count_value(s1, n1, s0, n0)
    assert in_cents(there.count, there.value) == round((s1 - s0) * 100)
    assert abs(in_cents(there.count, back.count)) <= 2


@given(*(st.tuples(positive_cents, st.integers(1, 10**5), st.integers(1, 10**4)) for _ in range(2)))
def test_three_factors_add_up(base, now):
    found = three_factor(base, now)
    assert in_cents(found.accounts, found.frequency, found.value) == round((now[0] - base[0]) * 100)


def test_shapley_gives_everything_to_the_one_factor_that_moved():
    assert shapley((2.0, 3.0, 4.0), (2.0, 5.0, 4.0)) == (0.0, pytest.approx(16.0), 0.0)


def test_shapley_by_hand():
    """From 1·1·1 to 2·2·2 every factor carries a third of 7."""
    assert shapley((1.0, 1.0, 1.0), (2.0, 2.0, 2.0)) == pytest.approx((7 / 3, 7 / 3, 7 / 3))


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        (CountValue(61.0, 39.0), "count"),
        (CountValue(60.0, 40.0), "both"),
        (CountValue(39.0, 61.0), "value"),
        (CountValue(-61.0, -39.0), "count"),
        (CountValue(150.0, -50.0), "count"),
        (CountValue(50.0, -150.0), "value"),
        (CountValue(10.0, -10.0), "none"),
        (None, "no_base"),
    ],
)
def test_verdict_needs_more_than_sixty_percent(split, expected):
    assert verdict(split) == expected


def test_no_orders_give_no_split():
    assert count_value(0.0, 0, 100.0, 1) is None
    assert three_factor((0.0, 0, 0), (100.0, 1, 1)) is None
