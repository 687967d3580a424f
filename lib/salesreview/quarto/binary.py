"""The ``quarto`` command: where it is, which version, and whether it can render."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..errors import OptionError

VARIABLE = "QUARTO_PATH"
MINIMUM, TAGGING = (1, 7), (1, 9)
VERSION_SECONDS = 60
GET = (
    "get Quarto 1.7 or newer from conda-forge (conda install -c conda-forge quarto) or with the installer at "
    "quarto.org, or build without --engine quarto"
)


@dataclass(frozen=True)
class Quarto:
    """A ``quarto`` command; ``version`` is what it prints, such as 1.9.38 (a source checkout prints 99.9.9)."""

    path: Path
    version: str

    @property
    def tags(self) -> bool:
        """Whether its PDFs can be tagged for accessibility: from 1.9 on."""
        return numbers(self.version) >= TAGGING


def locate(given: str | None = None) -> Path | None:
    """The command named by ``given``, else by the variable QUARTO_PATH, else found on PATH; None where there is none.

    Raises OptionError when ``given`` or the variable names something that cannot be run: neither is passed over.
    """
    for origin, name in (("--quarto-path", given), (VARIABLE, os.environ.get(VARIABLE))):
        if name:
            path = Path(name).expanduser().absolute()
            if not (path.is_file() and os.access(path, os.X_OK)):
                raise OptionError("no program", where=origin, expected="the quarto command", got=name, advice=GET)
            return path
    found = shutil.which("quarto")
    return Path(found).absolute() if found else None


def find(given: str | None = None) -> Quarto:
    """The command to use, with its version.

    Raises OptionError, in one line that says how to get Quarto, when there is none, when it does not tell its version
    or when it is older than 1.7.
    """
    path = locate(given)
    if path is None:
        raise OptionError(
            "Quarto is not installed", where="--engine quarto", expected=f"quarto on PATH or in {VARIABLE}", advice=GET
        )
    said = version(path)
    if numbers(said) < MINIMUM:
        raise OptionError("Quarto is too old", where=str(path), expected="1.7 or newer", got=said, advice=GET)
    return Quarto(path, said)


def numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version: (1, 9) for 1.9.38."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def version(path: Path) -> str:
    """What ``quarto --version`` prints; raises OptionError for anything but a version."""
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=VERSION_SECONDS,
            env=os.environ | {"NO_COLOR": "1"},
        )
        said, code = done.stdout.strip(), done.returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        said, code = type(error).__name__, 1
    if code or not re.fullmatch(r"\d+(\.\d+)+\S*", said):
        got = f"exit code {code}: {said[:80]}" if code else repr(said[:80])
        raise OptionError("no version of Quarto", where=str(path), expected="such as 1.9.38", got=got, advice=GET)
    return said
