"""Networks of Machine Learning Mastery: building blocks on their own, without a classifier."""

from __future__ import annotations

from . import papers
from .row import Published, Row

_NO_HEAD = "A block on its own: it ends in a feature map, without classifier."

_TWO_MODULES = (
    "Two modules on their own: they end in a feature map, without classifier. The first sits on a 3-channel picture, "
    "where its 1×1 reductions enlarge, so that it costs more than the naive one; on the second's 256 channels they "
    "reduce."
)

ROWS: tuple[Row, ...] = (
    Row(
        "mlm-vgg-block",
        "One VGG block",
        "VGG",
        "input(256, 256, 3)\nvgg(64, convs=2)\n",
        papers.VGG,
        "2.1",
        papers.MLM,
        (Published("parameters", "38,720", "tutorial"),),
        _NO_HEAD,
    ),
    Row(
        "mlm-three-vgg-blocks",
        "Three VGG blocks",
        "VGG",
        "input(256, 256, 3)\nvgg(64, convs=2)\nvgg(128, convs=2)\nvgg(256, convs=4)\n",
        papers.VGG,
        "2.1",
        papers.MLM,
        (Published("parameters", "2,325,568", "tutorial"),),
        "VGG-19's first three blocks on their own: they end in a feature map, without classifier.",
        "vgg19",
    ),
    Row(
        "mlm-naive-inception",
        "Naive Inception module",
        "Inception",
        "input(256, 256, 3)\nnaive_inception(64, 128, 32)\n",
        papers.GOOGLENET,
        "4, figure 2a",
        papers.MLM,
        (Published("parameters", "6,272", "tutorial"),),
        _NO_HEAD,
    ),
    Row(
        "mlm-inception-3a-3b",
        "Inception modules 3a and 3b",
        "Inception",
        "input(256, 256, 3)\ninception(64, 96, 128, 16, 32, 32)\ninception(128, 128, 192, 32, 96, 64)\n",
        papers.GOOGLENET,
        "4, figure 2b",
        papers.MLM,
        (Published("parameters", "513,120", "tutorial"),),
        _TWO_MODULES,
        "mlm-naive-inception",
    ),
    Row(
        "mlm-residual-identity",
        "Residual module, identity shortcut",
        "ResNet",
        "input(256, 256, 64)\nresidual(64, shortcut=identity, use_bn=false, use_bias=true)\n",
        papers.RESNET,
        "3.2",
        papers.MLM,
        (),
        f"{_NO_HEAD} No batch normalisation, unlike the paper. The input must have as many channels as the module "
        "has filters.",
    ),
    Row(
        "mlm-residual-projection",
        "Residual module, projection shortcut",
        "ResNet",
        "input(256, 256, 3)\nresidual(64, shortcut_activation=relu, use_bn=false, use_bias=true)\n",
        papers.RESNET,
        "3.2",
        papers.MLM,
        (Published("parameters", "38,976", "tutorial"),),
        f"{_NO_HEAD} No batch normalisation, and relu on the projection, which is linear in the paper.",
        "mlm-residual-identity",
    ),
)
