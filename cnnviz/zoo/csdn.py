"""Networks of a CSDN article that wraps the classic networks in Keras."""

from __future__ import annotations

from . import papers
from .row import Row, text

_GOOGLENET = """
    input(224, 224, 3)
    conv_bn(64, 7, strides=2, order=conv_act_bn, use_bias=true)
    maxpool(3, strides=2, padding=same)
    conv_bn(192, 3, order=conv_act_bn, use_bias=true)
    maxpool(3, strides=2, padding=same)
    inception(64, 64, 64, 64, 64, 64, {how}, name=inception_3a)
    inception(120, 120, 120, 120, 120, 120, {how}, name=inception_3b)
    maxpool(3, strides=2, padding=same)
    inception(128, 128, 128, 128, 128, 128, {how}, name=inception_4a)
    inception(128, 128, 128, 128, 128, 128, {how}, name=inception_4b)
    inception(128, 128, 128, 128, 128, 128, {how}, name=inception_4c)
    inception(132, 132, 132, 132, 132, 132, {how}, name=inception_4d)
    inception(208, 208, 208, 208, 208, 208, {how}, name=inception_4e)
    maxpool(3, strides=2, padding=same)
    inception(208, 208, 208, 208, 208, 208, {how}, name=inception_5a)
    inception(256, 256, 256, 256, 256, 256, {how}, name=inception_5b)
    avgpool(7, padding=same)
    dropout(0.4)
    dense(1000, relu)
    dense(1000, softmax)
""".format(how="kernel_5x5=1, use_bn=true, order=conv_act_bn")

_RESNET = """
    input(227, 227, 3)
    zeropad(3)
    conv_bn(64, 7, strides=2, padding=valid, order=conv_act_bn, use_bias=true)
    maxpool(3, strides=2, padding=same)
    bottleneck(64, 3, {how}, name=stage2)
    bottleneck(128, 4, strides=2, {how}, name=stage3)
    bottleneck(256, 6, strides=2, {how}, name=stage4)
    bottleneck(512, 3, strides=2, {how}, name=stage5)
    avgpool(7, strides=1)
    classifier(1000, flatten)
""".format(
    how="shortcut_kernel=3, shortcut_activation=relu, order=conv_act_bn, last_activation=relu, "
    "final_activation=linear, use_bias=true, kernel_initializer=glorot_uniform"
)

_DENSENET = """
    input(224, 224, 3)
    zeropad(3)
    conv(64, 7, strides=2, padding=valid, use_bias=false)
    bn(epsilon=1.1e-05)
    scale()
    activation()
    zeropad()
    maxpool(3, strides=2)
    dense_block(6, 32, epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true, padding=zeropad)
    transition({0}epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true)
    dense_block(12, 32, epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true, padding=zeropad)
    transition({0}epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true)
    dense_block(24, 32, epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true, padding=zeropad)
    transition({0}epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true)
    dense_block(16, 32, epsilon=1.1e-05, kernel_initializer=glorot_uniform, use_scale=true, padding=zeropad)
    bn(epsilon=1.1e-05)
    scale()
    activation()
    classifier(1000, output_activation=linear)
    activation(softmax)
"""

_DENSENET_DEVIATIONS = (
    "A port from Caffe: a scale layer after each BN learns its γ and β a second time. "
    "The title says DenseNet-50, the heading DenseNet-101, the code builds 121."
)

