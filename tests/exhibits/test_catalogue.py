"""The catalogues of both languages agree, and what does not fit is named."""

import re
from datetime import date

import pytest

from salesreview.contract.model import contract
from salesreview.errors import RenderError
from salesreview.exhibits import catalogue as catalogue_module
from salesreview.exhibits import entries as entries_module
from salesreview.exhibits.catalogue import joined, member, render
from salesreview.exhibits.entries import LANGUAGES, catalogue_files, entries, placeholders, word
from salesreview.record import Figure, PeriodName, Text

HAN = re.compile(r"[㐀-鿿]")
ITSELF = ("pack.language.zh",)
"""A language is named in itself."""
WRITTEN = {lang: catalogue_files(lang) for lang in LANGUAGES}
FILES = sorted(WRITTEN["zh"])
SALES = Figure("sales", 12_345_678.0, "money", "2026-H1")
CHANGE = Figure("sales", 0.123, "ratio", "2026-H1", comparison="yoy")


def test_both_languages_have_the_same_files():
    assert sorted(WRITTEN["en"]) == FILES


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_keys_and_placeholders(name):
    zh, en = WRITTEN["zh"][name], WRITTEN["en"][name]
    assert list(zh) == list(en)
    differing = {
        key: (sorted(placeholders(zh[key])), sorted(placeholders(en[key])))
        for key in zh
        if placeholders(zh[key]) != placeholders(en[key])
    }
    assert differing == {}


@pytest.mark.parametrize("name", FILES)
def test_english_sentences_hold_no_chinese_and_nothing_is_blank_by_accident(name):
    chinese = [key for key, text in WRITTEN["en"][name].items() if HAN.search(text) and key not in ITSELF]
    assert chinese == []
    for lang in LANGUAGES:
        assert [key for key, text in WRITTEN[lang][name].items() if "\n" in text] == []
    zh, en = WRITTEN["zh"][name], WRITTEN["en"][name]
    assert [key for key in zh if bool(zh[key]) != bool(en[key])] == []


def test_every_enum_value_of_the_data_model_has_an_english_name():
    columns = [column for table in contract().values() for column in table.columns if column.name != "unit"]
    values = {value for column in columns for value in column.values}
    named = entries("en")
    assert sorted(value for value in values if HAN.search(value) and f"member.{value}" not in named) == []


def test_every_table_of_the_data_model_has_a_name_in_both_languages():
    for lang in LANGUAGES:
        assert sorted(name for name in contract() if f"table.{name}" not in entries(lang)) == []


def test_a_sentence_takes_figures_periods_days_and_texts(monkeypatch):
    own = {
        "zh": {"t.all": "{p}销售额 {f}，同比 {c:abs}（{c}），数据截至 {d}：{t}。", "t.in": "含{n}"},
        "en": {"t.all": "Sales in {p} were {f}, {c:abs} YoY ({c}), data to {d}: {t}.", "t.in": "with {n}"},
    }
    whole = {lang: dict(entries(lang)) | added for lang, added in own.items()}
    monkeypatch.setattr(entries_module, "entries", whole.__getitem__)
    monkeypatch.setattr(catalogue_module, "entries", whole.__getitem__)
    text = Text("t.all", {"p": PeriodName("2026-H1"), "f": SALES, "c": CHANGE, "d": date(2026, 6, 30),
                          "t": Text("t.in", {"n": ("华东", "华南", "未分类")})})  # fmt: skip
    zh = "2026年上半年销售额 1,234.57 万元，同比 12.3%（+12.3%），数据截至 2026年6月30日：含华东、华南、未分类。"
    en = "Sales in H1 2026 were $12.35M, 12.3% YoY (+12.3%), data to 30 Jun 2026: with 华东, 华南 and Unclassified."
    assert render(text, "zh", "CNY") == zh
    assert render(text, "en", "USD") == en


