"""Networks of Data Driven Investor's article on five architectures."""

from __future__ import annotations

from . import papers
from .row import Row, text

_VGG = """
    input({side}, {side}, 3)
    vgg(64, convs=2)
    vgg(128, convs=2)
    vgg(256, convs={convs})
    vgg(512, convs={convs})
    vgg(512, convs={convs})
    classifier(1000, {head}[4096, 4096])
"""

_VGG_DEVIATIONS = (
    "Global average pooling stands where the text flattens: the first dense layer, which the text calls the largest, "
    "is far smaller. No dropout; the input is 227, in text and paper 224. The text gives the last dense layer 4,096 "
    "biases instead of 1,000."
)

_RESNET = """
    input(224, 224, 3)
    conv_bn(64, 7, strides=2, use_bias=true)
    maxpool(3, strides=2, padding=same)
    {kind}(64, {0}, {how}, name=stage2)
    {kind}(128, {1}, strides=2, {how}, name=stage3)
    {kind}(256, {2}, strides=2, {how}, name=stage4)
    {kind}(512, {3}, strides=2, {how}, name=stage5)
    classifier(1000)
"""

_BASIC = "shortcut_activation=relu, last_activation=relu, use_bias=true, kernel_initializer=glorot_uniform"
_BOTTLENECK = (
    "shortcut_activation=relu, last_activation=relu, final_activation=linear, use_bias=true, "
    "kernel_initializer=glorot_uniform"
)

_BASIC_DEVIATIONS = (
    "Relu on the main path before the addition, so that what is added is never negative, and relu on the projections; "
    "the paper has neither. The convolutions keep biases although BN follows."
)
_BOTTLENECK_DEVIATIONS = (
    "Relu on the main path before the addition and on the projections, and none after the addition; in the paper it is "
    "the other way round. The convolutions keep biases although BN follows."
)

