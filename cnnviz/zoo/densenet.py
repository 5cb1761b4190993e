"""The papers' densely connected networks."""

from __future__ import annotations

from . import papers
from .row import Published, Row, text

_DENSENET = """
    input(224, 224, 3)
    conv_bn(64, 7, strides=2, kernel_initializer=he_normal)
    maxpool(3, strides=2, padding=same)
    dense_block({0}, 32)
    transition()
    dense_block({1}, 32)
    transition()
    dense_block({2}, 32)
    transition()
    dense_block({3}, 32)
    bn()
    activation()
    classifier(1000)
"""

ROWS: tuple[Row, ...] = (
    Row(
        "densenet121",
        "DenseNet-121",
        "DenseNet",
        text(_DENSENET.format(6, 12, 24, 16)),
        papers.DENSENET,
        "table 1",
        published=(
            Published("parameters", "7,978,856", "torchvision, without BN statistics"),
            Published("parameters", "8,062,504", "Keras, with BN statistics"),
            Published("MACs", "2.834 G", "torchvision"),
        ),
    ),
    Row(
        "densenet201",
        "DenseNet-201",
        "DenseNet",
        text(_DENSENET.format(6, 12, 48, 32)),
        papers.DENSENET,
        "table 1",
        published=(
            Published("parameters", "20,013,928", "torchvision, without BN statistics"),
            Published("MACs", "4.291 G", "torchvision"),
        ),
    ),
)
