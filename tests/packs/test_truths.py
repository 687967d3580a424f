"""The planted truths of the sample company are told where its leaders look first."""

import pytest

from salesreview.notebook import as_record
from salesreview.pack.figures import conflicts
from salesreview.reviews import VARIANTS

EXPECTED = {
    "data_driven": {("F-GAP-REG", "西北"), ("F-CAC-HIGH", None), ("F-SUCCESS-CAMPAIGN", "2026年预测性维护全国巡展")},
    "team": {("F-SUCCESS-TRAINING", None)},
    "market": {("F-SUCCESS-LAUNCH", None), ("F-NEWPROD-WEAK", None)},
    "process": {("F-APPROVAL", "财务部")},
    "key_account": set(),
}


def test_no_figure_has_two_values(sample_reviews):
    records = {v: [as_record(figure, sample_reviews(v)) for figure in sample_reviews(v).figures] for v in VARIANTS}
    assert conflicts(records) == {}


def told(review) -> list[tuple[str, str | None]]:
    """Code and member of each finding that a review tells."""
    shown = [review[f"findings_{side}"] for side in ("success", "challenge")]
    return [(one.code, one.member) for exhibit in shown for one in getattr(exhibit, "findings", ())]


@pytest.mark.parametrize("variant", VARIANTS)
def test_planted_truths_are_among_the_findings(sample_reviews, variant):
    found = told(sample_reviews(variant))
    codes = {code for code, _ in found}
    missing = [
        (code, member)
        for code, member in EXPECTED[variant]
        if (code not in codes if member is None else (code, member) not in found)
    ]
    assert missing == []
