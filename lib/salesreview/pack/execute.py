"""One notebook executed by papermill in a kernel of its own, whatever happens saved with what went wrong."""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..errors import SalesReviewError
from ..render.failure import Failure
from .workers import socket_fits

CELL_SECONDS = 600
START_SECONDS = 120
STARTS = 3
PRIVATE = ("mart = ",)
OWN_ERRORS = {cls.__name__ for cls in (SalesReviewError, *SalesReviewError.__subclasses__())} | {"PeriodError"}


@dataclass(frozen=True)
class Execution:
    """An executed notebook, complete or up to the cell that failed."""

    notebook: Path
    seconds: float
    failure: Failure | None = None


class PackEngine(NBClientEngine):
    """Papermill's own engine, but a timeout or a dead kernel becomes the output of the cell that caused it."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        except CellTimeoutError:
            limit = kwargs.get("execution_timeout")
            _blame(nb_man.nb, "TimeoutError", f"the cell ran longer than {limit} s and was stopped")
        except DeadKernelError:
            _blame(nb_man.nb, "DeadKernelError", "the kernel ended while this cell ran (out of memory, or a crash)")


papermill_engines.register("salesreview", PackEngine)


def execute(
    notebook: Path,
    target: Path,
    values: Mapping[str, object],
    cell_seconds: int = CELL_SECONDS,
    scratch: Path | None = None,
) -> Execution:
    """Run ``notebook`` with ``values`` in its own folder and save it to ``target``, also when a cell fails.

    Each cell may take ``cell_seconds``; then its kernel is killed. A kernel that cannot start is tried again. Its
    sockets lie under ``scratch``, which the caller removes (None: the system's folder for temporary files).
    """
    for name in ("papermill", "nbclient", "traitlets"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ.pop("MPLBACKEND", None)  # another backend than the kernel's own would swallow figures
    started = time.perf_counter()
    failure = None
    try:
        _with_retries(notebook, target, values, cell_seconds, scratch)
    except PapermillExecutionError as error:
        failure = _failure(error, target)
    _forget(target)
    return Execution(target, time.perf_counter() - started, failure)


def _with_retries(
    notebook: Path, target: Path, values: Mapping[str, object], cell_seconds: int, scratch: Path | None
) -> None:
    for attempt in range(1, STARTS + 1):
        folder = Path(tempfile.mkdtemp(prefix="sr-", dir=scratch))
        try:
            papermill.execute_notebook(
                notebook,
                target,
                dict(values),
                engine_name="salesreview",
                progress_bar=False,
                request_save_on_cell_execute=False,
                cwd=notebook.parent,
                start_timeout=START_SECONDS,
                execution_timeout=cell_seconds,
                shutdown_kernel="immediate",
                config=_private_sockets(folder),
            )
            return
        except RuntimeError as error:
            # nbclient's RuntimeErrors here come from the start of the kernel: no reply, or a lost race for a port
            if attempt == STARTS or isinstance(error, PapermillExecutionError):
                raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _forget(saved: Path) -> None:
    """Take the build's own files and folders out of the saved notebook, so that it can be run again."""
    nb = nbformat.read(saved, as_version=4)
    for cell in nb.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            lines = cell.source.splitlines()
            cell.source = "\n".join(line for line in lines if not line.startswith(PRIVATE))
    nb.metadata.pop("papermill", None)
    nbformat.write(nb, saved)


def _private_sockets(folder: Path) -> Config:
    config = Config()
    config.KernelManager.connection_file = str(folder / "kernel.json")
    if os.name == "posix" and socket_fits(folder / "k-10"):
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = str(folder / "k")
    return config


def _blame(nb, name: str, message: str) -> None:
    begun = [cell for cell in nb.cells if cell.cell_type == "code" and cell.metadata.papermill.get("start_time")]
    begun[-1].outputs.append(new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"]))


def _failure(error: PapermillExecutionError, saved: Path) -> Failure:
    kinds = {"TimeoutError": "timeout", "DeadKernelError": "died"}
    line = (error.evalue.strip().splitlines() or [""])[0]
    complete = error.ename in kinds or error.ename in OWN_ERRORS
    number, cell_id = _failed_cell(saved)
    return Failure(
        kind=kinds.get(error.ename, "error"),
        message=line if complete else f"{error.ename}: {line}".rstrip(": "),
        cell=number,
        cell_id=cell_id,
        detail=str(error),
    )


def _failed_cell(saved: Path) -> tuple[int | None, str | None]:
    cells = [
        cell
        for cell in nbformat.read(saved, as_version=4).cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    for number, cell in enumerate(cells, 1):
        if any(output.output_type == "error" for output in cell.outputs):
            return number, cell.id
    return None, None
