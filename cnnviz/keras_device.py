"""What the Keras process runs on: its backend and its device by name. Runs in that process only."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras

from .keras_refused import Refused

Progress = dict[str, Any]

_NVIDIA = Path("/proc/driver/nvidia/gpus")
_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def need_tensorflow() -> None:
    """Raise Refused unless Keras runs on TensorFlow, whose gradients are measured."""
    backend = keras.backend.backend()
    if backend != "tensorflow":
        title = _TITLES.get(backend, backend)
        raise Refused(f"measuring needs Keras' TensorFlow backend; this server's Keras runs on {title}")


def described() -> dict[str, Any]:
    """The device's name, its threads (0: as many as it likes), a GPU that is left alone, the backend with versions."""
    import tensorflow as tf

    graphics = tf.config.list_physical_devices("GPU")
    names = [str(tf.config.experimental.get_device_details(one).get("device_name", one.name)) for one in graphics]
    return {
        "device": names[0] if names else processor(),
        "threads": 0 if names else int(os.environ.get("TF_NUM_INTRAOP_THREADS") or 0),
        "unused": [] if names else other_graphics(),
        "backend": f"Keras {keras.__version__} on TensorFlow {tf.__version__}",
    }


def synchronise() -> None:
    """Wait until the device has done all that it was given."""
    import tensorflow as tf

    if tf.config.list_logical_devices("GPU"):
        tf.test.experimental.sync_devices()


def paced(work: Iterable[object], said: Progress, seconds: float = 0.1) -> Iterator[Progress]:
    """Go through `work`, giving `said` every so many seconds, so that other requests come in between."""
    since = time.perf_counter()
    for _ in work:
        if time.perf_counter() - since > seconds:
            yield said
            since = time.perf_counter()


def processor() -> str:
    """The processor's name as its maker says it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.lower().startswith("model name"):
                return line.partition(":")[2].strip()
    if platform.system() == "Darwin":
        with suppress(OSError, subprocess.SubprocessError):
            command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    return os.environ.get("PROCESSOR_IDENTIFIER") or platform.processor() or f"{platform.machine()} processor"


def other_graphics() -> list[str]:
    """Names of the NVIDIA GPUs of this machine, which this process is not shown, as the Linux driver says them.

    A card whose name cannot be read is there all the same: "NVIDIA GPU". Without the driver's folder there is none.
    """
    try:
        cards = sorted(_NVIDIA.iterdir())
    except OSError:
        return []
    return [_model(card) for card in cards]


def _model(card: Path) -> str:
    with suppress(OSError):
        for line in (card / "information").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, said = line.partition(":")
            if name.strip() == "Model" and said.strip():
                return " ".join(said.split())
    return "NVIDIA GPU"
