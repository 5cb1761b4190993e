"""The papers' residual networks, and the plain ones that they were compared with."""

from __future__ import annotations

from . import papers
from .row import KERAS, TORCHVISION, Published, Row, TopFive, text

_IMAGENET = """
    input(224, 224, 3)
    conv_bn(64, 7, strides=2, kernel_initializer=he_normal)
    maxpool(3, strides=2, padding=same)
    {kind}(64, {0}, name=stage2)
    {kind}(128, {1}, strides=2{more}, name=stage3)
    {kind}(256, {2}, strides=2{more}, name=stage4)
    {kind}(512, {3}, strides=2{more}, name=stage5)
    classifier(1000)
"""
_CIFAR = """
    input(32, 32, 3)
    conv_bn(16, 3, kernel_initializer=he_normal)
    residual(16, {n}, name=stage1)
    residual(32, {n}, strides=2, shortcut=zero_pad, name=stage2)
    residual(64, {n}, strides=2, shortcut=zero_pad, name=stage3)
    classifier(10)
"""
_CIFAR_PLAIN = """
    input(32, 32, 3)
    {first} * conv_bn(16, 3, kernel_initializer=he_normal)
    conv_bn(32, 3, strides=2, kernel_initializer=he_normal)
    {others} * conv_bn(32, 3, kernel_initializer=he_normal)
    conv_bn(64, 3, strides=2, kernel_initializer=he_normal)
    {others} * conv_bn(64, 3, kernel_initializer=he_normal)
    classifier(10)
"""
_V2 = """
    input(224, 224, 3)
    zeropad(3)
    conv(64, 7, strides=2, padding=valid, kernel_initializer=he_normal)
    zeropad()
    maxpool(3, strides=2)
    {0}(64, 3, strides=2, strides_in=last, {1}, name=stage2)
    {0}(128, 4, strides=2, strides_in=last, {1}, name=stage3)
    {0}(256, 6, strides=2, strides_in=last, {1}, name=stage4)
    {0}(512, 3, {1}, name=stage5)
    bn(epsilon=1.001e-05)
    activation()
    classifier(1000)
"""
_AS_KERAS = "padding=zeropad, last_bias=true, epsilon=1.001e-05"


def _imagenet(
    depth: int,
    blocks: tuple[int, int, int, int],
    published: tuple[Published, ...],
    top5: TopFive,
    *,
    kind: str = "bottleneck",
) -> Row:
    return Row(
        f"resnet{depth}",
        f"ResNet-{depth}",
        "ResNet",
        text(_IMAGENET.format(*blocks, kind=kind, more="")),
        papers.RESNET,
        "table 1",
        published=published,
        top5=top5,
    )


def _cifar(depth: int, millions: str) -> Row:
    return Row(
        f"cifar-resnet{depth}",
        f"ResNet-{depth} for CIFAR-10",
        "ResNet",
        text(_CIFAR.format(n=(depth - 2) // 6)),
        papers.RESNET,
        "4.2, table 6",
        published=(Published("trainable parameters", millions, "paper, table 6"),),
    )


def _cifar_plain(depth: int) -> Row:
    return Row(
        f"cifar-plain{depth}",
        f"Plain-{depth} for CIFAR-10",
        "ResNet",
        text(_CIFAR_PLAIN.format(first=(depth - 2) // 3 + 1, others=(depth - 2) // 3 - 1)),
        papers.RESNET,
        "4.2, figure 6",
        original=f"cifar-resnet{depth}",
    )


ROWS: tuple[Row, ...] = (
    _imagenet(
        18,
        (2, 2, 2, 2),
        (
            Published("trainable parameters", "11,689,512", "torchvision"),
            Published("MACs", "1.8 G", "paper, table 1, printed as FLOPs"),
        ),
        TopFive(10.922, TORCHVISION),
        kind="residual",
    ),
    _imagenet(
        34,
        (3, 4, 6, 3),
        (
            Published("trainable parameters", "21,797,672", "torchvision"),
            Published("MACs", "3.6 G", "paper, table 1, printed as FLOPs"),
        ),
        TopFive(8.58, TORCHVISION),
        kind="residual",
    ),
    _imagenet(
        50,
        (3, 4, 6, 3),
        (
            Published("trainable parameters", "25,557,032", "torchvision"),
            Published("parameters with conv biases", "25,636,712", "Keras"),
            Published("MACs", "3.8 G", "paper, table 1, printed as FLOPs"),
            Published(
                "MACs",
                "4.089 G",
                "torchvision",
                "torchvision has the stride on the 3×3, where the 1×1 before it still reads the larger map; "
                "that is resnet50-v1.5.",
            ),
        ),
        TopFive(7.9, KERAS),
    ),
    _imagenet(
        101,
        (3, 4, 23, 3),
        (
            Published("trainable parameters", "44,549,160", "torchvision"),
            Published("MACs", "7.6 G", "paper, table 1, printed as FLOPs"),
        ),
        TopFive(7.2, KERAS),
    ),
    _imagenet(
        152,
        (3, 8, 36, 3),
        (
            Published("trainable parameters", "60,192,808", "torchvision"),
            Published("MACs", "11.3 G", "paper, table 1, printed as FLOPs"),
        ),
        TopFive(6.9, KERAS),
    ),
    Row(
        "resnet50-v1.5",
        "ResNet-50 v1.5",
        "ResNet",
        text(_IMAGENET.format(3, 4, 6, 3, kind="bottleneck", more=", stride_on=middle")),
        papers.RESNET,
        "table 1",
        published=(
            Published("trainable parameters", "25,557,032", "torchvision"),
            Published("MACs", "4.089 G", "torchvision"),
        ),
        deviations="The stride is on the 3×3 of a stage's first block, not on the 1×1 as in the paper: as many "
        "weights, more work, a smaller receptive field. Most libraries build this form and call it ResNet-50.",
        original="resnet50",
        top5=TopFive(7.138, f"{TORCHVISION}; its ResNet-50 is this form"),
    ),
    Row(
        "resnet50-v2",
        "ResNet-50 v2",
        "ResNet",
        text(_V2.format("preact_bottleneck", _AS_KERAS)),
        papers.PREACTIVATION,
        "section 4, figure 4 (e)",
        published=(Published("parameters", "25,613,800", "Keras"),),
        deviations="As in Keras: each stage has its stride in its last block and not in its first, where the shortcut "
        "is a 1×1 pooling; convolutions that no BN follows have biases; zeros on every side are layers. The kernels' "
        "first values are drawn as in the paper, where Keras draws them by Glorot.",
        original="resnet50",
        as_in="keras.applications.ResNet50V2",
        top5=TopFive(7.0, KERAS),
    ),
    _cifar(20, "0.27 M"),
    _cifar(32, "0.46 M"),
    _cifar(44, "0.66 M"),
    _cifar(56, "0.85 M"),
    _cifar(110, "1.7 M"),
    _cifar_plain(20),
    _cifar_plain(56),
)
