"""Low priority for a process that works in the background: the pages come first."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

TRAINING = 10  # niceness: about a tenth of what a page gets, where both want the same core
KERAS = 5  # about a third, as somebody waits for its answer, perhaps on a machine that is busy with other things


def lower(process: psutil.Process, nice: int) -> None:
    """Let others go before this process. It leads a session of its own, if any; what cannot be set is left as it is."""
    with suppress(psutil.Error):
        if os.name == "nt":
            process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS"))  # noqa: B009  known on Windows alone
            return
        process.nice(max(nice, process.nice()))
    # Linux may share time out among sessions first (sched(7), autogroup): niceness then counts only within one.
    with suppress(OSError):
        Path(f"/proc/{process.pid}/autogroup").write_text(str(nice))
