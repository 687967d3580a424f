"""A pack appears whole or not at all: built in a hidden folder beside its place, then put there in one rename."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

MARK = ".building-"
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@contextmanager
def publishing(target: Path) -> Iterator[Path]:
    """An empty folder to build in, which becomes ``target`` when the block ends well.

    An earlier ``target`` stays until that moment, and for good when the block raises. What a killed build left behind
    is removed.
    """
    created = [parent for parent in (target.parent, *target.parent.parents) if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target)
    beside = target.parent / f".{target.name}{MARK}{os.getpid()}"
    beside.mkdir()
    try:
        yield beside
        _swap(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        for parent in created:
            _remove_if_empty(parent)
        raise
    shutil.rmtree(beside, ignore_errors=True)


def _swap(beside: Path, target: Path) -> None:
    """``beside`` takes the place of ``target``; what was there is then under ``beside``."""
    if not target.exists():
        os.rename(beside, target)
    elif not _exchanged(beside, target):
        old = beside.with_name(f"{beside.name}-old")
        os.rename(target, old)
        try:
            os.rename(beside, target)
        except OSError:
            os.rename(old, target)
            raise
        os.rename(old, beside)


def _exchanged(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or file system cannot."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    return libc.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0


def _remove_abandoned(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}{MARK}*"):
        owner = left.name.rpartition(MARK)[2].removesuffix("-old")
        if not (owner.isdigit() and psutil.pid_exists(int(owner))):
            shutil.rmtree(left, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