ROWS: tuple[Row, ...] = (
    Row(
        "csdn-lenet5",
        "LeNet-5, CSDN's text",
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
        papers.CSDN,
        deviations="The text describes this network, the article's code builds csdn-lenet. It leaves pooling and "
        "activations open: average and tanh stand here. Unlike in the paper, C3 reads all six maps, the pooling has "
        "no weights and the output is a softmax.",
        original="lenet5",
    ),
    Row(
        "csdn-lenet",
        "LeNet, CSDN's code",
        "LeNet",
        text(
            """
            input(28, 28, 1)
            conv(32, 5, relu, padding=valid, kernel_initializer=random_uniform)
            maxpool()
            conv(64, 5, relu, padding=valid, kernel_initializer=random_uniform)
            maxpool()
            classifier(10, flatten, [100])
            """
        ),
        papers.LENET,
        "II.B",
        papers.CSDN,
        deviations="Not the LeNet-5 that its text describes: input 28 instead of 32, 32 and 64 filters instead of 6 "
        "and 16, one hidden layer of 100 instead of 120 and 84, relu and max pooling.",
        original="lenet5",
    ),
    Row(
        "csdn-alexnet",
        "AlexNet, CSDN's code",
        "AlexNet",
        text(
            """
            input(227, 227, 3)
            conv(96, 11, relu, strides=4, padding=valid, kernel_initializer=random_uniform)
            maxpool(3, strides=2)
            conv(256, 5, relu, kernel_initializer=random_uniform)
            maxpool(3, strides=2)
            conv(384, 3, relu, kernel_initializer=random_uniform)
            conv(384, 3, relu, kernel_initializer=random_uniform)
            conv(256, 3, relu, kernel_initializer=random_uniform)
            maxpool(3, strides=2)
            classifier(1000, flatten, [4096, 4096], dropout=0.5)
            """
        ),
        papers.ALEXNET,
        "3.5",
        papers.CSDN,
        deviations="One tower without groups, and without the local response normalisation that the text describes. "
        "The text counts two dense layers in one sentence and three in the next; the code has three, the first two "
        "with dropout.",
        original="alexnet",
    ),
    Row(
        "csdn-alexnet-grouped",
        "AlexNet, CSDN's text on two GPUs",
        "AlexNet",
        text(
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
        papers.CSDN,
        deviations="The text's walk through both GPUs, written as two groups: the paper's network. The text puts "
        "dropout in the last three dense layers, the paper in the first two, as here; it names crops of 224 and an "
        "input of 227 without a word on the difference.",
        original="alexnet",
    ),
    Row(
        "csdn-zfnet",
        "ZFNet, CSDN",
        "AlexNet",
        text(
            """
            input(224, 224, 3)
            conv(96, 7, relu, strides=2, padding=valid, kernel_initializer=random_uniform)
            maxpool(3, strides=2)
            conv(256, 5, relu, strides=2, kernel_initializer=random_uniform)
            maxpool(3, strides=2)
            conv(384, 3, relu, kernel_initializer=random_uniform)
            conv(384, 3, relu, kernel_initializer=random_uniform)
            conv(256, 3, relu, kernel_initializer=random_uniform)
            maxpool(3, strides=2)
            classifier(1000, flatten, [4096, 4096], dropout=0.5)
            """
        ),
        papers.ZFNET,
        "figure 3",
        papers.CSDN,
        deviations="Without padding the first maps are 109 and 54 wide, in the paper 110 and 55; no contrast "
        "normalisation. The text says that layers 3 to 5 became fully connected; they are convolutions, each of which "
        "reads all maps and not only one GPU's half.",
        original="zfnet",
    ),
    Row(
        "csdn-vgg16",
        "VGG-16, CSDN",
        "VGG",
        text(
            """
            input(224, 224, 3)
            vgg(64, convs=2, kernel_initializer=random_uniform)
            conv(128, (3, 2), relu, kernel_initializer=random_uniform)
            vgg(128, convs=1, kernel_initializer=random_uniform)
            vgg(256, convs=3, kernel_initializer=random_uniform)
            vgg(512, convs=3, kernel_initializer=random_uniform)
            vgg(512, convs=3, kernel_initializer=random_uniform)
            classifier(1000, flatten, [4096, 4096], dropout=0.5)
            """
        ),
        papers.VGG,
        "table 1, D",
        papers.CSDN,
        deviations="The third convolution's kernel is 3×2, a slip for 3×3: with padding `same` no shape betrays it, "
        "only the smaller count of weights does.",
        original="vgg16",
    ),
    Row(
        "csdn-googlenet",
        "GoogLeNet, CSDN",
        "Inception",
        text(_GOOGLENET),
        papers.GOOGLENET,
        "table 1",
        papers.CSDN,
        deviations="Every branch has the same width, a 1×1 stands where the 5×5 belongs, BN follows each relu, and a "
        "dense layer of 1000 with relu is added; the stem's 1×1, the local response normalisation and the auxiliary "
        "heads are gone. Nothing flattens the last map, so the output is 1×1×1000, which training on plain labels "
        "refuses.",
        original="googlenet",
    ),
    Row(
        "csdn-resnet50",
        "ResNet-50, CSDN",
        "ResNet",
        text(_RESNET),
        papers.RESNET,
        "table 1",
        papers.CSDN,
        deviations="Projections are 3×3 with relu, in the paper 1×1 and linear; relu comes before BN, and before the "
        "addition instead of after it. The input of 227 ends in an 8×8 map, of which the 7×7 pooling reads only the "
        "upper left 7×7.",
        original="resnet50",
    ),
    Row(
        "csdn-densenet121",
        "DenseNet-121, CSDN, as printed",
        "DenseNet",
        text(_DENSENET.format("1, ")),
        papers.DENSENET,
        "table 1",
        papers.CSDN,
        deviations="The printed reduction is 0, so the transitions compress nothing, unlike the -BC form that the "
        f"text describes. {_DENSENET_DEVIATIONS}",
        original="densenet121",
    ),
    Row(
        "csdn-densenet121-bc",
        "DenseNet-121-BC, CSDN",
        "DenseNet",
        text(_DENSENET.format("")),
        papers.DENSENET,
        "table 1",
        papers.CSDN,
        deviations=f"The function with a reduction of 0.5, as the text describes it. {_DENSENET_DEVIATIONS}",
        original="densenet121",
    ),
)
