"""One small pack a session; each test breaks a copy of it."""

import shutil
from pathlib import Path

import pytest

from . import small_pack


@pytest.fixture(scope="session")
def whole_pack(tmp_path_factory) -> Path:
    """A finished pack in which nothing is wrong; not to be changed."""
    folder = tmp_path_factory.mktemp("gate") / "2026-H1"
    small_pack.write(folder)
    return folder


@pytest.fixture
def pack(whole_pack, tmp_path) -> Path:
    """A copy of it to break."""
    return Path(shutil.copytree(whole_pack, tmp_path / "2026-H1"))
