"""How long the stages of a build took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Wall seconds by stage, in the order in which the stages ended, and in total since it was made."""

    def __init__(self):
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = time.perf_counter() - begun

    def seconds(self) -> dict[str, float]:
        rounded = {name: round(taken, 2) for name, taken in self._stages.items()}
        return rounded | {"total": round(time.perf_counter() - self._started, 2)}
