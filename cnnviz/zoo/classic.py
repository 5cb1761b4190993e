"""The papers' networks from LeNet to VGG."""

from __future__ import annotations

from . import papers
from .row import Published, Row, text

ROWS: tuple[Row, ...] = (
    Row(
        "lenet5",
        "LeNet-5, modern form",
        "LeNet",
        text(
            """
            input(32, 32, 1)
            conv(6, 5, tanh, padding=valid)
            avgpool()
            conv(16, 5, tanh, padding=valid)
            avgpool()
            classifier(10, flatten, [120, 84], activation=tanh)
            """
        ),
        papers.LENET,
        "II.B",
        published=(
            Published("parameters", "60,000", "LeCun 1998, trainable; sparse C3, trainable subsampling"),
            Published("connections", "340,908", "LeCun 1998"),
        ),
        deviations="As it is built today: C3 reads all six maps, pooling has no weights, the output is a softmax "
        "instead of radial basis functions, and C5 is a dense layer, which is the same on the 5×5 map.",
    ),
    Row(
        "alexnet",
        "AlexNet",
        "AlexNet",
        text(
            """
            input(227, 227, 3)
            conv(96, 11, relu, strides=4, padding=valid)
            lrn()
            maxpool(3, strides=2)
            conv(256, 5, relu, groups=2)
            lrn()
            maxpool(3, strides=2)
            conv(384, 3, relu)
            conv(384, 3, relu, groups=2)
            conv(256, 3, relu, groups=2)
            maxpool(3, strides=2)
            classifier(1000, flatten, [4096, 4096], dropout=0.5)
            """
        ),
        papers.ALEXNET,
        "3.5",
        published=(
            Published("parameters", "60 M", "paper"),
            Published("MACs", "727 M", "convnet-burden, printed as FLOPs"),
        ),
        deviations="The two GPUs of the paper are two groups. The paper says 224 pixels; its own sizes close at 227.",
    ),
    Row(
        "vgg16",
        "VGG-16",
        "VGG",
        text(
            """
            input(224, 224, 3)
            vgg(64, convs=2)
            vgg(128, convs=2)
            vgg(256, convs=3)
            vgg(512, convs=3)
            vgg(512, convs=3)
            flatten()
            dense(4096, relu)
            dropout(0.5)
            dense(4096, relu)
            dropout(0.5)
            dense(1000, softmax)
            """
        ),
        papers.VGG,
        "table 1, D",
        published=(
            Published("parameters", "138 M", "paper, table 2"),
            Published("parameters", "138,357,544", "Keras; torchvision"),
            Published("MACs", "15.47 G", "torchvision"),
        ),
    ),
    Row(
        "vgg19",
        "VGG-19",
        "VGG",
        text(
            """
            input(224, 224, 3)
            vgg(64, convs=2)
            vgg(128, convs=2)
            vgg(256, convs=4)
            vgg(512, convs=4)
            vgg(512, convs=4)
            flatten()
            dense(4096, relu)
            dropout(0.5)
            dense(4096, relu)
            dropout(0.5)
            dense(1000, softmax)
            """
        ),
        papers.VGG,
        "table 1, E",
        published=(
            Published("parameters", "144 M", "paper, table 2"),
            Published("parameters", "143,667,240", "Keras; torchvision"),
            Published("MACs", "19.632 G", "torchvision"),
        ),
    ),
)
