"""The networks of the residual-network exercise on hand signs, written straight in Keras."""

from __future__ import annotations

import keras
from keras import layers


def main_path(x, f, filters, strides):
    first, second, third = filters
    x = layers.BatchNormalization()(layers.Conv2D(first, 1, strides=strides)(x))
    x = layers.Conv2D(second, f, padding="same")(layers.Activation("relu")(x))
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return layers.BatchNormalization()(layers.Conv2D(third, 1)(x))


def identity_block(x, f, filters):
    return layers.Activation("relu")(layers.Add()([main_path(x, f, filters, 1), x]))


def convolutional_block(x, f, filters, s):
    shortcut = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=s)(x))
    return layers.Activation("relu")(layers.Add()([main_path(x, f, filters, s), shortcut]))


def one_identity_block(shape=(4, 4, 6)):
    inputs = keras.Input(shape)
    return keras.Model(inputs, identity_block(inputs, 2, (2, 4, 6)))


def one_convolutional_block(shape=(4, 4, 6)):
    inputs = keras.Input(shape)
    return keras.Model(inputs, convolutional_block(inputs, 2, (2, 4, 6), 2))


def resnet50_signs(shape=(64, 64, 3)):
    inputs = keras.Input(shape)
    x = layers.Conv2D(64, 7, strides=2)(layers.ZeroPadding2D(3)(inputs))
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for filters, s, identities in (
        ((64, 64, 256), 1, 2),
        ((128, 128, 512), 2, 3),
        ((256, 256, 1024), 2, 5),
        ((512, 512, 2048), 2, 2),
    ):
        x = convolutional_block(x, 3, filters, s)
        for _ in range(identities):
            x = identity_block(x, 3, filters)
    x = layers.Flatten()(layers.AveragePooling2D(2, strides=2)(x))
    return keras.Model(inputs, layers.Dense(6, activation="softmax")(x))


NETWORKS = {
    "coursera-identity-block": one_identity_block,
    "coursera-convolutional-block": one_convolutional_block,
    "coursera-resnet50-signs": resnet50_signs,
}
