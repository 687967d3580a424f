"""manifest.json: how a pack came about, so that it can be checked and made again."""

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

from .. import __version__

PACKAGES = (
    "duckdb",
    "pandas",
    "numpy",
    "scikit-learn",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "weasyprint",
)
NAME = "manifest.json"


def versions() -> dict[str, str]:
    """Versions of what figures and pages depend on."""
    return {"salesreview": __version__, "python": platform.python_version()} | {
        name: version(name) for name in PACKAGES
    }


def write(folder: Path, content: dict[str, object]) -> None:
    """Write ``folder/manifest.json``: ``content`` and the sha256 of every other file of the pack."""
    outputs = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NAME
    }
    text = json.dumps(content | {"outputs": outputs}, ensure_ascii=False, indent=2, allow_nan=False, default=str)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")
