"""The 1×1 reduction: one large convolution, directly or behind a 1×1 that leaves it fewer channels to read.

Both ways are nets of the engine, so that every figure here is the one that Build shows for the same notation. What a
reduction costs is linear in its width: where it breaks even follows exactly from the engine's costs at two widths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from .. import report
from ..costs import NodeCost, explain
from ..declare import flag, integer
from ..net import Net, Step
from ..ops import Conv, Cost, Input, Shape
from ..report import Report

MOST_SIDE, MOST_CHANNELS = 1_024, 4_096  # every cost within these stays exact in a browser too


@dataclass(frozen=True, slots=True)
class Settings:
    """What the page is set to: the convolution and its reduction, then the residual blocks that are compared."""

    side: int = integer(1, MOST_SIDE, "height and width of the map", 100)
    channels: int = integer(1, MOST_CHANNELS, "channels of the map that comes in", 128)
    filters: int = integer(1, MOST_CHANNELS, "filters of the large convolution, and output channels", 32)
    kernel: int = integer(1, 11, "height and width of the large kernel", 5)
    strides: int = integer(1, 4, "step of the large kernel; the 1×1 before it always has step 1", 1)
    reduction: int = integer(1, MOST_CHANNELS, "filters of the 1×1: the channels that the large kernel then reads", 32)
    bias: bool = flag("count one bias for each filter", False)
    wide: int = integer(1, MOST_CHANNELS, "channels that come into and leave the residual blocks", 256)
    narrow: int = integer(1, MOST_CHANNELS, "channels that the bottleneck's first 1×1 leaves its 3×3", 64)
    map_side: int = integer(1, MOST_SIDE, "height and width of the residual blocks' map", 56)

    def rule(self) -> str | None:
        """Every allowed value goes with every other."""
        return None


EXAMPLE = Settings()
# A tutorial puts GoogLeNet's module 3a straight on a picture: its 3×3 has 3,584 parameters, behind its 1×1 110,720.
PUZZLE = Settings(side=256, channels=3, filters=128, kernel=3, reduction=96, bias=True)
DEEP = replace(PUZZLE, channels=256)


class Layer(NamedTuple):
    """One convolution of a way: its side of kernel, what it reads and puts out, and its costs as sums of factors."""

    name: str
    kernel: int
    received: Shape
    shape: Shape
    parameters: Cost
    macs: Cost
    cost: NodeCost


class Ways(NamedTuple):
    """The two nets. `reduced` has the 1×1 before the large convolution."""

    direct: Report
    reduced: Report


class Line(NamedTuple):
    """A cost against the width r of the reduction: `fixed` + `each`·r. `direct` is the cost without reduction."""

    fixed: int
    each: int
    direct: int

    def at(self, width: int) -> int:
        """The cost with a reduction to `width` channels."""
        return self.fixed + self.each * width

    @property
    def limit(self) -> Fraction:
        """The width at which both ways cost the same, exact: every smaller one saves."""
        return Fraction(self.direct - self.fixed, self.each)

    @property
    def largest(self) -> int:
        """The largest width that saves; 0 where none does."""
        return max(ceil(self.limit) - 1, 0)


class Lines(NamedTuple):
    """Parameters and MACs, each against the width of the reduction."""

    parameters: Line
    macs: Line


class Condition(NamedTuple):
    """When a reduction to r channels saves: r < numerator / denominator, in symbols and with the numbers put in."""

    symbols: tuple[str, str]
    numbers: tuple[str, str]
    line: Line


Template = tuple[tuple[int | None, ...], ...]  # a sum of products; None stands for the width r


class Pattern(NamedTuple):
    """A convolution's costs with the width of the reduction left open."""

    parameters: Template
    macs: Template


