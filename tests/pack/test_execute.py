"""Notebooks in real kernels: what fails is saved with its error, what hangs is killed, nothing stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from salesreview.pack.execute import execute
from salesreview.pack.workers import Workers

from .standins import notebook

# The pid goes to a file: what a kernel prints right before it stops answering may never leave it.
STUCK = "import ctypes, os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\nctypes.PyDLL(None).sleep(600)"
BUILDER = """
import signal
import sys
from pathlib import Path
from salesreview.pack.execute import execute
from salesreview.pack.workers import Workers

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell hands it down ignored
    with Workers(2) as pool:
        for path in map(Path, sys.argv[1:]):
            pool.submit(path.name, execute, path, path.with_suffix(".out.ipynb"), {})
        for done in pool.finished():
            print(done)
"""


def saved_errors(path: Path) -> list[tuple[str, str]]:
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]
    return [(output.ename, output.evalue) for output in outputs if output.output_type == "error"]


def printed(path: Path) -> str:
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def test_parameters_reach_the_notebook_in_its_own_folder(save, tmp_path):
    source = save("good", notebook("import os\nprint(period, year, os.path.basename(os.getcwd()))"))
    done = execute(source, tmp_path / "out.ipynb", {"period": "Q2"})
    assert done.failure is None and printed(done.notebook) == "Q2 None notebooks\n"
    assert not list(source.parent.glob("k*"))


def test_the_saved_notebook_can_be_run_again(save, tmp_path):
    source = save("good", notebook("print(period, mart)"))
    values = {"period": "Q2", "mart": "/gone/mart.duckdb"}
    first = execute(source, tmp_path / "out.ipynb", values).notebook
    assert printed(first) == "Q2 /gone/mart.duckdb\n"
    assert "mart = " not in "".join(cell.source for cell in nbformat.read(first, as_version=4).cells)
    assert printed(execute(first, tmp_path / "again.ipynb", {}).notebook) == "Q2 None\n"


@pytest.mark.parametrize(
    ("cell", "kind", "message"),
    [
        ("1 / 0", "error", "ZeroDivisionError: division by zero"),
        ("raise ValueError('first line\\nsecond')", "error", "ValueError: first line"),
        (
            "from salesreview.errors import OptionError\nraise OptionError('unknown', where='here')",
            "error",
            "here: unknown",
        ),
        ("import os\nos._exit(3)", "died", "the kernel ended while this cell ran (out of memory, or a crash)"),
    ],
)
def test_a_failing_cell_is_named_and_the_notebook_saved(save, tmp_path, cell, kind, message):
    source = save("bad", notebook("before = 1", cell, "after = 1"))
    failure = execute(source, tmp_path / "out.ipynb", {"period": "H1"}).failure
    expected_id = nbformat.read(source, as_version=4).cells[2].id
    assert (failure.kind, failure.message, failure.cell, failure.cell_id) == (kind, message, 3, expected_id)
    assert len(saved_errors(tmp_path / "out.ipynb")) == 1


def test_a_cell_that_hangs_outside_python_is_killed(save, tmp_path):
    source = save("stuck", notebook(STUCK))
    started = time.monotonic()
    failure = execute(source, tmp_path / "out.ipynb", {}, 5).failure
    assert failure.kind == "timeout" and "5 s" in failure.message
    assert time.monotonic() - started < 60
    assert not psutil.pid_exists(int((source.parent / "pid").read_text()))


def test_a_worker_that_crashes_takes_only_its_task_down():
    with Workers(2) as pool:
        pool.submit("crash", os._exit, 7)
        pool.submit("good", abs, -3)
        pool.submit("raises", int, "x")
        results = {done.tag: done for done in pool.finished()}
    assert results["good"].value == 3
    assert results["crash"].error == "the worker process ended with code 7"
    assert results["raises"].error.startswith("ValueError: invalid literal") and results["raises"].detail


@pytest.mark.slow
def test_many_kernels_start_at_once(save, tmp_path):
    source = save("good", notebook("print(period)"))
    with Workers(12) as pool:
        for number in range(24):
            pool.submit(number, execute, source, tmp_path / f"{number}.ipynb", {"period": "H1"})
        results = list(pool.finished())
    assert [done.error or done.value.failure for done in results] == [None] * 24


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind(save, tmp_path, how):
    (tmp_path / "builder.py").write_text(BUILDER, encoding="utf-8")
    paths = [save(f"stuck{number}", notebook(STUCK)) for number in range(2)]
    builder = subprocess.Popen([sys.executable, tmp_path / "builder.py", *paths], stderr=subprocess.DEVNULL)
    kernels = wait_for_kernels(builder.pid, 2)
    everyone = psutil.Process(builder.pid).children(recursive=True)
    builder.send_signal(how)
    assert builder.wait(20) != 0
    _, alive = psutil.wait_procs(everyone, timeout=15)
    assert alive == [] and len(kernels) == 2


def wait_for_kernels(pid: int, number: int) -> list[psutil.Process]:
    """The kernels below ``pid`` once there are ``number`` and they have had time to reach the stuck cell."""
    for _ in range(300):
        children = psutil.Process(pid).children(recursive=True)
        kernels = [child for child in children if "ipykernel_launcher" in command_of(child)]
        if len(kernels) == number:
            time.sleep(3)
            return kernels
        time.sleep(0.1)
    raise AssertionError("the kernels did not start")


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
