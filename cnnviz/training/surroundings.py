"""What a run runs on, for environment.json, and how its worker speaks of where it stands."""

from __future__ import annotations

import platform
import time
from typing import Any

from .. import costs
from ..graph import Graph
from . import device, peaks
from .device import Peak, Used
from .settings import Settings

FLOPS_A_MAC = 2
TRAINING = 3  # the forward pass, and backward as much again for gradients of inputs and once more for those of weights


def flops(macs: int) -> int:
    """Operations to train on one picture: 2 × MACs × 3."""
    return FLOPS_A_MAC * macs * TRAINING


def described(
    graph: Graph, settings: Settings, used: Used, peak: Peak, classes: tuple[str, ...], prepared: dict[str, Any]
) -> dict[str, Any]:
    """environment.json: device, versions, the net's size, and how pictures become its input. Bytes and counts."""
    import keras

    counted = costs.total(costs.node_costs(graph))
    return {
        "device": used.name,
        "kind": used.kind,
        "backend": used.backend,
        "keras": keras.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "threads": device.threads(),
        "number_format": settings.number_format,
        "parameters": counted.parameters,
        "trainable": counted.trainable,
        "macs": counted.macs,
        "flops_a_picture": flops(counted.macs),
        "peak_flops": peaks.flops(used.name, settings.number_format) if used.kind == "gpu" else None,
        "baseline_memory": peak.baseline,
        "classes": list(classes),
        "prepare": prepared,
        "started": round(time.time(), 3),
    }


def going(used: Used, epoch: int) -> str:
    """What a worker says when it begins."""
    place = f"training on {used.name} ({used.kind.upper()}) with {used.backend}"
    if used.kind == "cpu":
        place += "; no GPU is used"
    return f"{place}; {f'going on after epoch {epoch:,}' if epoch else 'from the beginning'}"


def kept(message: str, epoch: int) -> str:
    """Why a run ended early, and what is left of it."""
    if not epoch:
        return f"{message}; no epoch was finished"
    return f"{message}; {epoch:,} finished epoch{'s are' if epoch > 1 else ' is'} kept"


def finished(epoch: int, settings: Settings) -> str:
    """What is to be said of a run that came to its end after `epoch` epochs."""
    if epoch < settings.epochs:
        return f"early stopping: no lower validation loss in {settings.early_stopping:,} epochs"
    return ""
