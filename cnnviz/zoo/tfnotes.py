"""Networks of the CIFAR-10 course notes."""

from __future__ import annotations

from . import papers
from .row import Row, text

_INCEPTION10 = """
    input(32, 32, 3)
    conv_bn(16, 3, use_bias=true)
    inception({0}, {0}, {0}, {0}, {0}, {0}, strides=2, use_bn=true)
    inception({1}, {1}, {1}, {1}, {1}, {1}, use_bn=true)
    inception({2}, {2}, {2}, {2}, {2}, {2}, strides=2, use_bn=true)
    inception({3}, {3}, {3}, {3}, {3}, {3}, use_bn=true)
    classifier(10)
"""

_INCEPTION10_DEVIATIONS = (
    "Two blocks of two modules on small pictures instead of nine modules, every branch equally wide, with BN, without "
    "auxiliary heads. The text calls its cost large; AlexNet8, VGG-16 and ResNet-18 of the same notes all cost more."
)

ROWS: tuple[Row, ...] = (
    Row(
        "tfnotes-baseline",
        "Baseline, TensorFlow Notes",
        "LeNet",
        text(
            """
            input(32, 32, 3)
            conv_bn(6, 5, use_bias=true)
            maxpool(padding=same)
            dropout(0.2)
            classifier(10, flatten, [128], dropout=0.2)
            """
        ),
        papers.LENET,
        "II.B",
        papers.TFNOTES,
        deviations="The notes' own starting point, from no paper: convolution, BN, activation, pooling and dropout "
        "once each, then two dense layers. It stands with LeNet, which is nearest in size.",
    ),
    Row(
        "tfnotes-lenet5",
        "LeNet-5, TensorFlow Notes",
        "LeNet",
        text(
            """
            input(32, 32, 3)
            conv(6, 5, sigmoid, padding=valid)
            maxpool()
            conv(16, 5, sigmoid, padding=valid)
            maxpool()
            classifier(10, flatten, [120, 84], activation=sigmoid)
            """
        ),
        papers.LENET,
        "II.B",
        papers.TFNOTES,
        deviations="Colour pictures, sigmoid and max pooling, where the paper has grey ones, scaled tanh and trainable "
        "averaging; C5 is a dense layer, C3 reads all six maps.",
        original="lenet5",
    ),
    Row(
        "tfnotes-alexnet8",
        "AlexNet8, TensorFlow Notes",
        "AlexNet",
        text(
            """
            input(32, 32, 3)
            conv_bn(96, 3, padding=valid, use_bias=true)
            maxpool(3, strides=2)
            conv_bn(256, 3, padding=valid, use_bias=true)
            maxpool(3, strides=2)
            conv(384, 3, relu)
            conv(384, 3, relu)
            conv(256, 3, relu)
            maxpool(3, strides=2)
            classifier(10, flatten, [2048, 2048], dropout=0.5)
            """
        ),
        papers.ALEXNET,
        "3.5",
        papers.TFNOTES,
        deviations="For 32×32 pictures: 3×3 kernels in place of 11×11 and 5×5, BN in place of local response "
        "normalisation, 2,048 units instead of 4,096. The text gives the fifth convolution 96 kernels, the code 256, "
        "and names a 7×7 kernel that AlexNet has not.",
        original="alexnet",
    ),
    Row(
        "tfnotes-vgg16",
        "VGG-16, TensorFlow Notes",
        "VGG",
        text(
            """
            input(32, 32, 3)
            vgg(64, convs=2, use_bn=true, pool_size=1)
            maxpool(padding=same)
            dropout(0.2)
            vgg(128, convs=2, use_bn=true, pool_size=1)
            maxpool(padding=same)
            dropout(0.2)
            vgg(256, convs=3, use_bn=true, pool_size=1)
            maxpool(padding=same)
            dropout(0.2)
            vgg(512, convs=3, use_bn=true, pool_size=1)
            maxpool(padding=same)
            dropout(0.2)
            vgg(512, convs=3, use_bn=true, pool_size=1)
            maxpool(padding=same)
            dropout(0.2)
            classifier(10, flatten, [512, 512], dropout=0.2)
            """
        ),
        papers.VGG,
        "table 1, D",
        papers.TFNOTES,
        deviations="BN after each convolution and dropout after each part are added, the dense layers have 512 units: "
        "the text's remark that they hold 90 % of the weights is true of the paper's network, not of this one.",
        original="vgg16",
    ),
    Row(
        "tfnotes-inception10",
        "Inception10, TensorFlow Notes, as printed",
        "Inception",
        text(_INCEPTION10.format(16, 32, 64, 128)),
        papers.GOOGLENET,
        "table 1",
        papers.TFNOTES,
        deviations=f"{_INCEPTION10_DEVIATIONS} As the code is printed, the width doubles at every module; by the text "
        "it doubles once a block, see tfnotes-inception10-per-block.",
        original="googlenet",
    ),
    Row(
        "tfnotes-inception10-per-block",
        "Inception10, TensorFlow Notes, as the text says",
        "Inception",
        text(_INCEPTION10.format(16, 16, 32, 32)),
        papers.GOOGLENET,
        "table 1",
        papers.TFNOTES,
        deviations=f"{_INCEPTION10_DEVIATIONS} The width doubles once a block, as the text says; the printed code "
        "doubles it at every module.",
        original="tfnotes-inception10",
    ),
    Row(
        "tfnotes-resnet18",
        "ResNet-18, TensorFlow Notes",
        "ResNet",
        text(
            """
            input(32, 32, 3)
            conv_bn(64, 3)
            residual(64, 2, kernel_initializer=glorot_uniform, name=stage2)
            residual(128, 2, strides=2, kernel_initializer=glorot_uniform, name=stage3)
            residual(256, 2, strides=2, kernel_initializer=glorot_uniform, name=stage4)
            residual(512, 2, strides=2, kernel_initializer=glorot_uniform, name=stage5)
            classifier(10)
            """
        ),
        papers.RESNET,
        "table 1",
        papers.TFNOTES,
        deviations="For 32×32 pictures: a 3×3 stem without pooling, where the paper has 7×7 with step 2 and a pooling. "
        "The text calls the dashed shortcuts identities too, though they are projections.",
        original="resnet18",
    ),
)
