"""Fixtures: the stub as the ``quarto`` command, and a folder to render in."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from salesreview.quarto import binary, source
from salesreview.quarto.binary import Quarto

STUB = Path(__file__).with_name("stub.py")


@pytest.fixture(autouse=True)
def no_quarto_of_this_machine(monkeypatch):
    for name in ("QUARTO_PATH", "STUB", "STUB_VERSION", "STUB_TRACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def command(tmp_path) -> Path:
    """The stub under the name ``quarto``, run by the Python of the tests."""
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "quarto"
    path.write_text(f"#!{sys.executable}\n" + STUB.read_text(encoding="utf-8"), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def quarto(command) -> Quarto:
    return Quarto(command, "1.9.38")


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """Reads what the stub was called with so far."""
    path = tmp_path / "calls.jsonl"
    monkeypatch.setenv("STUB_TRACE", str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def one_line(tmp_path) -> Path:
    """A notebook with one line of Markdown in a folder of its own."""
    path = tmp_path / "private" / "review.ipynb"
    path.parent.mkdir()
    meta = "format:\n  html:\n    embed-resources: true\n    html-math-method: mathml\n"
    source.write(["A line."], meta, None, path)
    return path


@pytest.fixture(scope="session")
def real_quarto() -> Quarto:
    """Quarto itself; tests that need it are skipped where there is none."""
    if not shutil.which("quarto"):
        pytest.skip("Quarto is not installed")
    return binary.find()
