"""From a graph and its data to a compiled Keras model with its batches, as the settings say. Runs in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from .. import keras_model, ops
from ..graph import Graph
from . import batches, norms
from .batches import Batches
from .data import Data
from .datasets import Shape
from .feeding import Feed
from .heads import Head, target
from .norms import GradientNorms
from .schedule import Schedule, schedule
from .settings import Settings

TOP_FIVE_FROM = 20  # classes; with fewer, a guess is among the five best too often to say much
KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")  # what weight decay takes from
_CLASSES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


class FittingError(ValueError):
    """The net cannot be trained; the message is the one line to show."""


@dataclass(frozen=True)
class Fitting:
    """All that `model.fit` takes, and what its callbacks ask."""

    graph: Graph
    settings: Settings
    model: Any
    heads: tuple[Head, ...]
    training: Batches
    validation: Batches
    schedule: Schedule
    norms: GradientNorms

    @property
    def pictures(self) -> int:
        """Training pictures in an epoch."""
        return len(self.training.labels)


def make(graph: Graph, data: Data, settings: Settings) -> Fitting:
    """Build, compile and prepare the data. Raises FittingError and datasets.DataError."""
    heads = target(graph)
    wrong = next((head for head in heads if not head.loss), None)
    if wrong:
        raise FittingError(f"the output {wrong.node} cannot be trained: {wrong.why} {wrong.remedy}")
    shape = input_shape(graph)
    training = batches.training(data, settings, shape, len(heads))
    validation = batches.validation(data, settings, shape, len(heads))
    steps = len(training)
    if not steps or not len(validation):
        raise FittingError("there are no pictures to train on, or none to validate with")
    model = build(graph, settings.number_format)
    if not model.trainable_variables:
        raise FittingError("the net has no weights that could be trained")
    rates = schedule(settings, steps * settings.epochs)
    measured = GradientNorms(model, graph, steps)
    compile_model(model, heads, settings, len(data.classes), optimizer(model, settings, rates, measured))
    return Fitting(graph, settings, model, heads, training, validation, rates, measured)


def input_shape(graph: Graph) -> Shape:
    """Height, width and channels that the net takes."""
    height, width, channels = graph.nodes[0].shape
    return height, width, channels


def build(graph: Graph, number_format: str) -> Any:
    """The model with its first values; in mixed formats the end of each output still computes in float32."""
    keras.config.set_dtype_policy(number_format)
    try:
        return keras_model.build(graph, deferred=False, exact=() if number_format == "float32" else _ends(graph))
    finally:
        keras.config.set_dtype_policy("float32")


def _ends(graph: Graph) -> tuple[int, ...]:
    """Each output's node and those before it up to the one that makes its numbers, where 16 bits would round to 0."""
    found = []
    for index in graph.outputs:
        node = graph.nodes[index]
        found.append(index)
        while isinstance(node.op, (ops.Flatten, ops.Reshape, ops.GlobalAvgPool, ops.AvgPool)):
            index = node.inputs[0]
            node = graph.nodes[index]
            found.append(index)
    return tuple(found)


def optimizer(model: Any, settings: Settings, rates: Schedule, measured: GradientNorms) -> Any:
    """The optimizer of the settings; weight decay leaves biases and normalisation alone."""
    is_fixed = settings.schedule == "constant" and not settings.warmup
    arguments: dict[str, Any] = {"learning_rate": settings.learning_rate if is_fixed else rates}
    if settings.weight_decay or settings.optimizer == "adamw":
        arguments["weight_decay"] = settings.weight_decay
    if settings.optimizer == "sgd":
        arguments["momentum"] = settings.momentum
    made = norms.optimizer(_CLASSES[settings.optimizer], measured, arguments)
    if settings.weight_decay:
        spared = [variable for variable in model.trainable_variables if variable.name not in KERNELS]
        made.exclude_from_weight_decay(var_list=spared)
    return made


def compile_model(model: Any, heads: tuple[Head, ...], settings: Settings, classes: int, made: Any) -> None:
    """A loss for each output, auxiliary ones weighted less; metrics of the main output."""
    losses = [loss(head, settings.label_smoothing) for head in heads]
    measures: list[Any] = [measure(keras.metrics.categorical_accuracy, heads[0], "accuracy")]
    if classes >= TOP_FIVE_FROM:
        measures.append(measure(keras.metrics.top_k_categorical_accuracy, heads[0], "top5_accuracy"))
    compiled: bool | str = settings.xla if settings.xla == "auto" else settings.xla == "on"
    if settings.backend == "jax":
        compiled = "auto"  # JAX is nothing without its compiler
    single = len(heads) == 1
    model.compile(
        optimizer=made,
        loss=losses[0] if single else losses,
        loss_weights=None if single else [1.0, *[settings.aux_weight] * (len(heads) - 1)],
        metrics=measures if single else [measures, *[None] * (len(heads) - 1)],
        jit_compile=compiled,
    )


def loss(head: Head, smoothing: float) -> Any:
    """The loss of one output."""
    if head.loss == "binary_crossentropy":
        return keras.losses.BinaryCrossentropy(label_smoothing=smoothing)
    kind = FromDistances if head.negate else keras.losses.CategoricalCrossentropy
    return kind(from_logits=head.from_logits, label_smoothing=smoothing)


class FromDistances(keras.losses.CategoricalCrossentropy):
    """Cross-entropy where the smallest output wins: negated distances are the logits."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return super().call(y_true, -y_pred)


def measure(function: Any, head: Head, name: str) -> Any:
    """A metric of one output, averaged over an epoch."""
    if head.negate:
        return keras.metrics.MeanMetricWrapper(lambda y_true, y_pred: function(y_true, -y_pred), name=name)
    return keras.metrics.MeanMetricWrapper(function, name=name)


def fit(made: Fitting, callbacks: Any, done: int = 0) -> None:
    """Train on after `done` epochs: Keras' own loop. The callbacks record and stop."""
    made.model.fit(
        Feed(made.training),
        validation_data=Feed(made.validation),
        initial_epoch=done,
        epochs=made.settings.epochs,
        callbacks=callbacks,
        shuffle=False,  # the batches have their own order
        verbose=0,
    )


def save(graph: Graph, model: Any, path: Any) -> None:
    """The trained net as a .keras file that plain Keras loads: built anew in float32, without optimizer or losses."""
    clean = keras_model.build(graph, deferred=False)
    clean.set_weights(model.get_weights())
    clean.save(path)
