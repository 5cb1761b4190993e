"""What holds of several nets alike, and what does not, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .. import units
from ..ops import Shape, shape_text
from ..report import Report

BETWEEN = " | "  # the nets' values, in their order


class Invariant(NamedTuple):
    """A statement about all nets: what it is about, whether it holds, and what there is to say."""

    about: str
    holds: bool
    said: str


class _Asked(NamedTuple):
    """What is asked of a net: its name, the value, how it is said, its unit, and what it means that all are alike."""

    about: str
    of: Callable[[Report], Any]
    text: Callable[[Any], str]
    unit: str = ""
    means: str = ""


def invariants(nets: Sequence[Report]) -> tuple[Invariant, ...]:
    """Every statement, in a fixed order. Raises ValueError for fewer than two nets."""
    if len(nets) < 2:
        raise ValueError("an invariant needs two nets or more")
    return (*[_held(asked, nets) for asked in _ASKED], _weights(nets))


def _held(asked: _Asked, nets: Sequence[Report]) -> Invariant:
    found = [asked.of(net) for net in nets]
    holds = all(value == found[0] for value in found)
    said = asked.text(found[0]) if holds else BETWEEN.join(map(asked.text, found))
    means = f": {asked.means}" if holds and asked.means else ""
    return Invariant(asked.about, holds, said + asked.unit + means)


def weight_shapes(net: Report) -> tuple[Shape, ...]:
    """The shapes of all weights, trained or not, in the order of Keras' layers."""
    nodes = net.graph.nodes
    return tuple([weight.shape for i in net.graph.keras_order for weight in nodes[i].weights])


def _weights(nets: Sequence[Report]) -> Invariant:
    about = "Weights"
    found = [weight_shapes(net) for net in nets]
    if all(shapes == found[0] for shapes in found):
        text = "the same shapes in the same order: trained weights of one fit the others"
        return Invariant(about, True, f"{len(found[0]):,} tensors, {text}")
    if all(sorted(shapes) == sorted(found[0]) for shapes in found):
        return Invariant(about, True, f"{len(found[0]):,} tensors, the same shapes in another order")
    if len({len(shapes) for shapes in found}) == 1:
        return Invariant(about, False, f"{len(found[0]):,} tensors each, not all of the same shapes")
    same = "; still equally many parameters" if len({net.total.parameters for net in nets}) == 1 else ""
    return Invariant(about, False, BETWEEN.join(f"{len(shapes):,}" for shapes in found) + f" tensors{same}")


def _outputs(net: Report) -> tuple[Shape, ...]:
    return tuple([net.graph.nodes[i].shape for i in net.graph.outputs])


def _shapes(shapes: tuple[Shape, ...]) -> str:
    return ", ".join(map(shape_text, shapes))


def _sides(net: Report) -> tuple[Shape, ...]:
    """The sides of the maps along the way, each once, in the order in which they first come."""
    return tuple(dict.fromkeys([node.shape[:2] for node in net.graph.nodes if len(node.shape) == 3]))


def _way(sides: tuple[Shape, ...]) -> str:
    return " ".join([units.exact(side[0]) if side[0] == side[1] else shape_text(side) for side in sides])


def _field(net: Report) -> tuple[int, int]:
    return net.fields[net.last_map].size


def _step(net: Report) -> tuple[int | None, int | None]:
    return net.fields[net.last_map].stride


def _step_text(step: tuple[int | None, int | None]) -> str:
    if None in step:
        return "uneven"
    return str(step[0]) if step[0] == step[1] else f"{step[0]}×{step[1]}"


_ASKED = (
    _Asked("Input", lambda net: net.graph.nodes[0].shape, shape_text),
    _Asked("Output", _outputs, _shapes, means="one can stand in the other's place"),
    _Asked("Last map", lambda net: net.graph.nodes[net.last_map].shape, shape_text),
    _Asked("Receptive field", _field, shape_text, " px", "the last map sees the same part"),
    _Asked("Step of the last map", _step, _step_text, " px"),
    _Asked("Sides of the maps", _sides, _way, means="the picture is reduced in the same steps"),
    _Asked("Depth", lambda net: net.depth, units.exact, " layers with a kernel"),
)
