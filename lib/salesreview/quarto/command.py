"""One run of ``quarto render``: in a group of processes of its own, with a time limit, its log read afterwards."""

import os
import signal
import subprocess
import tempfile
import time
from calendar import timegm
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import RenderError
from .binary import Quarto
from .log import WARNING, Message, complaint, plain, read

SECONDS = 300
"""How long one render may take: 1-3 s are usual, some ten times as much on a busy machine."""
GRACE_SECONDS = 5
POLL_SECONDS = 0.05
EXTENSIONS = {"html": "html", "typst": "pdf"}
NOT_PASSED_ON = ("QUARTO_PYTHON", "QUARTO_PROFILE", "QUARTO_LOG", "QUARTO_LOG_LEVEL", "QUARTO_LOG_FORMAT")
PROJECT_FILES = ("_quarto.yml", "_quarto.yaml")


@dataclass(frozen=True)
class Rendered:
    """The file made, and what Quarto warned of."""

    output: Path
    warnings: tuple[str, ...]


def private_folder() -> tempfile.TemporaryDirectory:
    """A new folder to render in; raises RenderError when a Quarto project around it would take the output away."""
    folder = tempfile.TemporaryDirectory(prefix="salesreview-quarto-")
    place = Path(folder.name).resolve()
    for above in (place, *place.parents):
        for name in PROJECT_FILES:
            if (above / name).exists():
                folder.cleanup()
                raise RenderError(
                    "the folder for temporary files lies in a Quarto project",
                    got=str(above / name),
                    advice="remove that file or set TMPDIR to a folder outside",
                )
    return folder


def render(quarto: Quarto, source: Path, to: str, *, day: str, seconds: float = SECONDS) -> Rendered:
    """Render ``source``, a file with a safe name in a private folder, to ``html`` or ``typst`` (a PDF).

    ``day`` (ISO) is the date that a PDF bears, so that equal inputs give equal bytes. Nothing is executed. Raises
    RenderError with Quarto's own message when it fails, takes too long, or makes no file.
    """
    folder = source.parent.resolve()
    made, log, printed = folder / "made", folder / f"{to}.log", folder / f"{to}.err"
    command = [
        *(str(quarto.path), "render", source.name, "--to", to, "--no-execute"),
        *("--output-dir", str(made), "--log", str(log), "--log-format", "json-stream"),
    ]
    code = _run(command, folder, printed, _environment(day), seconds)
    messages, told = read(log), printed.read_text(encoding="utf-8", errors="replace")
    detail = "\n".join(message.text for message in messages) or plain(told)
    if code is None:
        raise _failed(f"no result after {seconds:g} s; it was stopped", detail)
    if code:
        raise _failed(complaint(messages, told), detail)
    output = made / f"{source.stem}.{EXTENSIONS[to]}"
    if not output.is_file() or not output.stat().st_size:
        raise _failed(f"it reports success but made no {output.name}", detail)
    return Rendered(output, _warnings(messages))


def _failed(reason: str, detail: str) -> RenderError:
    error = RenderError(f"Quarto: {reason}")
    error.add_note(detail)
    return error


def _warnings(messages: tuple[Message, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"Quarto: {message.line}" for message in messages if message.level == WARNING))


def _environment(day: str) -> dict[str, str]:
    """No colours, a fixed date for PDFs, and none of the variables by which Quarto's behaviour would change."""
    own = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    stamp = timegm(date.fromisoformat(day).timetuple())
    return own | {"NO_COLOR": "1", "SOURCE_DATE_EPOCH": str(stamp)}


def _run(command: list[str], folder: Path, printed: Path, environment: dict[str, str], seconds: float) -> int | None:
    """The exit code, or None after ``seconds``; whatever the command started has ended then."""
    with printed.open("wb") as errors:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise _failed(f"it cannot be started ({error.strerror})", str(error)) from None
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end_group(process)


def _end_group(process: subprocess.Popen) -> None:
    """TERM to the whole group, KILL after a grace period to what is left of it: the launcher passes no signal on."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + GRACE_SECONDS
        if process.poll() is None or _signal(process.pid, 0):
            _signal(process.pid, number)
        while _signal(process.pid, 0) and time.monotonic() < until:
            process.poll()
            time.sleep(POLL_SECONDS)
    process.wait()


def _signal(group: int, number: int) -> bool:
    """Whether there was anything in the group to send the signal to."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True
