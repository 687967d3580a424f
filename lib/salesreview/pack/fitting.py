"""The models of a pack, fitted in a worker of their own before the reviews."""

from datetime import date
from pathlib import Path

from ..mart.store import Mart
from ..models import drift
from ..models.fitted import fitted, kept
from ..settings import Settings


def fit(mart_path: Path, settings: Settings, at: date, out: Path) -> Path:
    """The folder of the fitted models, which all reviews then read, with how those of an earlier pack below ``out``
    fared."""
    with Mart.open(mart_path) as mart:
        fitted(mart, settings, at)
        folder = kept(mart_path, settings, at)
        drift.check(mart, settings, at, out, folder)
    return folder
