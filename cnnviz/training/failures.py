"""Why training failed, as a cause in words with what to do; the trace of the program goes into the log alone."""

from __future__ import annotations

import errno

from .settings import Settings

_NO_MEMORY = (
    "resource_exhausted", "resourceexhausted", "out of memory", "outofmemory", "oom when allocating",
    "unable to allocate", "can't allocate memory", "cannot allocate memory", "std::bad_alloc",
)  # fmt: skip
_NO_ROOM = ("no space left", "disk quota", "errno = 28", "errno 28")
_NO_SHAPE = ("shape", "incompatible", "dimension", "rank")
_OF_SHAPES = ("ValueError", "InvalidArgumentError", "TypeError", "RuntimeError")
_LONGEST = 300


def cause(error: BaseException, settings: Settings) -> str:
    """One line: what happened, and what can be done."""
    text = " ".join(str(error).split())
    small, kind = text.lower(), type(error).__name__
    code = error.errno if isinstance(error, OSError) else None
    if code in (errno.ENOSPC, errno.EDQUOT) or any(word in small for word in _NO_ROOM):
        return "the disk is full: make room, then resume; finished epochs are kept"
    if isinstance(error, MemoryError) or any(word in f"{kind.lower()} {small}" for word in _NO_MEMORY):
        smaller = max(1, settings.batch_size // 2)
        hint = f"a smaller batch size ({smaller} in place of {settings.batch_size})" if settings.batch_size > 1 else ""
        return f"there was not enough memory: try {hint or 'a smaller net or smaller pictures'}"
    if isinstance(error, OSError):
        named = f" {error.filename}" if error.filename else ""
        return f"a file could not be read or written:{named} {error.strerror or text or kind}"[:_LONGEST]
    if kind in _OF_SHAPES and any(word in small for word in _NO_SHAPE):
        return f"the shapes of net and data do not go together: {_short(text)}"
    return f"Keras could not go on ({kind}): {_short(text) or 'it gave no reason'}; the log has more"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
