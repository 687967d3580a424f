"""Progress of a build: a bar per stage on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    """What a build reports to. ``total`` counts the steps of a stage."""

    def start(self, stage: str, total: int = 1) -> None: ...

    def advance(self, stage: str, note: str = "") -> None: ...

    def end(self, stage: str) -> None: ...


class Silent:
    """Reports nothing."""

    def start(self, stage: str, total: int = 1) -> None:
        return

    def advance(self, stage: str, note: str = "") -> None:
        return

    def end(self, stage: str) -> None:
        return


class Lines:
    """One plain line per step, for logs."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.done: dict[str, int] = {}
        self.totals: dict[str, int] = {}

    def start(self, stage: str, total: int = 1) -> None:
        self.done[stage], self.totals[stage] = 0, total

    def advance(self, stage: str, note: str = "") -> None:
        self.done[stage] += 1
        print(f"{stage} {self.done[stage]}/{self.totals[stage]} {note}".rstrip(), file=self.stream, flush=True)

    def end(self, stage: str) -> None:
        print(f"{stage} done", file=self.stream, flush=True)


class Terminal:
    """A bar per stage."""

    def __init__(self, bars: Bars):
        self.bars = bars
        self.tasks: dict[str, int] = {}

    def start(self, stage: str, total: int = 1) -> None:
        self.tasks[stage] = self.bars.add_task(stage, total=total, note="")

    def advance(self, stage: str, note: str = "") -> None:
        self.bars.update(self.tasks[stage], advance=1, note=note)

    def end(self, stage: str) -> None:
        task = self.tasks[stage]
        total = next(bar.total for bar in self.bars.tasks if bar.id == task)
        self.bars.update(task, completed=total, note="")


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """Bars when standard error is a terminal, else lines."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, TextColumn("{task.fields[note]}"), console=console) as bars:
        yield Terminal(bars)
