"""The settings of the page that shows layers step by step, and what a change of one of them brings with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..declare import ParamError, choice, flag, integer, integers, real, shown, size
from ..ops import PADDINGS, MaxPool, OpError
from . import convolution, landscape, samples, sliding
from .samples import KERNELS, OWN, PATCH, PICTURES
from .sliding import Grid

TOPICS = ("convolution", "pooling", "normalisation", "dropout", "head", "field")
MOST_SIDE, MOST_CHANNELS, MOST_KERNEL, MOST_BATCHES, MOST_SAMPLES = 10, 3, 5, 5, 8
MOST_STEPS = 100  # of any topic: every position of the largest input, or as many training steps
LARGEST = 99  # of a typed number

_PICTURE = "a sample picture, patch: cut from a larger picture, or own: typed numbers"
_PATCH = "first row and column of the patch, counted from 0"
_GRID = "typed numbers of the input, channel by channel, row by row"
_PADDED = "same: padded with zeros so that the output side is input side / stride, rounded up; valid: no padding"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is on the page: one part for each topic."""

    topic: str = choice(TOPICS, "what is shown", "convolution")
    step: int = integer(1, MOST_STEPS, "the step that is shown first", 1)

    picture: str = choice((*PICTURES, PATCH, OWN), _PICTURE, "edge")
    patch: tuple[int, int] = size(0, landscape.COLUMNS - 1, _PATCH, (22, 14))
    sides: tuple[int, int] = size(1, MOST_SIDE, "rows and columns of the input", 6)
    channels: int = integer(1, MOST_CHANNELS, "channels of the input", 1)
    grid: tuple[int, ...] = integers(-LARGEST, LARGEST, MOST_SIDE**2 * MOST_CHANNELS, _GRID, ())
    preset: str = choice((*KERNELS, OWN), "a kernel by name, or own: typed numbers", "vertical")
    kernel_sides: tuple[int, int] = size(1, MOST_KERNEL, "rows and columns of a typed kernel", 3)
    kernel: tuple[int, ...] = integers(
        -LARGEST, LARGEST, MOST_KERNEL**2 * MOST_CHANNELS, "typed numbers of the kernel, in the same order", ()
    )
    divisor: int = integer(1, 999, "what the sum of a typed kernel's products is divided by", 1)
    strides: int = integer(1, 4, "step of the window along both axes", 1)
    padding: str = choice(PADDINGS, _PADDED, "valid")
    dilation_rate: int = integer(1, 3, "distance between the kernel's taps", 1)
    bias: int = integer(-LARGEST, LARGEST, "one number added to every output", 0)
    relu: bool = flag("outputs below 0 become 0", False)

    pool_picture: str = choice((*PICTURES, PATCH, OWN), _PICTURE, "texture")
    pool_patch: tuple[int, int] = size(0, landscape.COLUMNS - 1, _PATCH, (18, 48))
    pool_sides: tuple[int, int] = size(1, MOST_SIDE, "rows and columns of the input", 8)
    pool_grid: tuple[int, ...] = integers(-LARGEST, LARGEST, MOST_SIDE**2, _GRID, ())
    pool_size: int = integer(1, MOST_KERNEL, "side of the window", 2)
    pool_strides: int = integer(1, 4, "step of the window along both axes", 2)
    pool_padding: str = choice(
        PADDINGS, "same: output side is input side / stride, rounded up; valid: whole windows only", "valid"
    )

    batch_sides: tuple[int, int] = size(2, MOST_SAMPLES, "number of batches, and of values in each", (3, 4))
    batches: tuple[int, ...] = integers(
        -LARGEST,
        LARGEST,
        MOST_BATCHES * MOST_SAMPLES,
        "the values of one channel, batch by batch",
        (2, 4, 4, 6, 3, 5, 9, 7, 1, 8, 6, 5),
    )
    momentum: float = real(0, 1, "share of the old running statistics that a step keeps; Keras: 0.99", 0.9)
    gamma: float = real(-LARGEST, LARGEST, "learned scale", 1.0)
    beta: float = real(-LARGEST, LARGEST, "learned shift", 0.0)
    train_steps: int = integer(1, MOST_STEPS, "training steps, going round through the batches", 24)

    values: tuple[int, ...] = integers(
        -LARGEST, LARGEST, 16, "typed numbers, 4 rows of 4", (8, 3, 5, 6, 2, 9, 4, 7, 6, 1, 8, 3, 5, 7, 2, 4)
    )
    rate: float = real(0, 0.95, "probability that a value is dropped", 0.5)
    seed: int = integer(0, 9_999, "which draws: the same seed draws the same", 1)

    map_side: int = integer(1, 64, "rows and columns of the last map", 7)
    map_channels: int = integer(1, 4_096, "channels of the last map", 512)
    hidden: int = integer(1, 8_192, "units of the dense layers in between", 4_096)
    classes: int = integer(2, 10_000, "number of classes", 1_000)

    def rule(self) -> str | None:
        """The patches lie inside their picture, the windows fit on their grids, and Keras has such a convolution."""
        if self.batch_sides[0] > MOST_BATCHES:
            return f"batch_sides: at most {MOST_BATCHES} batches, got {self.batch_sides[0]}"
        outside = _outside("patch", self.patch, self.sides) or _outside("pool_patch", self.pool_patch, self.pool_sides)
        if outside:
            return outside
        kernel, grid = kernel_of(self), grid_of(self)
        op = convolution.operation(kernel, (self.strides,) * 2, self.padding, (self.dilation_rate,) * 2)
        pooling = MaxPool((self.pool_size,) * 2, (self.pool_strides,) * 2, self.pool_padding)
        try:
            op.output_shape(((*self.sides, len(grid)),))
            pooling.output_shape(((*self.pool_sides, 1),))
        except OpError as error:
            return str(error)
        return op.rule()


