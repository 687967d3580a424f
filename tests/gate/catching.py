"""Break a pack and see that the gate says so."""

from collections.abc import Callable
from pathlib import Path

from salesreview import gate


def caught(pack: Path, wreck: Callable[[Path], None], check: str, file: str, words: str) -> None:
    """After ``wreck`` the check must name ``file``, a place and, in its message, ``words``."""
    wreck(pack)
    of_review = file.startswith(("zh/", "en/", "notebooks/"))
    report = gate.check_review(pack, Path(file).stem) if of_review else gate.check_shared(pack)
    problems = [problem for problem in report.problems if problem.check == check]
    lines = [problem.line for problem in problems]
    assert any(line.startswith(f"{file}: ") and words in line for line in lines), lines
    assert all(problem.place and problem.reason for problem in problems)
