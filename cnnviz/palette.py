"""What can be added to a net: every block and structure, by family, with the notation that a new one starts as."""

from __future__ import annotations

import inspect
from math import prod
from typing import NamedTuple

from .blocks import BLOCKS
from .net import Item
from .notation import parse
from .ops import MOST_FILTERS, Shape

# The families as the palette groups them, whole blocks before single operations.
FAMILIES = (
    "convolution",
    "pooling",
    "vgg",
    "inception",
    "residual",
    "densenet",
    "mobile",
    "head",
    "merge",
    "dense",
    "activation",
    "normalisation",
    "regularisation",
    "shape",
)

# The word of a block or structure → what a new one is. Tested to cover everything that can be written. What a block
# must fit is put in: {values} is how many values it receives, {channels} how many channels, {wider} twice as many.
STARTS: dict[str, str] = {
    "conv": "conv(64, 3, relu)",
    "conv_bn": "conv_bn(64, 3)",
    "depthwise_conv": "depthwise_conv(3, relu)",
    "separable_conv": "separable_conv(64, 3, relu)",
    "sparse_conv": "sparse_conv([1], 3, relu)",
    "maxpool": "maxpool(2)",
    "avgpool": "avgpool(2)",
    "gap": "gap()",
    "global_maxpool": "global_maxpool()",
    "vgg": "vgg(64, convs=2)",
    "inception": "inception(64, 96, 128, 16, 32, 32)",
    "naive_inception": "naive_inception(64, 128, 32)",
    "inception_bn": "inception_bn(64, 64, 64, 64, 96, 32)",
    "inception_a": "inception_a(96, 64, 96, 64, 96, 96)",
    "inception_b": "inception_b(192, 128, 128, 192, 192)",
    "inception_c": "inception_c(320, 384, 384, 448, 384, 192)",
    "reduction_a": "reduction_a(192, 224, 256, 384)",
    "reduction_b": "reduction_b(192, 320, 192, 192)",
    "inception_resnet_a": "inception_resnet_a()",
    "inception_resnet_b": "inception_resnet_b()",
    "inception_resnet_c": "inception_resnet_c()",
    "inception_resnet_reduction": "inception_resnet_reduction()",
    "residual": "residual(64)",
    "bottleneck": "bottleneck(64)",
    "preact_residual": "preact_residual(64)",
    "preact_bottleneck": "preact_bottleneck(64)",
    "dense_block": "dense_block(6, 32)",
    "transition": "transition()",
    "fire": "fire(16, 64)",
    "squeeze_excite": "squeeze_excite()",
    "depthwise_separable": "depthwise_separable(64)",
    "inverted_residual": "inverted_residual(32)",
    "mbconv": "mbconv(32)",
    "xception": "xception(128, strides=2)",
    "convnext": "convnext({channels})",
    "classifier": "classifier(10)",
    "aux": "aux(10)",
    "parallel": "parallel([conv(64, 1, relu)], [conv(64, 3, relu)])",
    "repeat": "2 * [conv(64, 3, relu)]",
    "dense": "dense(128, relu)",
    "rbf": "rbf(10)",
    "activation": "activation()",
    "bn": "bn()",
    "layernorm": "layernorm()",
    "lrn": "lrn()",
    "scale": "scale()",
    "constant_scale": "constant_scale(0.5)",
    "dropout": "dropout(0.5)",
    "stochastic_depth": "stochastic_depth(0.2)",
    "flatten": "flatten()",
    "reshape": "reshape([{values}])",
    "zeropad": "zeropad(1)",
    "channel_pad": "channel_pad({wider})",
}

_STRUCTURES = {
    "parallel": ("merge", "Parallel branches", "Branches that read the same input and are merged: a module by hand."),
    "repeat": ("merge", "Repetition", "A sequence of blocks, written once and built several times over."),
}


class Entry(NamedTuple):
    """One line of the palette."""

    word: str
    title: str
    family: str
    help: str


def entries() -> tuple[Entry, ...]:
    """Everything that can be added, in the order of the families."""
    found = []
    for word in STARTS:
        if word in _STRUCTURES:
            family, title, text = _STRUCTURES[word]
        else:
            block = BLOCKS[word]
            family, title, text = block.family, block.title, (inspect.getdoc(block) or "").splitlines()[0]
        found.append(Entry(word, title, family, text.replace("`", "")))
    return tuple(sorted(found, key=lambda entry: FAMILIES.index(entry.family)))


def new(word: str, received: Shape) -> Item:
    """A new item of a kind, to stand where a map or vector of shape `received` comes in.

    Raises KeyError for a word that is not in the palette.
    """
    channels = min(received[-1], MOST_FILTERS)
    wider = min(2 * received[-1], MOST_FILTERS)
    fitted = STARTS[word].format(values=prod(received), channels=channels, wider=wider)
    return parse(f"input(32, 32, 3); {fitted}").items[0]