ROWS: tuple[Row, ...] = (
    Row(
        "ddi-lenet5",
        "LeNet-5, DDI's code",
        "LeNet",
        text(
            """
            input(32, 32, 1)
            conv(20, 5, relu)
            maxpool()
            conv(50, 5, relu)
            maxpool()
            classifier(10, flatten, [500])
            """
        ),
        papers.LENET,
        "II.B",
        papers.DDI,
        deviations="A larger network than the one its text describes: 20 and 50 filters with padding, relu, max "
        "pooling, one hidden layer of 500 instead of 120 and 84.",
        original="lenet5",
    ),
    Row(
        "ddi-lenet5-prose",
        "LeNet-5, DDI's text",
        "LeNet",
        text(
            """
            input(32, 32, 1)
            conv(6, 5, tanh, padding=valid)
            avgpool()
            scale()
            activation(sigmoid)
            conv(16, 5, tanh, padding=valid)
            avgpool()
            scale()
            activation(sigmoid)
            conv(120, 5, tanh, padding=valid)
            classifier(10, flatten, [84], activation=tanh)
            """
        ),
        papers.LENET,
        "II.B",
        papers.DDI,
        deviations="C3 reads all six maps, the output is a softmax; the text leaves activations open, here tanh. Its "
        "sums are wrong: C3 has 2,416 parameters and not 416, C5 48,120 and not 3,000, the output 850 and not 924.",
        original="lenet5-1998",
    ),
    Row(
        "ddi-alexnet",
        "AlexNet, DDI",
        "AlexNet",
        text(
            """
            input(227, 227, 3)
            conv(96, 11, relu, strides=4, padding=valid)
            maxpool(3, strides=2)
            conv(256, 5, relu)
            maxpool(3, strides=2)
            conv(384, 3, relu)
            conv(256, 3, relu)
            maxpool(3, strides=2)
            classifier(1000, flatten, [4096, 4096], dropout=0.5)
            """
        ),
        papers.ALEXNET,
        "3.5",
        papers.DDI,
        deviations="Four convolutions where its text and the paper have five: the second of 384 filters is missing. "
        "No local response normalisation, no groups.",
        original="alexnet",
    ),
    Row(
        "ddi-vgg16",
        "VGG-16, DDI's code",
        "VGG",
        text(_VGG.format(side=227, convs=3, head="units=")),
        papers.VGG,
        "table 1, D",
        papers.DDI,
        deviations=_VGG_DEVIATIONS,
        original="vgg16",
    ),
    Row(
        "ddi-vgg19",
        "VGG-19, DDI's code",
        "VGG",
        text(_VGG.format(side=227, convs=4, head="units=")),
        papers.VGG,
        "table 1, E",
        papers.DDI,
        deviations=_VGG_DEVIATIONS,
        original="vgg19",
    ),
    Row(
        "ddi-vgg16-prose",
        "VGG-16, DDI's text",
        "VGG",
        text(_VGG.format(side=224, convs=3, head="flatten, ")),
        papers.VGG,
        "table 1, D",
        papers.DDI,
        deviations="The network that the text describes, without the paper's dropout. The text gives the last dense "
        "layer 4,096 biases instead of 1,000, so its count of that layer and of all dense layers is 3,096 too large.",
        original="vgg16",
    ),
    Row(
        "ddi-googlenet",
        "GoogLeNet, DDI",
        "Inception",
        text(
            """
            input(224, 224, 3)
            conv(64, 7, relu, strides=2)
            zeropad()
            maxpool(3, strides=2)
            conv(64, 1, relu)
            conv(192, 3, relu)
            zeropad()
            maxpool(3, strides=2)
            inception(64, 96, 128, 16, 32, 32, projection=before_pool, name=inception_3a)
            inception(128, 128, 192, 32, 96, 64, projection=before_pool, name=inception_3b)
            zeropad()
            maxpool(3, strides=2)
            inception(192, 96, 208, 16, 48, 64, projection=before_pool, name=inception_4a)
            aux(1000)
            inception(160, 112, 224, 24, 64, 64, projection=before_pool, name=inception_4b)
            inception(128, 128, 256, 24, 64, 64, projection=before_pool, name=inception_4c)
            inception(112, 144, 288, 32, 48, 64, projection=before_pool, name=inception_4d)
            aux(1000)
            inception(256, 160, 320, 32, 128, 128, projection=before_pool, name=inception_4e)
            zeropad()
            maxpool(3, strides=2)
            inception(256, 160, 320, 32, 128, 128, projection=before_pool, name=inception_5a)
            inception(384, 192, 384, 48, 128, 128, projection=before_pool, name=inception_5b)
            zeropad()
            maxpool(3, strides=2)
            classifier(1000, dropout=0.4)
            """
        ),
        papers.GOOGLENET,
        "table 1 and section 5",
        papers.DDI,
        deviations="The projection comes before the pooling, 4d's 5×5 has 48 filters instead of 64, a further pooling "
        "after 5b leaves 4×4 of the 7×7, and there is no normalisation. The losses of all three outputs weigh 1, in "
        "the paper those of the heads 0.3; the text's batch normalisation is in neither code nor paper.",
        original="googlenet-aux",
    ),
    Row(
        "ddi-resnet18",
        "ResNet-18, DDI",
        "ResNet",
        text(_RESNET.format(2, 2, 2, 2, kind="residual", how=_BASIC)),
        papers.RESNET,
        "table 1",
        papers.DDI,
        deviations=_BASIC_DEVIATIONS,
        original="resnet18",
    ),
    Row(
        "ddi-resnet34",
        "ResNet-34, DDI",
        "ResNet",
        text(_RESNET.format(3, 4, 6, 3, kind="residual", how=_BASIC)),
        papers.RESNET,
        "table 1",
        papers.DDI,
        deviations=_BASIC_DEVIATIONS,
        original="resnet34",
    ),
    Row(
        "ddi-resnet50",
        "ResNet-50, DDI",
        "ResNet",
        text(_RESNET.format(3, 4, 6, 3, kind="bottleneck", how=_BOTTLENECK)),
        papers.RESNET,
        "table 1",
        papers.DDI,
        deviations=_BOTTLENECK_DEVIATIONS,
        original="resnet50",
    ),
    Row(
        "ddi-resnet101",
        "ResNet-101, DDI",
        "ResNet",
        text(_RESNET.format(3, 4, 23, 3, kind="bottleneck", how=_BOTTLENECK)),
        papers.RESNET,
        "table 1",
        papers.DDI,
        deviations=_BOTTLENECK_DEVIATIONS,
        original="resnet101",
    ),
    Row(
        "ddi-resnet152",
        "ResNet-152, DDI",
        "ResNet",
        text(_RESNET.format(3, 8, 36, 3, kind="bottleneck", how=_BOTTLENECK)),
        papers.RESNET,
        "table 1",
        papers.DDI,
        deviations=_BOTTLENECK_DEVIATIONS,
        original="resnet152",
    ),
)
