"""The zoo: every network as a row of data. A published figure is never adjusted to agree with ours."""

from __future__ import annotations

from typing import NamedTuple

from . import papers
from .papers import Paper, Source


class Published(NamedTuple):
    """A figure as its source prints it, with the convention behind it."""

    what: str  # "parameters" or "MACs"
    figure: str
    source: str


class Row(NamedTuple):
    """One network. `name` is what links, command line and tests call it."""

    name: str
    title: str
    family: str
    notation: str
    paper: Paper
    section: str
    source: Source | None = None
    published: tuple[Published, ...] = ()
    deviations: str = ""


def _text(lines: str) -> str:
    return "\n".join(line.strip() for line in lines.strip().splitlines()) + "\n"


_MLM_NO_HEAD = "A block on its own: it ends in a feature map, without classifier."
_MLM_THIN_INPUT = (
    "The module sits on a 3-channel image, where its 1×1 reductions enlarge; "
    "on the many channels inside a network they reduce."
)

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
        "mlm-vgg-block",
        "One VGG block",
        "VGG",
        "input(256, 256, 3)\nvgg(64, convs=2)\n",
        papers.VGG,
        "2.1",
        papers.MLM,
        (Published("parameters", "38,720", "tutorial"),),
        _MLM_NO_HEAD,
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
        _MLM_NO_HEAD,
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
        _MLM_NO_HEAD,
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
        f"{_MLM_NO_HEAD} {_MLM_THIN_INPUT}",
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
        f"{_MLM_NO_HEAD} No batch normalisation, unlike the paper.",
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
        f"{_MLM_NO_HEAD} No batch normalisation, and relu on the projection, which is linear in the paper.",
    ),
    Row(
        "lenet5",
        "LeNet-5, modern form",
        "LeNet",
        _text(
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
        _text(
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
        _text(
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
        _text(
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
    Row(
        "googlenet",
        "GoogLeNet",
        "Inception",
        _text(_GOOGLENET.format(aux="")),
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
        _text(_GOOGLENET.format(aux="\naux(1000)")),
        papers.GOOGLENET,
        "table 1 and section 5",
        published=(Published("MACs", "1.5 G", "paper, printed as operations, without the heads"),),
        deviations=_GOOGLENET_DEVIATIONS,
    ),
    Row(
        "resnet18",
        "ResNet-18",
        "ResNet",
        _text(_RESNET.format(2, 2, 2, 2, kind="residual")),
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
        _text(_RESNET.format(3, 4, 6, 3, kind="bottleneck")),
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
        _text(_RESNET.format(3, 8, 36, 3, kind="bottleneck")),
        papers.RESNET,
        "table 1",
        published=(
            Published("parameters", "60,192,808", "torchvision, without BN statistics"),
            Published("MACs", "11.3 G", "paper, printed as FLOPs"),
        ),
    ),
    Row(
        "densenet121",
        "DenseNet-121",
        "DenseNet",
        _text(_DENSENET.format(6, 12, 24, 16)),
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
        _text(_DENSENET.format(6, 12, 48, 32)),
        papers.DENSENET,
        "table 1",
        published=(
            Published("parameters", "20,013,928", "torchvision, without BN statistics"),
            Published("MACs", "4.291 G", "torchvision"),
        ),
    ),
)
