"""The networks of Machine Learning Mastery, written straight in Keras."""

from __future__ import annotations

from functools import partial

import keras
from keras import layers

from .listing import build

VGG_BLOCK = """
input 256x256x3
conv 64 3x3 /1 same relu
conv 64 3x3 /1 same relu
maxpool 2x2 /2 valid
"""

THREE_VGG_BLOCKS = """
input 256x256x3
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
"""


def conv(filters, kernel, **more):
    return layers.Conv2D(filters, kernel, padding="same", **{"activation": "relu", **more})


def naive_inception(shape=(256, 256, 3)):
    inputs = keras.Input(shape)
    pool = layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same")
    branches = [conv(64, (1, 1))(inputs), conv(128, (3, 3))(inputs), conv(32, (5, 5))(inputs), pool(inputs)]
    return keras.Model(inputs, layers.Concatenate()(branches))


def projected_inception(x, f1, f2_in, f2_out, f3_in, f3_out, f4):
    first = conv(f1, (1, 1))(x)
    second = conv(f2_out, (3, 3))(conv(f2_in, (1, 1))(x))
    third = conv(f3_out, (5, 5))(conv(f3_in, (1, 1))(x))
    fourth = conv(f4, (1, 1))(layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same")(x))
    return layers.Concatenate()([first, second, third, fourth])


def inception_3a_3b(shape=(256, 256, 3)):
    inputs = keras.Input(shape)
    x = projected_inception(inputs, 64, 96, 128, 16, 32, 32)
    x = projected_inception(x, 128, 128, 192, 32, 96, 64)
    return keras.Model(inputs, x)


def residual(shape):
    """The module with 64 filters; its shortcut is a convolution with relu where the channels differ."""
    inputs = keras.Input(shape)
    shortcut = inputs
    if shape[-1] != 64:
        shortcut = conv(64, (1, 1), kernel_initializer="he_normal")(inputs)
    x = conv(64, (3, 3), kernel_initializer="he_normal")(inputs)
    x = conv(64, (3, 3), activation=None, kernel_initializer="he_normal")(x)
    return keras.Model(inputs, layers.Activation("relu")(layers.Add()([x, shortcut])))


def residual_identity(shape=(256, 256, 64)):
    return residual(shape)


def residual_projection(shape=(256, 256, 3)):
    return residual(shape)


NETWORKS = {
    "mlm-vgg-block": partial(build, VGG_BLOCK),
    "mlm-three-vgg-blocks": partial(build, THREE_VGG_BLOCKS),
    "mlm-naive-inception": naive_inception,
    "mlm-inception-3a-3b": inception_3a_3b,
    "mlm-residual-identity": residual_identity,
    "mlm-residual-projection": residual_projection,
}
