"""The papers' Inception networks, from GoogLeNet on."""

from __future__ import annotations

from . import papers
from .row import KERAS, Published, Row, TopFive, text

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

_INCEPTION_BN = """
    input(224, 224, 3)
    separable_conv(64, 7, strides=2, depth_multiplier=8, use_bias=false)
    bn()
    activation()
    maxpool(3, strides=2, padding=same)
    conv_bn(64, 1)
    conv_bn(192, 3)
    maxpool(3, strides=2, padding=same)
    inception_bn(64, 64, 64, 64, 96, 32, name=inception_3a)
    inception_bn(64, 64, 96, 64, 96, 64, name=inception_3b)
    inception_bn(0, 128, 160, 64, 96, 0, pool=max, strides=2, name=inception_3c)
    inception_bn(224, 64, 96, 96, 128, 128, name=inception_4a)
    inception_bn(192, 96, 128, 96, 128, 128, name=inception_4b)
    inception_bn(160, 128, 160, 128, 160, 128, name=inception_4c)
    inception_bn(96, 128, 192, 160, 192, 128, name=inception_4d)
    inception_bn(0, 128, 192, 192, 256, 0, pool=max, strides=2, name=inception_4e)
    inception_bn(352, 192, 320, 160, 224, 128, name=inception_5a)
    inception_bn(352, 192, 320, 192, 224, 128, pool=max, name=inception_5b)
    classifier(1000)
"""

# What the released Inception-v3 and Inception-ResNet-v2 begin with.
_STEM = """
    input(299, 299, 3)
    conv_bn(32, 3, strides=2, padding=valid, bn_scale=false)
    conv_bn(32, 3, padding=valid, bn_scale=false)
    conv_bn(64, 3, bn_scale=false)
    maxpool(3, strides=2)
    conv_bn(80, 1, bn_scale=false)
    conv_bn(192, 3, padding=valid, bn_scale=false)
    maxpool(3, strides=2)
"""

_INCEPTION_V3 = """
    inception_a(64, 48, 64, 64, 96, 32, kernel_3x3=5)
    2 * inception_a(64, 48, 64, 64, 96, 64, kernel_3x3=5)
    reduction_a(64, 96, 96, 384)
    inception_b(192, 128, 128, 192, 192)
    2 * inception_b(192, 160, 160, 192, 192)
    inception_b(192, 192, 192, 192, 192)
    reduction_b(192, 320, 192, 192)
    2 * inception_c(320, 384, 384, 448, 384, 192)
    classifier(1000)
"""

_INCEPTION_V4 = """input(299, 299, 3)
conv_bn(32, 3, strides=2, padding=valid)
conv_bn(32, 3, padding=valid)
conv_bn(64, 3)
parallel([maxpool(3, strides=2)], [conv_bn(96, 3, strides=2, padding=valid)], name=stem_1)
parallel(
  [conv_bn(64, 1), conv_bn(96, 3, padding=valid)],
  [conv_bn(64, 1), conv_bn(64, (1, 7)), conv_bn(64, (7, 1)), conv_bn(96, 3, padding=valid)],
  name=stem_2,
)
parallel([conv_bn(192, 3, strides=2, padding=valid)], [maxpool(3, strides=2)], name=stem_3)
4 * inception_a(96, 64, 96, 64, 96, 96, bn_scale=true)
reduction_a(192, 224, 256, 384, bn_scale=true)
7 * inception_b(384, 192, 224, 256, 128, bn_scale=true)
reduction_b(192, 192, 256, 320, bn_scale=true)
3 * inception_c(256, 384, 256, 384, 512, 256, double_3x1=448, bn_scale=true)
classifier(1000, dropout=0.2)
"""

_INCEPTION_RESNET_V2 = """
    inception_a(96, 48, 64, 64, 96, 64, kernel_3x3=5)
    inception_resnet_a(10)
    reduction_a(256, 256, 384, 384)
    inception_resnet_b(20)
    inception_resnet_reduction()
    inception_resnet_c(9)
    inception_resnet_c(scale=1, final_activation=linear)
    conv_bn(1536, 1, bn_scale=false)
    classifier(1000)
"""