def grid_of(settings: Settings) -> Grid:
    """The input of the convolution."""
    if settings.picture == OWN:
        return sliding.shaped(settings.grid, *settings.sides, settings.channels)
    if settings.picture == PATCH:
        return landscape.patch(*settings.patch, *settings.sides, settings.channels)
    return samples.picture(settings.picture, *settings.sides, settings.channels)


def kernel_of(settings: Settings) -> Grid:
    """The kernel, for each channel of the input."""
    if settings.preset == OWN:
        return sliding.shaped(settings.kernel, *settings.kernel_sides, settings.channels)
    return samples.kernel(settings.preset, settings.channels)


def divisor_of(settings: Settings) -> int:
    """What the sum of the products is divided by."""
    return settings.divisor if settings.preset == OWN else samples.divisor(settings.preset, settings.channels)


def pool_grid_of(settings: Settings) -> Grid:
    """The input of the pooling: one channel."""
    if settings.pool_picture == OWN:
        return sliding.shaped(settings.pool_grid, *settings.pool_sides, 1)
    if settings.pool_picture == PATCH:
        return landscape.patch(*settings.pool_patch, *settings.pool_sides, 1)
    return samples.picture(settings.pool_picture, *settings.pool_sides, 1)


def batches_of(settings: Settings) -> tuple[tuple[int, ...], ...]:
    """The batches, each a row."""
    return sliding.shaped(settings.batches, *settings.batch_sides, 1)[0]


def typed(settings: Settings, panel: str, place: int, number: Any) -> dict[str, Any]:
    """What changes when a number is typed into a cell: a sample becomes the reader's own. Raises ParamError."""
    if not isinstance(number, int) or isinstance(number, bool) or not -LARGEST <= number <= LARGEST:
        raise ParamError(panel, f"a cell holds a whole number from −{LARGEST} to {LARGEST}, got {shown(number)}")
    numbers = {
        "grid": lambda: sliding.flat(grid_of(settings)),
        "kernel": lambda: sliding.flat(kernel_of(settings)),
        "pool_grid": lambda: sliding.flat(pool_grid_of(settings)),
        "batches": lambda: sliding.flat((batches_of(settings),)),
        "values": lambda: sliding.flat(sliding.shaped(settings.values, 4, 4, 1)),
    }
    held = list(numbers[panel]()) if panel in numbers else []
    if not 0 <= place < len(held):
        raise ParamError(panel, "there is no such cell")
    held[place] = number
    return {**_own(settings, panel), panel: tuple(held)}


