"""Which Keras layer each operation is, as data: read by the model builder and by the code generator alike.

A layer is named as text (`keras.layers.Conv2D`, or one of our own classes in keras_custom.py), its arguments are plain
values. Optional arguments that equal Keras' default are left out, so that generated code reads well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from . import ops
from .ops import Op, Shape

OURS = ""  # the prefix of our own layer classes: they have none
LAYERS = "keras.layers."


class Call(NamedTuple):
    """A class to call and its arguments in Keras' order; a value may be a call itself (an L2 penalty).

    The first `bare` arguments are Keras' leading positional ones and need no name. Those in `defaults` have Keras'
    default and can be left out.
    """

    name: str
    values: dict[str, Any]
    bare: int = 0
    defaults: frozenset[str] = frozenset()

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that must be given."""
        return {key: value for key, value in self.values.items() if key not in self.defaults}


def layer(op: Op) -> Call:
    """The Keras layer of an operation, without its name."""
    return LAYER_OF[type(op)](op)


def _call(
    name: str, given: dict[str, Any], optional: dict[str, tuple[Any, Any]] | None = None, prefix: str = LAYERS
) -> Call:
    """A call with all of `given` bare in front, then the optional ones, each as (value, Keras' default)."""
    optional = optional or {}
    values = {**given, **{key: value for key, (value, _) in optional.items()}}
    return Call(
        prefix + name,
        values,
        len(given),
        frozenset(key for key, (value, default) in optional.items() if value == default),
    )


def _side(pair: Shape) -> int | Shape:
    """One number for a square pair."""
    return pair[0] if pair[0] == pair[1] else pair


def _penalty(factor: float) -> Call | None:
    return Call("keras.regularizers.L2", {"l2": factor}, 1) if factor else None


def _input(op: ops.Input) -> Call:
    return _call("InputLayer", {"shape": (op.height, op.width, op.channels)})


def _window(op: ops.Conv | ops.DepthwiseConv | ops.SeparableConv) -> dict[str, Any]:
    return {
        "strides": (_side(op.strides), 1),
        "padding": (op.padding, "valid"),
        "dilation_rate": (_side(op.dilation_rate), 1),
    }


def _conv(op: ops.Conv) -> Call:
    return _call(
        "Conv2D",
        {"filters": op.filters, "kernel_size": _side(op.kernel_size)},
        {
            **_window(op),
            "groups": (op.groups, 1),
            "activation": (op.activation, "linear"),
            "use_bias": (op.use_bias, True),
            "kernel_initializer": (op.kernel_initializer, "glorot_uniform"),
            "kernel_regularizer": (_penalty(op.kernel_l2), None),
        },
    )


def _depthwise_conv(op: ops.DepthwiseConv) -> Call:
    return _call(
        "DepthwiseConv2D",
        {"kernel_size": _side(op.kernel_size)},
        {
            **_window(op),
            "depth_multiplier": (op.depth_multiplier, 1),
            "activation": (op.activation, "linear"),
            "use_bias": (op.use_bias, True),
            "depthwise_initializer": (op.kernel_initializer, "glorot_uniform"),
            "depthwise_regularizer": (_penalty(op.kernel_l2), None),
        },
    )


def _separable_conv(op: ops.SeparableConv) -> Call:
    return _call(
        "SeparableConv2D",
        {"filters": op.filters, "kernel_size": _side(op.kernel_size)},
        {
            **_window(op),
            "depth_multiplier": (op.depth_multiplier, 1),
            "activation": (op.activation, "linear"),
            "use_bias": (op.use_bias, True),
            "depthwise_initializer": (op.kernel_initializer, "glorot_uniform"),
            "pointwise_initializer": (op.kernel_initializer, "glorot_uniform"),
            "depthwise_regularizer": (_penalty(op.kernel_l2), None),
            "pointwise_regularizer": (_penalty(op.kernel_l2), None),
        },
    )


def _sparse_conv(op: ops.SparseConv) -> Call:
    return _call(
        "SparseConv2D",
        {"connections": op.connections, "kernel_size": _side(op.kernel_size)},
        {
            "strides": (_side(op.strides), 1),
            "padding": (op.padding, "valid"),
            "activation": (op.activation, "linear"),
            "use_bias": (op.use_bias, True),
            "kernel_initializer": (op.kernel_initializer, "glorot_uniform"),
        },
        OURS,
    )


