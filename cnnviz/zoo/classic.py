"""The papers' networks from LeNet to VGG."""

from __future__ import annotations

from . import papers
from .row import TORCHVISION, Published, Row, TopFive, text

# Table I of the paper: filters 0 to 5 read three neighbouring maps, 6 to 11 four, 12 to 14 four that are not all
# neighbours, 15 all six. A filter's number is the sum of its maps: 1, 2, 4, 8, 16, 32.
_LENET_1998 = """
    input(32, 32, 1)
    conv(6, 5, tanh, padding=valid, name=c1)
    avgpool(name=s2)
    scale()
    activation(tanh)
    sparse_conv([7, 14, 28, 56, 49, 35, 15, 30, 60, 57, 51, 39, 27, 54, 45, 63], 5, tanh, padding=valid, name=c3)
    avgpool(name=s4)
    scale()
    activation(tanh)
    conv(120, 5, tanh, padding=valid, name=c5)
    flatten()
    dense(84, tanh, name=f6)
    rbf(10)
"""
_ALEXNET = """
    input(227, 227, 3)
    conv(96, 11, relu, strides=4, padding=valid)
    lrn()
    maxpool(3, strides=2)
    conv(256, 5, relu{groups})
    lrn()
    maxpool(3, strides=2)
    conv(384, 3, relu)
    conv(384, 3, relu{groups})
    conv(256, 3, relu{groups})
    maxpool(3, strides=2)
    classifier(1000, flatten, [4096, 4096], dropout=0.5)
"""
_VGG = """
    input(224, 224, 3)
    vgg(64, convs={0}{bn})
    vgg(128, convs={1}{bn})
    vgg(256, convs={2}{bn})
    vgg(512, convs={3}{bn})
    vgg(512, convs={4}{bn})
    classifier(1000, flatten, [4096, 4096], dropout=0.5)
"""
_VGG_CONVS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
_VGG_COLUMNS = {11: "A", 13: "B", 16: "D", 19: "E"}


def _vgg(depth: int, published: tuple[Published, ...], error: float) -> Row:
    return Row(
        f"vgg{depth}",
        f"VGG-{depth}",
        "VGG",
        text(_VGG.format(*_VGG_CONVS[depth], bn="")),
        papers.VGG,
        f"table 1, {_VGG_COLUMNS[depth]}",
        published=published,
        top5=TopFive(error, TORCHVISION),
    )


def _vgg_bn(depth: int, parameters: str, error: float) -> Row:
    return Row(
        f"vgg{depth}-bn",
        f"VGG-{depth} with BN",
        "VGG",
        text(_VGG.format(*_VGG_CONVS[depth], bn=", use_bn=true")),
        papers.VGG,
        f"table 1, {_VGG_COLUMNS[depth]}",
        published=(Published("trainable parameters", parameters, "torchvision"),),
        deviations="Batch normalisation, which is younger than the paper, follows each convolution. The convolutions "
        "keep their biases, as in torchvision, though the BN makes them superfluous.",
        original=f"vgg{depth}",
        top5=TopFive(error, TORCHVISION),
    )


