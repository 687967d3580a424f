"""Findings: which rule fires on which numbers, in which order they are told, and what no rule may claim."""

from datetime import date

import pytest

from salesreview.metrics import causes
from salesreview.record import Figure, Finding, Findings, NotEnough, NotProvided, Text, figures_in
from salesreview.reviews.findings import ranking, sales
from salesreview.reviews.sections.indicators import campaigns, cash_cycle, product_wins
from salesreview.reviews.sections.indicators import causes as cause_section
from salesreview.reviews.sections.sales import scorecard

from .hand_mart import context, hand_mart, order, sold
from .sales_marts import small_company

AS_OF = date(2026, 6, 30)


def made(code: str, amount: float | None, topic: str | None = None, *, good: bool = False) -> Finding:
    stake = None if amount is None else Figure("gap", amount, "money", "2026-H1", "region", code)
    return Finding(code, topic or code, good, Text("label.gap"), (), "EV1", stake)


def test_findings_are_told_by_the_money_at_stake_each_topic_once():
    rules = [lambda ctx: [made("F-B", -5.0), made("F-C", None), made("F-A", None)], lambda ctx: [made("F-D", 9.0)]]
    rules.append(lambda ctx: [made("F-E", 7.0, "F-B"), made("F-F", 1.0, "F-B", good=True)])
    assert [one.code for one in ranking.found(None, rules)] == ["F-D", "F-E", "F-F", "F-A", "F-C"]


def test_a_side_without_findings_says_so():
    heading, success, challenge = ranking.exhibits((made("F-A", 3.0),))
    assert heading.level == 1
    assert isinstance(success, NotEnough)
    assert isinstance(challenge, Findings) and challenge.requirements == ranking.DUE["challenge"]
    assert len(ranking.exhibits(tuple(made(f"F-{i}", 1.0) for i in range(9)))[2].findings) == ranking.MOST


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return small_company(tmp_path_factory.mktemp("company"))


def test_a_region_far_below_target_is_a_challenge_one_above_it_a_success(company):
    # East: 1320 + 1100 - 110 = 2310 of 2000 is 115.5 %; west: 330 of 700 is 47 %, all of the shortfall.
    found = {one.member: one for one in sales.regions(context(company))}
    assert (found["西北"].code, found["西北"].stake.value) == ("F-GAP-REG", -370.0)
    assert (found["华东"].code, found["华东"].stake.value) == ("F-SUCCESS-REG", 310.0)


def test_a_period_that_still_runs_judges_no_region(tmp_path):
    running = small_company(tmp_path, as_of=date(2026, 4, 15))
    assert list(sales.regions(context(running))) == []


def test_rules_are_silent_without_their_data(company):
    quiet = (sales.acquisition_cost, sales.product_conversion, sales.campaigns, sales.cycle_and_cash, sales.churn)
    assert [one for rule in quiet for one in rule(context(company))] == []


def leads(campaign: str | None, good: int, bad: int, day: str = "2026-03-02") -> list[dict]:
    name = campaign or "none"
    rows = [
        {"lead_id": f"{name}{i}", "campaign_id": campaign, "received_at": f"{day} 09:00"} for i in range(good + bad)
    ]
    for row in rows[:good]:
        row["qualified_at"] = "2026-03-20 09:00"
    return rows


@pytest.fixture(scope="module")
def marketing(tmp_path_factory):
    """Show: 40 leads planned, 50 came, 40 good. Mail: 30 planned, 30 came, 9 good. 100 leads of no campaign, 31 good.
    Five more leads of the show came in June and are too young to be judged."""
    camps = [
        {"campaign_id": "S", "name": "Show", "start": "2026-03-01", "end": "2026-03-02", "planned_leads": "40"},
        {"campaign_id": "M", "name": "Mail", "start": "2026-03-01", "end": "2026-03-31", "planned_leads": "30"},
        {"campaign_id": "L", "name": "Later", "start": "2026-09-01", "end": "2026-09-02", "is_plan": "true"},
    ]
    young = [row | {"lead_id": f"late{i}"} for i, row in enumerate(leads("S", 0, 5, day="2026-06-20"))]
    spend = [{"month": "2026-03-01", "channel_id": None, "campaign_id": "S", "amount": "5500"}]
    deals = [{"opp_id": "D1", "lead_id": "S0", "created_at": "2026-03-05 09:00", "outcome": "won", "amount": "9000"}]
    sale = order(1, "A", "2026-04-01", 9000, cost_amount=3400, opp_id="D1")
    return hand_mart(
        tmp_path_factory.mktemp("marketing"),
        AS_OF,
        campaigns=camps,
        leads=leads("S", 40, 10) + leads("M", 9, 21) + leads(None, 31, 69) + young,
        marketing_spend=spend,
        opportunities=deals,
        **sold(sale),
    )


