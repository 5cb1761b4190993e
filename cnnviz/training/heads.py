"""How each output of a net is held against the labels, by its last operation: which loss, or why there is none.

| the output ends in | what it says | loss |
| --- | --- | --- |
| softmax | shares of certainty that sum to 1 | categorical cross-entropy |
| nothing (linear) | any numbers, called logits | categorical cross-entropy from logits |
| sigmoid | a share of certainty for each class by itself | binary cross-entropy over one-hot labels |
| radial basis functions | distances, the smallest wins | categorical cross-entropy, negated distances as logits |
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from .. import ops
from ..graph import Graph

Loss = Literal["categorical_crossentropy", "binary_crossentropy", ""]


class Head(NamedTuple):
    """One output: its Keras layer, how many numbers it puts out, and how the labels are compared with them.

    `loss` is Keras' name of the loss, with `from_logits` as that loss takes it; `negate` says that outputs are
    distances and their negatives are the logits. Where no loss fits, `loss` is "" and `why` says it in a clause,
    `reason` why that is so, `remedy` what to do.
    """

    layer: str
    node: str
    units: int
    loss: Loss
    from_logits: bool = False
    negate: bool = False
    why: str = ""
    reason: str = ""
    remedy: str = ""


def target(graph: Graph) -> tuple[Head, ...]:
    """How each output is trained: the main one first, then auxiliary heads in the graph's order."""
    return tuple(one_head(graph, output) for output in graph.outputs)


def one_head(graph: Graph, output: int) -> Head:
    """How the output of node `output` is trained."""
    node = graph.nodes[output]
    units = node.shape[0] if len(node.shape) == 1 else 0
    made = Head(graph.layer_names[output], node.id, units, "")
    if not units:
        return made._replace(
            why="it is a map, and a label is one number for each class.",
            reason="A loss compares label and output number by number, so their shapes must be equal.",
            remedy="Add a classifier at the end.",
        )
    last = last_word(graph, output)
    match last:
        case "softmax":
            return made._replace(loss="categorical_crossentropy")
        case "linear":
            return made._replace(loss="categorical_crossentropy", from_logits=True)
        case "sigmoid":
            return made._replace(loss="binary_crossentropy")
        case "rbf":
            return made._replace(loss="categorical_crossentropy", from_logits=True, negate=True)
        case "dropout":
            return made._replace(
                why="its last operation is dropout.",
                reason="Dropout blanks outputs at random, so a right answer would be punished by chance.",
                remedy="Take it away, or put it before the last dense layer.",
            )
    return made._replace(
        why=f"its last activation is {last}.",
        reason=f"Cross-entropy takes the logarithm of shares between 0 and 1; {last} gives {_GIVES.get(last, _OTHER)}.",
        remedy="Make the last activation softmax.",
    )


def last_word(graph: Graph, output: int) -> str:
    """What decides the meaning of an output: an activation's name, linear, rbf or dropout.

    What only moves values is looked through; so is the mean over places of softmax or sigmoid, itself such a share.
    """
    index, averaged = output, False
    while True:
        node = graph.nodes[index]
        activation: str = getattr(node.op, "activation", "linear")
        if isinstance(node.op, ops.RadialBasis):
            return "rbf"
        if isinstance(node.op, ops.Dropout) and node.op.rate:
            return "linear" if averaged else "dropout"
        if activation != "linear":
            return activation if not averaged or activation in ("softmax", "sigmoid") else "linear"
        if isinstance(node.op, (ops.AvgPool, ops.GlobalAvgPool)):
            averaged = True
        elif not isinstance(node.op, (ops.Flatten, ops.Reshape, ops.Activation, ops.Dropout)):
            return "linear"
        index = node.inputs[0]


_OTHER = "other numbers too"
_GIVES = {
    "relu": "0 for whatever is negative, where nothing can be learned any more, and has no upper end",
    "relu6": "0 for whatever is negative, where nothing can be learned any more, and up to 6",
    "tanh": "numbers from −1 to 1",
    "hard_tanh": "numbers from −1 to 1",
}
