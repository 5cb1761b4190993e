"""The papers' densely connected networks."""

from __future__ import annotations

from . import papers
from .row import TORCHVISION, Published, Row, TopFive, text

_IMAGENET = """
    input(224, 224, 3)
    conv_bn({stem}, 7, strides=2, kernel_initializer=he_normal)
    maxpool(3, strides=2, padding=same)
    dense_block({0}, {growth})
    transition()
    dense_block({1}, {growth})
    transition()
    dense_block({2}, {growth})
    transition()
    dense_block({3}, {growth})
    bn()
    activation()
    classifier(1000)
"""
_CIFAR = """
    input(32, 32, 3)
    conv(16, 3, use_bias=false, kernel_initializer=he_normal)
    dense_block({layers}, {growth}, bottleneck_width=0)
    transition(1)
    dense_block({layers}, {growth}, bottleneck_width=0)
    transition(1)
    dense_block({layers}, {growth}, bottleneck_width=0)
    bn()
    activation()
    classifier(10)
"""
_CIFAR_BC = """
    input(32, 32, 3)
    conv({stem}, 3, use_bias=false, kernel_initializer=he_normal)
    dense_block({layers}, {growth})
    transition()
    dense_block({layers}, {growth})
    transition()
    dense_block({layers}, {growth})
    bn()
    activation()
    classifier(10)
"""
_NO_DROPOUT = "Without the dropout that the paper adds where the training pictures are not augmented."


def _imagenet(
    depth: int,
    layers: tuple[int, int, int, int],
    published: tuple[Published, ...],
    top5: TopFive,
    *,
    growth: int = 32,
    section: str = "table 1",
    deviations: str = "",
) -> Row:
    return Row(
        f"densenet{depth}",
        f"DenseNet-{depth}",
        "DenseNet",
        text(_IMAGENET.format(*layers, growth=growth, stem=2 * growth)),
        papers.DENSENET,
        section,
        published=published,
        deviations=deviations,
        top5=top5,
    )


def _cifar(depth: int, growth: int, millions: str) -> Row:
    return Row(
        f"cifar-densenet-{depth}-{growth}",
        f"DenseNet, depth {depth}, growth {growth}",
        "DenseNet",
        text(_CIFAR.format(layers=(depth - 4) // 3, growth=growth)),
        papers.DENSENET,
        "4.3, table 2",
        published=(Published("trainable parameters", millions, "paper, table 2"),),
        deviations=_NO_DROPOUT,
    )


def _cifar_bc(depth: int, growth: int, millions: str) -> Row:
    return Row(
        f"cifar-densenet-bc-{depth}-{growth}",
        f"DenseNet-BC, depth {depth}, growth {growth}",
        "DenseNet",
        text(_CIFAR_BC.format(layers=(depth - 4) // 6, growth=growth, stem=2 * growth)),
        papers.DENSENET,
        "4.3, table 2",
        published=(Published("trainable parameters", millions, "paper, table 2"),),
        deviations=_NO_DROPOUT,
        original=f"cifar-densenet-{depth}-{growth}" if (depth, growth) == (100, 12) else "",
    )


ROWS: tuple[Row, ...] = (
    _imagenet(
        121,
        (6, 12, 24, 16),
        (
            Published("trainable parameters", "7,978,856", "torchvision"),
            Published("parameters", "8,062,504", "Keras"),
            Published("MACs", "2.834 G", "torchvision"),
        ),
        TopFive(8.028, TORCHVISION),
    ),
    _imagenet(
        161,
        (6, 12, 36, 24),
        (
            Published("trainable parameters", "28,681,000", "torchvision"),
            Published("MACs", "7.728 G", "torchvision"),
        ),
        TopFive(6.44, TORCHVISION),
        growth=48,
        section="4.4",
        deviations="Not in table 1 as published: a wider network that the authors released, with growth 48 and a stem "
        "of 96 filters.",
    ),
    _imagenet(
        169,
        (6, 12, 32, 32),
        (
            Published("trainable parameters", "14,149,480", "torchvision"),
            Published("MACs", "3.36 G", "torchvision"),
        ),
        TopFive(7.194, TORCHVISION),
    ),
    _imagenet(
        201,
        (6, 12, 48, 32),
        (
            Published("trainable parameters", "20,013,928", "torchvision"),
            Published("MACs", "4.291 G", "torchvision"),
        ),
        TopFive(6.63, TORCHVISION),
    ),
    _imagenet(
        264,
        (6, 12, 64, 48),
        (),
        TopFive(6.12, "paper, table 3, ImageNet validation, one crop"),
        deviations="The blocks of table 1 make 265 layers with weights, by the count that the other names follow.",
    ),
    _cifar(40, 12, "1.0 M"),
    _cifar(100, 12, "7.0 M"),
    _cifar(100, 24, "27.2 M"),
    _cifar_bc(100, 12, "0.8 M"),
    _cifar_bc(250, 24, "15.3 M"),
    _cifar_bc(190, 40, "25.6 M"),
)
