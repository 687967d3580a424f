"""The five reviews as wholes, and sections that several of them share, against numbers worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest

from salesreview.errors import PeriodError
from salesreview.exhibits.formats import note
from salesreview.record import Chart, NotEnough, NotProvided, figures_in
from salesreview.reviews import VARIANTS, build
from salesreview.reviews.sections.key_account import key_accounts
from salesreview.reviews.sections.market import promoters, share
from salesreview.reviews.sections.process import approval
from salesreview.reviews.sections.team import contribution, team_results

from .hand_mart import context, hand_mart, order, sample_mart, sold

AS_OF = date(2026, 6, 30)


def figures(exhibits):
    return {(f.metric, f.member, f.comparison, f.period): f for f in figures_in(tuple(exhibits))}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return sample_mart(tmp_path_factory.mktemp("sample"), 0.3)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """Five sellers with 10, 2, 3, 4 and 1 (thousand); R5's order of 4 is shared half and half with R1."""
    amounts = {"R1": 8000, "R2": 2000, "R3": 3000, "R4": 4000, "R5": 4000}
    orders = [
        order(i, "A1", "2026-02-10", amount, rep_id=rep) for i, (rep, amount) in enumerate(amounts.items(), start=1)
    ]
    orders.append(order(9, "A1", "2025-01-05", 5000, rep_id="R1"))
    splits = [
        {"order_id": "O005", "rep_id": "R5", "split_pct": "0.5"},
        {"order_id": "O005", "rep_id": "R1", "split_pct": "0.5"},
    ]
    reps = [{"rep_id": rep, "name": f"张{rep}", "team_id": "T1", "hire_date": "2020-01-01"} for rep in amounts]
    return hand_mart(
        tmp_path_factory.mktemp("team"),
        AS_OF,
        accounts=[{"account_id": "A1", "name": "甲"}],
        teams=[{"team_id": "T1", "name": "一部"}],
        reps=reps,
        order_splits=splits,
        **sold(*orders),
    )


@pytest.fixture(scope="module")
def reviews(company):
    """The five reviews of the sample company's H1."""
    return {variant: build(variant, context(company)) for variant in VARIANTS}


def test_shared_orders_are_credited_by_their_split(team):
    found = figures(contribution.exhibits(context(team, audience="manager")))
    # 8 + half of 4 = 10; 2, 3, 4; half of 4 = 2: sum of (2i - 6) x over 2 2 3 4 10 = -8 -4 +0 +8 +40 = 36; / (5 * 21)
    assert found["credited_sales", "张R1", None, "2026-H1"].value == 10_000
    assert found["credited_sales", "张R5", None, "2026-H1"].value == 2_000
    assert found["gini_reps", None, None, "2026-H1"].value == pytest.approx(36 / 105)
    assert found["top_fifth_share", None, None, "2026-H1"].value == pytest.approx(10 / 21)
    teams = figures(team_results.exhibits(context(team, audience="manager")))
    assert teams["credited_sales", "一部", None, "2026-H1"].value == 21_000
    assert teams["credited_sales", "一部", "yoy", "2026-H1"].value == pytest.approx(21 / 5 - 1)


def test_leaders_see_codes_instead_of_names(team):
    shown = str(contribution.exhibits(context(team)))
    assert "R01" in shown
    assert "张" not in shown


def test_few_sellers_give_no_verdict(tmp_path):
    mart = hand_mart(
        tmp_path,
        AS_OF,
        reps=[{"rep_id": "R1", "name": "甲"}],
        **sold(order(1, "A1", "2026-02-10", 100, rep_id="R1")),
    )
    assert isinstance(contribution.exhibits(context(mart))[1], NotEnough)


@pytest.fixture(scope="module")
def approvals(tmp_path_factory):
    """Friday 2026-03-06 17:00 to Monday 10:00 is two working hours; Monday 09:00 to Tuesday 11:00 is ten."""
    steps = [
        ("1", "Q1", "财务部", "2026-03-06 17:00", "2026-03-09 10:00", "通过"),
        ("2", "Q2", "财务部", "2026-03-09 09:00", "2026-03-10 11:00", "退回"),
        ("3", "Q2", "法务部", "2026-03-10 11:00", "2026-03-10 14:00", "通过"),
        ("4", "Q3", "法务部", "2026-03-10 11:00", None, None),
    ]
    names = ("approval_id", "object_id", "department", "submitted_at", "decided_at", "decision")
    rows = [dict(zip(names, step, strict=True)) | {"object": "quote"} for step in steps]
    return hand_mart(
        tmp_path_factory.mktemp("approvals"), AS_OF, approvals=rows, **sold(order(1, "A1", "2026-03-02", 100))
    )


def test_approvals_run_on_the_working_clock(approvals):
    found = figures(approval.exhibits(context(approvals)))
    # Q1 takes 2 h; Q2 from Monday 09:00 to Tuesday 14:00, 8 + 4 = 12 h; Q3 is open: median of 2 and 12 is 7
    assert found["approval_hours", None, None, "2026-H1"].value == pytest.approx(7)
    assert found["approval_hours", None, None, "2026-H1"].n == 2
    assert found["approval_2h", None, None, "2026-H1"].value == pytest.approx(0.5)
    assert found["first_pass", None, None, "2026-H1"].value == pytest.approx(0.5)
    assert found["approval_hours", "财务部", None, "2026-H1"].value == pytest.approx((2 + 10) / 2)
    assert found["approval_hours", "法务部", None, "2026-H1"].value == pytest.approx(2)