def test_a_campaign_is_judged_by_plan_and_quality(marketing):
    shown = {f.key: f for f in figures_in(campaigns.exhibits(context(marketing)))}

    def value(metric, member=None):
        dimension = "campaign" if member else None
        return shown[(metric, dimension, member, "2026-H1", None)].value

    assert value("good_lead_rate") == pytest.approx(80 / 180)  # 40 + 9 + 31 of 50 + 30 + 100; the young ones are out
    assert value("good_lead_rate", "Show") == pytest.approx(0.8)
    assert value("campaign_leads", "Show") == 55
    assert value("lead_plan_rate", "Show") == pytest.approx(55 / 40)
    assert value("campaign_roi", "Show") == pytest.approx((5600 - 5500) / 5500)
    assert value("campaign_roi", "Mail") is None
    assert ("campaign_leads", "campaign", "Later", "2026-H1", None) not in shown


def test_only_the_campaign_that_is_better_beyond_chance_is_a_success(marketing):
    (finding,) = sales.campaigns(context(marketing))
    assert (finding.member, finding.stake.value) == ("Show", 9000.0)
    assert finding.evidence[0].values["cost"].value == pytest.approx(100)  # 5,500 for 55 leads


def deals(line: str, won: int, lost: int, reason: str = "价格", year: int = 2026) -> list[dict]:
    rows = [{"outcome": "won"}] * won + [{"outcome": "lost", "lost_reason": reason}] * lost
    common = {
        "product_id": line,
        "created_at": f"{year}-01-05 09:00",
        "closed_at": f"{year}-05-05 09:00",
        "amount": 100,
    }
    return [{"opp_id": f"{line}{reason}{year}{i}", "rep_id": f"R{i % 2}"} | common | row for i, row in enumerate(rows)]


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """Weak wins 10 of 60, Good 45 of 60. Losses: 50 for price, 15 to rivals; a year before 30 and 30."""
    products = [{"product_id": name, "name": name, "product_line": name} for name in ("Weak", "Good")]
    now = deals("Weak", 10, 50) + deals("Good", 45, 15, "竞争劣势")
    before = deals("Weak", 0, 30, year=2025) + deals("Good", 0, 30, "竞争劣势", year=2025)
    sales_of_then = [order(1, "A", "2025-01-02", 10), order(2, "A", "2026-01-02", 10)]
    return hand_mart(
        tmp_path_factory.mktemp("closed"), AS_OF, products=products, opportunities=now + before, **sold(*sales_of_then)
    )


def test_a_product_line_that_wins_less_beyond_chance_is_a_challenge(closed):
    found = {one.member: one for one in sales.product_conversion(context(closed))}
    # 5000 lost; at 55/120 instead of 1/6 the share (11/24 - 4/24) / (20/24) = 7/20 of it would have been won.
    assert found["Weak"].stake.value == pytest.approx(5000 * 7 / 20)
    assert found["Good"].favourable and found["Good"].stake is None
    (chart,) = product_wins.exhibits(context(closed))
    assert [point.label for point in chart.points] == ["Good", "Weak"]
    assert chart.title.key == "product_wins.title_low"


def test_each_loss_belongs_to_one_branch_and_the_shares_add_up(closed):
    losses = cause_section.Losses(context(closed))
    assert losses.now["product"].value == pytest.approx(50 / 65)
    assert losses.now["competition"].value == pytest.approx(15 / 65)
    assert sum(figure.value for figure in losses.now.values()) == pytest.approx(1)
    assert losses.before["product"].value == pytest.approx(0.5)
    assert losses.amounts["product"].value == 5000
    shown = cause_section.exhibits(context(closed))
    assert [text.key for text in shown[-1].sentences][:2] == ["causes.say_lead", "causes.say_rose"]


