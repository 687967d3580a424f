"""What the gate says: faults that a check yields, problems with their file and check, the report of a folder."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SHOWN = 120
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\uf8ff\ufffd-\uffff]")


@dataclass(frozen=True)
class Fault:
    """Something wrong at ``place`` (a page, section, cell or key) of the file that a check looks at."""

    place: str
    reason: str
    expected: object | None = None
    got: object | None = None


@dataclass(frozen=True)
class Problem:
    """A fault with the ``check`` that found it, the review it belongs to (None: the whole pack) and its file."""

    check: str
    variant: str | None
    file: str
    place: str
    reason: str
    expected: object | None = None
    got: object | None = None

    @property
    def line(self) -> str:
        """The problem in one line that can be printed anywhere: file, place, reason, expected against got."""
        parts = [f"{self.file}: {self.place}: {self.reason}"]
        parts += [f"expected {_short(self.expected)}"] if self.expected is not None else []
        parts += [f"got {_short(self.got)}"] if self.got is not None else []
        return UNPRINTABLE.sub(lambda found: f"U+{ord(found[0]):04X}", "; ".join(parts))


@dataclass(frozen=True)
class Check:
    """One thing that the gate looks at. ``find`` takes the opened artefact and yields the faults it has.

    A check that ``needs_tags`` says nothing about PDFs that cannot be tagged (those of a Quarto before 1.9).
    """

    name: str
    about: str
    find: Callable[..., Iterable[Fault]]
    needs_tags: bool = False

    def problems(self, file: str, variant: str | None, *opened: object) -> list[Problem]:
        """The faults of an opened artefact with check, review and file named."""
        return [
            Problem(self.name, variant, file, fault.place, fault.reason, fault.expected, fault.got)
            for fault in self.find(*opened)
        ]


@dataclass(frozen=True)
class Report:
    """All problems of a pack, in the order of its files; ``checked`` names the files that were opened."""

    problems: tuple[Problem, ...] = ()
    checked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems

    def of(self, variant: str | None) -> tuple[Problem, ...]:
        """The problems of one review; of the pack itself for None."""
        return tuple(problem for problem in self.problems if problem.variant == variant)

    def __add__(self, other: "Report") -> "Report":
        return Report(self.problems + other.problems, self.checked + other.checked)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
