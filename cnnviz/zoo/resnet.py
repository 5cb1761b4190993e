"""The papers' residual networks."""

from __future__ import annotations

from . import papers
from .row import Published, Row, text

_RESNET = """
    input(224, 224, 3)
    conv_bn(64, 7, strides=2, kernel_initializer=he_normal)
    maxpool(3, strides=2, padding=same)
    {kind}(64, {0}, name=stage2)
    {kind}(128, {1}, strides=2, name=stage3)
    {kind}(256, {2}, strides=2, name=stage4)
    {kind}(512, {3}, strides=2, name=stage5)
    classifier(1000)
"""

ROWS: tuple[Row, ...] = (
    Row(
        "resnet18",
        "ResNet-18",
        "ResNet",
        text(_RESNET.format(2, 2, 2, 2, kind="residual")),
        papers.RESNET,
        "table 1",
        published=(
            Published("parameters", "11,689,512", "torchvision, without BN statistics"),
            Published("MACs", "1.8 G", "paper, printed as FLOPs"),
        ),
    ),
    Row(
        "resnet50",
        "ResNet-50",
        "ResNet",
        text(_RESNET.format(3, 4, 6, 3, kind="bottleneck")),
        papers.RESNET,
        "table 1",
        published=(
            Published("parameters", "25,557,032", "torchvision, without BN statistics"),
            Published("parameters", "25,636,712", "Keras, with conv biases and BN statistics"),
            Published("MACs", "3.8 G", "paper, printed as FLOPs"),
            Published("MACs", "4.089 G", "torchvision, stride on the 3×3"),
        ),
    ),
    Row(
        "resnet152",
        "ResNet-152",
        "ResNet",
        text(_RESNET.format(3, 8, 36, 3, kind="bottleneck")),
        papers.RESNET,
        "table 1",
        published=(
            Published("parameters", "60,192,808", "torchvision, without BN statistics"),
            Published("MACs", "11.3 G", "paper, printed as FLOPs"),
        ),
    ),
)
