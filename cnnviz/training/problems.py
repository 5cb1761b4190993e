"""What keeps a net from being trained on given data, in words that say why."""

from __future__ import annotations

from typing import NamedTuple

from ..graph import Graph
from ..ops import Shape, shape_text
from .heads import one_head


class Problem(NamedTuple):
    """Why a net cannot be trained on the data: what is wrong, why that matters, what mends it, at which node."""

    what: str
    why: str
    remedy: str
    node: str


def problems(graph: Graph, shape: Shape, classes: int) -> tuple[Problem, ...]:
    """What keeps a net from being trained on pictures of `shape` with so many classes; none: it can be.

    Another height and width is no problem: pictures are scaled to the net's input.
    """
    found = _channels(graph, shape) + _weights(graph, classes)
    for number, output in enumerate(graph.outputs):
        found.extend(of_output(graph, output, classes, number))
    return tuple(found)


def has_weights(graph: Graph) -> bool:
    """Whether there is anything that training could change."""
    return any(weight.trainable for node in graph.nodes for weight in node.weights)


def of_output(graph: Graph, output: int, classes: int, number: int) -> list[Problem]:
    """What is wrong with the output of node `output`; `number` 0 is the main one."""
    who = f"Auxiliary head {number}" if number else "The net"
    node = graph.nodes[output]
    if len(node.shape) == 3:
        return [_map(node.id, node.shape, classes, who)]
    head, found = one_head(graph, output), []
    if node.shape[0] != classes:
        found.append(
            Problem(
                f"{who} ends in {counted(node.shape[0], 'number')}; the data has {classes:,} classes.",
                f"A label is {classes:,} numbers, one for each class, so the shapes (None, {classes}) and "
                f"(None, {node.shape[0]}) do not match.",
                f"Let the last layer have {classes:,} outputs.",
                node.id,
            )
        )
    if head.why:
        found.append(Problem(f"{who} cannot be trained as it ends: {head.why}", head.reason, head.remedy, node.id))
    return found


def counted(number: int, of: str) -> str:
    """1 channel, 3 channels."""
    return f"{number:,} {of}" if number == 1 else f"{number:,} {of}s"


def _channels(graph: Graph, shape: Shape) -> list[Problem]:
    takes = graph.nodes[0].shape[2]
    if takes == shape[2]:
        return []
    return [
        Problem(
            f"The net takes pictures of {counted(takes, 'channel')}; these have {shape[2]:,}.",
            f"The first layer's kernels hold weights for {counted(takes, 'channel')}: 1 is grey, 3 are red, green and "
            "blue.",
            f"Let input(…) take {counted(shape[2], 'channel')}.",
            graph.nodes[0].id,
        )
    ]


def _weights(graph: Graph, classes: int) -> list[Problem]:
    if has_weights(graph):
        return []
    return [
        Problem(
            "The net has no weights that training could change.",
            "Training moves weights along their gradients; pooling and activations have none.",
            f"End it with classifier({classes}).",
            graph.nodes[graph.outputs[0]].id,
        )
    ]


def _map(node: str, shape: Shape, classes: int, who: str) -> Problem:
    height, width, channels = shape
    where = "one place" if height * width == 1 else f"each of {height * width:,} places"
    ready = shape == (1, 1, classes)
    return Problem(
        f"{who} ends in a map of {shape_text(shape)}: {counted(channels, 'number')} at {where}. A label is {classes:,} "
        "numbers a picture, one for each class.",
        f"Keras says it like this: shapes (None, {classes}) and (None, {height}, {width}, {channels}) do not match. "
        "None is the number of pictures in a batch; all else must be equal, because a loss compares label and output "
        "number by number.",
        "Add flatten() at the end."
        if ready
        else f"Add classifier({classes}) at the end: it takes the mean of each channel, then makes one number for each "
        "class.",
        node,
    )
