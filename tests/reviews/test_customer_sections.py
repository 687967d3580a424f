"""What holds for each of the sections retention, value, margin and productivity, on any data."""

from datetime import date

import pytest

from salesreview.exhibits.catalogue import render
from salesreview.exhibits.entries import catalogue_files, placeholders
from salesreview.record import Figure, Heading, NotEnough, NotProvided, Text, figures_in, unique
from salesreview.reviews.sections.finding import finding, rate_case
from salesreview.reviews.sections.indicators import margin, productivity, retention, value

from .hand_mart import context, hand_mart, order, sample_mart, sold

SECTIONS = {"retention": retention, "value": value, "margin": margin, "productivity": productivity}
CODES = {f"D-{number}" for number in range(33, 48)}
PERIODS = ("H1", "Q2", "FY", "M03", "2026-01-15:2026-04-20", "2024-H1", "2023-H2")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with sample_mart(tmp_path_factory.mktemp("sample"), 0.3) as mart:
        yield mart


@pytest.fixture(scope="module")
def orders_only(tmp_path_factory):
    """Two years of a shop that hands in orders, lines with cost, accounts, products and reps, and nothing else."""
    lines = []
    for i in range(240):
        month, year = i % 12 + 1, 2025 + i % 2
        lines.append(
            order(
                i, f"A{i // 8:02d}", f"{year}-{month:02d}-1{i % 9}", 100 + i, product_id=f"P{i % 5}", qty=1 + i % 3,
                cost_amount=60 + i % 50, rep_id=f"R{i % 4}",
            )
        )  # fmt: skip
    tables = sold(*lines) | {
        "accounts": [{"account_id": f"A{i:02d}", "name": f"Account {i}"} for i in range(30)],
        "products": [{"product_id": f"P{i}", "name": f"Product {i}", "product_line": f"L{i % 2}"} for i in range(5)],
        "reps": [{"rep_id": f"R{i}", "name": f"Person {i}"} for i in range(4)],
    }
    with hand_mart(tmp_path_factory.mktemp("orders"), date(2026, 12, 31), **tables) as mart:
        yield mart


@pytest.fixture(scope="module")
def lines_only(tmp_path_factory):
    """The least that a pack needs: orders with amounts."""
    tables = sold(*[order(i, None, f"2026-0{i % 6 + 1}-05", 10 + i) for i in range(12)])
    with hand_mart(tmp_path_factory.mktemp("lines"), date(2026, 6, 30), **tables) as mart:
        yield mart


def texts_in(thing):
    if isinstance(thing, Text):
        yield thing
        yield from texts_in(tuple(thing.values.values()))
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from texts_in(part)
    elif isinstance(thing, dict):
        yield from texts_in(tuple(thing.values()))
    elif hasattr(thing, "__dataclass_fields__"):
        for name in thing.__dataclass_fields__:
            yield from texts_in(getattr(thing, name))


def check(exhibits, name):
    ids = [exhibit.id for exhibit in exhibits]
    assert len(set(ids)) == len(ids)
    assert all(i.startswith(f"{name}_") for i in ids)
    assert isinstance(exhibits[0], Heading)
    assert all(set(exhibit.requirements) <= CODES for exhibit in exhibits)
    assert all(exhibit.requirements for exhibit in exhibits[1:])
    for figure in unique(figures_in(exhibits)):
        assert figure.value is not None or figure.flags, figure
    for text in texts_in(exhibits):
        for lang in ("zh", "en"):
            render(text, lang, "CNY")
    return ids


REFITTED = ("M03", "2026-01-15:2026-04-20")  # the value of customers waits for a churn model of that day
SHOWN = [
    pytest.param(name, period, marks=[pytest.mark.slow] if name == "value" and period in REFITTED else [])
    for name in SECTIONS
    for period in PERIODS
]


@pytest.mark.parametrize(("name", "period"), SHOWN)
def test_every_period_reads_in_both_languages(sample, name, period):
    check(SECTIONS[name].exhibits(context(sample, period)), name)


