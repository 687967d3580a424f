"""What this machine has for a build, what it lacks, and what that costs."""

import ctypes.util
import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from .errors import OptionError
from .quarto import binary


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``fatal`` means that no pack can be built without it."""

    name: str
    ok: bool
    found: str
    cost: str = ""
    fatal: bool = False

    @property
    def line(self) -> str:
        return f"{'ok     ' if self.ok else 'MISSING'} {self.name}: {self.found}" + (
            "" if self.ok else f" — {self.cost}"
        )


def examine() -> tuple[Finding, ...]:
    """All findings, in the order in which a build needs the things."""
    return (_python(), _packages(), _fonts(), _pango(), _bytecode(), _quarto(), _machine())


def _python() -> Finding:
    return Finding(
        "Python", sys.version_info >= (3, 11), platform.python_version(), "3.11 or newer is needed", fatal=True
    )


def _packages() -> Finding:
    wrong = []
    for text in requires("salesreview") or ():
        needed = Requirement(text)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            if version(needed.name) not in needed.specifier:
                wrong.append(f"{needed.name} {version(needed.name)} instead of {needed.specifier}")
        except PackageNotFoundError:
            wrong.append(f"{needed.name} absent")
    cost = "figures or pages may differ from the tested ones; run make setup"
    return Finding("packages", not wrong, ", ".join(wrong) or "all at the tested versions", cost)


def _fonts() -> Finding:
    try:
        version("justmytype-intl-cjk")
        return Finding("Chinese font", True, "bundled by justmytype-intl-cjk")
    except PackageNotFoundError:
        return Finding("Chinese font", False, "absent", "no page can be printed: run make setup", fatal=True)


def _pango() -> Finding:
    found = ctypes.util.find_library("pango-1.0") or ctypes.util.find_library("pango-1.0-0")
    cost = "no PDF, HTML only; Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    return Finding("Pango", bool(found), found or "not found", cost)


def _bytecode() -> Finding:
    off = sys.dont_write_bytecode
    cost = "every kernel compiles its imports anew, which doubles the time: unset PYTHONDONTWRITEBYTECODE"
    return Finding("bytecode cache", not off, "off" if off else "on", cost)


def _quarto() -> Finding:
    cost = f"only --engine quarto needs it: {binary.GET}"
    try:
        if binary.locate() is None:
            return Finding("Quarto", False, "not found", cost)
        found = binary.find()
    except OptionError as error:
        return Finding("Quarto", False, f"{error.where}: {error.what}, {error.got}", cost)
    untagged = "" if found.tags else "; its PDFs are not tagged, those of 1.9 are"
    return Finding("Quarto", True, f"{found.version} at {found.path}{untagged}")


def _machine() -> Finding:
    return Finding("machine", True, f"{platform.system()}, {os.cpu_count()} cores")
