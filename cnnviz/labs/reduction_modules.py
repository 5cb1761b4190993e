"""Whole modules with and without their 1×1: GoogLeNet's nine at their real inputs, and the two residual blocks."""

from __future__ import annotations

from typing import NamedTuple

from .. import declare, edit, report
from ..blocks.inception import Inception, NaiveInception
from ..blocks.residual import Bottleneck, Residual
from ..costs import NodeCost
from ..graph import Place, Span
from ..net import Item, Net, Step, walk
from ..ops import Input, Shape
from ..report import Report
from ..zoo import BY_NAME
from .reduction import MOST_CHANNELS, Settings

NET = "googlenet"
TUTORIAL = ("mlm-naive-inception", "mlm-inception-3a-3b")  # the reader's modules, on a picture


class Side(NamedTuple):
    """One form of a module on its own: what it is written as, what it costs, what it puts out."""

    notation: str
    cost: NodeCost
    shape: Shape


class Module(NamedTuple):
    """One module in both forms. `name` as its net calls it, `received` what comes in there."""

    name: str
    received: Shape
    block: Inception
    naive: Side
    projected: Side


class Residuals(NamedTuple):
    """Blocks with a shortcut: basic at the wide channels, bottleneck at the same, basic at the narrow ones.

    `widest` is the largest width of the bottleneck that still costs fewer parameters than the basic block.
    """

    basic: Report
    bottleneck: Report
    narrow: Report
    widest: int


def modules(found: Report) -> tuple[Module, ...]:
    """Every Inception module of a net at the input that it has there, naive and projected."""
    spans = first_spans(found)
    made = []
    for place, item in walk(found.net.items):
        if isinstance(item, Step) and isinstance(item.block, Inception):
            span = spans[place]
            made.append(module(item.block, received(found, span), span.id))
    return tuple(made)


def module(block: Inception, shape: Shape, name: str) -> Module:
    """One module in both forms on a map of this shape."""
    return Module(name, shape, block, side(naive(block), shape), side(block, shape))


def naive(block: Inception) -> NaiveInception:
    """A module of step 1 without its 1×1: the same convolutions, each on all channels, and the pooling as it is."""
    own = {param.name for param in declare.params(NaiveInception)}
    return NaiveInception(**{name: value for name, value in declare.values(block).items() if name in own})


def side(block: Inception | NaiveInception, shape: Shape) -> Side:
    """A module on its own, on a map of this shape."""
    found = alone((Step(block),), shape)
    return Side(found.text.splitlines()[-1], found.total, found.graph.nodes[-1].shape)


def naive_net(found: Report) -> Report:
    """The whole net with every module naive; each then also reads the more channels that the ones before it put out."""
    net = found.net
    for place, item in walk(found.net.items):
        if isinstance(item, Step) and isinstance(item.block, Inception):
            net = edit.replace(net, place, Step(naive(item.block), item.name))
    return report.of_net(net)


def tutorial() -> tuple[Module, Module]:
    """The tutorial's first module on the picture that it stands on, and on the channels that its second one has."""
    found = report.of_text(BY_NAME[TUTORIAL[1]].notation)
    first, second = modules(found)
    return first, module(first.block, second.received, second.name)


def residuals(settings: Settings) -> Residuals:
    """The residual blocks, without batch normalisation, with identity shortcuts."""
    wide, most = settings.wide, MOST_CHANNELS
    basic = _residual(settings, wide)
    low, high = 0, most  # the cost of a bottleneck grows with its width
    while low < high:
        middle = (low + high + 1) // 2
        saves = _bottleneck(settings, middle).total.parameters < basic.total.parameters
        low, high = (middle, high) if saves else (low, middle - 1)
    return Residuals(basic, _bottleneck(settings, settings.narrow), _residual(settings, settings.narrow), low)


def alone(items: tuple[Item, ...], shape: Shape) -> Report:
    """Items on their own, on a map of this shape."""
    return report.of_net(Net(Input(*shape), items))


def first_spans(found: Report) -> dict[Place, Span]:
    """What each written block becomes when it is built first."""
    spans: dict[Place, Span] = {}
    for span in found.graph.spans:
        spans.setdefault(span.place, span)
    return spans


def received(found: Report, span: Span) -> Shape:
    """The shape that comes into a built block."""
    return found.graph.input_shapes(span.start)[0]


def _residual(settings: Settings, channels: int) -> Report:
    block = Residual(channels, shortcut="identity", use_bn=False, use_bias=settings.bias)
    return alone((Step(block),), (settings.map_side, settings.map_side, channels))


def _bottleneck(settings: Settings, width: int) -> Report:
    block = Bottleneck(width, out_filters=settings.wide, shortcut="identity", use_bn=False, use_bias=settings.bias)
    return alone((Step(block),), (settings.map_side, settings.map_side, settings.wide))
