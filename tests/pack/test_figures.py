"""figures.jsonl: fixed order, one value for one key."""

import json
import math

import pytest

from salesreview.pack.figures import conflicts, write


def figure(value=1234.5, *, metric="sales", variant="data_driven", **rest) -> dict:
    record = {"metric": metric, "variant": variant, "dimension": None, "member": None, "period": "2026-H1"}
    record |= {"comparison": None, "value": value, "unit": "CNY", "numerator": None, "denominator": None, "n": None}
    return record | {"flags": []} | rest


def test_equal_values_in_two_reviews_are_no_conflict():
    assert conflicts({"data_driven": [figure(0.1 + 0.2)], "team": [figure(0.3, variant="team")]}) == {}


@pytest.mark.parametrize(("other", "rest"), [(1235.0, {}), (None, {}), (1234.5, {"unit": "USD"})])
def test_the_later_review_is_the_one_that_contradicts(other, rest):
    found = conflicts({"data_driven": [figure()], "team": [figure(other, variant="team", **rest)]})
    assert list(found) == ["team"]
    assert "metric=sales" in found["team"] and "in data_driven" in found["team"]


def test_a_contradicting_review_does_not_accuse_others():
    wrong = [figure(1.0, variant="team"), figure(5.0, metric="aov", variant="team")]
    right = [figure(6.0, metric="aov", variant="market")]
    assert list(conflicts({"data_driven": [figure()], "team": wrong, "market": right})) == ["team"]


def test_another_member_is_another_figure():
    one, other = figure(1.0, dimension="region", member="华东"), figure(2.0, dimension="region", member="华南")
    assert conflicts({"data_driven": [one], "team": [other]}) == {}


def test_lines_are_sorted_whatever_the_order(tmp_path):
    records = [figure(metric="b"), figure(metric="a", member="二"), figure(metric="a")]
    write(records, tmp_path / "1"), write(reversed(records), tmp_path / "2")
    lines = (tmp_path / "1").read_text(encoding="utf-8").splitlines()
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert [(json.loads(line)["metric"], json.loads(line)["member"]) for line in lines] == [
        ("a", None),
        ("a", "二"),
        ("b", None),
    ]


def test_nan_is_no_value(tmp_path):
    with pytest.raises(ValueError):
        write([figure(math.nan)], tmp_path / "figures.jsonl")
