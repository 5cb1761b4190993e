"""Where a net would gain by a 1×1 reduction: the places, what each would save, and the net with it.

Looked at are written convolutions, VGG blocks, naive Inception modules, basic residual blocks and plain dense blocks.
Before a convolution goes a 1×1 of half the width at which it breaks even: as its cost is linear in the width, about
half of the cost remains. A VGG block is written out as its convolutions, each with such a 1×1 where that gains. A
module gets the 1×1 of its projected form, a residual block becomes a bottleneck of a quarter of its channels, a dense
block gets the 1×1 of DenseNet-B. Nothing is said of accuracy: that only training tells.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from math import prod
from typing import Any, NamedTuple

from .. import declare, edit, report
from ..blocks.densenet import DenseBlock
from ..blocks.inception import Inception, NaiveInception
from ..blocks.plain import VGG, ConvBN
from ..blocks.residual import Bottleneck, Residual
from ..costs import NodeCost
from ..graph import Graph, GraphError, Place, Span
from ..net import Item, Net, NetError, Repeat, Step, walk
from ..notation_print import print_item
from ..ops import Activation, BatchNorm, Conv, MaxPool, Shape
from ..report import Report
from .reduction import Lines, between
from .reduction_modules import alone, received

LEAST = 8  # channels: a 1×1 that leaves fewer would squeeze pictures and thin maps to almost nothing
MOST_MODULES = 40  # naive ones that are examined: for each of them the whole net is built again
_KEPT = 4  # a bottleneck keeps a quarter of the channels, as in the paper
_DENSE = 4  # times the growth rate: the 1×1 of DenseNet-B, as in the paper


class Offer(NamedTuple):
    """One place that would gain: `before` as written there, `after` what would stand in its stead.

    `id` is the path of the block, `received` what comes in there first, `width` what the 1×1 leave, `limit` the width
    from which on nothing is saved (0 where no single number says that), `saved` what the whole net would cost less;
    `out` is the shape that the place puts out now and `new_out` then.
    """

    place: Place
    id: str
    before: Item
    after: tuple[Item, ...]
    received: Shape
    width: int
    limit: int
    saved: NodeCost
    out: Shape
    new_out: Shape


def offers(found: Report) -> tuple[Offer, ...]:
    """Every place that would gain, the largest saving of MACs first."""
    spans: dict[Place, list[Span]] = {}
    for span in found.graph.spans:
        spans.setdefault(span.place, []).append(span)
    made = []
    modules = 0
    for place, item in walk(found.net.items):
        if isinstance(item, Step) and place in spans:
            modules += isinstance(item.block, NaiveInception)
            if isinstance(item.block, NaiveInception) and modules > MOST_MODULES:
                continue
            offer = _offer(found, place, item, spans[place])
            if offer and offer.saved.parameters > 0 and offer.saved.macs > 0:
                made.append(offer)
    return tuple(sorted(made, key=lambda offer: -offer.saved.macs))


def unexamined(found: Report) -> int:
    """How many written naive Inception modules come after the last one that `offers` examines."""
    blocks = [item.block for _, item in walk(found.net.items) if isinstance(item, Step)]
    return max(sum(isinstance(block, NaiveInception) for block in blocks) - MOST_MODULES, 0)


def applied(found: Report, chosen: Iterable[Offer]) -> Report:
    """The net with these offers taken. Raises GraphError or NetError where they do not go together."""
    net = found.net
    for offer in sorted(chosen, key=lambda offer: offer.place, reverse=True):  # what comes later keeps its place
        net = _put(net, offer.place, offer.after)
    return report.of_net(net)


def text(items: Iterable[Item]) -> str:
    """Items as they are written, in one line."""
    return "; ".join(print_item(item) for item in items)


def _put(net: Net, place: Place, items: tuple[Item, ...]) -> Net:
    net = edit.replace(net, place, items[-1])
    for item in reversed(items[:-1]):
        net = edit.insert(net, place, item)
    return net


def _offer(found: Report, place: Place, step: Step, spans: list[Span]) -> Offer | None:
    match step.block:
        case Conv() | ConvBN():
            return _before_convolution(found, place, step, spans)
        case VGG():
            return _written_out(found, place, step, spans)
        case DenseBlock():
            return _as_densenet_b(found, place, step, spans)
        case Residual():
            return _as_bottleneck(found, place, step, spans)
        case NaiveInception():
            return _as_projected(found, place, step, spans)
    return None


def _before_convolution(found: Report, place: Place, step: Step, spans: list[Span]) -> Offer | None:
    """A 1×1 before a written convolution of a larger kernel that reads all channels, if none is there yet."""
    block = step.block
    assert isinstance(block, (Conv, ConvBN))
    if prod(block.kernel_size) == 1 or block.groups > 1 or any(_is_reduced(found.graph, span) for span in spans):
        return None
    shapes = _shapes(found, spans)
    width = _width(step, shapes)
    if width < LEAST:
        return None
    after = (Step(_one_by_one(block, width)), step)
    largest = min(line.largest for shape in shapes for line in _lines(step, shape))
    return _in_place(found, place, step, after, width, largest, spans)


def _written_out(found: Report, place: Place, step: Step, spans: list[Span]) -> Offer | None:
    """The convolutions of a VGG block one by one, with a 1×1 before each that gains by it, and its pooling."""
    block = step.block
    assert isinstance(block, VGG)
    if prod(block.kernel_size) == 1:
        return None
    conv = Step(_convolution(block))
    shapes = _shapes(found, spans)
    widths = [0 if any(_is_reduced(found.graph, span) for span in spans) else _width(conv, shapes)]
    widths += [_width(conv, [(*shape[:2], block.filters) for shape in shapes])] * (block.convs - 1)
    if max(widths) < LEAST:
        return None
    after: list[Item] = []
    for width, group in groupby(widths):
        one = (Step(_one_by_one(_convolution(block), width)), conv) if width >= LEAST else (conv,)
        times = len([*group])
        after += [Repeat(times, one)] if times > 1 else one
    if block.pool_size != (1, 1):
        after.append(Step(MaxPool(block.pool_size)))
    least = min(width for width in widths if width >= LEAST)
    return _in_place(found, place, step, tuple(after), least, 0, spans)


def _convolution(block: VGG) -> Conv | ConvBN:
    """One convolution of a VGG block on its own."""
    kind: Any = ConvBN if block.use_bn else Conv
    own = {name: getattr(block, name) for name in ("kernel_size", "activation", "use_bias", "kernel_initializer")}
    made: Conv | ConvBN = kind(block.filters, padding="same", **own)
    return made


def _as_densenet_b(found: Report, place: Place, step: Step, spans: list[Span]) -> Offer | None:
    """The dense block with the 1×1 of DenseNet-B, if it has none."""
    block = step.block
    assert isinstance(block, DenseBlock)
    width = _DENSE * block.growth_rate
    if block.bottleneck_width or width < LEAST:
        return None
    after = dataclasses.replace(step, block=dataclasses.replace(block, bottleneck_width=_DENSE))
    return _in_place(found, place, step, (after,), width, 0, spans)


def _as_bottleneck(found: Report, place: Place, step: Step, spans: list[Span]) -> Offer | None:
    """A bottleneck of the same channels in the place of a basic residual block, where its kernels are over 1×1."""
    block = step.block
    assert isinstance(block, Residual)
    width = block.filters // _KEPT
    if width < LEAST or prod(block.kernel_size) == 1:
        return None
    values = declare.values(block) | {"filters": width, "out_filters": block.filters}
    after = dataclasses.replace(step, block=Bottleneck(**values))
    return _in_place(found, place, step, (after,), width, 0, spans)


def _as_projected(found: Report, place: Place, step: Step, spans: list[Span]) -> Offer | None:
    """The module with its 1×1. The pooling keeps as many channels as the 5×5 has filters, as in GoogLeNet's first.

    Where what follows needs all channels that came out before, the pooling keeps all of its own.
    """
    block = step.block
    assert isinstance(block, NaiveInception)
    shape = received(found, spans[0])
    three, five = (
        _width(Step(Conv(filters, (kernel, kernel), use_bias=block.use_bias)), [shape])
        for filters, kernel in ((block.conv_3x3, 3), (block.conv_5x5, 5))
    )
    if min(three, five) < 1 or max(three, five) < LEAST:
        return None
    for pooled in (block.conv_5x5, shape[2]):
        values = declare.values(block) | {"reduce_3x3": three, "reduce_5x5": five, "pool_proj": pooled}
        after = (dataclasses.replace(step, block=Inception(**values)),)
        try:
            new = report.of_net(_put(found.net, place, after))
        except (GraphError, NetError):
            continue
        saved = _difference(found.total, new.total)
        if saved.parameters > 0 and saved.macs > 0:
            out, new_out = found.blocks[place].shape, new.blocks[place].shape
            return Offer(place, spans[0].id, step, after, shape, three, 0, saved, out, new_out)
    return None


def _in_place(
    found: Report, place: Place, step: Step, after: tuple[Item, ...], width: int, limit: int, spans: list[Span]
) -> Offer | None:
    """An offer after which the same shape comes out, so that nothing else in the net changes."""
    saved = NodeCost(0, 0, 0, 0)
    for shape, times in _shapes(found, spans).items():
        one = _difference(alone((step,), shape).total, alone(after, shape).total)
        saved = NodeCost(*(total + times * part for total, part in zip(saved, one, strict=True)))
    out = found.blocks[place].shape
    return Offer(place, spans[0].id, step, after, received(found, spans[0]), width, limit, saved, out, out)


def _one_by_one(block: Conv | ConvBN, width: int) -> Conv | ConvBN:
    """The 1×1 that belongs before a convolution: its activation, biases and normalisation, on fewer channels."""
    one = (1, 1)
    return dataclasses.replace(block, filters=width, kernel_size=one, strides=one, padding="same", dilation_rate=one)


def _lines(step: Step, shape: Shape) -> Lines:
    """What a 1×1 before this convolution costs at every width, with all that it brings along."""
    block = step.block
    assert isinstance(block, (Conv, ConvBN))
    one, two = (alone((Step(_one_by_one(block, width)), step), shape).total for width in (1, 2))
    return between(alone((step,), shape).total, one, two)


def _width(step: Step, shapes: Iterable[Shape]) -> int:
    """Half the width at which a 1×1 before this convolution breaks even, on whichever map and count it does first."""
    return min(line.limit for shape in shapes for line in _lines(step, shape)) // 2


def _shapes(found: Report, spans: list[Span]) -> Counter[Shape]:
    """What comes into a written block, each shape with the rounds in which it does."""
    return Counter(received(found, span) for span in spans)


def _difference(before: NodeCost, after: NodeCost) -> NodeCost:
    return NodeCost(*(a - b for a, b in zip(before, after, strict=True)))


def _is_reduced(graph: Graph, span: Span) -> bool:
    """Whether a 1×1 that leaves fewer channels comes before the block, with nothing but BN and activation between."""
    at = graph.nodes[span.start].inputs[0]
    while isinstance(graph.nodes[at].op, (BatchNorm, Activation)):
        at = graph.nodes[at].inputs[0]
    op = graph.nodes[at].op
    return isinstance(op, Conv) and op.kernel_size == (1, 1) and op.filters < graph.input_shapes(at)[0][2]
