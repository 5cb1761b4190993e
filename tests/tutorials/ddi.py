"""The networks of Data Driven Investor's article, written straight in Keras."""

from __future__ import annotations

from functools import partial

import keras
from keras import layers

from .listing import build

LENET5 = """
input 32x32x1
conv 20 5x5 /1 same relu
maxpool 2x2 /2 valid
conv 50 5x5 /1 same relu
maxpool 2x2 /2 valid
flatten
dense 500 relu
dense 10 softmax
"""

ALEXNET = """
input 227x227x3
conv 96 11x11 /4 valid relu
maxpool 3x3 /2 valid
conv 256 5x5 /1 same relu
maxpool 3x3 /2 valid
conv 384 3x3 /1 same relu
conv 256 3x3 /1 same relu
maxpool 3x3 /2 valid
flatten
dense 4096 relu
dropout 0.5
dense 4096 relu
dropout 0.5
dense 1000 softmax
"""

VGG16 = """
input 227x227x3
conv 64 3x3 /1 same relu
conv 64 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 128 3x3 /1 same relu
conv 128 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 256 3x3 /1 same relu
conv 256 3x3 /1 same relu
conv 256 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
maxpool 2x2 /2 valid
gap
dense 4096 relu
dense 4096 relu
dense 1000 softmax
"""

VGG19 = """
input 227x227x3
conv 64 3x3 /1 same relu
conv 64 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 128 3x3 /1 same relu
conv 128 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 256 3x3 /1 same relu
conv 256 3x3 /1 same relu
conv 256 3x3 /1 same relu
conv 256 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
conv 512 3x3 /1 same relu
maxpool 2x2 /2 valid
gap
dense 4096 relu
dense 4096 relu
dense 1000 softmax
"""

VGG16_OF_THE_TEXT = VGG16.replace("227x227x3", "224x224x3").replace("gap", "flatten")


class PerMap(layers.Layer):
    """One trainable coefficient and one trainable bias for each map."""

    def build(self, input_shape):
        self.coefficient = self.add_weight(shape=input_shape[-1:], initializer="ones", name="coefficient")
        self.bias = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="bias")

    def call(self, x):
        return x * self.coefficient + self.bias

    def compute_output_shape(self, input_shape):
        return input_shape


def subsample(x):
    """A window's inputs summed (four times their mean: the coefficient takes the four), scaled, shifted, squashed."""
    return layers.Activation("sigmoid")(PerMap()(layers.AveragePooling2D(2, strides=2)(x)))


def lenet5_of_the_text(shape=(32, 32, 1)):
    inputs = keras.Input(shape)
    x = subsample(layers.Conv2D(6, 5, activation="tanh")(inputs))
    x = subsample(layers.Conv2D(16, 5, activation="tanh")(x))
    x = layers.Flatten()(layers.Conv2D(120, 5, activation="tanh")(x))
    x = layers.Dense(84, activation="tanh")(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def conv(x, filters, kernel, strides=1):
    return layers.Conv2D(filters, kernel, strides=strides, padding="same", activation="relu")(x)


def pad_and_pool(x):
    return layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))


def module(x, c1, c3r, c3, c5r, c5, pp):
    """The projection stands before the pooling."""
    first = conv(x, c1, 1)
    second = conv(conv(x, c3r, 1), c3, 3)
    third = conv(conv(x, c5r, 1), c5, 5)
    fourth = layers.MaxPooling2D(3, strides=1, padding="same")(conv(x, pp, 1))
    return layers.Concatenate()([first, second, third, fourth])


def auxiliary(x):
    x = conv(layers.AveragePooling2D(5, strides=3)(x), 128, 1)
    x = layers.Dense(1024, activation="relu")(layers.Flatten()(x))
    return layers.Dense(1000, activation="softmax")(layers.Dropout(0.7)(x))


def googlenet(shape=(224, 224, 3)):
    inputs = keras.Input(shape)
    x = pad_and_pool(conv(inputs, 64, 7, 2))
    x = pad_and_pool(conv(conv(x, 64, 1), 192, 3))
    x = module(x, 64, 96, 128, 16, 32, 32)
    x = module(x, 128, 128, 192, 32, 96, 64)
    x = module(pad_and_pool(x), 192, 96, 208, 16, 48, 64)
    second = auxiliary(x)
    x = module(x, 160, 112, 224, 24, 64, 64)
    x = module(x, 128, 128, 256, 24, 64, 64)
    x = module(x, 112, 144, 288, 32, 48, 64)
    third = auxiliary(x)
    x = module(x, 256, 160, 320, 32, 128, 128)
    x = module(pad_and_pool(x), 256, 160, 320, 32, 128, 128)
    x = module(x, 384, 192, 384, 48, 128, 128)
    x = layers.GlobalAveragePooling2D()(pad_and_pool(x))
    first = layers.Dense(1000, activation="softmax")(layers.Dropout(0.4)(x))
    return keras.Model(inputs, [first, second, third])


def cbr(x, filters, kernel, strides=1, padding="same"):
    """Convolution with bias, BN, relu, each a layer of its own."""
    x = layers.Conv2D(filters, kernel, strides=strides, padding=padding)(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def basic(x, width, downsample, change_channels):
    main = cbr(cbr(x, width, 3, 2 if downsample else 1), width, 3)
    shortcut = cbr(x, width, 1, 2, "valid") if downsample else x
    return layers.Activation("relu")(layers.Add()([main, shortcut]))


def bottleneck(x, width, downsample, change_channels):
    """Nothing follows the addition."""
    main = cbr(cbr(cbr(x, width // 4, 1, 2 if downsample else 1), width // 4, 3), width, 1)
    shortcut = x
    if downsample:
        shortcut = cbr(x, width, 1, 2)
    elif change_channels:
        shortcut = cbr(x, width, 1)
    return layers.Add()([main, shortcut])


def resnet(shape=(224, 224, 3), *, block, widths, counts):
    inputs = keras.Input(shape)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(cbr(inputs, 64, 7, 2))
    for stage, (width, count) in enumerate(zip(widths, counts, strict=True)):
        for number in range(count):
            first = number == 0
            x = block(x, width, first and stage > 0, first and stage == 0)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))


SHALLOW = partial(resnet, block=basic, widths=(64, 128, 256, 512))
DEEP = partial(resnet, block=bottleneck, widths=(256, 512, 1024, 2048))

NETWORKS = {
    "ddi-lenet5": partial(build, LENET5),
    "ddi-lenet5-prose": lenet5_of_the_text,
    "ddi-alexnet": partial(build, ALEXNET),
    "ddi-vgg16": partial(build, VGG16),
    "ddi-vgg19": partial(build, VGG19),
    "ddi-vgg16-prose": partial(build, VGG16_OF_THE_TEXT),
    "ddi-googlenet": googlenet,
    "ddi-resnet18": partial(SHALLOW, counts=(2, 2, 2, 2)),
    "ddi-resnet34": partial(SHALLOW, counts=(3, 4, 6, 3)),
    "ddi-resnet50": partial(DEEP, counts=(3, 4, 6, 3)),
    "ddi-resnet101": partial(DEEP, counts=(3, 4, 23, 3)),
    "ddi-resnet152": partial(DEEP, counts=(3, 8, 36, 3)),
}
