"""Low priority for a process that works in the background: the pages come first."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

NICE = 10  # about a tenth of what a page gets, where both want the same core


def lower(process: psutil.Process) -> None:
    """Let others go before this process. It leads a session of its own, if any; what cannot be set is left as it is."""
    with suppress(psutil.Error):
        if os.name == "nt":
            process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS"))  # noqa: B009  known on Windows alone
            return
        process.nice(max(NICE, process.nice()))
    # Linux may share time out among sessions first (sched(7), autogroup): niceness then counts only within one.
    with suppress(OSError):
        Path(f"/proc/{process.pid}/autogroup").write_text(str(NICE))