ROWS: tuple[Row, ...] = (
    Row(
        "lenet5-1998",
        "LeNet-5 of 1998",
        "LeNet",
        text(_LENET_1998),
        papers.LENET,
        "II.B",
        published=(
            Published("trainable parameters", "60,000", "paper, section II.B"),
            Published("connections", "340,908", "paper, section II.B"),
        ),
        deviations="tanh stands for the paper's 1.7159·tanh(2x/3). Subsampling takes the mean where the paper takes "
        "the sum, a factor that its learned coefficient makes up for. The centres of the output are random, not "
        "pictures of the digits; the smallest output is the answer.",
    ),
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
            Published(
                "trainable parameters",
                "60,000",
                "paper, section II.B",
                "C3 reading all six maps has 900 weights more and the softmax layer 850, while the paper's subsampling "
                "trains 44 numbers that are not here; lenet5-1998 is the paper's form.",
            ),
            Published(
                "connections",
                "340,908",
                "paper, section II.B",
                "C3 reading all six maps has 90,000 connections more and the softmax layer 10 biases, while the "
                "paper's subsampling has 1,576 biases that are not here; lenet5-1998 is the paper's form.",
            ),
        ),
        deviations="As it is built today: C3 reads all six maps, pooling has no weights, the output is a softmax "
        "instead of radial basis functions, and C5 is a dense layer, which is the same on the 5×5 map.",
        original="lenet5-1998",
    ),
    Row(
        "alexnet",
        "AlexNet",
        "AlexNet",
        text(_ALEXNET.format(groups=", groups=2")),
        papers.ALEXNET,
        "3.5",
        published=(
            Published("trainable parameters", "60 M", "paper"),
            Published(
                "MACs",
                "727 M",
                "convnet-burden, printed as FLOPs",
                "Convolutions and dense layers alone make 724 M.",
            ),
        ),
        deviations="The two GPUs of the paper are two groups. The paper says 224 pixels; its own sizes close at 227.",
        top5=TopFive(18.2, "paper, table 2, one network, ImageNet 2012 validation, mean of ten crops"),
    ),
    Row(
        "alexnet-one-tower",
        "AlexNet, one tower",
        "AlexNet",
        text(_ALEXNET.format(groups="")),
        papers.ALEXNET,
        "3.5",
        published=(
            Published("trainable parameters", "62.4 M", "ZynqNet thesis"),
            Published("MACs", "1.14 G", "ZynqNet thesis"),
        ),
        deviations="Without the paper's division between two GPUs: every filter reads all maps of the layer before, "
        "which costs over half as much work again. 227 pixels, at which the paper's own sizes close.",
        original="alexnet",
    ),
    Row(
        "zfnet",
        "ZFNet",
        "AlexNet",
        text(
            """
            input(224, 224, 3)
            zeropad()
            conv(96, 7, relu, strides=2, padding=valid)
            maxpool(3, strides=2, padding=same)
            lrn()
            conv(256, 5, relu, strides=2, padding=valid)
            maxpool(3, strides=2, padding=same)
            lrn()
            conv(384, 3, relu)
            conv(384, 3, relu)
            conv(256, 3, relu)
            maxpool(3, strides=2)
            classifier(1000, flatten, [4096, 4096], dropout=0.5)
            """
        ),
        papers.ZFNET,
        "figure 3",
        deviations="The paper names no padding; the ones here give the sizes of its figure: 110, 55, 26, 13 and 6. Its "
        "contrast normalisation across maps is AlexNet's local response normalisation here.",
        original="alexnet",
        top5=TopFive(16.5, "paper, table 2, one network as in figure 3, ImageNet 2012 validation"),
    ),
    _vgg(
        11,
        (
            Published("trainable parameters", "133 M", "paper, table 2"),
            Published("trainable parameters", "132,863,336", "torchvision"),
            Published("MACs", "7.609 G", "torchvision"),
        ),
        11.372,
    ),
    _vgg(
        13,
        (
            Published("trainable parameters", "133 M", "paper, table 2"),
            Published("trainable parameters", "133,047,848", "torchvision"),
            Published("MACs", "11.308 G", "torchvision"),
        ),
        10.754,
    ),
    _vgg(
        16,
        (
            Published("trainable parameters", "138 M", "paper, table 2"),
            Published("parameters", "138,357,544", "Keras; torchvision"),
            Published("MACs", "15.47 G", "torchvision"),
        ),
        9.618,
    ),
    _vgg(
        19,
        (
            Published("trainable parameters", "144 M", "paper, table 2"),
            Published("parameters", "143,667,240", "Keras; torchvision"),
            Published("MACs", "19.632 G", "torchvision"),
        ),
        9.124,
    ),
    _vgg_bn(11, "132,868,840", 10.19),
    _vgg_bn(13, "133,053,736", 9.626),
    _vgg_bn(16, "138,365,992", 8.484),
    _vgg_bn(19, "143,678,248", 8.158),
)
