"""Where given pictures come from: the files of a zip or of a folder, each with the class that its folder names.

Nothing is unpacked to disk. What is declared is checked before it is read, what is read is counted all the same.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from ..declare import shown
from ..units import exact
from .datasets import DataError
from .files import open_plain
from .picture_file import PictureError
from .store import named

MOST_FILES = 100_000
MOST_FILE = 32 * 2**20  # bytes of one picture
MOST_UNPACKED = 4 * 2**30  # bytes of all
MOST_ZIP = 2 * 2**30
MOST_DIRECTORY = 16 * 2**20  # bytes of a zip file's list of names
DEEPEST = 20  # folders within folders

_JUNK = ("__macosx", "thumbs.db", "desktop.ini", "icon\r")
_PARTS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}


class Member(NamedTuple):
    """One file: how it is called, the class that its folder names, and how its source finds it."""

    name: str
    label: str
    key: Any


class Source:
    """Files with their classes. `read` gives the bytes of one; `skipped` says what was left out and why."""

    def __init__(self, members: list[Member], skipped: list[str], opened: Callable[[Any], IO[bytes]]) -> None:
        self.members, self.skipped = members, skipped
        self._opened, self._read = opened, 0

    def read(self, member: Member) -> bytes:
        """All bytes of a file. Raises PictureError for this file, DataError when all together are too many."""
        try:
            with self._opened(member.key) as file:
                data = file.read(MOST_FILE + 1)
        except (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, zlib.error):
            raise PictureError("cannot be read: damaged") from None
        self._read += len(data)
        if len(data) > MOST_FILE:
            raise PictureError(f"larger than {_size(MOST_FILE)}")
        if self._read > 2 * MOST_UNPACKED:  # each is read twice: to measure it, and for its pixels
            raise DataError(f"the files hold more than {_size(MOST_UNPACKED)}, whatever they declare")
        return data


@contextmanager
def open_zip(file: Path | IO[bytes]) -> Iterator[Source]:
    """The files of a zip. Raises DataError for one that is damaged, too large, locked, or made to do harm."""
    with closing(_Guarded(file)) as guarded:
        try:
            archive = zipfile.ZipFile(guarded)
        except DataError:
            raise
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
            raise DataError("this is no zip file, or it is damaged") from None
        guarded.most = None
        with archive:
            files = [info for info in archive.infolist() if not info.filename.endswith("/")]
            _check_zip(files)
            members, skipped = _members([(_zip_parts(info), info) for info in files])
            yield Source(members, skipped, archive.open)


@contextmanager
def open_folder(path: Path) -> Iterator[Source]:
    """The files of a folder; links are named and not followed. Raises DataError."""
    if not path.is_dir():
        raise DataError(f"there is no folder {named(path)}")
    skipped: list[str] = []
    try:
        found = list(_walk(path, (), skipped))
    except OSError as error:
        raise DataError(f"the folder {named(path)} cannot be read: {error.strerror or error}") from None
    members, more = _members(found)
    yield Source(members, skipped + more, open_plain)


class _Guarded:
    """A zip's file that refuses to read a list of names that is larger than any honest one."""

    def __init__(self, file: Path | IO[bytes]) -> None:
        self._own = isinstance(file, Path)
        try:
            self._file: IO[bytes] = file.open("rb") if isinstance(file, Path) else file
            size = self._file.seek(0, os.SEEK_END)
            self._file.seek(0)
        except OSError as error:
            raise DataError(f"the zip file cannot be read: {error.strerror or error}") from None
        self.most: int | None = MOST_DIRECTORY
        if not size:
            self.close()
            raise DataError("the zip file is empty")
        if size > MOST_ZIP:
            self.close()
            raise DataError(f"the zip file has {_size(size)}; at most {_size(MOST_ZIP)}")

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and not -1 <= size <= self.most:
            raise DataError(f"the zip file's list of names is too long; at most {exact(MOST_FILES)} files")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        if self._own:
            self._file.close()