def test_what_renders_without_a_catalogue_entry():
    assert render(None, "zh") == "—"
    assert render((), "en") == "—"
    assert render(Text(""), "zh") == ""
    assert render("<b>{not} a placeholder</b>", "en") == "<b>{not} a placeholder</b>"


def test_a_name_with_braces_is_not_read_as_a_placeholder():
    text = Text("exhibit.unit_each", {"name": "{unit}", "unit": "{name}"})
    assert render(text, "en") == "{unit} ({name})"


def test_lists_in_the_way_of_the_language():
    assert joined(["甲"], "zh") == "甲"
    assert joined(["a", "b"], "en") == "a and b"
    assert joined(["a", "b", "c"], "en") == "a, b and c"
    assert joined(["甲", "乙", "丙"], "zh") == "甲、乙、丙"


def test_members_are_translated_each_on_their_own():
    assert member("未分类", "en") == "Unclassified"
    assert member("未分类", "zh") == "未分类"
    assert member("战略 | 华东 | 未分类", "en") == "Strategic | 华东 | Unclassified"
    assert member("Nobody knows", "zh") == "Nobody knows"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_errors_name_key_language_and_placeholder(lang):
    with pytest.raises(RenderError, match=rf"(?s){lang}.*label\.actul.*did you mean label\.actual"):
        render(Text("label.actul"), lang)
    with pytest.raises(RenderError, match=rf"{lang}: exhibit\.unit_each.*no value for a placeholder.*\{{unit\}}"):
        render(Text("exhibit.unit_each", {"name": "x"}), lang)
    with pytest.raises(RenderError, match=rf"{lang}: label\.actual.*no placeholder uses.*extra"):
        render(Text("label.actual", {"extra": "x"}), lang)
    with pytest.raises(RenderError, match=rf"{lang}: exhibit\.unit.*cannot be shown.*3\.5"):
        render(Text("exhibit.unit", {"unit": 3.5}), lang)
    with pytest.raises(RenderError, match=rf"{lang}: exhibit\.unit.*without a currency"):
        render(Text("exhibit.unit", {"unit": SALES}), lang)
    with pytest.raises(RenderError, match=rf"{lang}: exhibit\.unit_each.*\{{unit\}}"):
        word("exhibit.unit_each", lang, name="x")


def test_an_unknown_language_is_an_error():
    with pytest.raises(RenderError, match=r"unknown language.*zh or en.*fr"):
        catalogue_files("fr")


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Puts files into an empty Chinese catalogue."""
    folder = tmp_path / "catalogue" / "zh"
    folder.mkdir(parents=True)
    monkeypatch.setattr(entries_module, "files", lambda package: tmp_path)
    entries.cache_clear()

    def write(**bodies: str) -> None:
        for name, body in bodies.items():
            (folder / f"{name}.yml").write_text(body, encoding="utf-8")

    yield write
    entries.cache_clear()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('a: "1"\nb: "2"\na: "3"\n', r"stands twice.*got a"),
        ("a: 12\n", r"keys and sentences are text.*'a': 12"),
        ("a: {b: c}\n", r"keys and sentences are text"),
        ('- "a"\n', r"not a mapping"),
        ('a: "{Name} and {"\n', r"zh/own\.yml: a.*a brace that is no placeholder"),
        ('a: "{x:.2f}"\n', r"a brace that is no placeholder"),
        ('a: "unclosed\n', r"not valid YAML"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_named(written, body, message):
    written(own=body)
    with pytest.raises(RenderError, match=message) as caught:
        entries("zh")
    assert "zh/own.yml" in str(caught.value)


def test_a_key_in_two_files_names_both(written):
    written(first='a: "1"\n', second='a: "2"\n')
    with pytest.raises(RenderError, match=r"a: a key stands in two places; got zh/first\.yml and zh/second\.yml"):
        entries("zh")


def test_an_empty_file_has_no_entries(written):
    written(own="# only a comment\n")
    assert catalogue_files("zh") == {"own.yml": {}}
