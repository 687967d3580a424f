"""The models of a pack, fitted in a worker of their own before the reviews."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

from .. import cache, prepare
from ..mart.store import Mart
from ..models import drift
from ..models.fitted import fitted, kept
from ..packaged import code_digest
from ..settings import Settings


def fit(mart_path: Path, settings: Settings, at: date, out: Path) -> Path:
    """The folder of the fitted models, which all reviews then read, with how those of an earlier pack below ``out``
    fared. What was fitted to the same data before is taken from the user's cache."""
    folder = kept(mart_path, settings, at)
    with Mart.open(mart_path) as mart:

        def make(new: Path) -> None:
            fitted(mart, settings, at)
            shutil.copytree(folder, new)

        key = repr((mart.meta, settings.date_order, code_digest(*prepare.CODE), folder.name))
        known = cache.folder("models", hashlib.sha256(key.encode()).hexdigest()[:24], make)
        shutil.copytree(known, folder, dirs_exist_ok=True)
        drift.check(mart, settings, at, out, folder)
    return folder
