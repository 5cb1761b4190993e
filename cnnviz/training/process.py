"""The process of a worker: how it is started, known again by anybody, watched, and ended.

It is a session of its own and writes into files only, so that it outlives whoever started it. It gets the variables of
the environment that Python, Keras and cnnviz read, and no others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from .. import priority
from .folder import LOCK, LOG, Run, read_json, write_json
from .settings import Settings

RECORD = "worker.json"  # in the run folder: pid, time of its start, GPU of the process that was launched
MODULE = "cnnviz.training.worker"
WITH_PARENT = "CNNVIZ_WITH_PARENT"  # set: the worker ends when the process that started it has ended
_ROOT = Path(__file__).resolve().parent.parent.parent
_LARGEST_LOG = 5_000_000  # bytes; a longer one is begun anew
_PASSED = (
    "PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "LD_PRELOAD", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PATHEXT", "COMSPEC",
)  # fmt: skip
_PASSED_BEGINNINGS = (
    "CNNVIZ_", "PYTHON", "LC_", "XDG_", "KERAS_", "TF_", "XLA_", "JAX_", "TORCH_", "PYTORCH_", "CUDA", "NVIDIA_",
    "HIP_", "ROCR_", "OMP_", "MKL_", "OPENBLAS_", "MALLOC_",
)  # fmt: skip


def environment(settings: Settings, gpu: str | None, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that a worker gets. `gpu` is the one that it may see, "" for none, None for as it is here."""
    here = os.environ if given is None else given
    kept = {name: value for name, value in here.items() if name in _PASSED or name.startswith(_PASSED_BEGINNINGS)}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_ROOT), here.get("PYTHONPATH"))))
    kept["PYTHONUNBUFFERED"] = "1"  # the log is read while it grows
    kept["KERAS_BACKEND"] = settings.backend
    kept.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if settings.device == "cpu":
        gpu = ""
    if gpu is not None:
        kept["CUDA_VISIBLE_DEVICES"] = gpu or "-1"
    if gpu == "":
        kept["JAX_PLATFORMS"] = "cpu"
    return kept


def launch(run: Run, settings: Settings, gpu: str | None, ended: Callable[[Run, int], None]) -> int:
    """Start the run's worker; its process id. `ended` gets its exit code, in a thread, if we live to see it.

    Raises OSError.
    """
    log = run.path / LOG
    mode = "wb" if log.exists() and log.stat().st_size > _LARGEST_LOG else "ab"
    with log.open(mode) as output:
        child = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(run.path)],
            cwd=_ROOT,  # never the run's folder: Python would import what lies in it
            env=environment(settings, gpu),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    made = time.time()
    with suppress(psutil.Error):
        process = psutil.Process(child.pid)
        made = process.create_time()
        priority.lower(process, priority.TRAINING)
    write_json(run.path / RECORD, {"pid": child.pid, "created": made, "booted": psutil.boot_time(), "gpu": gpu})

    def reap() -> None:
        ended(run, child.wait())

    threading.Thread(target=reap, name="worker", daemon=True).start()
    return child.pid


def launched(run: Run) -> psutil.Process | None:
    """The process that was launched for the run, while it lives and is that very one."""
    record = read_json(run.path / RECORD) or {}
    process = _living(record.get("pid"))
    if process is None:
        return None
    with suppress(psutil.Error, TypeError, ValueError):
        booted = psutil.boot_time()
        was_set = booted - float(record.get("booted", booted))  # by how much the clock was set since then
        same = abs(process.create_time() - float(record["created"]) - was_set) < 1.5
        command = process.cmdline()
        if same and MODULE in command and command[-1] == str(run.path):
            return process
    return None


def worker_of(run: Run) -> psutil.Process | None:
    """The run's worker, launched or in the foreground of a command line; never another process.

    What the folder says of its pid counts only when that process is one of cnnviz and has the run's lock open.
    """
    process = launched(run)
    if process is not None:
        return process
    process = _living(run.state().pid)
    if process is None or not run.is_alive():
        return None
    with suppress(psutil.Error, OSError):
        lock = (run.path / LOCK).resolve()
        if any("cnnviz" in part for part in process.cmdline()) and any(
            Path(file.path) == lock for file in process.open_files()
        ):
            return process
    return None


def gpu_of(run: Run) -> str | None:
    """The GPU that the run's launched worker was given."""
    gpu = (read_json(run.path / RECORD) or {}).get("gpu")
    return gpu if isinstance(gpu, str) else None


def age(process: psutil.Process) -> float:
    """Seconds that a process has lived, as many when the clock was set meanwhile; 0 when it is gone."""
    with suppress(psutil.Error):
        began = float(psutil.Process(process.pid).create_time())  # asked anew: on Linux it moves with the clock
        return max(0.0, time.time() - began)
    return 0.0


def resident(process: psutil.Process) -> int:
    """Bytes of physical memory that a process and its children hold; 0 when it is gone."""
    total = 0
    with suppress(psutil.Error):
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += int(one.memory_info().rss)
    return total


def end(process: psutil.Process, *, politely: float = 0.0) -> None:
    """End a process with its children and wait until it is gone; `politely` seconds are between asking and forcing."""
    with suppress(psutil.Error):
        if politely:
            process.terminate()
            with suppress(psutil.TimeoutExpired):
                process.wait(politely)
                return
        for one in (*process.children(recursive=True), process):
            with suppress(psutil.Error):
                one.kill()
        process.wait(10)


def _living(pid: object) -> psutil.Process | None:
    """The process of that id, unless it is gone, a zombie, or ourselves."""
    if not isinstance(pid, int) or pid <= 1 or pid == os.getpid():
        return None
    with suppress(psutil.Error, OverflowError):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None
