"""A whole pack passes; the command says what it found; every check is proved by a broken pack and told in the docs."""

import re

import pytest

from salesreview import cli, gate
from salesreview.errors import SalesReviewError
from salesreview.gate.leaks import leaks
from salesreview.gate.problem import Problem

from . import html_cases, pack_cases, pdf_cases, whole_cases
from .breaking import within

CASES = (*html_cases.CASES, *pdf_cases.CASES, *whole_cases.CASES, *pack_cases.CASES)


def test_nothing_is_wrong_with_a_whole_pack(whole_pack):
    report = gate.check(whole_pack)
    assert [problem.line for problem in report.problems] == []
    assert {"en/team.html", "zh/market.pdf", "figures.jsonl", "index.en.html", "pack.en.xlsx"} <= set(report.checked)


def test_every_check_has_a_broken_pack():
    assert {check.name for check in gate.CHECKS} - {case[2] for case in CASES} == set()
    assert len({(case[0], case[3]) for case in CASES}) == len(CASES) >= 60


def test_every_check_is_told_in_the_docs(repository):
    told = re.findall(r"^\| `([a-z.]+)` \| (.+?) \|$", (repository / "docs" / "gate.md").read_text("utf-8"), re.M)
    assert told == [(check.name, check.about) for check in gate.CHECKS]


def test_one_review_can_be_checked_before_there_is_a_manifest(pack):
    (pack / "manifest.json").unlink()
    within("en/team.html", "<p>KeyError: x</p>")(pack)
    report = gate.check_review(pack, "team", langs=("en",), formats=("html",))
    assert [problem.check for problem in report.problems] == ["html.words"]
    assert report.checked == ("notebooks/team.ipynb", "en/team.html")
    failed = gate.check_review(pack, "market", langs=("zh", "en"), formats=("html", "pdf"), failed=True)
    assert failed.ok and len(failed.checked) == 4


def test_the_command_prints_a_line_a_problem(pack, capsys):
    within("en/team.html", "<p>KeyError: x</p>")(pack)
    with pytest.raises(SystemExit) as left:
        cli.run(["gate", str(pack)])
    lines = capsys.readouterr().out.splitlines()
    assert left.value.code == 1
    assert lines[0] == "en/team.html: “KeyError: x”: an error message on the page; got KeyError:"
    assert lines[-1].endswith("2 problems")  # the page and its digest


def test_a_folder_without_a_pack_is_refused(tmp_path, capsys):
    with pytest.raises(SalesReviewError, match="no pack in this folder"):
        gate.check(tmp_path)
    with pytest.raises(SystemExit) as left:
        cli.run(["gate", str(tmp_path)])
    assert left.value.code == 2
    assert "manifest.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    (
        "None of the 12 deals was lost",
        "nan",
        "Change: −inf",
        "NaT",
        "UserWarning: deprecated",
        "Traceback (most recent call last):",
        "{fact:sales}",
        "Hello {{ name }}",
        "TODO",
    ),
)
def test_what_a_machine_says_is_found(line):
    assert [fault.place for fault in leaks([line], ())] == [f"“{line}”"]


@pytest.mark.parametrize(
    "line",
    (
        "Noneaton, Nanning, information, Infineon, finance",
        "Warning signs: three of five accounts are at risk",
        "An error of 2.1 points; no exception: all regions grew",
        "none, null and void, to infinity",
        "Nan Zhang and NANCY",
        "data/None.csv",
    ),
)
def test_plain_words_are_no_leaks(line):
    assert list(leaks([line], ())) == []


def test_names_of_the_data_may_read_like_machine_words():
    names = ("None", "nan Ltd", "ValueError: Records")
    assert list(leaks(["None", "Sales of nan Ltd rose", "ValueError: Records"], names)) == []
    assert len(list(leaks(["None", "nan"], ("None",)))) == 1


def test_a_problem_is_one_short_line():
    problem = Problem("html.x", "team", "en/team.html", "#a", "a reason", expected="x" * 500, got="two\nlines")
    assert problem.line.startswith("en/team.html: #a: a reason; expected xxx")
    assert problem.line.endswith("…; got two lines") and len(problem.line) < 200
    assert Problem("html.words", None, "a.html", "“M\ufffdller”", "x").line == "a.html: “MU+FFFDller”: x"
