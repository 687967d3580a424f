"""What notebooks import: reviews of the sample company opened from anywhere."""

import json
import math
import re
from datetime import date

import numpy as np
import pytest

from salesreview import notebook as nb
from salesreview.errors import OptionError, PeriodError, SalesReviewError
from salesreview.record import Figure, Review, Text


@pytest.fixture(scope="module")
def key_account():
    return nb.open_review("key_account", lang="zh,en")


def test_a_review_opens_without_arguments_from_any_folder(tmp_path, monkeypatch, key_account):
    monkeypatch.chdir(tmp_path)
    opened = nb.open_review("key_account")
    assert opened.review == key_account.review
    assert repr(opened) == f"<review key_account 2026-H1, {len(opened.ids)} exhibits>"


def test_an_exhibit_carries_all_languages_at_once(key_account):
    bundle = key_account.show("summary_text")._repr_mimebundle_()
    html = bundle[nb.EXHIBIT_MIME]["html"]
    assert set(html) == {"zh", "en"} and bundle["text/html"] == html["zh"] != html["en"]
    assert bundle["text/plain"] == "<Prose summary_text>"


def test_both_languages_show_the_same_numbers_of_elements(key_account):
    for name in key_account.ids:
        html = key_account.show(name)._repr_mimebundle_()[nb.EXHIBIT_MIME]["html"]
        zh, en = (re.findall(r"<(?:section|tr|t[dh]|figure)\b", text) for text in html.values())
        assert zh == en, name


def test_an_unknown_exhibit_is_answered_with_the_nearest_and_the_list(key_account):
    with pytest.raises(SalesReviewError, match=r"did you mean summary_text\? There are: .*summary_heading"):
        key_account.show("sumary_text")


def test_the_record_travels_as_json(key_account):
    payload = json.loads(json.dumps(key_account._repr_mimebundle_()[nb.REVIEW_MIME], allow_nan=False))
    assert (payload["variant"], payload["period"], payload["currency"]) == ("key_account", "2026-H1", "CNY")
    assert payload["period_name"] == {"zh": "2026年上半年", "en": "H1 2026"}
    sales = [line for line in payload["figures"] if line["metric"] == "sales" and line["dimension"] is None]
    assert {line["unit"] for line in sales if line["comparison"] is None} == {"CNY"}
    assert len(payload["figures"]) == len(key_account.review.figures)


def record_of(value):
    figure = Figure("sales", value, "money", "2026-H1", flags=("partial",))
    review = Review("team", Text("a"), Text("b"), (), (), "2026-H1", "2026-06-30", "X", "USD")
    return nb.as_record(figure, review)


def test_a_record_has_plain_numbers_and_the_currency():
    record = record_of(np.float64(1.5))
    assert record["value"] == 1.5 and type(record["value"]) is float
    assert (record["unit"], record["flags"], record["variant"]) == ("USD", ["partial"], "team")
    assert type(record_of(np.int64(2))["value"]) is int and record_of(None)["value"] is None


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_an_error(value):
    with pytest.raises(SalesReviewError, match="a figure that is no number"):
        record_of(value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"variant": "teams"}, OptionError, "did you mean team"),
        ({"variant": "team", "lang": "fr"}, OptionError, "unknown language"),
        ({"variant": "team", "as_of": "30.6.2026"}, OptionError, "not a date"),
        ({"variant": "team", "params": {"top_m": 3}}, OptionError, "did you mean top_n"),
        ({"variant": "team", "period": "H2"}, PeriodError, "has not begun"),
        ({"variant": "team", "mart": "nowhere.duckdb"}, SalesReviewError, "there is no mart"),
    ],
)
def test_what_cannot_be_opened(options, error, message):
    with pytest.raises(error, match=message):
        nb.open_review(**options)


def test_as_of_is_a_date_or_its_text():
    assert nb.day("2026-06-30") == nb.day(date(2026, 6, 30)) == date(2026, 6, 30) and nb.day(None) is None


def test_languages_keep_their_order():
    assert nb.languages("en, zh,en") == ("en", "zh")