def ways(settings: Settings) -> Ways:
    """Both nets of these settings. The direct one does not depend on the width."""
    taken = Input(settings.side, settings.side, settings.channels)
    large = Step(_large(settings))
    small = Step(Conv(settings.reduction, (1, 1), use_bias=settings.bias), "reduce")
    return Ways(report.of_net(Net(taken, (large,))), report.of_net(Net(taken, (small, large))))


def layers(found: Report) -> tuple[Layer, ...]:
    """The convolutions of a way, in order."""
    graph = found.graph
    made = []
    for i, node in enumerate(graph.nodes):
        if isinstance(node.op, Conv):
            costs = explain(graph, i)
            received = graph.input_shapes(i)[0]
            side = node.op.kernel_size[0]
            made.append(Layer(node.id, side, received, node.shape, costs.parameters, costs.macs, found.costs[i]))
    return tuple(made)


def patterns(settings: Settings) -> tuple[Pattern, Pattern]:
    """The costs of the 1×1 and of the large convolution behind it for any width: what differs at 1 and 2 is r."""
    one, two = (layers(ways(replace(settings, reduction=width)).reduced) for width in (1, 2))
    first, second = (
        Pattern(_open(a.parameters, b.parameters), _open(a.macs, b.macs)) for a, b in zip(one, two, strict=True)
    )
    return first, second


def lines(settings: Settings) -> Lines:
    """What the reduction costs at every width; the width that is set does not matter."""
    one, two = (ways(replace(settings, reduction=width)) for width in (1, 2))
    return between(one.direct.total, one.reduced.total, two.reduced.total)


def between(direct: NodeCost, one: NodeCost, two: NodeCost) -> Lines:
    """The lines through the engine's costs at the widths 1 and 2."""
    return Lines(
        _line(direct.parameters, one.parameters, two.parameters),
        _line(direct.macs, one.macs, two.macs),
    )


def condition(settings: Settings) -> Condition:
    """When the reduction costs fewer parameters: with biases each of its filters costs one more."""
    k, c, f = settings.kernel, settings.channels, settings.filters
    one = " + 1" if settings.bias else ""
    return Condition(
        ("k²·Cin·Cout", f"Cin{one} + k²·Cout"),
        (f"{k}²·{c}·{f}", f"{c}{one} + {k}²·{f}"),
        lines(settings).parameters,
    )


def condition_of_macs(settings: Settings) -> Condition:
    """When it costs fewer MACs. With a step the 1×1 works at every position that comes in, the kernel at fewer."""
    line = lines(settings).macs
    if settings.strides == 1:
        return condition(replace(settings, bias=False))._replace(line=line)
    k, c, f, side = settings.kernel, settings.channels, settings.filters, settings.side
    out = ways(settings).direct.graph.nodes[-1].shape[0]
    return Condition(
        ("k²·Cin·Cout·Pout", "Cin·Pin + k²·Cout·Pout"),
        (f"{k}²·{c}·{f}·{out}²", f"{c}·{side}² + {k}²·{f}·{out}²"),
        line,
    )


def reach(settings: Settings) -> int:
    """How far the widths of a chart go: past the break-even, the channels that come in, and the width that is set."""
    past = [Fraction(6, 5) * line.limit for line in lines(settings)]
    past += [Fraction(6, 5) * settings.channels, Fraction(11, 10) * settings.reduction, Fraction(4)]
    return min(ceil(max(past)), MOST_CHANNELS)


def _line(direct: int, one: int, two: int) -> Line:
    each = two - one
    return Line(one - each, each, direct)


def _open(one: Cost, two: Cost) -> Template:
    """A cost at the widths 1 and 2 as a template: the factors that differ are r."""
    return tuple(
        tuple(a if a == b else None for (_, a), (_, b) in zip(left, right, strict=True))
        for left, right in zip(one, two, strict=True)
    )


def _large(settings: Settings) -> Conv:
    k, s = settings.kernel, settings.strides
    return Conv(settings.filters, (k, k), strides=(s, s), use_bias=settings.bias)
