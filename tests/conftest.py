"""Fixtures that several folders of tests share."""

import os
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("MPLBACKEND", "agg")
pytest.register_assert_rewrite("tests.packs.in_browser")


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public datasets beside the repository; tests that need it are skipped without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.exists():
        pytest.skip("the public datasets are not beside the repository")
    return folder


@pytest.fixture
def save(tmp_path):
    """Save a notebook under ``tmp_path/notebooks``; gives its path."""

    def write(name: str, content: nbformat.NotebookNode) -> Path:
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(content, path)
        return path

    return write
