"""What a disk refuses, in words."""

from __future__ import annotations

import errno

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM = ("no space left", "disk quota", "requested")  # "… requested and … written" is numpy's word for it


def words(error: OSError) -> str:
    """What went wrong with a disk, in a few words and without the file's name."""
    if error.errno in _FULL:
        return "the disk is full"
    if error.errno is None and any(word in str(error).lower() for word in _NO_ROOM):
        return "the disk is full"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "it may not be written"
    return error.strerror or str(error)
