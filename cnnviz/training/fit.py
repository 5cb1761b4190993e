"""Fitting a net to data: one gesture that makes it trainable and says line by line what it changed.

A picture's label is one number for each class: 1 for its class, 0 for the others. So every output of a net that learns
classes must be a vector with one number for each of them, ending in something that a loss can be taken of (heads.py).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .. import edit, notation, ops
from ..blocks.heads import Classifier
from ..graph import Graph, GraphError, Place
from ..net import Aux, Item, Net, NetError, Step, walk
from ..ops import MOST_FILTERS, Shape, shape_text
from .heads import Head, target
from .problems import Problem, counted, has_weights, of_output, problems

__all__ = ["FitError", "Fitted", "Head", "Problem", "fit", "problems", "target"]

# The parameter that is the number of classes, and the one that is the last activation.
_CLASSES = {"classifier": "classes", "aux": "classes", "dense": "units", "rbf": "units", "conv": "filters"}
_ACTIVATION = {"classifier": "output_activation", "aux": "output_activation", "dense": "activation"}
# What may stand between the layer that makes the classes and the end of the net.
_AFTER = ("activation", "dropout", "flatten", "gap", "global_maxpool", "reshape")
_TRAINABLE = ("softmax", "sigmoid", "linear")


class FitError(ValueError):
    """A net cannot be fitted to data; the message is the one line to show."""


class Fitted(NamedTuple):
    """A net that can be trained on the data, its graph, and what was changed, a line each (none: it fitted)."""

    net: Net
    graph: Graph
    changes: tuple[str, ...]


def fit(net: Net, shape: Shape, classes: int, *, resize: bool = True) -> Fitted:
    """The net made trainable on pictures of `shape` (height, width, channels) with so many classes.

    With `resize` the pictures will be scaled to the net's own input side and only its channels follow the data; without
    it the net's input takes the data's size. Raises FitError where no small change does it.
    """
    if not 2 <= classes <= MOST_FILTERS:
        raise FitError(f"learning to tell classes apart takes 2 to {MOST_FILTERS:,} classes, got {classes:,}")
    changes: list[str] = []
    try:
        net, graph = _fit_input(net, shape, resize, changes)
        for number in range(len(graph.outputs)):
            if _is_wrong(graph, number, classes):
                net, graph = _fit_output(net, graph, number, classes, changes)
    except (NetError, GraphError) as error:
        raise FitError(f"the net cannot be fitted to the data: {error}") from None
    if len(notation.print_net(net, one_line=True)) > notation.MOST_TEXT:
        raise FitError(f"the fitted net takes over {notation.MOST_TEXT:,} characters; repeat with n * block(…)")
    left = problems(graph, shape, classes)
    if left:
        raise FitError(f"{left[0].what} {left[0].remedy}")
    return Fitted(net, graph, tuple(dict.fromkeys(changes)))


# --- the input side ---------------------------------------------------------------------------------------------------


def _fit_input(net: Net, shape: Shape, resize: bool, changes: list[str]) -> tuple[Net, Graph]:
    """Channels, and without `resize` height and width, of the data."""
    old, channels = (net.input.height, net.input.width), net.input.channels
    new = old if resize else (shape[0], shape[1])
    if (*new, shape[2]) == (*old, channels):
        return net, net.to_graph()
    fitted, bridged = edit.set_input(net, *new, shape[2]), False
    graph = _graph(fitted)
    if graph is None and shape[2] != channels:
        fitted, bridged = _with_bridge(net, (*new, shape[2])), True
        graph = _graph(fitted)
    if graph is None:
        raise FitError(_too_small(net, shape))
    if new != old:
        changes.append(f"input {shape_text(old)} → {shape_text(new)}: the size of the pictures")
    if shape[2] != channels:
        changes.append(f"input channels {channels:,} → {shape[2]:,}: the pictures have {counted(shape[2], 'channel')}")
    if bridged:
        changes.append(f"conv({channels}, 1) added in front: the net's first block needs {channels:,} channels")
    return fitted, graph


def _with_bridge(net: Net, wanted: Shape) -> Net:
    """The net behind a 1×1 convolution that makes the channels it was written for."""
    taken = {getattr(item, "name", "") for _, item in walk(net.items)}
    name = next(name for name in ("bridge", *(f"bridge{i}" for i in range(2, 500))) if name not in taken)
    return edit.insert(edit.set_input(net, *wanted), (0,), Step(ops.Conv(net.input.channels, (1, 1)), name))


def _graph(net: Net) -> Graph | None:
    try:
        return net.to_graph()
    except GraphError:
        return None


def _too_small(net: Net, shape: Shape) -> str:
    """Why the net cannot take pictures of this size, and which size it could take."""
    try:
        edit.set_input(net, *shape).to_graph()
        why = ""
    except GraphError as error:
        why = f" ({error})"

    def works(side: int) -> bool:
        taken = (side, side, shape[2])
        return _graph(edit.set_input(net, *taken)) is not None or _graph(_with_bridge(net, taken)) is not None

    size, own = shape_text(shape[:2]), f"{net.input.height}×{net.input.width}"
    low, high = min(shape[:2]), max(net.input.height, net.input.width)
    if high <= low or not works(high):
        return f"the net cannot take {size} pictures{why}; let the pictures be resized to its own {own}"
    while high - low > 1:  # low fails, high works
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return (
        f"pictures of {size} are too small for the net{why}; it needs a side of {high} or more: let the pictures be "
        f"resized to its own {own}"
    )


# --- the outputs ------------------------------------------------------------------------------------------------------


def _is_wrong(graph: Graph, number: int, classes: int) -> bool:
    """Whether output `number` keeps the net from being trained; a net without weights counts as its main output's."""
    return bool(of_output(graph, graph.outputs[number], classes, number)) or not (number or has_weights(graph))


