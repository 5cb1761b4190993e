"""The networks of the CSDN article, written straight in Keras."""

from __future__ import annotations

from functools import partial

import keras
from keras import layers, ops

from .listing import build

LENET = """
input 28x28x1
conv 32 5x5 /1 valid relu
maxpool 2x2 /2 valid
conv 64 5x5 /1 valid relu
maxpool 2x2 /2 valid
flatten
dense 100 relu
dense 10 softmax
"""

LENET5_OF_THE_TEXT = """
input 32x32x1
conv 6 5x5 /1 valid tanh
avgpool 2x2 /2 valid
conv 16 5x5 /1 valid tanh
avgpool 2x2 /2 valid
flatten
dense 120 tanh
dense 84 tanh
dense 10 softmax
"""

ALEXNET = """
input 227x227x3
conv 96 11x11 /4 valid relu
maxpool 3x3 /2 valid
conv 256 5x5 /1 same relu
maxpool 3x3 /2 valid
conv 384 3x3 /1 same relu
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

ZFNET = """
input 224x224x3
conv 96 7x7 /2 valid relu
maxpool 3x3 /2 valid
conv 256 5x5 /2 same relu
maxpool 3x3 /2 valid
conv 384 3x3 /1 same relu
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
input 224x224x3
conv 64 3x3 /1 same relu
conv 64 3x3 /1 same relu
maxpool 2x2 /2 valid
conv 128 3x2 /1 same relu
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
flatten
dense 4096 relu
dropout 0.5
dense 4096 relu
dropout 0.5
dense 1000 softmax
"""


class LocalResponse(layers.Layer):
    """x / (2 + 1e-4 * the squares of five neighbouring channels) ** 0.75, the sum as a product with a band matrix."""

    def call(self, x):
        places = ops.arange(x.shape[-1])
        band = ops.cast(ops.absolute(places[:, None] - places[None, :]) <= 2, x.dtype)
        return x * (2 + 1e-4 * ops.matmul(x * x, band)) ** -0.75

    def compute_output_shape(self, input_shape):
        return input_shape


def alexnet_on_two_gpus(shape=(227, 227, 3)):
    """The text's walk through both halves: convolutions 2, 4 and 5 read their own half only."""
    inputs = keras.Input(shape)
    x = layers.Conv2D(96, 11, strides=4, activation="relu")(inputs)
    x = layers.MaxPooling2D(3, strides=2)(LocalResponse()(x))
    x = layers.Conv2D(256, 5, padding="same", groups=2, activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(LocalResponse()(x))
    x = layers.Conv2D(384, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(384, 3, padding="same", groups=2, activation="relu")(x)
    x = layers.Conv2D(256, 3, padding="same", groups=2, activation="relu")(x)
    x = layers.Flatten()(layers.MaxPooling2D(3, strides=2)(x))
    x = layers.Dropout(0.5)(layers.Dense(4096, activation="relu")(x))
    x = layers.Dropout(0.5)(layers.Dense(4096, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))


def crb(x, filters, kernel, strides=1, padding="same"):
    """Convolution with fused relu, then BN."""
    x = layers.Conv2D(filters, kernel, strides=strides, padding=padding, activation="relu")(x)
    return layers.BatchNormalization()(x)


def pool(x):
    return layers.MaxPooling2D(3, strides=2, padding="same")(x)


def module(x, width):
    """Four branches of one width; a 1x1 stands where the 5x5 was meant."""
    a = crb(x, width, 1)
    b = crb(crb(x, width, 1), width, 3)
    c = crb(crb(x, width, 1), width, 1)
    d = crb(layers.MaxPooling2D(3, strides=1, padding="same")(x), width, 1)
    return layers.Concatenate()([a, b, c, d])


def googlenet(shape=(224, 224, 3)):
    inputs = keras.Input(shape)
    x = pool(crb(inputs, 64, 7, 2))
    x = pool(crb(x, 192, 3))
    for width in (64, 120):
        x = module(x, width)
    x = pool(x)
    for width in (128, 128, 128, 132, 208):
        x = module(x, width)
    x = pool(x)
    for width in (208, 256):
        x = module(x, width)
    x = layers.Dropout(0.4)(layers.AveragePooling2D(7, strides=7, padding="same")(x))
    x = layers.Dense(1000, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))


def resnet_block(x, widths, strides, conv_shortcut):
    """1x1, 3x3, 1x1, each with relu and then BN; the shortcut's convolution is 3x3; nothing after the addition."""
    a, b, c = widths
    main = crb(crb(crb(x, a, 1, strides), b, 3), c, 1)
    return layers.Add()([main, crb(x, c, 3, strides) if conv_shortcut else x])


def resnet50(shape=(227, 227, 3)):
    inputs = keras.Input(shape)
    x = crb(layers.ZeroPadding2D(3)(inputs), 64, 7, 2, "valid")
    x = pool(x)
    for width, blocks, strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = resnet_block(x, (width, width, 4 * width), strides, True)
        for _ in range(blocks - 1):
            x = resnet_block(x, (width, width, 4 * width), 1, False)
    x = layers.Flatten()(layers.AveragePooling2D(7, strides=1)(x))
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))


class Scale(layers.Layer):
    """The Caffe port's layer: a learned factor and a learned shift for each channel."""

    def build(self, input_shape):
        self.gamma = self.add_weight(shape=input_shape[-1:], initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="beta")

    def call(self, x):
        return self.gamma * x + self.beta

    def compute_output_shape(self, input_shape):
        return input_shape


def bsr(x):
    """BN, scale, relu."""
    return layers.Activation("relu")(Scale()(layers.BatchNormalization(epsilon=1.1e-5)(x)))


def dense_layer(x):
    new = layers.Conv2D(128, 1, use_bias=False)(bsr(x))
    new = layers.Conv2D(32, 3, use_bias=False)(layers.ZeroPadding2D(1)(bsr(new)))
    return layers.Concatenate()([x, new])


def densenet121(shape=(224, 224, 3), reduction=0.0):
    inputs = keras.Input(shape)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False)(layers.ZeroPadding2D(3)(inputs))
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(bsr(x)))
    for count in (6, 12, 24, 16):
        for _ in range(count):
            x = dense_layer(x)
        if count != 16:
            x = layers.Conv2D(int(x.shape[-1] * (1 - reduction)), 1, use_bias=False)(bsr(x))
            x = layers.AveragePooling2D(2, strides=2)(x)
    x = layers.GlobalAveragePooling2D()(bsr(x))
    return keras.Model(inputs, layers.Activation("softmax")(layers.Dense(1000)(x)))


NETWORKS = {
    "csdn-lenet5": partial(build, LENET5_OF_THE_TEXT),
    "csdn-lenet": partial(build, LENET, kernel_initializer="uniform"),
    "csdn-alexnet": partial(build, ALEXNET, kernel_initializer="uniform"),
    "csdn-alexnet-grouped": alexnet_on_two_gpus,
    "csdn-zfnet": partial(build, ZFNET, kernel_initializer="uniform"),
    "csdn-vgg16": partial(build, VGG16, kernel_initializer="uniform"),
    "csdn-googlenet": googlenet,
    "csdn-resnet50": resnet50,
    "csdn-densenet121": densenet121,
    "csdn-densenet121-bc": partial(densenet121, reduction=0.5),
}
