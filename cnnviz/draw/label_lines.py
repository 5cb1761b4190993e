"""The main parameters of operations and blocks, in one line each: "64 filters · /2 · same · relu"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..blocks import Block
from ..blocks.convnext import ConvNeXt
from ..blocks.densenet import DenseBlock, Transition
from ..blocks.heads import AuxHead, Classifier
from ..blocks.inception import Inception, NaiveInception
from ..blocks.inception_bn import InceptionBN
from ..blocks.inception_grid import InceptionA, InceptionB, InceptionC, ReductionA, ReductionB
from ..blocks.inception_resnet import (
    InceptionResNetA,
    InceptionResNetB,
    InceptionResNetC,
    InceptionResNetReduction,
)
from ..blocks.mobile import DepthwiseSeparable, InvertedResidual, MBConv
from ..blocks.plain import VGG, ConvBN
from ..blocks.preactivation import PreactBottleneck, PreactResidual
from ..blocks.residual import Bottleneck, Residual
from ..blocks.squeeze import Fire, SqueezeExcite
from ..blocks.xception import Xception
from ..ops import (
    AvgPool,
    BatchNorm,
    ChannelPad,
    ConstantScale,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Input,
    LayerNorm,
    LocalResponseNorm,
    MaxPool,
    Op,
    RadialBasis,
    Reshape,
    Scale,
    SeparableConv,
    SparseConv,
    StochasticDepth,
    ZeroPad,
    shape_text,
)

Pair = tuple[int, ...]

SEPARATOR = " · "


def detail(thing: Op | Block) -> str:
    """Its main parameters in one line, "64 filters · /2 · same · relu"; may be empty."""
    write = _DETAILS.get(type(thing))
    return SEPARATOR.join(part for part in write(thing) if part) if write else ""


def step(strides: Pair) -> str:
    """/2 for a step of 2, /2×1 where height and width differ, nothing for 1."""
    if max(strides) == 1:
        return ""
    return f"/{strides[0]}" if strides[0] == strides[1] else f"/{shape_text(strides)}"


def _fused(activation: str) -> str:
    return "" if activation == "linear" else activation.replace("_", " ")


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _extras(thing: Any) -> tuple[str, ...]:
    """Choices that are seldom made, shown where they are."""
    dilation = getattr(thing, "dilation_rate", (1, 1))
    return (
        f"dilation {dilation[0] if dilation[0] == dilation[1] else shape_text(dilation)}" if max(dilation) > 1 else "",
        _plural(thing.groups, "group") if getattr(thing, "groups", 1) > 1 else "",
        f"× {thing.depth_multiplier} channels" if getattr(thing, "depth_multiplier", 1) > 1 else "",
    )


def _conv(op: Conv | SeparableConv) -> tuple[str, ...]:
    bias = "" if op.use_bias else "no bias"
    return _plural(op.filters, "filter"), step(op.strides), op.padding, *_extras(op), _fused(op.activation), bias


def _sparse_conv(op: SparseConv) -> tuple[str, ...]:
    bias = "" if op.use_bias else "no bias"
    links = _plural(op.connected, "connection")
    return _plural(op.filters, "filter"), links, step(op.strides), op.padding, _fused(op.activation), bias


def _depthwise(op: DepthwiseConv) -> tuple[str, ...]:
    return step(op.strides), op.padding, *_extras(op), _fused(op.activation), "" if op.use_bias else "no bias"


def _pool(op: MaxPool | AvgPool) -> tuple[str, ...]:
    return step(op.strides or op.pool_size) or "/1", op.padding


def _residual(block: Residual | Bottleneck | PreactResidual | PreactBottleneck) -> tuple[str, ...]:
    wide = f"→{block.out_filters or 4 * block.filters}" if isinstance(block, Bottleneck | PreactBottleneck) else ""
    shortcut = "" if block.shortcut == "projection" else block.shortcut.replace("_", " ") + " shortcut"
    return (
        "" if block.blocks == 1 else f"{block.blocks} blocks",
        f"{block.filters}{wide} filters",
        step(block.strides),
        shortcut,
        "" if getattr(block, "use_bn", True) else "no BN",
    )


def _inception(block: Inception) -> tuple[str, ...]:
    return (
        str(block.conv_1x1),
        f"{block.reduce_3x3}→{block.conv_3x3}",
        f"{block.reduce_5x5}→{block.conv_5x5}",
        str(block.pool_proj),
        "BN" if block.use_bn else "",
    )


def _inception_a(block: InceptionA | InceptionBN) -> tuple[str, ...]:
    """The widths branch by branch, as GoogLeNet's table has them; what is left out shows as a dash."""
    return (
        str(block.conv_1x1 or "–"),
        f"{block.reduce_3x3}→{block.conv_3x3}",
        f"{block.reduce_double_3x3}→{block.double_3x3}",
        str(block.pool_proj or "–"),
        step(block.strides) if isinstance(block, InceptionBN) else "",
    )


def _inception_resnet(block: InceptionResNetA | InceptionResNetB | InceptionResNetC) -> tuple[str, ...]:
    return "" if block.blocks == 1 else f"{block.blocks} blocks", f"× {block.scale:g}" if block.scale != 1 else ""


def _vgg(block: VGG) -> tuple[str, ...]:
    kernel = "" if block.kernel_size == (3, 3) else shape_text(block.kernel_size)
    pool = "no pooling" if block.pool_size == (1, 1) else step(block.pool_size)
    bn = "BN" if block.use_bn else ""
    return f"{block.convs} × {block.filters} filters", kernel, pool, _fused(block.activation), bn


def _dense_block(block: DenseBlock) -> tuple[str, ...]:
    return (
        _plural(block.layers, "layer"),
        f"growth {block.growth_rate}",
        "" if block.bottleneck_width else "no bottleneck",
        f"dropout {block.dropout:g}" if block.dropout else "",
    )


