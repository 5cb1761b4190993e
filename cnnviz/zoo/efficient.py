"""The papers' networks that are small, or built on depthwise convolutions: SqueezeNet to ConvNeXt."""

from __future__ import annotations

from . import papers
from .row import KERAS, TORCHVISION, Published, Row, TopFive, text

ROWS: tuple[Row, ...] = (
    Row(
        "squeezenet",
        "SqueezeNet 1.0",
        "Mobile",
        text(
            """
            input(224, 224, 3)
            conv(96, 7, relu, strides=2, padding=valid)
            maxpool(3, strides=2)
            fire(16, 64)
            fire(16, 64)
            fire(32, 128)
            maxpool(3, strides=2, padding=same)
            fire(32, 128)
            fire(48, 192)
            fire(48, 192)
            fire(64, 256)
            maxpool(3, strides=2)
            fire(64, 256)
            dropout(0.5)
            conv(1000, 1, relu)
            gap()
            activation(softmax)
            """
        ),
        papers.SQUEEZENET,
        "table 1",
        published=(
            Published("parameters", "1,248,424", "paper, table 1; torchvision"),
            Published("MACs", "0.819 G", "torchvision"),
        ),
        deviations="Sizes are torchvision's: 224 pixels, and pooling that rounds up, which gives maps of 54, 27 and "
        "13. The paper says 224 too, but its 111 and 55 close at 227 without padding.",
        top5=TopFive(19.58, TORCHVISION),
    ),
    Row(
        "xception",
        "Xception",
        "Mobile",
        text(
            """
            input(299, 299, 3)
            conv_bn(32, 3, strides=2, padding=valid)
            conv_bn(64, 3, padding=valid)
            xception(128, strides=2, first_activation=false)
            xception(256, strides=2)
            xception(728, strides=2)
            8 * xception(728, 3)
            xception(1024, first_filters=728, strides=2)
            separable_conv(1536, 3, use_bias=false)
            bn()
            activation()
            separable_conv(2048, 3, use_bias=false)
            bn()
            activation()
            classifier(1000)
            """
        ),
        papers.XCEPTION,
        "figure 5",
        published=(
            Published("parameters", "22,910,480", "Keras, with BN statistics"),
            Published("trainable parameters", "22,855,952", "paper, table 3"),
            Published("MACs", "8.4 G", "ptflops"),
        ),
        as_in="keras.applications.Xception",
        top5=TopFive(5.5, KERAS),
    ),
    Row(
        "mobilenet",
        "MobileNet",
        "Mobile",
        text(
            """
            input(224, 224, 3)
            conv_bn(32, 3, relu6, strides=2)
            depthwise_separable(64)
            depthwise_separable(128, strides=2)
            depthwise_separable(128)
            depthwise_separable(256, strides=2)
            depthwise_separable(256)
            depthwise_separable(512, strides=2)
            5 * depthwise_separable(512)
            depthwise_separable(1024, strides=2)
            depthwise_separable(1024)
            gap(keepdims=true)
            dropout(0.001)
            conv(1000, 1)
            reshape([1000])
            activation(softmax)
            """
        ),
        papers.MOBILENET,
        "table 1",
        published=(
            Published("parameters", "4,253,864", "Keras, with BN statistics"),
            Published("trainable parameters", "4.2 M", "paper, table 4"),
            Published("MACs", "569 M", "paper, table 4"),
        ),
        deviations="Activations are relu6, as in the authors' code; the paper draws ReLU. The dropout and the "
        "classifier as a 1×1 convolution are Keras'. The paper's table gives the last depthwise convolution step 2; "
        "its sizes need step 1.",
        as_in="keras.applications.MobileNet",
        top5=TopFive(10.5, KERAS),
    ),
    Row(
        "mobilenet-v2",
        "MobileNetV2",
        "Mobile",
        text(
            """
            input(224, 224, 3)
            conv_bn(32, 3, relu6, strides=2, momentum=0.999)
            inverted_residual(16, expansion=1, momentum=0.999)
            inverted_residual(24, 2, strides=2, momentum=0.999)
            inverted_residual(32, 3, strides=2, momentum=0.999)
            inverted_residual(64, 4, strides=2, momentum=0.999)
            inverted_residual(96, 3, momentum=0.999)
            inverted_residual(160, 3, strides=2, momentum=0.999)
            inverted_residual(320, momentum=0.999)
            conv_bn(1280, 1, relu6, momentum=0.999)
            classifier(1000)
            """
        ),
        papers.MOBILENET_V2,
        "table 2",
        published=(
            Published("parameters", "3,538,984", "Keras, with BN statistics"),
            Published("trainable parameters", "3,504,872", "torchvision"),
            Published(
                "trainable parameters",
                "3.4 M",
                "paper, table 4",
                "The widths of the paper's table 2 with 1,000 classes add up to 3.5 M; the paper does not say what it "
                "leaves out.",
            ),
            Published("MACs", "300 M", "paper, table 4"),
        ),
        as_in="keras.applications.MobileNetV2",
        top5=TopFive(9.9, KERAS),
    ),
    Row(
        "efficientnet-b0",
        "EfficientNet-B0",
        "Mobile",
        text(
            """
            input(224, 224, 3)
            zeropad((0, 1, 0, 1))
            conv_bn(32, 3, silu, strides=2, padding=valid)
            mbconv(16, expansion=1)
            mbconv(24, 2, strides=2, drop_rate=0.0125, drop_rate_step=0.0125)
            mbconv(40, 2, 5, strides=2, drop_rate=0.0375, drop_rate_step=0.0125)
            mbconv(80, 3, strides=2, drop_rate=0.0625, drop_rate_step=0.0125)
            mbconv(112, 3, 5, drop_rate=0.1, drop_rate_step=0.0125)
            mbconv(192, 4, 5, strides=2, drop_rate=0.1375, drop_rate_step=0.0125)
            mbconv(320)
            conv_bn(1280, 1, silu)
            classifier(1000, dropout=0.2)
            """
        ),
        papers.EFFICIENTNET,
        "table 1",
        published=(
            Published(
                "parameters",
                "5,330,571",
                "Keras, with BN statistics",
                "Keras' model begins with a rescaling and a normalisation of the picture, whose 7 numbers it counts; "
                "ours begins behind them.",
            ),
            Published("trainable parameters", "5.3 M", "paper, table 2"),
            Published("MACs", "0.39 G", "paper, table 2"),
        ),
        deviations="Keras' model begins with a rescaling and a normalisation of the picture; this one begins behind "
        "them. First values of the kernels are drawn by the other blocks' rule, not scaled by the outputs as there.",
        as_in="keras.applications.EfficientNetB0",
        top5=TopFive(6.7, KERAS),
    ),
    Row(
        "convnext-tiny",
        "ConvNeXt-T",
        "ConvNeXt",
        text(
            """
            input(224, 224, 3)
            conv(96, 4, strides=4, padding=valid)
            layernorm(epsilon=1e-06)
            convnext(96, 3)
            layernorm(epsilon=1e-06)
            conv(192, 2, strides=2, padding=valid)
            convnext(192, 3)
            layernorm(epsilon=1e-06)
            conv(384, 2, strides=2, padding=valid)
            convnext(384, 9)
            layernorm(epsilon=1e-06)
            conv(768, 2, strides=2, padding=valid)
            convnext(768, 3)
            gap()
            layernorm(epsilon=1e-06)
            dense(1000, softmax)
            """
        ),
        papers.CONVNEXT,
        "table 9",
        published=(
            Published("parameters", "28,589,128", "torchvision"),
            Published("trainable parameters", "28.6 M", "paper, table 9"),
            Published("MACs", "4.5 G", "paper, table 9"),
        ),
        deviations="Keras' model begins with a normalisation of the picture by fixed numbers; this one begins behind "
        "it. Without stochastic depth, as Keras builds it; the paper trains with a rate of 0.1 at the last block.",
        as_in="keras.applications.ConvNeXtTiny",
        top5=TopFive(3.854, TORCHVISION),
    ),
)
