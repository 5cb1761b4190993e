"""The claim on a run: a lock of the operating system, held by who changes where the run stands."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import filelock

from .. import disk
from ..declare import shown
from .folder import FolderError, Run

CLAIM = "claim"  # in the run folder
_PATIENCE = 15  # seconds


@contextmanager
def claim(run: Run) -> Iterator[None]:
    """Be the only one who changes where the run stands. Raises FolderError."""
    lock = filelock.FileLock(run.path / CLAIM, timeout=_PATIENCE)
    gone = f"there is no run {shown(run.id)}; it may have been deleted"
    try:
        if not run.path.is_dir():
            raise FolderError(gone)
        lock.acquire()
    except filelock.Timeout:
        raise FolderError(f"{shown(run.id)} is being changed by another process; try again") from None
    except OSError as error:
        raise FolderError(f"cannot write into {shown(run.id)}: {disk.words(error)}") from None
    try:
        if _is_ghost(run):
            raise FolderError(gone)
        yield
    finally:
        lock.release()


def _is_ghost(run: Run) -> bool:
    """Whether the run was deleted just before it was claimed: then the lock has made its folder anew, which goes."""
    try:
        if os.listdir(run.path) == [CLAIM]:
            shutil.rmtree(run.path, ignore_errors=True)
            return True
    except OSError:
        return True
    return False
