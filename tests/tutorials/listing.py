"""Plain stacks, written one layer a line as the tutorials' listings are, built straight in Keras.

    input 32x32x1
    conv 6 5x5 /1 valid relu         filters, kernel height x width, step, padding, activation, nobias
    maxpool 2x2 /2 valid             avgpool too
    dense 10 softmax
    dropout 0.5 · zeropad 3 · bn · relu · flatten · gap

This is the tests' own reading: nothing here goes through cnnviz.
"""

from __future__ import annotations

import keras
from keras import layers

POOLS = {"maxpool": layers.MaxPooling2D, "avgpool": layers.AveragePooling2D}
BARE = {
    "bn": layers.BatchNormalization,
    "flatten": layers.Flatten,
    "gap": layers.GlobalAveragePooling2D,
}
ACTIVATIONS = ("relu", "sigmoid", "softmax", "tanh")


def build(listing: str, shape: tuple[int, ...] = (), kernel_initializer: str = "glorot_uniform") -> keras.Model:
    """The model of a listing, on another input `shape` where one is given. The initializer is the convolutions'."""
    first, *lines = [line.split() for line in listing.strip().splitlines()]
    assert first[0] == "input"
    x = inputs = keras.Input(shape or numbers(first[1]))
    for words in lines:
        x = layer(words, kernel_initializer)(x)
    return keras.Model(inputs, x)


def layer(words: list[str], kernel_initializer: str) -> keras.layers.Layer:
    """The layer of one line."""
    kind, *rest = words
    match kind:
        case "conv":
            filters, kernel, step, padding, *more = rest
            return layers.Conv2D(
                int(filters),
                numbers(kernel),
                strides=int(step.removeprefix("/")),
                padding=padding,
                activation=activation(more),
                use_bias="nobias" not in more,
                kernel_initializer=kernel_initializer,
            )
        case "maxpool" | "avgpool":
            window, step, padding = rest
            return POOLS[kind](numbers(window), strides=int(step.removeprefix("/")), padding=padding)
        case "dense":
            return layers.Dense(int(rest[0]), activation=activation(rest[1:]))
        case "dropout":
            return layers.Dropout(float(rest[0]))
        case "zeropad":
            return layers.ZeroPadding2D(int(rest[0]))
    assert not rest, words
    return layers.Activation(kind) if kind in ACTIVATIONS else BARE[kind]()


def numbers(text: str) -> tuple[int, ...]:
    """3x2 as (3, 2)."""
    return tuple(int(side) for side in text.split("x"))


def activation(words: list[str]) -> str | None:
    """The fused activation of a line, if it names one."""
    named = [word for word in words if word != "nobias"]
    assert len(named) <= 1, words
    assert set(named) <= set(ACTIVATIONS), words
    return named[0] if named else None
