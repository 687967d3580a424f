"""Quarto's log: records of JSON with blank lines between, colour codes within, stack traces behind errors."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

INFO, WARNING, ERROR = 20, 30, 40
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
LONGEST = 300
"""Characters up to which a message is told in one line."""


@dataclass(frozen=True)
class Message:
    """One record; ``level`` is 10, 20, 30 or 40, ``text`` without colour codes."""

    level: int
    text: str

    @property
    def line(self) -> str:
        """The first line that says something, without ``ERROR:`` or ``WARNING:`` before it."""
        said = (re.sub(r"^(?:ERROR|WARNING|WARN)\b:?\s*", "", line.strip()) for line in self.text.splitlines())
        return next((line[:LONGEST] for line in said if line), "")


def read(path: Path) -> tuple[Message, ...]:
    """The records of a log; none when there is no file. A line that is no record stands as information."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(_message(line) for line in lines if line.strip())


def plain(text: str) -> str:
    """``text`` without colour codes."""
    return ANSI.sub("", text)


def complaint(messages: tuple[Message, ...], printed: str) -> str:
    """Why a render failed, in one line.

    The first error of the log; without one (the errors of cells are only told as information) the last line of it
    that names an error, then the first error that was ``printed``, then the last line of anything.
    """
    shown = [Message(INFO, line) for line in plain(printed).splitlines()]
    errors = [message for message in messages if message.level >= ERROR]
    named = [message for message in reversed(messages) if re.search(r"\w*(?:Error|Exception)\b", message.text)]
    marked = [message for message in shown if message.text.lstrip().startswith("ERROR")]
    last = [*reversed(messages), *reversed(shown)]
    return next((message.line for message in (*errors, *named, *marked, *last) if message.line), "it says nothing")


def _message(line: str) -> Message:
    try:
        record = json.loads(line)
        return Message(int(record["level"]), plain(str(record["msg"])))
    except (ValueError, KeyError, TypeError):
        return Message(INFO, plain(line))
