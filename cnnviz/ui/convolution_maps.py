"""Convolution and pooling as scenes to step through: input, kernel, products, output."""

from __future__ import annotations

from ..labs import convolution, landscape, pooling, samples, stepping
from ..labs.convolution import Convolved
from ..labs.samples import KERNELS, OWN, PATCH, PICTURES
from ..labs.sliding import Axis, Grid
from ..labs.stepping import Settings
from ..ops import formula
from .convolution_scene import (
    Control,
    Panel,
    Scene,
    Step,
    added,
    chooser,
    covered,
    exact,
    factor,
    number,
    padded,
    select,
    steppers,
    unseen,
)

_SIDES = ("rows", "columns")
_TYPED = (OWN, "Own numbers")
_PICTURES = (*((name, title) for name, (title, _) in PICTURES.items()), (PATCH, "Patch of a picture"), _TYPED)
_BRIGHTNESS = "brightness: ({}·red + {}·green + {}·blue) / 8, rounded".format(*landscape.EYE)
_KERNELS = (*((name, found.title) for name, found in KERNELS.items()), _TYPED)


def convolved(settings: Settings) -> Scene:
    """One filter over the input."""
    grid, kernel = stepping.grid_of(settings), stepping.kernel_of(settings)
    found = convolution.convolve(
        grid,
        kernel,
        strides=(settings.strides,) * 2,
        padding=settings.padding,
        dilation_rate=(settings.dilation_rate,) * 2,
        divisor=stepping.divisor_of(settings),
        bias=settings.bias,
        relu=settings.relu,
    )
    rows = tuple([_channel(settings, grid, kernel, found, channel) for channel in range(len(grid))])
    output = _output("output", "Output", found.height, found.width, [float(step.output) for step in found.steps])
    output = output._replace(texts=tuple([number(step.output) for step in found.steps]), sign="=")
    middle = (len(rows) - 1) // 2
    return Scene(
        "convolution",
        "output cell",
        tuple([(*row, output) if channel == middle else row for channel, row in enumerate(rows)]),
        tuple([_convolution_step(settings, found, i) for i in range(len(found.steps))]),
        _facts(settings, found),
        chooser=chooser("patch", settings.patch, settings.sides) if settings.picture == PATCH else None,
    )


def _channel(settings: Settings, grid: Grid, kernel: Grid, found: Convolved, channel: int) -> tuple[Panel, ...]:
    """Input, kernel and products of one channel; the controls stand above the first."""
    height, width = found.height, found.width
    values = padded(grid[channel], height, width)
    numbered = f" {channel + 1}" if len(grid) > 1 else ""
    patch = settings.picture == PATCH
    name = f" ({landscape.names(len(grid))[channel]})" if patch else ""
    weights = [weight for row in kernel[channel] for weight in row]
    first = channel == 0
    return (
        Panel(
            f"input{channel}",
            f"Input, channel{numbered}{name}" if numbered else f"Input{name}",
            "input",
            *_padded_sides(height, width),
            values,
            edit="grid",
            first=channel * height.side * width.side,
            controls=_input_controls(settings) if first else (),
            note=_BRIGHTNESS if patch and not numbered else "",
            unseen=unseen(height, width),
        ),
        Panel(
            f"kernel{channel}",
            f"Kernel, channel{numbered}" if numbered else "Kernel",
            "kernel",
            height.taps,
            width.taps,
            tuple([float(weight) for weight in weights]),
            top=max(map(abs, found.weights), default=1) or 1,
            edit="kernel",
            first=channel * height.taps * width.taps,
            controls=_kernel_controls(settings) if first else (),
            sign="×",
        ),
        Panel(
            f"products{channel}",
            "Products",
            "work",
            height.taps,
            width.taps,
            top=max((abs(product) for step in found.steps for product in step.products), default=1) or 1,
            sign="=",
        ),
    )


def _input_controls(settings: Settings) -> tuple[Control, ...]:
    return (
        select("picture", "Picture", settings.picture, _PICTURES),
        *steppers("sides", settings.sides, 1, stepping.MOST_SIDE, _SIDES),
        Control("stepper", "channels", "channels", settings.channels, 1, stepping.MOST_CHANNELS),
    )


