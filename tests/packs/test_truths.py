"""The planted truths of the sample company are told where its leaders look first."""

import pytest

from salesreview.notebook import open_review
from salesreview.reviews import VARIANTS

EXPECTED = {
    "data_driven": {("F-GAP-REG", "西北"), ("F-CAC-HIGH", None), ("F-SUCCESS-CAMPAIGN", "2026年预测性维护全国巡展")},
    "team": {("F-SUCCESS-TRAINING", None)},
    "market": {("F-SUCCESS-LAUNCH", None), ("F-NEWPROD-WEAK", None)},
    "process": {("F-APPROVAL", "财务部")},
    "key_account": set(),
}


@pytest.fixture(scope="module", params=VARIANTS)
def told(request):
    """The review's name and the code and member of each finding that it tells."""
    review = open_review(request.param).review
    shown = [review[f"findings_{side}"] for side in ("success", "challenge")]
    return request.param, [(one.code, one.member) for exhibit in shown for one in getattr(exhibit, "findings", ())]


def test_planted_truths_are_among_the_findings(told):
    variant, found = told
    codes = {code for code, _ in found}
    missing = [
        (code, member)
        for code, member in EXPECTED[variant]
        if (code not in codes if member is None else (code, member) not in found)
    ]
    assert missing == []
