"""Before launch: what memory a run will take, whether it fits and what would, and how many steps it makes. Unit: bytes.

What is predicted and how far it is from what was measured stands in docs/training.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from .. import memory_step
from ..graph import Graph
from .devices import Device
from .settings import Settings

# A worker on the CPU: Python, Keras, its backend and what that compiles, as measured. For a GPU these stand in the
# computer's memory; what its libraries hold on the card is left out of the share that a run may count on.
PROCESS = {"tensorflow": 780_000_000, "jax": 500_000_000, "torch": 900_000_000}
_SHARE = 0.92  # of a device's memory
_BATCHES = 2  # on their way to the device at once

# A sentence for the page; docs/training.md has the table behind it.
NOTE = (
    "Predicted layer by layer for this backend. Five networks at two batch sizes were within 20 % of what each backend "
    "itself reported on the CPU; on a GPU it has not been measured."
)


class Predicted(NamedTuple):
    """Bytes of a run at its peak, by what they are for."""

    weights: int
    gradients: int
    slots: int
    activations: int
    working: int
    data: int
    libraries: int

    @property
    def total(self) -> int:
        return sum(self)


class Offer(NamedTuple):
    """Settings with which a run fits, and what they are in words."""

    words: str
    settings: Settings
    total: int


def memory(graph: Graph, settings: Settings, device: Device | None = None) -> Predicted:
    """What training takes at the batch size of the settings. Without `device`, as on a CPU."""
    on_gpu = device is not None and device.kind == "gpu"
    step = memory_step.step(
        graph,
        settings.batch_size,
        settings.number_format,
        optimizer_of(settings),
        way(settings, on_gpu),
    )
    height, width, channels = graph.nodes[0].shape
    batch = settings.batch_size * height * width * channels * 4
    libraries = 0 if on_gpu else PROCESS[settings.backend]
    return Predicted(*step, batch * _BATCHES, libraries)


def way(settings: Settings, on_gpu: bool) -> str:
    """How the backend will run the step: a name of memory_step.BACKENDS."""
    if settings.backend == "torch":
        return "torch"
    # Keras compiles with XLA by itself on a GPU, on the CPU only where it is asked to; JAX always does.
    compiled = settings.xla == "on" or (settings.xla == "auto" and on_gpu)
    if settings.backend != "jax" and not compiled:
        return "tensorflow"
    return "xla_gpu" if on_gpu else "xla_cpu"


def optimizer_of(settings: Settings) -> str:
    """The optimizer by its name in memory.OPTIMIZERS."""
    return "momentum" if settings.optimizer == "sgd" and settings.momentum else settings.optimizer


def fits(predicted: Predicted, has: int) -> bool:
    """Whether a run fits a device of so many bytes."""
    return predicted.total <= has * _SHARE


def largest_batch(graph: Graph, settings: Settings, has: int, device: Device | None = None) -> int:
    """The largest batch size, up to the one in the settings, that fits; 0 where not even one picture does."""

    def works(size: int) -> bool:
        return fits(memory(graph, replace(settings, batch_size=size), device), has)

    low, high = 0, settings.batch_size + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if works(middle) else (low, middle)
    return low


def offers(graph: Graph, settings: Settings, has: int, device: Device | None = None) -> tuple[Offer, ...]:
    """What would fit, best first: mixed precision, a smaller batch. Empty where the net itself is too large."""
    mixed = "mixed_bfloat16" if settings.number_format == "float32" else settings.number_format
    found: list[Offer] = []

    def add(words: str, changed: Settings) -> None:
        predicted = memory(graph, changed, device)
        if fits(predicted, has):
            found.append(Offer(words, changed, predicted.total))

    if device is not None and device.kind == "gpu" and mixed != settings.number_format:
        add("compute in 16 bits (mixed_bfloat16)", replace(settings, number_format=mixed))
    size = largest_batch(graph, settings, has, device)
    if 0 < size < settings.batch_size:
        handy = 1 << (size.bit_length() - 1)  # a power of two is what batches mostly are
        add(f"a batch of {handy:,} pictures", replace(settings, batch_size=handy))
    return tuple(found)


def refusal(graph: Graph, settings: Settings, device: Device, has: int = 0) -> str:
    """Why a run cannot be started for want of memory, with what would do; "" where it fits or nothing is known."""
    from .. import units

    has = has or device.memory
    predicted = memory(graph, settings, device)
    if not has or fits(predicted, has):
        return ""
    would = [offer.words for offer in offers(graph, settings, has, device)]
    wanted = f"it takes about {units.binary(predicted.total)} of memory, and {device.name} has {units.binary(has)}"
    return f"{wanted}; what fits: {', or '.join(would) if would else 'a smaller net or smaller pictures'}"


def steps(settings: Settings, pictures: int) -> int:
    """Steps in one epoch over so many training pictures; the last one may be smaller."""
    return -(-pictures // settings.batch_size)


def seconds(settings: Settings, pictures: int, seconds_per_step: float) -> float:
    """Rough seconds of the whole run by the time of one step; validation and start apart."""
    found = steps(settings, pictures) * settings.epochs * seconds_per_step
    return min(found, settings.time_limit) if settings.time_limit else found