def _kernel_controls(settings: Settings) -> tuple[Control, ...]:
    kernel = stepping.kernel_of(settings)
    sides = len(kernel[0]), len(kernel[0][0])
    return (
        select("preset", "Kernel", settings.preset, _KERNELS),
        *steppers("kernel_sides", sides, 1, stepping.MOST_KERNEL, _SIDES),
        Control("stepper", "divisor", "divided by", stepping.divisor_of(settings), 1, 999),
    )


def _convolution_step(settings: Settings, found: Convolved, i: int) -> Step:
    step, taps = found.steps[i], found.height.taps * found.width.taps
    channels = len(step.values) // taps
    parts = [slice(channel * taps, (channel + 1) * taps) for channel in range(channels)]
    lines = []
    for channel, part in enumerate(parts):
        terms = " + ".join(
            f"{number(value or 0)}·{factor(weight)}"
            for value, weight in zip(step.values[part], found.weights[part], strict=True)
        )
        name = f"Channel {channel + 1}: " if channels > 1 else ""
        lines.append(f"{name}{terms} = {number(sum(step.products[part]))}")
    lines += _after_the_sums(settings, step, [sum(step.products[part]) for part in parts])
    under = covered(found.height, found.width, step.row, step.column)
    marks = {f"input{channel}": under for channel in range(channels)} | {"output": (i,)}
    cells = {
        f"products{channel}": tuple([number(product) for product in step.products[part]])
        for channel, part in enumerate(parts)
    }
    values = {
        f"products{channel}": tuple([float(product) for product in step.products[part]])
        for channel, part in enumerate(parts)
    }
    return Step(_place(step.row, step.column), tuple(lines), marks, cells=cells, values=values)


def _after_the_sums(settings: Settings, step: convolution.Step, sums: list[int]) -> list[str]:
    """Sum over channels, division, bias and ReLU, where there are any."""
    divisor = stepping.divisor_of(settings)
    if len(sums) == 1 and divisor == 1 and not settings.bias and not settings.relu:
        return []
    text = added(sums)
    if divisor > 1:
        text = f"({text}) / {divisor}" if len(sums) > 1 else f"{text} / {divisor}"
    if settings.bias:
        text += f" {added([0, settings.bias])[2:]}"
    return [f"Output: {f'max({text}, 0)' if settings.relu else text} {exact(step.output)}"]


def _facts(settings: Settings, found: Convolved) -> tuple[tuple[str, str], ...]:
    """Output size, padding, what is never seen, what the layer costs: each with its numbers."""
    facts = []
    for name, axis in (("Output rows", found.height), ("Output columns", found.width)):
        facts.append((name, convolution.size_formula(axis, settings.padding)))
        if name == "Output columns" and _alike(found):
            facts[-2:] = [("Output rows, and columns", facts[-1][1])]
    facts += geometry(found.height, found.width, settings.padding)
    facts.append(("Parameters of the layer", f"{number(len(found.weights))} weights + 1 bias = {found.parameters}"))
    facts.append(("Multiply-adds (MACs)", formula(found.macs)))
    return tuple(facts)


def _alike(found: Convolved) -> bool:
    return found.height == found.width


def geometry(height: Axis, width: Axis, padding: str) -> list[tuple[str, str]]:
    """Extent of a dilated window, padding on each side, and input that no window reaches."""
    facts = []
    both = height == width
    named = [("", height)] if both else [(", rows", height), (", columns", width)]
    facts += [(f"Window reaches{name}", convolution.extent_formula(axis)) for name, axis in named if axis.dilation > 1]
    if padding == "same":
        facts += [(f"Padding needed{name}", convolution.padding_formula(axis)) for name, axis in named]
        facts.append(
            (
                "Padded cells",
                f"{height.before} above, {height.after} below, {width.before} left, {width.after} right"
                + _uneven(height, width),
            )
        )
    lost = len(unseen(height, width))
    if lost:
        facts.append(("Never seen", f"{lost} input cells (hatched) are under no tap of any window"))
    return facts


