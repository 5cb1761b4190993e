"""What a block is: a small set of declared parameters and one `expand` into operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..graph import Builder
from ..ops import Activation, BatchNorm, Conv, Shape, ZeroPad

_BN = BatchNorm()

ORDERS = ("conv_bn_act", "conv_act_bn", "bn_act_conv")
# Besides `same` and `valid`: zeros on every side as a layer of their own, as Caffe and PyTorch pad; and what `same`
# would add as a layer of its own, as Keras' mobile networks have it where the stride is over 1.
BLOCK_PADDINGS = ("same", "zeropad", "zeropad_same")
PADDING_HELP = (
    "same: TensorFlow's; zeropad: (kernel − 1) / 2 zeros on every side as a layer of its own, as in Caffe and PyTorch; "
    "zeropad_same: what same would add as a layer of its own, where the stride is over 1"
)


class Block:
    """A block. Subclasses are frozen dataclasses of declared parameters; operations have the same face."""

    __slots__ = ()

    word: ClassVar[str] = ""
    title: ClassVar[str] = ""
    family: ClassVar[str] = ""
    positional: ClassVar[tuple[str, ...]] = ()

    def rule(self) -> str | None:
        """What is wrong between the parameters, or None."""
        return None

    def expand(self, build: Builder, x: int) -> int:
        """Add the block's nodes after node `x`; gives the node of its output."""
        raise NotImplementedError


def repeated(build: Builder, x: int, blocks: int, one: Callable[[int, int], int]) -> int:
    """Add `blocks` times what `one(x, number)` adds, numbers from 1; of several each has a scope of its own."""
    if blocks == 1:
        return one(x, 1)
    for number in range(1, blocks + 1):
        with build.scope(f"block{number}"):
            x = one(x, number)
    return x


def activate(build: Builder, x: int, activation: str, name: str) -> int:
    """Add a separate activation, or nothing for linear."""
    return x if activation == "linear" else build.add(Activation(activation), x, name=name)


def numbered(number: int) -> tuple[str, str, str]:
    """The names of the unit's three nodes at place `number` of a block: conv2, bn2, act2."""
    return f"conv{number}", f"bn{number}", f"act{number}"


def pad(build: Builder, x: int, kernel_size: Shape, strides: Shape, padding: str, name: str) -> tuple[int, str]:
    """Add the layer of zeros that `padding` asks for; gives the node to go on from and the convolution's padding."""
    if padding not in ("zeropad", "zeropad_same"):
        return x, padding
    if padding == "zeropad":
        height, width = kernel_size[0] // 2, kernel_size[1] // 2
        zeros = (height, height, width, width)
    elif strides == (1, 1) or len(build.shape(x)) != 3:  # on a vector the convolution says what it needs
        return x, "same"
    else:
        rows, columns, _ = build.shape(x)
        zeros = (
            *_same_zeros(rows, kernel_size[0], strides[0]),
            *_same_zeros(columns, kernel_size[1], strides[1]),
        )
    return (build.add(ZeroPad(zeros), x, name=name) if any(zeros) else x), "valid"


def _same_zeros(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """The zeros before and after that padding `same` adds along one axis."""
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


def conv_bn_act(
    build: Builder,
    x: int,
    filters: int,
    kernel_size: Shape,
    activation: str,
    strides: Shape,
    names: tuple[str, str, str] = ("conv", "bn", "act"),
    *,
    order: str = "conv_bn_act",
    use_bn: bool = True,
    use_bias: bool = False,
    bn: BatchNorm = _BN,
    kernel_initializer: str = "glorot_uniform",
    padding: str = "same",
    dilation_rate: Shape = (1, 1),
    groups: int = 1,
) -> int:
    """The unit that most networks repeat: convolution, batch normalisation, activation, in one of three orders.

    Without BN, and where the activation follows the convolution at once, the activation is fused into the convolution.
    `names` are those of the convolution, the BN and the activation; `padding` is one of Conv's or of BLOCK_PADDINGS.
    """
    fused = activation if not use_bn or order == "conv_act_bn" else "linear"
    if use_bn and order == "bn_act_conv":
        x = activate(build, build.add(bn, x, name=names[1]), activation, names[2])
    x, padding = pad(build, x, kernel_size, strides, padding, f"{names[0]}_pad")
    conv = Conv(filters, kernel_size, fused, strides, padding, dilation_rate, groups, use_bias, kernel_initializer)
    x = build.add(conv, x, name=names[0])
    if not use_bn or order == "bn_act_conv":
        return x
    x = build.add(bn, x, name=names[1])
    return x if order == "conv_act_bn" else activate(build, x, activation, names[2])
