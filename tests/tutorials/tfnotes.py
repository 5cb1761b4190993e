"""The networks of the CIFAR-10 course notes, written straight in Keras."""

from __future__ import annotations

from functools import partial

import keras
from keras import layers

from .listing import build

BASELINE = """
input 32x32x3
conv 6 5x5 /1 same
bn
relu
maxpool 2x2 /2 same
dropout 0.2
flatten
dense 128 relu
dropout 0.2
dense 10 softmax
"""

LENET5 = """
input 32x32x3
conv 6 5x5 /1 valid sigmoid
maxpool 2x2 /2 valid
conv 16 5x5 /1 valid sigmoid
maxpool 2x2 /2 valid
flatten
dense 120 sigmoid
dense 84 sigmoid
dense 10 softmax
"""

ALEXNET8 = """
input 32x32x3
conv 96 3x3 /1 valid
bn
relu
maxpool 3x3 /2 valid
conv 256 3x3 /1 valid
bn
relu
maxpool 3x3 /2 valid
conv 384 3x3 /1 same relu
conv 384 3x3 /1 same relu
conv 256 3x3 /1 same relu
maxpool 3x3 /2 valid
flatten
dense 2048 relu
dropout 0.5
dense 2048 relu
dropout 0.5
dense 10 softmax
"""

VGG16 = """
input 32x32x3
conv 64 3x3 /1 same
bn
relu
conv 64 3x3 /1 same
bn
relu
maxpool 2x2 /2 same
dropout 0.2
conv 128 3x3 /1 same
bn
relu
conv 128 3x3 /1 same
bn
relu
maxpool 2x2 /2 same
dropout 0.2
conv 256 3x3 /1 same
bn
relu
conv 256 3x3 /1 same
bn
relu
conv 256 3x3 /1 same
bn
relu
maxpool 2x2 /2 same
dropout 0.2
conv 512 3x3 /1 same
bn
relu
conv 512 3x3 /1 same
bn
relu
conv 512 3x3 /1 same
bn
relu
maxpool 2x2 /2 same
dropout 0.2
conv 512 3x3 /1 same
bn
relu
conv 512 3x3 /1 same
bn
relu
conv 512 3x3 /1 same
bn
relu
maxpool 2x2 /2 same
dropout 0.2
flatten
dense 512 relu
dropout 0.2
dense 512 relu
dropout 0.2
dense 10 softmax
"""


def cbr(x, filters, kernel=3, strides=1):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same")(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def module(x, width, strides):
    """Every branch has the same width; the step stands on each branch's 1x1."""
    first = cbr(x, width, 1, strides)
    second = cbr(cbr(x, width, 1, strides), width, 3)
    third = cbr(cbr(x, width, 1, strides), width, 5)
    fourth = cbr(layers.MaxPooling2D(3, strides=1, padding="same")(x), width, 1, strides)
    return layers.Concatenate()([first, second, third, fourth])


def inception10(shape=(32, 32, 3), *, widths):
    inputs = keras.Input(shape)
    x = cbr(inputs, 16)
    for width, strides in zip(widths, (2, 1, 2, 1), strict=True):
        x = module(x, width, strides)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def conv_bn(x, filters, kernel, strides=1):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def residual(x, filters, strides, projection):
    main = layers.Activation("relu")(conv_bn(x, filters, 3, strides))
    main = conv_bn(main, filters, 3)
    shortcut = conv_bn(x, filters, 1, strides) if projection else x
    return layers.Activation("relu")(layers.Add()([main, shortcut]))


def resnet18(shape=(32, 32, 3)):
    inputs = keras.Input(shape)
    x = layers.Activation("relu")(conv_bn(inputs, 64, 3))
    for filters in (64, 128, 256, 512):
        changes = filters > 64
        x = residual(x, filters, 2 if changes else 1, changes)
        x = residual(x, filters, 1, False)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


NETWORKS = {
    "tfnotes-baseline": partial(build, BASELINE),
    "tfnotes-lenet5": partial(build, LENET5),
    "tfnotes-alexnet8": partial(build, ALEXNET8),
    "tfnotes-vgg16": partial(build, VGG16),
    "tfnotes-inception10": partial(inception10, widths=(16, 32, 64, 128)),
    "tfnotes-inception10-per-block": partial(inception10, widths=(16, 16, 32, 32)),
    "tfnotes-resnet18": resnet18,
}
