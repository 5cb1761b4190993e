"""The papers' Inception networks, from GoogLeNet on."""

from __future__ import annotations

from . import papers
from .row import Published, Row, text

_GOOGLENET = """
    input(224, 224, 3)
    conv(64, 7, relu, strides=2)
    maxpool(3, strides=2, padding=same)
    lrn(bias=1)
    conv(64, 1, relu)
    conv(192, 3, relu)
    lrn(bias=1)
    maxpool(3, strides=2, padding=same)
    inception(64, 96, 128, 16, 32, 32, name=inception_3a)
    inception(128, 128, 192, 32, 96, 64, name=inception_3b)
    maxpool(3, strides=2, padding=same)
    inception(192, 96, 208, 16, 48, 64, name=inception_4a){aux}
    inception(160, 112, 224, 24, 64, 64, name=inception_4b)
    inception(128, 128, 256, 24, 64, 64, name=inception_4c)
    inception(112, 144, 288, 32, 64, 64, name=inception_4d){aux}
    inception(256, 160, 320, 32, 128, 128, name=inception_4e)
    maxpool(3, strides=2, padding=same)
    inception(256, 160, 320, 32, 128, 128, name=inception_5a)
    inception(384, 192, 384, 48, 128, 128, name=inception_5b)
    classifier(1000, dropout=0.4)
"""

_GOOGLENET_DEVIATIONS = (
    "The 7×7 average pooling is written as global average pooling, the same thing on the 7×7 map. "
    "The local response normalisation uses k = 1, which the paper leaves open."
)

ROWS: tuple[Row, ...] = (
    Row(
        "googlenet",
        "GoogLeNet",
        "Inception",
        text(_GOOGLENET.format(aux="")),
        papers.GOOGLENET,
        "table 1",
        published=(
            Published("MACs", "1.5 G", "paper, printed as operations"),
            Published("parameters", "6,624,904", "torchvision: with BN, and 3×3 in place of 5×5"),
        ),
        deviations=_GOOGLENET_DEVIATIONS,
    ),
    Row(
        "googlenet-aux",
        "GoogLeNet with auxiliary heads",
        "Inception",
        text(_GOOGLENET.format(aux="\naux(1000)")),
        papers.GOOGLENET,
        "table 1 and section 5",
        published=(Published("MACs", "1.5 G", "paper, printed as operations, without the heads"),),
        deviations=_GOOGLENET_DEVIATIONS,
    ),
)
