"""Folders in the user's cache: made once under a key that says all they depend on, the oldest forgotten."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

KEPT = 8


def home() -> Path:
    """``SALESREVIEW_CACHE``, or the user's cache folder."""
    return Path(os.environ.get("SALESREVIEW_CACHE") or user_cache_path("salesreview", appauthor=False))


def folder(kind: str, key: str, make: Callable[[Path], object]) -> Path:
    """``<home>/<kind>/<key>``, filled by ``make(folder)`` when it is not there yet.

    It is made beside and renamed: several processes may ask at once, and what ``make`` raises leaves nothing behind.
    Of each kind the `KEPT` folders that were asked for last stay.
    """
    shelf = home() / kind
    path = shelf / key
    if not path.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=shelf, prefix=".") as beside:
            made = Path(beside) / "new"
            make(made)
            move(made, path)
        _forget_oldest(shelf)
    os.utime(path)
    return path


def move(made: Path, target: Path) -> None:
    """Rename into place; when another process was first, keep its result."""
    try:
        os.rename(made, target)
    except OSError:
        if not target.exists():
            raise


def _forget_oldest(shelf: Path) -> None:
    kept = [path for path in shelf.iterdir() if not path.name.startswith(".")]
    for old in sorted(kept, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
