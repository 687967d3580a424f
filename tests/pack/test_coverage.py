"""The ledger of requirements: complete, explained, and true of the notebooks that ship."""

import json

import pytest

from salesreview.errors import SalesReviewError
from salesreview.pack import coverage
from salesreview.pack.notebooks import SHOW
from salesreview.record import NotEnough, NotProvided, Prose, Review, Text

SEEN = ("shown", "not provided")
STATUSES = {*SEEN, *coverage.BY_HAND}
COUNTS = {"G": 14, "D": 104, "T": 51, "M": 52, "P": 57, "K": 53, "S1": 81, "S2": 43, "S3": 92, "S4": 36}


@pytest.fixture(scope="module")
def ledger(repository):
    return coverage.read(repository / "docs" / "coverage.csv")


@pytest.fixture(scope="module")
def cells(repository):
    """``variant:exhibit`` of each show cell of the notebooks."""
    found = set()
    for path in (repository / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            matched = SHOW.fullmatch("".join(cell["source"]))
            found |= {f"{path.stem}:{matched[1]}"} if matched else set()
    return found


def test_every_requirement_stands_once(ledger):
    codes = [row["requirement"] for row in ledger]
    assert len(codes) == len(set(codes)) == 583
    assert {kind: sum(code.startswith(f"{kind}-") for code in codes) for kind in COUNTS} == COUNTS


def test_every_row_says_where_or_why(ledger):
    assert {row["status"] for row in ledger} <= STATUSES
    wrong = [row["requirement"] for row in ledger if not row["where" if row["status"] in SEEN else "reason"]]
    assert wrong == []


def test_every_place_is_a_cell_of_a_notebook(ledger, cells):
    named = {place for row in ledger for place in row["where"].split()}
    assert named and named - cells == set()


def test_the_review_half_is_covered(ledger):
    half = {"D": 59, "T": 24, "M": 24, "P": 28, "K": 24}
    due = {f"{kind}-{number:02d}" for kind, last in half.items() for number in range(1, last + 1)}
    status = {row["requirement"]: row["status"] for row in ledger}
    assert {code: status[code] for code in due if status[code] not in (*SEEN, "out of reach")} == {}


def test_an_unexplained_requirement_is_an_error():
    rows = [{"requirement": "D-01", "status": "", "where": "", "reason": ""}]
    with pytest.raises(SalesReviewError, match=r"no exhibit names.*D-01"):
        coverage.updated(rows, {})
    planned = [rows[0] | {"status": "planned", "reason": "later"}]
    assert coverage.updated(planned, {}) == planned


def test_shown_wins_over_not_provided():
    title = Text("empty")
    exhibits = (
        Prose("a", title, requirements=("D-01", "D-02")),
        NotProvided("b", title, requirements=("D-01", "D-03")),
        NotEnough("c", title, requirements=("D-03",)),
    )
    review = Review("team", title, title, (), exhibits, "2026-H1", "2026-06-30", "x", "CNY")
    found = coverage.places([review])
    assert found == {
        "D-01": ("shown", "team:a"),
        "D-02": ("shown", "team:a"),
        "D-03": ("not provided", "team:b team:c"),
    }