def _check_zip(files: Sequence[zipfile.ZipInfo]) -> None:
    if not files:
        raise DataError("the zip file is empty")
    if len(files) > MOST_FILES:
        raise DataError(f"the zip file holds {exact(len(files))} files; at most {exact(MOST_FILES)}")
    declared = sum(info.file_size for info in files)
    if declared > MOST_UNPACKED:
        raise DataError(f"the zip file says that it unpacks to {_size(declared)}; at most {_size(MOST_UNPACKED)}")
    for info in files:
        if info.flag_bits & 1:
            raise DataError("the zip file is locked with a password; give one without")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise DataError(f"the zip file holds a link, {shown(info.filename)}; give the pictures themselves")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError("the zip file is packed in an unusual way; pack it again as an ordinary zip")


def _zip_parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """A file's folders and name. Raises DataError for names that lead out of the zip."""
    name = info.filename.replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise DataError(f"the zip file holds a name that leads out of it, {shown(info.filename)}; it is not used")
    return parts


def _walk(path: Path, parts: tuple[str, ...], skipped: list[str], count: list[int] | None = None) -> Iterator[Any]:
    """(folders and name, path) of all plain files below a folder, in order of their names."""
    count = [0] if count is None else count
    with os.scandir(path) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        here = (*parts, entry.name)
        count[0] += 1
        if count[0] > MOST_FILES:
            raise DataError(f"the folder holds more than {exact(MOST_FILES)} files")
        if _is_junk(here):
            continue
        if entry.is_symlink():
            skipped.append(f"{_shown(here)}: a link; links are not followed")
        elif entry.is_dir(follow_symlinks=False):
            if len(here) > DEEPEST:
                raise DataError(f"the folder is more than {DEEPEST} folders deep")
            yield from _walk(Path(entry.path), here, skipped, count)
        elif entry.is_file(follow_symlinks=False):
            yield here, entry.path
        else:
            skipped.append(f"{_shown(here)}: not a plain file")


def _members(found: Sequence[tuple[tuple[str, ...], Any]]) -> tuple[list[Member], list[str]]:
    """Files with their class: their first folder, below those that all of them are in. Raises DataError."""
    useful = [(parts, key) for parts, key in found if parts and not _is_junk(parts)]
    depth = _shared([parts[:-1] for parts, _ in useful if len(parts) > 1])
    members, skipped = [], []
    for parts, key in useful:
        if len(parts) - 1 <= depth:
            skipped.append(f"{_shown(parts)}: not in a folder of its class")
        elif isinstance(key, zipfile.ZipInfo) and key.file_size > MOST_FILE:
            skipped.append(f"{_shown(parts)}: larger than {_size(MOST_FILE)}")
        else:
            members.append(Member(_shown(parts[depth:]), _label(parts[depth]), key))
    labels = {member.label.lower() for member in members}
    if labels and labels <= _PARTS:
        raise DataError(
            f"the folders are {', '.join(sorted(labels))}: give one folder for each class, since the part for "
            "validation is held back here"
        )
    return members, skipped


def _shared(folders: Sequence[tuple[str, ...]]) -> int:
    """How many folders at the top hold all others: class folders are those below. A file may lie beside these."""
    depth = 0
    while True:
        deeper = {parts[: depth + 1] for parts in folders}
        if len(deeper) != 1 or all(len(parts) == depth + 1 for parts in folders):
            return depth
        folders, depth = [parts for parts in folders if len(parts) > depth + 1], depth + 1


def _is_junk(parts: Sequence[str]) -> bool:
    """What file managers leave behind: hidden files, __MACOSX, Thumbs.db."""
    return any(part.startswith(".") or part.lower() in _JUNK for part in parts)


def _label(text: str) -> str:
    """A folder's name as the name of a class: printable, at most 60 characters."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(c if c.isprintable() else "�" for c in plain).strip()[:60] or "?"


def _shown(parts: Sequence[str]) -> str:
    return shown(_label("/".join(parts)))


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"
