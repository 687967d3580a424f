"""What holds for each of the sections acquisition, funnel, cycle and collection, on rich and on poor data."""

from datetime import date

import pytest

from salesreview.exhibits.catalogue import render
from salesreview.record import Cards, Chart, Figure, Heading, NotEnough, NotProvided, Table, Text, figures_in, unique
from salesreview.reviews.sections.indicators import acquisition, cycle, funnel
from salesreview.reviews.sections.process import collection

from .hand_mart import context, hand_mart, order, sample_mart, sold

SECTIONS = {"acquisition": acquisition, "funnel": funnel, "cycle": cycle, "collection": collection}
PERIODS = ("H1", "Q2", "FY", "M03", "2026-01-15:2026-04-20", "2023-H2")
OWN = {f"D-{number}" for number in range(19, 33)} | {"S2-04", "P-16", "P-17"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with sample_mart(tmp_path_factory.mktemp("sample"), 0.3) as mart:
        yield mart


@pytest.fixture(scope="module")
def orders_only(tmp_path_factory):
    return hand_mart(
        tmp_path_factory.mktemp("poor"),
        date(2026, 6, 30),
        **sold(*(order(i, "A1", f"2026-0{i}-03", 9.0) for i in (1, 2, 5))),
    )


@pytest.fixture(scope="module")
def records(sample, orders_only):
    """Exhibits by section, period and data."""
    found = {
        (name, period): module.exhibits(context(sample, period))
        for name, module in SECTIONS.items()
        for period in PERIODS
    }
    return found | {(name, "poor"): module.exhibits(context(orders_only)) for name, module in SECTIONS.items()}


def everything(records):
    return [(key, exhibit) for key, exhibits in records.items() for exhibit in exhibits]


def test_exhibits_keep_their_ids_whatever_the_data(records):
    for name, module in SECTIONS.items():
        expected = [f"{name}_heading", *module.IDS]
        for key, exhibits in records.items():
            if key[0] == name:
                assert [exhibit.id for exhibit in exhibits] == expected, key
                assert isinstance(exhibits[0], Heading) and exhibits[0].level == 2


def test_no_figure_is_missing_without_a_flag(records):
    for key, exhibit in everything(records):
        for figure in figures_in(exhibit):
            assert figure.value is not None or figure.flags, (key, exhibit.id, figure.key)


def test_one_key_one_value(records):
    for period in PERIODS:
        unique(figures_in([records[name, period] for name in SECTIONS]))


def test_rates_lie_between_zero_and_one(records):
    rates = {"lead_conv", "lead_deal_conv", "demo_conv", "quote_conv", "sign_conv", "win_rate", "win_rate_value"}
    rates |= {
        "stage_rate",
        "stage_rate_matured",
        "rate_low",
        "rate_high",
        "collection_rate",
        "overdue_rate",
        "funnel_conv",
    }
    for key, exhibit in everything(records):
        for figure in figures_in(exhibit):
            if figure.metric in rates and figure.comparison is None and figure.value is not None:
                assert 0 <= figure.value <= 1, (key, figure.key)


def test_every_row_fits_its_header_and_every_series_its_categories(records):
    for key, exhibit in everything(records):
        if isinstance(exhibit, Table):
            rows = exhibit.rows + ((exhibit.total,) if exhibit.total else ())
            assert {len(row) for row in rows} == {len(exhibit.header)}, (key, exhibit.id)
        if isinstance(exhibit, Chart):
            assert all(len(series.figures) == len(exhibit.categories) for series in exhibit.series), (key, exhibit.id)
            assert exhibit.summary and list(figures_in(exhibit.summary)), (key, exhibit.id)


def texts(thing):
    if isinstance(thing, Text):
        yield thing
    elif hasattr(thing, "__dataclass_fields__") and not isinstance(thing, Figure):
        for name in thing.__dataclass_fields__:
            yield from texts(getattr(thing, name))
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from texts(value)
    elif isinstance(thing, tuple | list):
        for value in thing:
            yield from texts(value)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_can_be_said(records, lang):
    for key, exhibit in everything(records):
        for text in texts(exhibit):
            said = render(text, lang, "CNY")
            assert said or text.key == "empty", (key, exhibit.id, text.key)


def test_poor_data_names_the_fields_and_claims_nothing(records):
    for name in SECTIONS:
        for exhibit in records[name, "poor"][1:]:
            assert isinstance(exhibit, NotProvided) and exhibit.missing, exhibit.id
            assert all("." in field for field in exhibit.missing)


def test_each_requirement_has_an_exhibit_that_shows_something(records):
    shown = {
        code
        for name in SECTIONS
        for exhibit in records[name, "H1"]
        if not isinstance(exhibit, NotProvided | NotEnough)
        for code in exhibit.requirements
    }
    assert shown >= OWN


def test_cohort_counts_never_grow(records):
    chart = next(e for e in records["funnel", "H1"] if e.id == "funnel_cohort")
    counts = [figure.value for figure in chart.series[0].figures]
    assert counts == sorted(counts, reverse=True)


def test_channels_add_up_to_the_total(records):
    for period in ("H1", "Q2", "2026-01-15:2026-04-20"):
        table = next(e for e in records["acquisition", period] if e.id == "acquisition_channel_table")
        cards = next(e for e in records["acquisition", period] if e.id == "acquisition_cac_cards")
        total = next(card.figure.value for card in cards.cards if card.figure.metric == "acquisition_cost")
        assert sum(round(row[3].value * 100) for row in table.rows) == round(total * 100)
        assert isinstance(cards, Cards)


def test_names_of_people_stay_out_of_the_record_for_leadership(sample):
    names = set(sample.query("SELECT name FROM reps")["name"])
    exhibits = cycle.exhibits(context(sample))
    assert not names & set(strings(exhibits))


def strings(thing):
    if isinstance(thing, str):
        yield thing
    elif hasattr(thing, "__dataclass_fields__"):
        for name in thing.__dataclass_fields__:
            yield from strings(getattr(thing, name))
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from strings(value)
    elif isinstance(thing, tuple | list):
        for value in thing:
            yield from strings(value)
