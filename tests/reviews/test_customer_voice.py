"""Satisfaction and complaints by the team that looks after the customers."""

from datetime import date

import pytest

from salesreview.record import NotProvided, figures_in
from salesreview.reviews.sections.team import customer_voice

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """North has A1 and A2: 3 orders, 1 complaint, answers 5 and 3 of 1-5; south has A3: 1 order, 2 complaints."""
    answer = {"type": "CSAT", "scale_min": 1, "scale_max": 5, "date": "2026-03-01"}
    complaint = {"is_complaint": "true", "opened_at": "2026-02-01 09:00"}
    return hand_mart(
        tmp_path_factory.mktemp("voice"),
        AS_OF,
        teams=[{"team_id": "N", "name": "北队"}, {"team_id": "S", "name": "南队"}],
        reps=[{"rep_id": "R1", "team_id": "N", "name": "王"}, {"rep_id": "R2", "team_id": "S", "name": "李"}],
        accounts=[
            {"account_id": "A1", "owner_rep_id": "R1"},
            {"account_id": "A2", "owner_rep_id": "R1"},
            {"account_id": "A3", "owner_rep_id": "R2"},
            {"account_id": "A4"},
        ],
        surveys=[
            {"response_id": "1", "account_id": "A1", "score": 5, **answer},
            {"response_id": "2", "account_id": "A2", "score": 3, **answer},
        ],
        tickets=[
            {"ticket_id": "1", "account_id": "A1", **complaint},
            {"ticket_id": "2", "account_id": "A3", **complaint},
            {"ticket_id": "3", "account_id": "A3", **complaint},
            {"ticket_id": "4", "account_id": "A3", "opened_at": "2026-02-01 09:00", "is_complaint": "false"},
        ],
        **sold(*(order(i, f"A{account}", "2026-02-10", 100) for i, account in enumerate((1, 1, 2, 3)))),
    )


def test_scores_and_complaints_go_to_the_owners_team(company):
    found = {(f.metric, f.member): f for f in figures_in(customer_voice.exhibits(context(company)))}
    # (5 - 1) / 4 = 100 and (3 - 1) / 4 = 50: 75; one complaint on three orders, two on one
    assert found["csat_index", "北队"].value == pytest.approx(75)
    assert found["complaint_rate", "北队"].value == pytest.approx(1 / 3)
    assert found["complaint_rate", "南队"].value == pytest.approx(2)
    assert found["csat_index", "南队"].value is None
    assert "small_n" in found["complaint_rate", "北队"].flags


def test_without_surveys_the_fields_are_named(tmp_path):
    (box,) = customer_voice.exhibits(context(hand_mart(tmp_path, AS_OF, **sold(order(1, "A", "2026-02-01", 10)))))
    assert isinstance(box, NotProvided) and "surveys.score" in box.missing