def _uneven(height: Axis, width: Axis) -> str:
    sides = [side for axis, side in ((height, "below"), (width, "right")) if axis.uneven]
    return f"; uneven: the odd one goes {' and '.join(sides)}" if sides else ""


def pooled(settings: Settings) -> Scene:
    """Max and average pooling of the same windows."""
    grid = stepping.pool_grid_of(settings)
    found = pooling.pool(grid, (settings.pool_size,) * 2, (settings.pool_strides,) * 2, settings.pool_padding)
    height, width = found.height, found.width
    patch = settings.pool_picture == PATCH
    source = Panel(
        "input",
        "Input",
        "input",
        *_padded_sides(height, width),
        padded(grid[0], height, width),
        edit="pool_grid",
        controls=(
            select("pool_picture", "Picture", settings.pool_picture, _PICTURES),
            *steppers("pool_sides", settings.pool_sides, 1, stepping.MOST_SIDE, _SIDES),
        ),
        note=f"{_look(found.input)}; {_BRIGHTNESS}" if patch else _look(found.input),
        unseen=unseen(height, width),
    )
    largest = _output("max", "Max pooling", height, width, [float(step.largest) for step in found.steps])
    means = _output("average", "Average pooling", height, width, [float(step.mean) for step in found.steps])
    return Scene(
        "pooling",
        "output cell",
        (
            (
                source,
                largest._replace(note=_look(found.max), sign="→"),
                means._replace(
                    note=_look(found.average), sign="", texts=tuple([number(step.mean) for step in found.steps])
                ),
            ),
        ),
        tuple([_pool_step(found, i) for i in range(len(found.steps))]),
        (*_pool_sizes(settings, height, width), *geometry(height, width, settings.pool_padding)),
        chooser=chooser("pool_patch", settings.pool_patch, settings.pool_sides) if patch else None,
    )


def _pool_sizes(settings: Settings, height: Axis, width: Axis) -> tuple[tuple[str, str], ...]:
    rows, columns = (convolution.size_formula(axis, settings.pool_padding) for axis in (height, width))
    if height == width:
        return (("Output rows, and columns", rows),)
    return (("Output rows", rows), ("Output columns", columns))


def _look(found: pooling.Look) -> str:
    return f"mean {number(found.mean)}, from {number(found.low)} to {number(found.high)}"


def _pool_step(found: pooling.Pooled, i: int) -> Step:
    step = found.steps[i]
    under = covered(found.height, found.width, step.row, step.column)
    inside = [value for value in step.values if value is not None]
    left_out = len(step.values) - len(inside)
    lines = [
        f"Max: max({', '.join(map(number, inside))}) = {number(step.largest)}",
        f"Average: ({added(inside)}) / {step.counted} {exact(step.mean)}",
    ]
    if left_out:
        lines.append(f"{left_out} padded cells of the window never win and are not counted")
    return Step(
        _place(step.row, step.column),
        tuple(lines),
        {"input": under, "max": (i,), "average": (i,)},
        {"input": (under[step.winner],)},
    )


def _padded_sides(height: Axis, width: Axis) -> tuple[int, int]:
    return height.before + height.side + height.after, width.before + width.side + width.after


def _output(id: str, title: str, height: Axis, width: Axis, values: list[float]) -> Panel:
    top = max(map(abs, values)) or 1
    return Panel(id, f"{title} {height.out}×{width.out}", "output", height.out, width.out, tuple(values), top=top)


def _place(row: int, column: int) -> str:
    return f"row {row + 1}, column {column + 1}"


def kernel_about(settings: Settings) -> str:
    """What the kernel on screen does."""
    if settings.preset != OWN:
        return samples.KERNELS[settings.preset].about
    total = sum(weight for channel in stepping.kernel_of(settings) for row in channel for weight in row)
    return f"Own numbers; they add up to {number(total)}, so an even area of 1s gives {number(total)} before dividing."
