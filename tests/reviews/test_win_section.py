"""Weighted pipeline and the deals that count: worked by hand on a few scores."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from salesreview.models.fitted import Models
from salesreview.models.result import Evaluation, Scored, Segment
from salesreview.record import Chart, NotEnough, NotProvided, Table
from salesreview.reviews.sections.models import deals, pipeline, win_rates

from .hand_mart import context, hand_mart, order, sold

AT = date(2026, 6, 30)
SALES = sold(order(1, "A1", "2025-01-05", 40))
OPEN = {
    # id: amount, stage, probability, eventual, stage's rate, seller's own
    "P1": (100, "quote", 0.2, 0.5, 0.4, 0.6),
    "P2": (200, "quote", 0.1, 0.25, 0.4, 0.5),
    "P3": (400, "signing", 0.8, 0.9, 0.8, None),
    "P4": (50, "demo", 0.0, 0.2, 0.3, 0.1),
    "P5": (10, "demo", 0.0, 0.1, 0.3, 0.1),
}
REASONS = [("P3", 1, "stage", "signing", 0.4), ("P3", 2, "kdm_met", "False", -0.1), ("P1", 1, "stage", "quote", 0.1)]


def scores(basis: str = "model") -> pd.DataFrame:
    names = ["amount", "stage", "probability", "eventual", "segment_rate", "manual_prob"]
    found = pd.DataFrame.from_dict(OPEN, orient="index", columns=names).rename_axis("id").reset_index()
    return found.assign(segment=found["stage"], basis=basis, eventual_basis=basis, days_in_stage=3, days_to_win=20)


def scored(frame: pd.DataFrame, verdict: str = "signal") -> Scored:
    reasons = pd.DataFrame(REASONS if verdict == "signal" else [], columns=["id", "rank", "feature", "value", "effect"])
    return Scored(Evaluation("win", 500, 200, 0.4, verdict, ()), frame, reasons)


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    rows = [
        {"opp_id": name, "account_id": "A1", "created_at": "2026-05-01", "amount": cells[0], "outcome": "open",
         "region_id": "R1" if cells[1] == "quote" else "R2"}
        for name, cells in OPEN.items()
    ]  # fmt: skip
    return hand_mart(
        tmp_path_factory.mktemp("hand"),
        AT,
        accounts=[{"account_id": "A1", "name": "甲"}],
        regions=[{"region_id": "R1", "name": "华东"}, {"region_id": "R2", "name": "华南"}],
        opportunities=rows,
        **SALES,
    )


def seen(mart, frame: pd.DataFrame, verdict: str = "signal"):
    ctx = context(mart)
    win = scored(frame, verdict)
    ctx.__dict__["models"] = Models(AT, win, win)
    return ctx


def test_ways_of_weighting(mart):
    _, ways, *_ = pipeline.exhibits(seen(mart, scores()))
    assert isinstance(ways, Chart)
    # model 50 + 50 + 360 + 10 + 1; stage 40 + 80 + 320 + 15 + 3; sellers, without P3, 60 + 100 + 5 + 1
    assert [point.x.value for point in ways.points] == pytest.approx([471, 458, 166])
    assert [point.x.n for point in ways.points] == [5, 5, 4]
    assert all(point.low.value <= point.x.value <= point.high.value for point in ways.points[:2])


def test_sentences(mart):
    text, *_ = pipeline.exhibits(seen(mart, scores()))
    model, within, sellers, chance = text.sentences
    assert model.key == "win.sentence_model" and model.values["amount"].value == 760
    assert within.values["within"].value == pytest.approx(20 + 20 + 320)
    # on the four deals with both: 166 − (50 + 50 + 10 + 1); chance alone makes more of 300 + 60
    assert sellers.key == "win.sentence_sellers_within" and sellers.values["gap"].value == pytest.approx(55)
    assert chance.key == "win.sentence_chance"


def test_sellers_who_are_sure_of_everything_are_too_sure(mart):
    text, *_ = pipeline.exhibits(seen(mart, scores().assign(manual_prob=1.0)))
    assert text.sentences[2].key == "win.sentence_sellers_above"
    # 760 − 471, and no ninth of ten futures brings all five
    assert text.sentences[2].values["gap"].value == pytest.approx(289)


def test_parts_add_up(mart):
    *_, stages, regions = pipeline.exhibits(seen(mart, scores()))
    for table, expected in ((stages, [11, 100, 360]), (regions, [371, 100])):
        assert isinstance(table, Table)
        assert [row[4].value for row in table.rows] == pytest.approx(expected)
        assert table.total[4].value == pytest.approx(471)
        assert sum(row[2].value for row in table.rows) == table.total[2].value == 760


def test_deals_by_what_is_at_stake(mart):
    (table,) = deals.exhibits(seen(mart, scores()))
    assert [row[0].values["deal"] for row in table.rows] == ["P3", "P1", "P2", "P4", "P5"]
    first = table.rows[0]
    assert [cell.value for cell in first[2:6]] == pytest.approx([400, 0.8, 0.9, 360])
    assert [part.values["effect"].value for part in first[6].values["reasons"]] == [0.4, -0.1]
    assert first[7].key == "win.step_decision_maker"  # what lowers it most
    assert table.rows[1][7].key == "win.step_stage_quote" and table.rows[2][6].key == "win.no_reason"


def test_the_playbook_comes_first(mart):
    ctx = seen(mart, scores())
    own = ctx.settings.playbook.model_copy(update={"deal_actions": {"kdm_met": "请总经理出面"}})
    object.__setattr__(ctx, "settings", ctx.settings.model_copy(update={"playbook": own}))
    (table,) = deals.exhibits(ctx)
    assert table.rows[0][7] == "请总经理出面"


def test_without_signal_no_driver_is_named(mart):
    ctx = seen(mart, scores("base_rate"), "no_signal")
    (table,) = deals.exhibits(ctx)
    assert len(table.header) == len(table.rows[0]) == 6
    assert table.notes[0].key == "win.note_deals_rates"
    assert pipeline.exhibits(ctx)[0].sentences[0].key == "win.sentence_rates"


def test_few_or_worthless_deals(mart):
    few = seen(mart, scores().head(2))
    assert all(isinstance(one, NotEnough) for one in (*pipeline.exhibits(few), *deals.exhibits(few)))
    free = seen(mart, scores().assign(amount=None))
    assert all(isinstance(one, NotEnough) for one in (*pipeline.exhibits(free), *deals.exhibits(free)))


def test_no_opportunities(tmp_path):
    ctx = context(hand_mart(tmp_path, AT, **SALES))
    assert all(isinstance(one, NotProvided) for one in (*pipeline.exhibits(ctx), *deals.exhibits(ctx)))


def test_past_rates_by_stage(mart):
    ctx = seen(mart, scores())
    segments = (Segment("stage", "signing", 40, 30), Segment("stage", "quote", 100, 30), Segment("stage", "demo", 4, 4),
                Segment("type", "续约", 50, 40))  # fmt: skip
    known = replace(ctx.models.win, evaluation=replace(ctx.models.win.evaluation, segments=segments))
    ctx.__dict__["models"] = replace(ctx.models, win=known)
    (table,) = win_rates.exhibits(ctx)
    assert [(row[1].value, row[2].value) for row in table.rows] == [(4, 1.0), (100, 0.3), (40, 0.75)]
    assert table.rows[0][2].flags == ("small_n",)  # demo, and so it is not called the highest
    assert table.title.values["rate"].value == 0.75
    blind = replace(known, evaluation=replace(known.evaluation, verdict="no_signal"))
    ctx.__dict__["models"] = replace(ctx.models, win=blind)
    (table,) = win_rates.exhibits(ctx)
    assert len(table.rows) == 4 and len(table.header) == 4
