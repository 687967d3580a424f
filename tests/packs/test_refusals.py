"""Builds that must not begin: one clear message, exit 2, nothing written, the earlier pack untouched."""

import subprocess
import sys

import pytest


def run(repository, out, *arguments):
    command = [sys.executable, "build.py", "--out", str(out), *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--period", "H1", "--year", "2019"), "before the data begins"),
        (("--period", "H2", "--year", "2026"), "has not begun"),
        (("--period", "H1", "-p", "thresholds.region_atainment=1"), "did you mean thresholds.region_attainment"),
    ],
)
def test_no_data_for_the_period(repository, tmp_path, arguments, message):
    done = run(repository, tmp_path, *arguments)
    assert done.returncode == 2
    assert message in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_broken_source_names_what_is_missing(repository, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "orders.csv").write_text("order_id,order_date\nA1,2026-01-05\n", encoding="utf-8")
    done = run(repository, tmp_path / "out", "--period", "H1", "--source", str(source))
    assert done.returncode == 2
    assert "order_lines" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []
