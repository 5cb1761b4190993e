"""What this machine can train on, without asking Keras: its processor and memory, and its NVIDIA GPUs.

The processor's memory and cores are those that its container allows. GPUs are told by `nvidia-smi`, or where that is
missing by the driver's own files, which say no memory. Unit: bytes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from . import peaks
from .device import DeviceError, processor
from .settings import Settings

__all__ = ["Device", "DeviceError", "choose", "found"]

_QUERY = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")
_SECONDS = 5  # that nvidia-smi may take
_DRIVER = Path("/proc/driver/nvidia/gpus")
_CGROUPS = Path("/sys/fs/cgroup")
_MIB = 2**20


class Device(NamedTuple):
    """One device: "cpu" or "gpu", its name, its memory and what of it is free (0: not known), a processor's cores."""

    kind: str
    name: str
    memory: int
    free: int
    cores: int = 0

    def flops(self, number_format: str) -> float | None:
        """The most FLOP/s that its maker states for a number format; None where that is not known, as of a CPU."""
        return peaks.flops(self.name, number_format) if self.kind == "gpu" else None

    @property
    def source(self) -> str:
        """Where its peak is from, or why there is none."""
        if self.kind == "cpu":
            return "a processor's peak depends on clock and instructions, and its maker states none"
        peak = peaks.of(self.name)
        return peak.source if peak else "no data sheet of this card is known here"


def found() -> tuple[Device, ...]:
    """The devices of this machine: the processor first, then the GPUs that this process may use."""
    return (_processor(), *_graphics())


def choose(settings: Settings, devices: Sequence[Device]) -> Device:
    """The device that a run with these settings takes. Raises DeviceError."""
    graphics = [device for device in devices if device.kind == "gpu"]
    if settings.device == "gpu" and not graphics:
        raise DeviceError("no GPU was found; device=auto or device=cpu trains on the CPU")
    if graphics and settings.device != "cpu":
        return graphics[0]
    return next(device for device in devices if device.kind == "cpu")


# --- the processor ----------------------------------------------------------------------------------------------------


def _processor() -> Device:
    memory = psutil.virtual_memory()
    total, free = int(memory.total), int(memory.available)
    limit, used = _cgroup_memory()
    if 0 < limit < total:
        total, free = limit, min(free, max(0, limit - used))
    return Device("cpu", processor(), total, free, _cores())


def _cores() -> int:
    """The processors that this process may use at once."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _read(_own_cgroup() / "cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit() and int(period):
        cores = min(cores, max(1, -(-int(quota) // int(period))))
    return cores


def _cgroup_memory() -> tuple[int, int]:
    """The limit on this process' container and how much of it is in use, page cache not counted; 0, 0 for none."""
    own = _own_cgroup()
    for folder, limit, used, cache in (
        (own, "memory.max", "memory.current", "inactive_file"),
        (_CGROUPS / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        most, now = _read(folder / limit), _read(folder / used)
        if most.isdigit() and now.isdigit():
            lines = [line.split() for line in _read(folder / "memory.stat").splitlines()]
            cached = next((int(line[1]) for line in lines if len(line) == 2 and line[0] == cache), 0)
            return int(most), max(0, int(now) - cached)
    return 0, 0


def _own_cgroup() -> Path:
    """The folder of this process' control group (version 2); inside a container it is the topmost one."""
    path = _read(Path("/proc/self/cgroup")).partition("0::/")[2].partition("\n")[0]
    own = _CGROUPS / path
    return own if ".." not in path and (own / "memory.max").exists() else _CGROUPS


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


# --- GPUs -------------------------------------------------------------------------------------------------------------


def _graphics() -> list[Device]:
    """The NVIDIA GPUs, without those that CUDA_VISIBLE_DEVICES hides."""
    cards = _by_program() or _by_driver()
    shown = os.environ.get("CUDA_VISIBLE_DEVICES")
    if shown is None:
        return cards
    chosen = [part.strip() for part in shown.split(",") if part.strip()]
    if any(not part.isdigit() for part in chosen):  # −1 hides all; cards may also be told by their long names
        return [] if "-1" in chosen else cards[: len(chosen)]
    return [cards[int(part)] for part in chosen if int(part) < len(cards)]


def _by_program() -> list[Device]:
    program = shutil.which("nvidia-smi")
    if not program:
        return []
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run([program, *_QUERY], capture_output=True, text=True, timeout=_SECONDS, check=True).stdout
        return [device for line in said.splitlines() if (device := _card(line))]
    return []


def _card(line: str) -> Device | None:
    """A GPU from a line of nvidia-smi: name, MiB in all, MiB free."""
    name, _, sizes = line.rpartition(",")
    name, _, total = name.rpartition(",")
    if not name.strip():
        return None
    memory, free = (int(size) * _MIB if size.strip().isdigit() else 0 for size in (total, sizes))
    return Device("gpu", name.strip()[:100], memory, free)


def _by_driver() -> list[Device]:
    cards = []
    with contextlib.suppress(OSError):
        for folder in sorted(_DRIVER.iterdir()):
            for line in _read(folder / "information").splitlines():
                if line.startswith("Model:"):
                    cards.append(Device("gpu", line.partition(":")[2].strip()[:100], 0, 0))
    return cards
