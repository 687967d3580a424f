"""The models of a pack are fitted once to the same data, whatever folder its mart lies in."""

from datetime import date

import pytest
from tests.reviews.hand_mart import hand_mart, order, sold

from salesreview.models import fitted as models
from salesreview.pack import fitting
from salesreview.settings import Settings

AT = date(2026, 6, 30)


@pytest.fixture
def fits(tmp_path, monkeypatch):
    """The days for which models were really fitted."""
    monkeypatch.setenv("SALESREVIEW_CACHE", str(tmp_path / "cache"))
    done, fit = [], models._fit
    monkeypatch.setattr(models, "_fit", lambda path, settings, at, out: (done.append(at), fit(path, settings, at, out)))
    return done


@pytest.fixture
def path_in(tmp_path):
    """A mart of its own in a new folder."""

    def path(name):
        (tmp_path / name).mkdir()
        with hand_mart(tmp_path / name, AT, **sold(order(1, "A1", "2026-02-01", 10.0))) as mart:
            return mart.path

    return path


def test_the_same_data_are_fitted_once(fits, path_in, tmp_path):
    one, other = (fitting.fit(path_in(name), Settings(), AT, tmp_path / "out") for name in ("one", "other"))
    assert fits == [AT] and one != other
    assert {file.name: file.read_bytes() for file in one.iterdir() if file.is_file()} == {
        file.name: file.read_bytes() for file in other.iterdir() if file.is_file()
    }
    assert models.about(other).at == AT


def test_another_day_and_other_settings_of_the_models_are_fitted_anew(fits, path_in, tmp_path):
    path, settings = path_in("one"), Settings()
    other = settings.model_copy(update={"activity_window_days": settings.activity_window_days + 1})
    for chosen, at in ((settings, AT), (settings, date(2026, 5, 31)), (other, AT)):
        fitting.fit(path, chosen, at, tmp_path / "out")
    assert fits == [AT, date(2026, 5, 31), AT]
