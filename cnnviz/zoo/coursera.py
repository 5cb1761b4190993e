"""Networks of the residual-network exercise on hand signs."""

from __future__ import annotations

from . import papers
from .row import Row, text

_BLOCK = (
    "bottleneck(2, {strides}middle_filters=4, out_filters=6, kernel_size=2, {shortcut}use_bias=true, "
    "kernel_initializer=glorot_uniform)"
)

ROWS: tuple[Row, ...] = (
    Row(
        "coursera-identity-block",
        "Identity block of the Coursera exercise",
        "ResNet",
        text(f"input(4, 4, 6)\n{_BLOCK.format(strides='', shortcut='shortcut=identity, ')}"),
        papers.RESNET,
        "4.1, figure 5 right",
        papers.COURSERA,
        deviations="The block of the exercise's own test: 2, 4 and 6 filters, a 2×2 kernel in the middle, without "
        "classifier. Its convolutions have biases, which the BN after them makes superfluous.",
    ),
    Row(
        "coursera-convolutional-block",
        "Convolutional block of the Coursera exercise",
        "ResNet",
        text(f"input(4, 4, 6)\n{_BLOCK.format(strides='strides=2, ', shortcut='')}"),
        papers.RESNET,
        "4.1, figure 5 right",
        papers.COURSERA,
        deviations="The block of the exercise's own test, without classifier. The text gives the main path's first "
        "convolution the stride 1: the addition would then be impossible, and the printed numbers need 2.",
        original="coursera-identity-block",
    ),
    Row(
        "coursera-resnet50-signs",
        "ResNet-50 on hand signs, Coursera",
        "ResNet",
        text(
            """
            input(64, 64, 3)
            zeropad(3)
            conv_bn(64, 7, strides=2, padding=valid, use_bias=true)
            maxpool(3, strides=2)
            bottleneck(64, 3, use_bias=true, kernel_initializer=glorot_uniform, name=stage2)
            bottleneck(128, 4, strides=2, use_bias=true, kernel_initializer=glorot_uniform, name=stage3)
            bottleneck(256, 6, strides=2, use_bias=true, kernel_initializer=glorot_uniform, name=stage4)
            bottleneck(512, 3, strides=2, use_bias=true, kernel_initializer=glorot_uniform, name=stage5)
            avgpool()
            classifier(6, flatten)
            """
        ),
        papers.RESNET,
        "table 1",
        papers.COURSERA,
        deviations="Input 64 instead of 224, six classes, a 2×2 average pooling that makes 1×1 of the last 2×2 map, "
        "and biases in the convolutions. The text leaves the relu out of its list of the first stage.",
        original="resnet50",
    ),
)
