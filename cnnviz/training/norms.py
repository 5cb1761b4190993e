"""How large the gradient of each block is, measured by the optimizer as it goes. Runs in the worker.

Every so many steps the optimizer adds the norm of each block's gradients, the root of the sum of their squares, to a
variable of its own; an epoch's figure is the mean. In between nothing is computed, so that it costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from ..graph import Graph

SAMPLES = 8  # measured steps in an epoch, about


def optimizer(name: str, norms: GradientNorms, arguments: Mapping[str, Any]) -> Any:
    """Keras' optimizer of that class name, in the form that its backend gives it, which measures as it goes."""
    plain = type(getattr(keras.optimizers, name)(**arguments))  # on PyTorch a faster class of its own
    made = type(name, (_Measuring, plain), {})(**arguments)
    made.gradient_norms = norms
    return made


class GradientNorms:
    """The blocks whose gradients are measured, each with the places of its variables among the trainable ones."""

    def __init__(self, model: Any, graph: Graph, steps: int) -> None:
        block_of = {name: node.id.partition("/")[0] for name, node in zip(graph.layer_names, graph.nodes, strict=True)}
        owner = {id(variable): block_of[layer.name] for layer in model.layers for variable in layer.trainable_variables}
        self.places: dict[str, list[int]] = {}
        for place, variable in enumerate(model.trainable_variables):
            self.places.setdefault(owner[id(variable)], []).append(place)
        self.every = max(1, steps // SAMPLES)
        self.sums: Any = None

    def build(self, optimizer: Any) -> None:
        """Make the variable: a sum for each block, and the number of samples at the end."""
        self.sums = optimizer.add_variable((len(self.places) + 1,), name="gradient_norms", dtype="float32")

    def add(self, optimizer: Any, gradients: list[Any]) -> None:
        """Take this step's gradients in, if it is one of those that are measured."""
        ops = keras.ops
        due = ops.equal(optimizer.iterations % self.every, 0)
        self.sums.assign(ops.cond(due, lambda: self.sums + self._norms(gradients), lambda: self.sums + 0.0))

    def _norms(self, gradients: list[Any]) -> Any:
        ops = keras.ops
        squares = [
            ops.zeros(()) if gradient is None else ops.sum(ops.square(ops.cast(gradient, "float32")))
            for gradient in gradients
        ]
        blocks = [ops.sqrt(sum(squares[place] for place in places)) for places in self.places.values()]
        return ops.stack([*blocks, ops.ones(())])

    def restart(self) -> None:
        """Forget what was measured; at the beginning of an epoch."""
        if self.sums is not None:
            self.sums.assign([0.0] * (len(self.places) + 1))

    def means(self) -> dict[str, float]:
        """The mean norm of each block since the last restart, by its path."""
        *sums, samples = keras.ops.convert_to_numpy(self.sums).tolist()
        return {path: total / samples for path, total in zip(self.places, sums, strict=True)} if samples else {}


class _Measuring:
    """What an optimizer class gets before it: it hands its gradients to `gradient_norms` before it follows them."""

    gradient_norms: GradientNorms

    def build(self, variables: list[Any]) -> None:
        if not self.built:  # type: ignore[attr-defined]
            super().build(variables)  # type: ignore[misc]
            self.gradient_norms.build(self)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        grads = list(grads)
        if not self.built:  # type: ignore[attr-defined]
            self.build(list(trainable_variables))
        self.gradient_norms.add(self, grads)
        super().apply(grads, trainable_variables)  # type: ignore[misc]