def test_market_share_and_promoter_score(tmp_path):
    answers = [("S1", "C1", 10), ("S2", "C2", 9), ("S3", "C3", 3), ("S4", "C4", None)]
    surveys = [
        {
            "response_id": i,
            "type": "NPS",
            "contact_id": c,
            "date": "2026-05-01",
            "score": s,
            "scale_min": 0,
            "scale_max": 10,
        }
        for i, c, s in answers
    ]
    older = {"response_id": "S0", "type": "NPS", "contact_id": "C1", "date": "2026-02-01", "score": 0, "scale_min": 0,
             "scale_max": 10}  # fmt: skip
    size = [{"period": "2026-H1", "segment": "all", "market_amount": "4000", "source": "协会"}]
    mart = hand_mart(
        tmp_path,
        AS_OF,
        contacts=[{"contact_id": f"C{i}", "account_id": "A1"} for i in range(1, 5)],
        surveys=[*surveys, older],
        market_size=size,
        products=[{"product_id": "P1", "name": "甲", "product_line": "线"}],
        **sold(order(1, "A1", "2026-03-02", 100, product_id="P1")),
    )
    found = figures((*share.exhibits(context(mart)), *promoters.exhibits(context(mart))))
    assert found["market_share", None, None, "2026-H1"].value == pytest.approx(100 / 4000)
    # C1 counts with the last answer: 10, 9, 3 of four asked
    assert found["nps", None, None, "2026-H1"].value == pytest.approx(100 / 3)
    assert found["response_rate", "NPS", None, "2026-H1"].value == pytest.approx(3 / 4)


def test_key_accounts_that_stay(tmp_path):
    accounts = [{"account_id": f"A{i}", "name": f"客户{i}", "tier": "战略"} for i in (1, 2)]
    accounts.append({"account_id": "A3", "name": "客户3", "tier": "普通"})
    orders = [order(i, f"A{i}", "2025-06-30", 100) for i in (1, 2, 3)]
    orders += [order(4, "A1", "2026-04-01", 100), order(5, "A9", "2024-01-05", 5)]
    mart = hand_mart(tmp_path, AS_OF, accounts=accounts, **sold(*orders))
    cards = key_accounts.exhibits(context(mart))[1]
    figure = cards.cards[0].figure
    assert (figure.numerator, figure.denominator, figure.value) == (1, 2, 0.5)


def test_bare_orders_still_make_every_review(tmp_path):
    mart = hand_mart(tmp_path, AS_OF, **sold(order(1, None, "2026-03-02", 100), order(2, None, "2026-04-02", 50)))
    for variant in VARIANTS:
        review = build(variant, context(mart))
        assert review.cards[0].figure.value == 150
        assert len({card.figure.key for card in review.cards}) == len(review.cards)
        assert any(isinstance(exhibit, NotProvided) for exhibit in review.exhibits)
        for figure in review.figures:
            assert figure.value is not None or figure.flags or figure.denominator in (0, None), figure


OTHERS = [pytest.param(period, marks=pytest.mark.slow) for period in ("Q2", "FY", "M03", "2026-01-01:2026-04-15")]


def test_reviews_agree_with_each_other(reviews):
    agree(list(reviews.values()))


@pytest.mark.parametrize("period", OTHERS)
def test_reviews_of_other_periods_agree_with_each_other(company, period):
    agree([build(variant, context(company, period)) for variant in VARIANTS])


def agree(reviews):
    seen = {}
    for figure in (figure for review in reviews for figure in review.figures):
        assert seen.setdefault(figure.key, figure).value == figure.value, figure.key
    for flag in {flag for figure in seen.values() for flag in figure.flags}:
        assert all(note(flag, lang) for lang in ("zh", "en"))
    sales = {review.cards[0].figure.value for review in reviews}
    assert len(sales) == 1 and sales.pop() > 0


def test_exhibits_keep_their_ids_whatever_the_data(reviews, tmp_path):
    bare = hand_mart(tmp_path, AS_OF, **sold(order(1, None, "2026-03-02", 100)))
    for variant, rich in reviews.items():
        poor = build(variant, context(bare))
        assert [exhibit.id for exhibit in rich.exhibits] == [exhibit.id for exhibit in poor.exhibits]


def test_charts_have_alternative_texts(reviews):
    for review in reviews.values():
        for exhibit in review.exhibits:
            if isinstance(exhibit, Chart):
                assert exhibit.summary is not None, exhibit.id


def test_a_period_outside_the_data_is_refused(company):
    with pytest.raises(PeriodError, match="has not begun"):
        context(company, "H2")
    early = replace(context(company).period, start=date(2020, 1, 1), end=date(2020, 6, 30), year=2020)
    with pytest.raises(PeriodError, match="before the data begins"):
        replace(context(company), period=early)