_GOOGLENET_DEVIATIONS = (
    "The 7×7 average pooling is written as global average pooling, the same thing on the 7×7 map. The local response "
    "normalisation uses k = 1, which the paper leaves open. Table 1 counts 34 M operations and 2.7 K weights for the "
    "first layer; a dense 7×7 has 118 M and 9.4 K. The table's are those of a separable 7×7 with depth multiplier 8, "
    "which the paper of batch normalisation describes. The table says 54 M for module 5a; its filters give 51 M."
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
            Published("MACs", "1.498 G", "torchvision", "torchvision has 3×3 kernels where the paper has 5×5."),
            Published(
                "trainable parameters",
                "6,624,904",
                "torchvision",
                "torchvision has BN in place of biases, and 3×3 kernels where the paper has 5×5.",
            ),
        ),
        deviations=_GOOGLENET_DEVIATIONS,
        top5=TopFive(10.07, "paper, table 3: one model, one crop"),
    ),
    Row(
        "googlenet-aux",
        "GoogLeNet with auxiliary heads",
        "Inception",
        text(_GOOGLENET.format(aux="\naux(1000)")),
        papers.GOOGLENET,
        "table 1 and section 5",
        published=(Published("MACs without heads", "1.5 G", "paper, printed as operations"),),
        deviations=_GOOGLENET_DEVIATIONS,
        original="googlenet",
    ),
    Row(
        "inception-bn",
        "BN-Inception",
        "Inception",
        text(_INCEPTION_BN),
        papers.BATCH_NORM,
        "appendix, figure 5",
        published=(
            Published("MACs", "2.0 G", "the paper of Inception-v3, table 3, printed as operations"),
            Published(
                "trainable parameters",
                "13.6 M",
                "paper, section 4.2",
                "The filters in the paper's table come to 11.3 M; it does not say what else is counted.",
            ),
        ),
        deviations=(
            "The table prints 576 output channels for 4c and 4d and 1,024 for 4e; its filters give 608, 608 and "
            "1,056, which is what is built. It prints the sizes of 3c and 4e before their stride of 2. The 7×7 "
            "average pooling is written as global average pooling."
        ),
        original="googlenet",
        top5=TopFive(7.82, "paper, figure 4: one model, one crop"),
    ),
    Row(
        "inception-v3",
        "Inception-v3",
        "Inception",
        text(_STEM.rstrip() + _INCEPTION_V3),
        papers.INCEPTION_V3,
        "section 6, figures 5 to 7 and 10",
        published=(
            Published("parameters", "23,851,784", "Keras"),
            Published(
                "trainable parameters",
                "27,161,264",
                "torchvision",
                "torchvision counts an auxiliary head, and its BNs learn a scale γ.",
            ),
            Published("MACs", "5.713 G", "torchvision"),
            Published("MACs", "5 G", "paper, abstract"),
        ),
        deviations=(
            "As its authors released it and Keras builds it. Before the modules, the paper's table 1 has three 3×3, of "
            "80, 192 and 288 filters, the second with step 2, where this has a 1×1 of 80, a 3×3 of 192 and max "
            "pooling. It lists 3, 5 and 2 modules; here they are 3, 4 and 2, with a reduction after the first and the "
            "second kind. The 35×35 modules keep one 5×5, which the paper's figure 5 replaces by two 3×3. The "
            "auxiliary head is left out, as in Keras."
        ),
        original="inception-bn",
        as_in="keras.applications.InceptionV3",
        top5=TopFive(6.3, KERAS),
    ),
    Row(
        "inception-v4",
        "Inception-v4",
        "Inception",
        _INCEPTION_V4,
        papers.INCEPTION_V4,
        "section 3.1, figures 3 to 9",
        published=(
            Published("trainable parameters", "42.7 M", "ptflops"),
            Published("MACs", "12.3 G", "ptflops"),
        ),
        deviations=(
            "The paper does not say whether the BNs learn a scale γ; here they do, as in PyTorch's builds, while the "
            "authors' own code has none. Where a branch has 1×n and n×1 convolutions several times over, their order "
            "is that of the authors' code."
        ),
        original="inception-v3",
        top5=TopFive(5.0, "paper, table 2: one model, one crop"),
    ),
    Row(
        "inception-resnet-v2",
        "Inception-ResNet-v2",
        "Inception",
        text(_STEM.rstrip() + _INCEPTION_RESNET_V2),
        papers.INCEPTION_V4,
        "section 3.2, figures 15 to 19",
        published=(
            Published("parameters", "55,873,736", "Keras"),
            Published("MACs", "13.2 G", "ptflops"),
        ),
        deviations=(
            "As its authors released it and Keras builds it: 10, 20 and 10 residual modules on the stem of "
            "Inception-v3 and one plain module. The paper's figure 15 has 5, 10 and 5 on the stem of Inception-v4. "
            "The last module is not scaled and has no activation after the addition. Keras scales and adds in one "
            "layer of its own; here these are two."
        ),
        original="inception-v3",
        as_in="keras.applications.InceptionResNetV2",
        top5=TopFive(4.7, KERAS),
    ),
)
