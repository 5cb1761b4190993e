"""What a block is: a small set of declared parameters and one `expand` into operations."""

from __future__ import annotations

from typing import ClassVar

from ..graph import Builder
from ..ops import Activation, BatchNorm, Conv, Shape

ORDERS = ("conv_bn_act", "conv_act_bn", "bn_act_conv")


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


def activate(build: Builder, x: int, activation: str, name: str) -> int:
    """Add a separate activation, or nothing for linear."""
    return x if activation == "linear" else build.add(Activation(activation), x, name=name)


def numbered(number: int) -> tuple[str, str, str]:
    """The names of the unit's three nodes at place `number` of a block: conv2, bn2, act2."""
    return f"conv{number}", f"bn{number}", f"act{number}"


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
    epsilon: float = 1e-3,
    kernel_initializer: str = "glorot_uniform",
    padding: str = "same",
    dilation_rate: Shape = (1, 1),
    groups: int = 1,
) -> int:
    """The unit that most networks repeat: convolution, batch normalisation, activation, in one of three orders.

    Without BN, and where the activation follows the convolution at once, the activation is fused into the convolution.
    `names` are those of the convolution, the BN and the activation.
    """
    fused = activation if not use_bn or order == "conv_act_bn" else "linear"
    conv = Conv(filters, kernel_size, fused, strides, padding, dilation_rate, groups, use_bias, kernel_initializer)
    if use_bn and order == "bn_act_conv":
        x = build.add(BatchNorm(epsilon), x, name=names[1])
        return build.add(conv, activate(build, x, activation, names[2]), name=names[0])
    x = build.add(conv, x, name=names[0])
    if not use_bn:
        return x
    x = build.add(BatchNorm(epsilon), x, name=names[1])
    return x if order == "conv_act_bn" else activate(build, x, activation, names[2])