def _dense(op: ops.Dense) -> Call:
    return _call(
        "Dense",
        {"units": op.units},
        {
            "activation": (op.activation, "linear"),
            "use_bias": (op.use_bias, True),
            "kernel_initializer": (op.kernel_initializer, "glorot_uniform"),
            "kernel_regularizer": (_penalty(op.kernel_l2), None),
        },
    )


def _pool(name: str) -> Callable[[Any], Call]:
    def pool(op: ops.MaxPool | ops.AvgPool) -> Call:
        strides = op.strides or op.pool_size
        optional = {"strides": (_side(strides), _side(op.pool_size)), "padding": (op.padding, "valid")}
        return _call(name, {"pool_size": _side(op.pool_size)}, optional)

    return pool


def _global_pool(name: str) -> Callable[[Any], Call]:
    return lambda op: _call(name, {}, {"keepdims": (op.keepdims, False)})


def _zero_pad(op: ops.ZeroPad) -> Call:
    top, bottom, left, right = op.padding
    if top == bottom and left == right:
        return _call("ZeroPadding2D", {"padding": _side((top, left))})
    return _call("ZeroPadding2D", {"padding": ((top, bottom), (left, right))})


def _batch_norm(op: ops.BatchNorm) -> Call:
    return _call(
        "BatchNormalization",
        {},
        {
            "momentum": (op.momentum, 0.99),
            "epsilon": (op.epsilon, 1e-3),
            "center": (op.center, True),
            "scale": (op.scale, True),
        },
    )


def _layer_norm(op: ops.LayerNorm) -> Call:
    return _call(
        "LayerNormalization",
        {},
        {"epsilon": (op.epsilon, 1e-3), "center": (op.center, True), "scale": (op.scale, True)},
    )


def _local_response_norm(op: ops.LocalResponseNorm) -> Call:
    arguments = {"size": op.size, "bias": op.bias, "alpha": op.alpha, "beta": op.beta}
    return Call("LocalResponseNormalization", arguments)


def _scale(op: ops.Scale) -> Call:
    return _call("PerChannelScale", {}, {"center": (op.center, True), "initial": (op.initial, 1.0)}, OURS)


def _plain(name: str, *arguments: str, prefix: str = LAYERS) -> Callable[[Any], Call]:
    """A layer whose arguments are called as the operation's parameters are."""
    return lambda op: _call(name, {argument: getattr(op, argument) for argument in arguments}, prefix=prefix)


LAYER_OF: dict[type[Op], Callable[[Any], Call]] = {
    ops.Input: _input,
    ops.Conv: _conv,
    ops.DepthwiseConv: _depthwise_conv,
    ops.SeparableConv: _separable_conv,
    ops.SparseConv: _sparse_conv,
    ops.Dense: _dense,
    ops.RadialBasis: _plain("RadialBasis", "units", prefix=OURS),
    ops.MaxPool: _pool("MaxPooling2D"),
    ops.AvgPool: _pool("AveragePooling2D"),
    ops.GlobalMaxPool: _global_pool("GlobalMaxPooling2D"),
    ops.GlobalAvgPool: _global_pool("GlobalAveragePooling2D"),
    ops.ZeroPad: _zero_pad,
    ops.BatchNorm: _batch_norm,
    ops.LayerNorm: _layer_norm,
    ops.LocalResponseNorm: _local_response_norm,
    ops.Scale: _scale,
    ops.ConstantScale: _plain("ConstantScale", "factor", prefix=OURS),
    ops.Activation: _plain("Activation", "activation"),
    ops.Dropout: _plain("Dropout", "rate"),
    ops.StochasticDepth: _plain("StochasticDepth", "rate", prefix=OURS),
    ops.Flatten: _plain("Flatten"),
    ops.Reshape: lambda op: _call("Reshape", {"target_shape": op.shape}),
    ops.ChannelPad: _plain("ChannelPadding", "filters", prefix=OURS),
    ops.Add: _plain("Add"),
    ops.Multiply: _plain("Multiply"),
    ops.Concat: _plain("Concatenate"),
}
