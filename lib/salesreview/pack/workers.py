"""Tasks in worker processes: one process a task, forked from a server that has already imported the heavy libraries.

A task that crashes takes only itself down. When the builder ends in whatever way, its workers end with it, and each
worker ends every process that it started (kernels and what notebooks started from them).
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import psutil

from ..errors import SalesReviewError

GRACE_SECONDS = 5
SOCKET_PATH_BYTES = 100


@dataclass(frozen=True)
class Done:
    """A finished task. ``error`` is a one-line message; ``detail`` the traceback when the error was unforeseen."""

    tag: object
    value: object = None
    error: str | None = None
    detail: str | None = None


class Workers:
    """At most ``jobs`` processes at a time; use as a context manager.

    ``submit`` queues a call of a module-level function; ``finished`` yields results as they come, and tasks may be
    submitted while it runs. Tasks submitted with ``first=True`` go before those that wait.
    """

    def __init__(self, jobs: int):
        self._jobs = max(1, jobs)
        self._context = _context()
        self._waiting: deque[tuple[object, Callable, tuple]] = deque()
        self._running: dict[Connection, tuple[object, multiprocessing.Process]] = {}
        self._previous_handler = None

    def __enter__(self) -> "Workers":
        if threading.current_thread() is threading.main_thread():
            self._previous_handler = signal.signal(signal.SIGTERM, _terminated)
        return self

    def __exit__(self, *_):
        self._waiting.clear()
        self._stop()
        if self._previous_handler is not None:
            signal.signal(signal.SIGTERM, self._previous_handler)

    def submit(self, tag: object, function: Callable, *args: object, first: bool = False) -> None:
        """Queue ``function(*args)``; both must be picklable."""
        (self._waiting.appendleft if first else self._waiting.append)((tag, function, args))
        self._fill()

    def finished(self) -> Iterator[Done]:
        """Results in order of completion, until nothing runs or waits."""
        while self._running:
            for connection in wait(list(self._running)):
                done = self._collect(connection)
                self._fill()
                yield done

    def _fill(self) -> None:
        while self._waiting and len(self._running) < self._jobs:
            tag, function, args = self._waiting.popleft()
            ours, theirs = self._context.Pipe(duplex=False)
            process = self._context.Process(target=_work, args=(theirs, function, args))
            process.start()
            theirs.close()
            self._running[ours] = (tag, process)

    def _collect(self, connection: Connection) -> Done:
        tag, process = self._running.pop(connection)
        try:
            done = Done(tag, *connection.recv())
        except EOFError:
            process.join()
            done = Done(tag, error=f"the worker process ended with code {process.exitcode}")
        connection.close()
        process.join(GRACE_SECONDS)
        if process.is_alive():
            process.kill()
        return done

    def _stop(self) -> None:
        processes = [process for _, process in self._running.values()]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(GRACE_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()
        for connection in self._running:
            connection.close()
        self._running.clear()


def socket_fits(path: Path) -> bool:
    """Whether a Unix socket can lie at ``path``: systems allow little more than 100 bytes."""
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES


def warm_up() -> None:
    """Start the server process now, so that its imports overlap with other work."""
    if _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()


def _context():
    """Forkserver on Linux; elsewhere, and where the temporary folder is too deep for its socket, fresh processes."""
    if sys.platform != "linux" or not socket_fits(Path(tempfile.gettempdir(), "pymp-xxxxxxxx", "listener-xxxxxxxx")):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["salesreview.pack.preload"])
    return context


def _terminated(signum, _frame):
    raise SystemExit(128 + signum)


def _work(connection: Connection, function: Callable, args: tuple) -> None:
    signal.signal(signal.SIGINT, lambda *_: None)  # the builder decides; a handler is not inherited by kernels
    signal.signal(signal.SIGTERM, lambda *_: _end_family(143))
    threading.Thread(target=_follow_builder, daemon=True).start()
    try:
        reply = (function(*args), None, None)
    except SalesReviewError as error:
        reply = (None, str(error), None)
    except Exception as error:  # handed to the builder, which reports it with its traceback
        line = (str(error).strip().splitlines() or ["no message"])[0]
        reply = (None, f"{type(error).__name__}: {line}", traceback.format_exc())
    connection.send(reply)
    connection.close()


def _follow_builder() -> None:
    multiprocessing.parent_process().join()
    _end_family(1)


def _end_family(code: int) -> None:
    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    os._exit(code)
