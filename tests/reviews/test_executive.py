"""The executive page: numbered findings, one decision each, what was decided wins over what is proposed."""

import ast
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from salesreview.exhibits.catalogue import render
from salesreview.exhibits.entries import entries
from salesreview.record import Figure, Finding, NotEnough, NotProvided, Prose, Text
from salesreview.reviews import executive
from salesreview.settings import Settings

VERDICT = Text("empty")
FINDINGS = Path(executive.__file__).parent / "findings"


def context(**settings):
    mart = SimpleNamespace(meta=SimpleNamespace(as_of=date(2026, 6, 30)))
    return SimpleNamespace(mart=mart, settings=Settings(**settings))


def finding(code="F-GAP-REG", topic=None, favourable=False, stake=100.0, member="西北"):
    figure = None if stake is None else Figure("gap", stake, "money", "2026-H1", dimension="region", member=member)
    return Finding(code, topic or code, favourable, Text("empty"), (), "EV1", stake=figure, member=member)


def page(findings, facts=(), **settings):
    return {one.id: one for one in executive.exhibits(context(**settings), VERDICT, findings, facts, ("P-01",))}


def test_each_side_is_numbered_and_cut():
    given = [finding(topic=str(place)) for place in range(6)] + [finding("F-SUCCESS-REG", favourable=True)]
    rows = page(given)["executive_findings"].rows
    assert [(row[0].key, row[0].values["n"]) for row in rows] == [
        *(("executive.challenge", str(place)) for place in range(1, 5)),
        ("executive.strength", "1"),
    ]


def test_an_amount_of_zero_is_no_amount():
    (row,) = page([finding(stake=0.0)])["executive_findings"].rows
    assert row[2] is None


def test_a_proposal_bears_the_days_of_its_kind():
    (row,) = page([finding()])["executive_decisions"].rows
    assert render(row[0], "zh") == "为西北补足商机：调入骨干、安排专项活动，按月检查缺口"
    assert row[3] == date(2026, 8, 14)  # 45 days after 30 June


@pytest.mark.parametrize("key", ["F-GAP-REG:西北", "F-GAP-REG"])
def test_what_was_decided_replaces_what_it_names(key):
    made = {key: {"decision": "在西安设办事处", "due": "2026-09-01"}, "F-GAP-REG:华东": {"decision": "无关"}}
    (row,) = page([finding()], decisions=made)["executive_decisions"].rows
    assert render(row[0], "zh") == "在西安设办事处（已定）"
    assert render(row[2], "zh") == "区域负责人" and row[3] == date(2026, 9, 1)


def test_the_member_goes_before_the_kind():
    made = {"F-GAP-REG": {"owner": "甲"}, "F-GAP-REG:西北": {"owner": "乙"}}
    (row,) = page([finding()], decisions=made)["executive_decisions"].rows
    assert row[2] == "乙"


def test_a_topic_of_its_own_has_its_own_remedy():
    (row,) = page([finding("F-APPROVAL", "lost_to_procedure", member=None)])["executive_decisions"].rows
    assert row[0].key == "decision.lost_to_procedure"


def test_without_findings_it_says_so():
    made = page([])
    assert isinstance(made["executive_findings"], NotEnough) and isinstance(made["executive_decisions"], NotEnough)


def test_facts_without_data_are_named_not_told():
    known = Prose("a", Text("metric.sales"))
    unknown = NotProvided("b", Text("metric.dso"), missing=("invoices",))
    text = page([], facts=[unknown, known, NotEnough("c", Text("metric.aov"))])["summary_text"]
    assert [one.key for one in text.sentences] == ["empty", "summary.finding", "summary.absent"]
    assert text.sentences[1].values["finding"].key == "metric.sales" and "P-01" in text.requirements


def codes() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FINDINGS.glob("*.py")]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"F(-[A-Z]+)+", text)}


@pytest.mark.parametrize("part", ["decision", "decision_owner", "decision_measure"])
def test_every_kind_of_finding_has_a_decision(part):
    names = codes() | set(executive.OWN_DECISIONS)
    assert len(names) > 40
    assert {name for name in names if f"{part}.{name}" not in entries("zh")} == set()


def test_proposals_name_the_member_where_they_say_so():
    named = {
        key.removeprefix("decision.")
        for key, text in entries("zh").items()
        if key.startswith("decision.") and "{member}" in text
    }
    assert named == executive.NAMED
    assert set(executive.DAYS) <= codes() | set(executive.OWN_DECISIONS)