def _fit_output(net: Net, graph: Graph, number: int, classes: int, changes: list[str]) -> tuple[Net, Graph]:
    """Make output `number` end in a vector of classes that a loss can be taken of."""
    place = graph.nodes[graph.outputs[number]].place
    items = dict(walk(net.items))
    head = next((p for p in (place[:n] for n in range(len(place), 0, -1)) if _is_head(items.get(p))), None)
    if number and head is None:
        raise FitError(f"auxiliary head {number} has no end that could be changed")
    said: list[str] = []
    ends = items[head] if number and head else None
    if isinstance(ends, Step) and head:
        fitted = _with_classes(net, head, (), classes, said)
    else:
        outer, listed = (head, ends.items) if isinstance(ends, Aux) and head else ((), net.items)
        at = _class_maker(listed, classes)
        fitted = net
        if at is not None:
            after = tuple((*outer, i) for i in range(at + 1, len(listed)))
            fitted = _with_classes(net, (*outer, at), after, classes, said)
        fitted = _ended(net, fitted, number, (*outer,), classes, said)
    changes.extend(said)
    return fitted, fitted.to_graph()


def _is_head(item: Item | None) -> bool:
    return isinstance(item, Aux) or (isinstance(item, Step) and item.block.word == "aux")


def _class_maker(items: tuple[Item, ...], classes: int) -> int | None:
    """Index of the written layer whose width is the number of classes; None where the list has no such end."""
    decided = False  # whether softmax or sigmoid follows
    for i in range(len(items) - 1, -1, -1):
        item = items[i]
        if not isinstance(item, Step):
            return None
        block: Any = item.block
        if block.word in ("classifier", "rbf"):
            return i
        if block.word == "dense":
            # A wide layer that ends in relu is a hidden one without its classifier; a narrow one ends wrongly.
            hidden = not decided and block.activation not in _TRAINABLE and block.units > classes
            return None if hidden else i
        if block.word == "conv":
            return i if decided or block.filters == classes else None
        if block.word not in _AFTER:
            return None
        decided = decided or (block.word == "activation" and block.activation in ("softmax", "sigmoid"))
    return None


def _with_classes(net: Net, place: Place, after: tuple[Place, ...], classes: int, said: list[str]) -> Net:
    """The net with another width of the layer that makes the classes, and with a last activation that trains."""
    block = _block(net, place)
    name, width = _CLASSES[block.word], int(getattr(block, _CLASSES[block.word]))
    if width != classes:
        said.append(f"{_called(net, place)}: {name} {width:,} → {classes:,}, one for each class")
        net = edit.set_parameter(net, place, name, classes)
    last = place
    for follower in after:
        follows = _block(net, follower)
        if follows.word == "reshape" and width != classes and follows.shape[-1] == width:
            shape = (*follows.shape[:-1], classes)
            said.append(f"reshape: shape {shape_text(follows.shape)} → {shape_text(shape)}")
            net = edit.set_parameter(net, follower, "shape", shape)
        if follows.word == "activation":
            last = follower
    return _with_softmax(net, place, last, said)


def _with_softmax(net: Net, maker: Place, last: Place, said: list[str]) -> Net:
    """The net with softmax in place of a last activation that cannot be trained."""
    block = _block(net, last)
    name = "activation" if last != maker else _ACTIVATION.get(block.word, "")
    if not name or getattr(block, name) in _TRAINABLE:
        return net
    own = _ACTIVATION.get(_block(net, maker).word, "")
    if last != maker and own and getattr(_block(net, maker), own) == "softmax":
        said.append(f"activation({getattr(block, name)}) after the softmax taken away")
        return edit.delete(net, last)
    said.append(f"{_called(net, last)}: {name} {getattr(block, name)} → softmax, which gives each class its share")
    return edit.set_parameter(net, last, name, "softmax")


def _ended(before: Net, fitted: Net, number: int, outer: Place, classes: int, said: list[str]) -> Net:
    """The net with what its list at `outer` still lacks at the end; `before` where the change so far was of no use."""
    graph = _graph(fitted)
    if graph is not None and not _is_wrong(graph, number, classes):
        return fitted
    who = f"auxiliary head {number}" if number else "the net"
    if graph is not None and graph.nodes[graph.outputs[number]].shape == (1, 1, classes):
        said.append(f"flatten() added: {who} ended in a 1×1 map")
        return _appended(fitted, outer, ops.Flatten())
    said.clear()
    graph = before.to_graph()
    shape = graph.nodes[graph.outputs[number]].shape
    if len(shape) == 3:
        said.append(f"classifier({classes}) added: {who} ended in a map of {shape_text(shape)}, without a classifier")
        return _appended(before, outer, Classifier(classes))
    said.append(f"dense({classes}, softmax) added: {who} ended in {counted(shape[0], 'number')}, without a classifier")
    return _appended(before, outer, ops.Dense(classes, "softmax"))


def _appended(net: Net, outer: Place, block: Any) -> Net:
    items = net.items if not outer else getattr(edit.item_at(net, outer), "items", ())
    return edit.insert(net, (*outer, len(items)), Step(block))


def _block(net: Net, place: Place) -> Any:
    step = edit.item_at(net, place)
    assert isinstance(step, Step)
    return step.block


def _called(net: Net, place: Place) -> str:
    """What a written block is called in a line about it."""
    step = edit.item_at(net, place)
    assert isinstance(step, Step)
    return step.name or (step.block.word if step.block.word in ("classifier", "aux") else f"last {step.block.word}")