def test_few_losses_name_no_cause(tmp_path):
    mart = hand_mart(tmp_path, AS_OF, opportunities=deals("X", 1, 3), **sold(order(1, "A", "2026-01-02", 10)))
    shown = cause_section.exhibits(context(mart))[1:]
    assert all(isinstance(one, NotEnough) for one in shown)
    bare = hand_mart(tmp_path / "bare", AS_OF, **sold(order(1, "A", "2026-01-02", 10)))
    assert all(isinstance(one, NotProvided) for one in cause_section.exhibits(context(bare))[1:])
    assert isinstance(product_wins.exhibits(context(bare))[0], NotProvided)
    assert isinstance(cash_cycle.exhibits(context(bare))[0], NotProvided)
    assert isinstance(campaigns.exhibits(context(bare))[1], NotProvided)


def test_cycle_and_payment_are_related_deal_by_deal(tmp_path):
    """Forty deals: deal i takes 10 + i days to win and is paid 5 + i days after its invoice, so both rank alike."""
    opportunities, orders, invoices, payments = [], [], [], []
    for i in range(40):
        first = date.fromordinal(date(2026, 3, 1).toordinal() - 10 - i)
        paid = date.fromordinal(date(2026, 4, 1).toordinal() + 5 + i)
        opportunities.append(
            {"opp_id": f"D{i}", "first_contact_at": f"{first} 09:00", "created_at": f"{first} 09:00",
             "closed_at": "2026-03-01 10:00", "outcome": "won", "amount": 10}
        )  # fmt: skip
        orders.append(order(i, "A", "2026-03-02", 10, opp_id=f"D{i}"))
        invoices.append(
            {
                "invoice_id": f"I{i}",
                "order_id": f"O{i:03d}",
                "issue_date": "2026-04-01",
                "due_date": "2026-05-01",
                "amount": 10,
            }
        )
        payments.append({"payment_id": f"P{i}", "invoice_id": f"I{i}", "paid_at": f"{paid} 10:00", "amount": 10})
    tables = {"opportunities": opportunities, "invoices": invoices, "payments": payments}
    (chart,) = cash_cycle.exhibits(context(hand_mart(tmp_path, AS_OF, **tables, **sold(*orders))))
    assert chart.title.key == "cash_cycle.title_longer"
    assert chart.title.values["rho"].value == pytest.approx(1.0)
    (point,) = chart.points
    assert (point.x.value, point.y.value) == (29.5, 24.5)


def test_the_share_between_sellers():
    assert causes.between_share([5, 5, 5], [10, 10, 10]) == 0.0
    assert causes.between_share([10, 0], [10, 10]) == 1.0
    assert causes.between_share([3], [9]) is None
    assert causes.between_share([0, 0], [9, 9]) is None
    # Two sellers of 10 with 8 and 2: between 10 (0.3² + 0.3²) = 1.8, within (1.6 + 1.6) / 18, size 10.
    within = 3.2 / 18
    assert causes.between_share([8, 2], [10, 10]) == pytest.approx((1.8 - within) / (1.8 + 9 * within))


def test_a_correlation_needs_pairs_that_vary():
    assert causes.correlation(range(29), range(29)) is None
    assert causes.correlation(range(40), [1] * 40) is None
    found = causes.correlation(range(40), range(40, 0, -1))
    assert found.value == pytest.approx(-1) and found.high < -0.99


def test_the_scorecard_holds_each_figure_against_its_own_target(tmp_path):
    goal = {
        "dim": "total",
        "period_start": "2026-01-01",
        "period_end": "2026-06-30",
        "version": "original",
        "status": "approved",
    }
    goals = [
        {"target_id": "1", "metric": "sales", "value": 3000, **goal},
        {"target_id": "2", "metric": "new_customers", "value": 4, **goal},
        {"target_id": "3", "metric": "retention", "value": 0.5, **goal, "period_end": "2026-12-31"},
    ]
    results, process = scorecard.exhibits(context(small_company(tmp_path, targets=goals)))[1:]
    rows = {row[0].key: row for row in results.rows}
    sales_row = rows["metric.sales"]
    assert [cell.value for cell in sales_row[1:5]] == [2640, 3000, pytest.approx(0.88), 3000]
    assert [cell.value for cell in rows["metric.new_customers"][1:4]] == [1, 4, 0.25]  # a4 is new
    assert rows["metric.retention"][2] is None  # its target is for the whole year and cannot be split
    assert "metric.signed" not in rows
    assert isinstance(process, NotEnough)
    told = [note for note in results.notes if note.key == "scorecard.absent"]
    assert Text("metric.signed") in told[0].values["metrics"]
