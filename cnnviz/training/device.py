"""What the worker computes on, and how it asks the library under Keras about it: the one file that names backends."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from .settings import Settings

_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


class DeviceError(ValueError):
    """The device or backend that was asked for is not there; the message is the one line to show."""


class Used(NamedTuple):
    """What is computed on: "gpu" or "cpu", its name, and the backend with its version."""

    kind: str
    name: str
    backend: str


def prepare(settings: Settings, environment: MutableMapping[str, str] | None = None) -> None:
    """Choose backend and visible devices; before Keras is imported. Raises DeviceError."""
    given = os.environ if environment is None else environment
    backend = settings.backend
    if "keras" in sys.modules:
        running = sys.modules["keras"].backend.backend()
        if running != backend:
            raise DeviceError(f"this process already runs Keras on {_TITLES[running]}, not on {_TITLES[backend]}")
    elif importlib.util.find_spec(backend) is None:
        raise DeviceError(f"{_TITLES[backend]} is not installed here; take another backend, or: pip install {backend}")
    given["KERAS_BACKEND"] = backend
    given.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    given.setdefault("XLA_PYTHON_CLIENT_MEM_FRACTION", "0.92")  # of the GPU's memory, that JAX may take
    if settings.device == "cpu":
        given["CUDA_VISIBLE_DEVICES"] = "-1"
        given["JAX_PLATFORMS"] = "cpu"


def settle(settings: Settings) -> Used:
    """Look at what the backend found, and make it share; after Keras is imported. Raises DeviceError."""
    backend = settings.backend
    name = _GPU_OF[backend]()
    if settings.device == "gpu" and name is None:
        raise DeviceError(
            f"{_TITLES[backend]} finds no GPU; choose device=auto or device=cpu, or install its build for GPUs"
        )
    version = importlib.import_module(backend).__version__
    return Used("gpu" if name else "cpu", name or processor(), f"{_TITLES[backend]} {version}")


def _tensorflow_gpu() -> str | None:
    import tensorflow as tf

    cards = tf.config.list_physical_devices("GPU")
    for card in cards:
        with contextlib.suppress(RuntimeError):  # it is at work already
            tf.config.experimental.set_memory_growth(card, True)
    if not cards:
        return None
    return str(tf.config.experimental.get_device_details(cards[0]).get("device_name", cards[0].name))


def _jax_gpu() -> str | None:
    import jax

    first = jax.devices()[0]
    return None if first.platform == "cpu" else str(first.device_kind)


def _torch_gpu() -> str | None:
    import torch

    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name(0))
    return None


_GPU_OF = {"tensorflow": _tensorflow_gpu, "jax": _jax_gpu, "torch": _torch_gpu}


def processor() -> str:
    """The processor's name as its maker says it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.lower().startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or f"{platform.machine()} processor"


def threads() -> int:
    """How many threads this process may compute on at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wait(model: Any) -> None:
    """Until the device has done every step that it was given: the step counter is ready when they are."""
    import keras

    keras.ops.convert_to_numpy(model.optimizer.iterations)


def seed(first: int, backend: str) -> None:
    """Begin anew the random numbers that no generator of Keras draws: those of PyTorch's dropout."""
    if backend == "torch":
        import torch

        torch.manual_seed(first)


# --- memory -----------------------------------------------------------------------------------------------------------


class Peak:
    """The most memory that training held: of a GPU as its backend says, of a CPU the process beyond `baseline`."""

    def __init__(self, used: Used, backend: str) -> None:
        self.kind, self.backend = used.kind, backend
        if self.kind == "cpu":
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")  # Linux: begin the process' high-water mark anew
        self.baseline = resident() if self.kind == "cpu" else 0

    def bytes(self) -> int | None:
        """So far; None where nothing says."""
        if self.kind == "cpu":
            return max(0, high_water() - self.baseline)
        return _PEAK_OF[self.backend]()


def resident() -> int:
    """Bytes that this process holds now."""
    return int(psutil.Process().memory_info().rss)


def high_water() -> int:
    """Bytes that this process held at most."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most) if sys.platform == "darwin" else int(most) * 1024


def _tensorflow_peak() -> int | None:
    import tensorflow as tf

    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])


def _jax_peak() -> int | None:
    import jax

    return int((jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use", 0)) or None


def _torch_peak() -> int | None:
    import torch

    return int(torch.cuda.max_memory_allocated())


_PEAK_OF = {"tensorflow": _tensorflow_peak, "jax": _jax_peak, "torch": _torch_peak}
