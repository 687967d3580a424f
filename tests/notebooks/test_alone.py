"""Papermill runs a notebook alone, with no build around it, from the root as from the notebooks' folder."""

import subprocess
import sys

import nbformat
import pytest

from salesreview.render.page import payload


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "path"), [(".", "notebooks/market.ipynb"), ("notebooks", "team.ipynb")])
def test_papermill_alone(repository, tmp_path, folder, path):
    target = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", path, target, "-p", "period", "H1"]
    done = subprocess.run(command, cwd=repository / folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    record = payload(target)
    shown = [cell for cell in nbformat.read(target, as_version=4).cells if cell.source.startswith("review.show(")]
    assert record["period"] == "2026-H1" and len(shown) == len(record["exhibits"])
    assert all(cell.outputs for cell in shown)