def _classifier(block: Classifier) -> tuple[str, ...]:
    hidden = "→".join(str(width) for width in (*block.units, block.classes))
    return (
        f"{hidden} {'class' if block.classes == 1 else 'classes'}",
        {"gap": "global average pool", "global_maxpool": "global max pool"}.get(block.pooling, block.pooling),
        f"dropout {block.dropout:g}" if block.dropout else "",
        _fused(block.output_activation),
    )


def _fire(block: Fire) -> tuple[str, ...]:
    wide = block.expand_3x3 or block.expand_1x1
    return f"{block.squeeze}→{block.expand_1x1} + {wide} filters", "BN" if block.use_bn else ""


def _separated(block: DepthwiseSeparable | InvertedResidual) -> tuple[str, ...]:
    kernel = "" if block.kernel_size == (3, 3) else shape_text(block.kernel_size)
    return f"{block.filters} filters", kernel, step(block.strides)


def _inverted_residual(block: InvertedResidual) -> tuple[str, ...]:
    return (
        "" if block.blocks == 1 else f"{block.blocks} blocks",
        *_separated(block),
        f"expansion {block.expansion}",
        "" if isinstance(block, MBConv) or not block.se_ratio else "squeeze-and-excite",
        _fused(block.activation),
    )


def _shift(op: BatchNorm | LayerNorm) -> tuple[str, ...]:
    return "" if op.scale else "no γ", "" if op.center else "no β"


_DETAILS: dict[type, Callable[[Any], tuple[str, ...]]] = {
    Input: lambda op: (shape_text((op.height, op.width, op.channels)),),
    Conv: _conv,
    SeparableConv: _conv,
    DepthwiseConv: _depthwise,
    SparseConv: _sparse_conv,
    Dense: lambda op: (_plural(op.units, "unit"), _fused(op.activation), "" if op.use_bias else "no bias"),
    RadialBasis: lambda op: (_plural(op.units, "unit"),),
    MaxPool: _pool,
    AvgPool: _pool,
    ZeroPad: lambda op: ("{} top, {} bottom, {} left, {} right".format(*op.padding),)
    if len(set(op.padding)) > 1
    else (f"{op.padding[0]} on each side",),
    BatchNorm: _shift,
    LayerNorm: _shift,
    LocalResponseNorm: lambda op: (f"{op.size} channels", f"α {op.alpha:g}", f"β {op.beta:g}", f"k {op.bias:g}"),
    Scale: lambda op: ("γ and β" if op.center else "γ",),
    ConstantScale: lambda op: (f"× {op.factor:g}",),
    Dropout: lambda op: (f"rate {op.rate:g}",),
    StochasticDepth: lambda op: (f"rate {op.rate:g}",),
    Reshape: lambda op: (shape_text(op.shape),),
    ChannelPad: lambda op: (f"to {op.filters} channels",),
    ConvBN: lambda block: (
        _plural(block.filters, "filter"),
        step(block.strides),
        block.padding,
        *_extras(block),
        _fused(block.activation),
    ),
    VGG: _vgg,
    NaiveInception: lambda block: (str(block.conv_1x1), str(block.conv_3x3), str(block.conv_5x5)),
    Inception: _inception,
    InceptionBN: _inception_a,
    InceptionA: _inception_a,
    InceptionB: lambda block: (
        str(block.conv_1x1),
        f"{block.reduce_nxn}→{block.conv_nxn}",
        f"n = {block.n}",
        str(block.pool_proj),
    ),
    InceptionC: lambda block: (
        str(block.conv_1x1),
        f"{block.reduce_3x3}→2 × {block.split_3x3}",
        f"{block.reduce_double_3x3}→{block.double_3x3}→2 × {block.split_3x3}",
        str(block.pool_proj),
    ),
    ReductionA: lambda block: (
        str(block.conv_3x3),
        f"{block.reduce_double_3x3}→{block.middle_3x3}→{block.double_3x3}",
        "/2",
    ),
    ReductionB: lambda block: (
        f"{block.reduce_3x3}→{block.conv_3x3}",
        f"{block.reduce_7x7}→{block.conv_7x7}",
        "/2",
    ),
    InceptionResNetA: _inception_resnet,
    InceptionResNetB: _inception_resnet,
    InceptionResNetC: _inception_resnet,
    InceptionResNetReduction: lambda block: (
        f"{block.reduce}→{block.first_3x3}",
        f"{block.reduce}→{block.second_3x3}",
        f"{block.reduce}→{block.second_3x3}→{block.double_3x3}",
        "/2",
    ),
    Residual: _residual,
    Bottleneck: _residual,
    PreactResidual: _residual,
    PreactBottleneck: _residual,
    DenseBlock: _dense_block,
    Transition: lambda block: (f"θ {block.compression:g}", step((block.pool_size, block.pool_size)) or "no pooling"),
    Fire: _fire,
    SqueezeExcite: lambda block: (f"width {block.width}" if block.width else f"{block.ratio:g} of the channels",),
    DepthwiseSeparable: lambda block: (*_separated(block), _fused(block.activation)),
    InvertedResidual: _inverted_residual,
    MBConv: _inverted_residual,
    Xception: lambda block: (
        f"{block.convs} × {block.filters} filters",
        f"first {block.first_filters}" if block.first_filters else "",
        step(block.strides),
    ),
    ConvNeXt: lambda block: (
        "" if block.blocks == 1 else f"{block.blocks} blocks",
        f"{block.filters} filters",
        "" if block.kernel_size == (7, 7) else shape_text(block.kernel_size),
    ),
    Classifier: _classifier,
    AuxHead: lambda block: (f"{block.units}→{block.classes} classes",),
}