@pytest.mark.parametrize("mart", ["orders_only", "lines_only"])
@pytest.mark.parametrize("name", SECTIONS)
def test_an_exhibit_keeps_its_id_without_its_data(request, sample, name, mart):
    poor = check(SECTIONS[name].exhibits(context(request.getfixturevalue(mart))), name)
    assert sorted(poor) == sorted(check(SECTIONS[name].exhibits(context(sample)), name))


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("retention", {"cards", "text", "cohorts", "repurchase"}),
        ("value", {"cards", "text", "use"}),
        ("margin", {"cards", "text", "bridge", "lines", "line_table", "quadrants", "whale", "customers"}),
        ("productivity", {"cards", "text"}),
    ],
)
def test_orders_with_lines_accounts_products_and_reps_are_enough(orders_only, name, there):
    exhibits = SECTIONS[name].exhibits(context(orders_only))
    shown = {e.id.removeprefix(f"{name}_") for e in exhibits if not isinstance(e, NotProvided | NotEnough)}
    assert there <= shown


def test_what_is_missing_is_named(lines_only):
    found = {e.id: e for section in SECTIONS.values() for e in section.exhibits(context(lines_only))}
    assert found["margin_cards"].missing == ("order_lines.cost_amount",)
    assert found["productivity_cards"].missing == ("reps.rep_id",)
    assert "contracts.end_date" in found["retention_renewals"].missing
    assert found["value_whitespace"].missing == ("accounts.potential_spend",)


@pytest.mark.parametrize("name", SECTIONS)
def test_every_requirement_has_an_exhibit(sample, name):
    wanted = {
        "retention": {"D-33", "D-34", "D-35", "D-36", "D-37"},
        "value": {"D-38", "D-39"},
        "margin": {"D-40", "D-41", "D-42", "D-43", "D-44"},
        "productivity": {"D-45", "D-46", "D-47"},
    }[name]
    exhibits = SECTIONS[name].exhibits(context(sample))
    assert {code for exhibit in exhibits for code in exhibit.requirements} == wanted


def families():
    """Entries whose cases one piece of code chooses between: (language, key, case -> names of placeholders)."""
    cases = ("better", "worse", "flat", "no_base", "small_n")
    for lang in ("zh", "en"):
        entries = {k: v for name in SECTIONS for k, v in catalogue_files(lang)[f"{name}.yml"].items()}
        stems = sorted({k.removesuffix("_better") for k in entries if k.endswith("_better")})
        for stem in stems:
            found = {case: entries.get(f"{stem}_{case}") for case in cases}
            yield lang, stem, {c: {name for name, _ in placeholders(s)} for c, s in found.items() if s is not None}


@pytest.mark.parametrize(("lang", "stem", "found"), list(families()))
def test_cases_of_one_finding_take_the_same_figures(lang, stem, found):
    assert {"better", "worse", "flat", "no_base"} <= set(found)
    assert found["better"] == found["worse"] == found["flat"]
    for case in ("no_base", "small_n"):
        assert found.get(case, set()) <= found["better"] - {"change"}


def test_a_finding_leaves_the_change_out_where_there_is_none():
    change = Figure("retention", None, "pp", "2026-H1", comparison="yoy", flags=("no_base",))
    assert "change" not in finding("retention.cards", "no_base", change).values
    assert "change" in finding("retention.cards", "flat", change).values


@pytest.mark.parametrize(
    ("now", "base", "case"),
    [
        ((90, 100), (70, 100), "better"),
        ((70, 100), (90, 100), "worse"),
        ((81, 100), (80, 100), "flat"),
        ((8, 10), None, "no_base"),
    ],
)
def test_rate_case(now, base, case):
    def rate(pair):
        return Figure("retention", pair[0] / pair[1], "ratio", "2026-H1", numerator=pair[0], denominator=pair[1])

    assert rate_case(rate(now), base and rate(base)) == case


def test_a_rate_over_few_records_is_called_so():
    few = Figure("retention", 0.5, "ratio", "2026-H1", numerator=1, denominator=2, flags=("small_n",))
    assert rate_case(few, few) == "small_n"


def test_people_are_masked_for_leadership_and_named_for_managers(orders_only):
    def people(audience):
        exhibits = productivity.exhibits(context(orders_only, audience=audience))
        return {f.member for f in figures_in(exhibits) if f.dimension == "rep"}

    # Person 0 and 2 sold nothing in the period and are listed as not ranked; the others are too few to rank.
    assert people("leadership") == {"R01", "R03"}
    assert people("manager") == {"Person 0", "Person 2"}
