"""Settings: files, overrides, and errors that name the nearest key."""

import pytest

from salesreview.errors import OptionError
from salesreview.settings import Settings, assignment, keys, load


def test_no_files_give_the_defaults(tmp_path):
    assert load(tmp_path) == Settings()


def test_later_sources_win(tmp_path):
    (tmp_path / "common.yml").write_text("top_n: 8\nkey_tiers: [战略]\n", encoding="utf-8")
    (tmp_path / "thresholds.yml").write_text("cac_increase: 0.2\nltv_cac: 4\n", encoding="utf-8")
    own = tmp_path / "own.yml"
    own.write_text("thresholds: {ltv_cac: 5}\n", encoding="utf-8")
    settings = load(tmp_path, file=own, overrides={"top_n": 6, "thresholds.mainly": 0.7})
    assert (settings.top_n, settings.key_tiers) == (6, ("战略",))
    thresholds = settings.thresholds
    assert (thresholds.cac_increase, thresholds.ltv_cac, thresholds.mainly) == (0.2, 5.0, 0.7)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"top_m": 5}, "did you mean top_n"),
        ({"thresholds.region_atainment": 0.9}, "did you mean thresholds.region_attainment"),
        ({"top_n": "many"}, "top_n: a value that does not fit.*got many"),
        ({"audience": "everybody"}, "audience: a value that does not fit"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path, overrides, message):
    with pytest.raises(OptionError, match=message):
        load(tmp_path, overrides=overrides)


def test_a_file_error_names_the_file(tmp_path):
    (tmp_path / "common.yml").write_text("top_n: [1\n")
    with pytest.raises(OptionError, match=r"common\.yml.*not valid YAML"):
        load(tmp_path)
    (tmp_path / "common.yml").write_text("- a\n")
    with pytest.raises(OptionError, match="not a mapping"):
        load(tmp_path)
    with pytest.raises(OptionError, match="no such file"):
        load(tmp_path / "empty", file=tmp_path / "absent.yml")


def test_assignments_keep_dates_and_codes_as_text():
    assert assignment("as_of=2026-06-30") == ("as_of", "2026-06-30")
    assert assignment("top_n=5") == ("top_n", 5)
    assert assignment("key_tiers=[战略]") == ("key_tiers", ["战略"])
    with pytest.raises(OptionError, match="expected key=value"):
        assignment("top_n")


def test_shipped_params_load(repository):
    load(repository / "params")


def test_every_key_is_documented(repository):
    text = (repository / "params" / "README.md").read_text(encoding="utf-8")
    assert [key for key in keys() if f"`{key}`" not in text] == []


def test_every_key_does_something(repository):
    paths = [path for path in (repository / "lib").rglob("*.py") if path.parent.name != "settings"]
    code = "".join(path.read_text(encoding="utf-8") for path in paths)
    assert [key for key in keys() if f".{key.split('.')[-1]}" not in code] == []
