"""Groups of customers and of reasons: nobody is lost, nothing counted twice."""

from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.prospects import GROUPS, group
from salesreview.metrics.segments import carrying, distinct, profile_index
from salesreview.metrics.warnings import falling


@given(st.one_of(st.none(), st.text()))
def test_every_reason_has_one_group(reason):
    assert group(reason) in GROUPS


def test_reasons_by_hand():
    assert [group(r) for r in ("需求不匹配", "价格", "放弃", "联系不上", "别的", "", None)] == [
        "mismatch", "competition", "undecided", "unreached", "other", "unknown", "unknown",
    ]  # fmt: skip


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 1000), min_size=1))
def test_carrying_segments_reach_the_share_and_not_one_is_spare(sales):
    found = carrying({name: float(amount) for name, amount in sales.items()})
    total = sum(sales.values())
    reached = sum(sales[name] for name in found)
    assert reached >= 0.8 * total - 1e-6
    assert not found or reached - sales[found[-1]] < 0.8 * total


def test_profile_index_by_hand():
    # 6 of 10 against 40 of 100: 60 % / 40 %
    assert profile_index(6, 10, 40, 100) == 150
    assert profile_index(0, 10, 0, 100) is None and profile_index(1, 0, 1, 1) is None
    assert distinct([("a", 90), ("b", 150), ("c", 20)], 2) == ("c", "b")


def test_three_falling_months_by_hand():
    assert falling([9, 5, 4, 3, 2]) and not falling([5, 4, 4, 2])
    assert falling([4, 3, 2]) is None