def changed(settings: Settings, name: str, value: Any) -> dict[str, Any]:
    """What changes together when one setting is given another value: typed numbers keep their places."""
    match name, value:
        case "picture", str():
            return {name: value, "grid": sliding.flat(grid_of(settings)) if value == OWN else ()}
        case "pool_picture", str():
            return {name: value, "pool_grid": sliding.flat(pool_grid_of(settings)) if value == OWN else ()}
        case "preset", str():
            return _preset(settings, value)
        case "divisor", _:
            return {**_own(settings, "kernel"), "kernel": sliding.flat(kernel_of(settings)), name: value}
        case (("sides" | "pool_sides" | "kernel_sides" | "batch_sides"), [int(rows), int(columns)]):
            return _resized(settings, name, rows, columns)
        case "channels", int():
            return _channels(settings, value)
    return {name: value}


def _outside(name: str, place: tuple[int, int], sides: tuple[int, int]) -> str:
    """What is wrong with a patch that reaches out of its picture; "" for one that does not."""
    if landscape.held(place, sides) == place:
        return ""
    rows, columns = landscape.ROWS - sides[0], landscape.COLUMNS - sides[1]
    return (
        f"{name}: {sides[0]}×{sides[1]} cells of the {landscape.ROWS}×{landscape.COLUMNS} picture begin at row 0 to "
        f"{rows} and column 0 to {columns}, got {place[0]}×{place[1]}"
    )


def _own(settings: Settings, panel: str) -> dict[str, Any]:
    """What says that a panel's numbers are typed."""
    match panel:
        case "grid":
            return {"picture": OWN}
        case "pool_grid":
            return {"pool_picture": OWN}
        case "kernel":
            kernel = kernel_of(settings)
            return {
                "preset": OWN,
                "kernel_sides": (len(kernel[0]), len(kernel[0][0])),
                "divisor": divisor_of(settings),
            }
    return {}


def _preset(settings: Settings, name: str) -> dict[str, Any]:
    """Another kernel by name. A mix needs channels to mix."""
    if name == OWN:
        return {**_own(settings, "kernel"), "kernel": sliding.flat(kernel_of(settings))}
    chosen = {"preset": name, "kernel": (), "kernel_sides": (3, 3), "divisor": 1}
    if name in KERNELS and KERNELS[name].mix and settings.channels == 1:
        return {**chosen, **_channels(settings, MOST_CHANNELS), "preset": name, "kernel": ()}
    return chosen


def _channels(settings: Settings, channels: int) -> dict[str, Any]:
    if not 1 <= channels <= MOST_CHANNELS:
        return {"channels": channels}
    changes: dict[str, Any] = {"channels": channels}
    if settings.picture == OWN:
        changes["grid"] = sliding.flat(sliding.resized(grid_of(settings), *settings.sides, channels))
    if settings.preset == OWN:
        changes["kernel"] = sliding.flat(sliding.resized(kernel_of(settings), *settings.kernel_sides, channels))
    return changes


def _resized(settings: Settings, name: str, rows: int, columns: int) -> dict[str, Any]:
    changes: dict[str, Any] = {name: (rows, columns)}
    if not (1 <= rows <= MOST_SIDE and 1 <= columns <= MOST_SIDE):
        return changes
    match name:
        case "sides":
            changes["patch"] = landscape.held(settings.patch, (rows, columns))
            if settings.picture == OWN:
                changes["grid"] = _fitted(grid_of(settings), rows, columns)
        case "pool_sides":
            changes["pool_patch"] = landscape.held(settings.pool_patch, (rows, columns))
            if settings.pool_picture == OWN:
                changes["pool_grid"] = _fitted(pool_grid_of(settings), rows, columns)
        case "batch_sides":
            changes["batches"] = _fitted((batches_of(settings),), rows, columns)
        case "kernel_sides":
            changes = {**_own(settings, "kernel"), **changes, "kernel": _fitted(kernel_of(settings), rows, columns)}
    return changes


def _fitted(grid: Grid, rows: int, columns: int) -> tuple[int, ...]:
    return sliding.flat(sliding.resized(grid, rows, columns, len(grid)))
