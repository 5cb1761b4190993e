"""Random nets for property-based tests, drawn from every declared block with its own declared parameters.

Choices are made so that shapes fit: a net that `load` refuses is a failure of the test, not a rejected example. Nets
are small, so that Keras builds one in some ten milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from cnnviz import declare
from cnnviz.blocks import BLOCKS, MERGES
from cnnviz.graph import GraphError
from cnnviz.net import Aux, Item, Net, Parallel, Repeat, Step
from cnnviz.ops import MOST_FILTERS, Input, Shape

Draw = Callable[[st.SearchStrategy[Any]], Any]

# Blocks that take a vector too, and those that always end in one.
ON_VECTORS = (
    "dense", "activation", "bn", "layernorm", "scale", "constant_scale", "dropout", "stochastic_depth", "flatten",
    "reshape", "rbf",
)  # fmt: skip
ENDS = ("flatten", "reshape", "gap", "global_maxpool", "classifier")
REDUCTIONS = ("reduction_a", "reduction_b", "inception_resnet_reduction")
CHANGES_SIDES = ("zeropad", *REDUCTIONS, *ENDS)
_MOST_CHANNELS = 48
_MOST = {
    "convs": 3, "layers": 3, "blocks": 3, "bottleneck_width": 2, "depth_multiplier": 3, "pool_size": 3,
    "pool_strides": 3, "strides": 3, "dilation_rate": 3, "padding": 2, "size": 7,
}  # fmt: skip
_NAMES = [
    f"{stem}{number}"
    for stem in ("a", "conv", "stage_", "branch", "vgg1_conv", "residual1_conv", "classifier1_dense")
    for number in (1, 2, 3)
]  # some meet the names of layers inside blocks


@st.composite
def nets(draw: Draw) -> Net:
    """A net that holds together."""
    taken = Input(draw(st.integers(1, 13)), draw(st.integers(1, 13)), draw(st.integers(1, 6)))
    drawing = _Drawing(draw)
    items = drawing.items((taken.height, taken.width, taken.channels), fewest=1, most=5, depth=2)
    return Net(taken, items)


@st.composite
def nets_of_like_blocks(draw: Draw) -> Net:
    """A net in which blocks come again and again, as they are or with some parameters changed."""
    drawing = _Drawing(draw)
    start = (draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.integers(1, 4)))
    word = drawing.pick(
        ("vgg", "conv_bn", "inception", "inception_bn", "residual", "bottleneck", "dense_block", "transition", "conv")
    )
    base = drawing.values(word)
    items: list[Item] = []
    shape = start
    for _ in range(draw(st.integers(2, 6))):
        changed = {key: value for key, value in drawing.values(word).items() if drawing.whole(1, 5) == 1}
        values = {**base, **changed}
        drawing.fit(word, values, shape, keep=True)
        block = Step(declare.make(BLOCKS[word], values), drawing.name())
        beside = Parallel(((block,), (drawing.back_to(2, shape),)))
        head = Aux((block, Step(BLOCKS["classifier"](2))))
        items.append(drawing.pick((block, block, block, beside, Repeat(2, (block,)), head)))
        if shape_fits(shape, items[-1]):
            shape = shape_after(shape, (items[-1],))
        else:
            items.pop()
    return Net(Input(*start), tuple(items) or (Step(BLOCKS["bn"]()),))


def shape_fits(shape: Shape, item: Item) -> bool:
    """Whether an item takes this shape; a repeated block may have changed the channels that it needs."""
    try:
        shape_after(shape, (item,))
    except GraphError:
        return False
    return True


def shape_after(shape: Shape, items: tuple[Item, ...]) -> Shape:
    """The shape that items make of `shape`."""
    if not items:
        return shape
    if len(shape) == 1:
        if shape[0] > MOST_FILTERS:
            reject()  # no input is as long
        items = (Step(BLOCKS["flatten"]()), *items)
    graph = Net(Input(*(1, 1, *shape)[-3:]), items).to_graph()
    return graph.nodes[graph.outputs[0]].shape


class _Drawing:
    """One net under way: draws items that fit the shape they stand on."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.names = list(_NAMES)

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def whole(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, max(low, high)))

    def flip(self) -> bool:
        return self.draw(st.booleans())

    def name(self) -> str:
        """No name in most cases, as people write; none twice."""
        if self.whole(1, 4) > 1 or not self.names:
            return ""
        name: str = self.pick(self.names)
        self.names.remove(name)
        return name

    def items(
        self, shape: Shape, *, fewest: int, most: int, depth: int, keep: bool = False, heads: bool = True
    ) -> tuple[Item, ...]:
        """Some items one after the other; with `keep` height and width stay. `heads` allows auxiliary heads."""
        items: list[Item] = []
        for _ in range(self.whole(fewest, most)):
            item = self.item(shape, depth, keep, heads)
            items.append(item)
            shape = shape_after(shape, (item,))
        return tuple(items)

    def item(self, shape: Shape, depth: int, keep: bool, heads: bool) -> Item:
        kind = self.pick(("step", "step", "step", "parallel", "repeat", "aux")) if depth else "step"
        if kind == "parallel":
            return self.parallel(shape, depth - 1, keep, heads)
        if kind == "repeat":
            body = self.items(shape, fewest=0, most=2, depth=depth - 1, keep=True, heads=heads)
            return Repeat(self.whole(1, 3), (*body, self.back_to(shape[-1], shape)))
        if kind == "aux" and heads:
            return Aux(self.items(shape, fewest=1, most=3, depth=depth - 1, heads=False), self.name())
        return Step(self.block(shape, keep, heads), self.name())

    def back_to(self, channels: int, shape: Shape, strides: int = 1) -> Item:
        """A block that gives exactly `channels`."""
        if len(shape) == 1:
            return Step(BLOCKS["dense"](channels), self.name())
        kernel = (self.whole(1, 3), self.whole(1, 3))
        word = self.pick(("conv", "separable_conv"))
        return Step(BLOCKS[word](channels, kernel, strides=(strides, strides)), self.name())

    def parallel(self, shape: Shape, depth: int, keep: bool, heads: bool) -> Item:
        merge = self.pick(MERGES)
        branches = [
            self.items(shape, fewest=0, most=2, depth=depth, keep=True, heads=heads) for _ in range(self.whole(2, 3))
        ]
        strides = 1 if keep or len(shape) == 1 else self.pick((1, 1, 2))
        if merge != "concat":
            channels = self.whole(1, 6)
            branches = [(*branch, self.back_to(channels, shape, strides)) for branch in branches]
            if merge == "multiply" and len(shape) == 3 and self.flip():
                keepdims = self.flip()
                branches[-1] += (Step(BLOCKS[self.pick(("gap", "global_maxpool"))](keepdims)),)
        elif strides > 1:
            pool = BLOCKS[self.pick(("maxpool", "avgpool"))]((self.whole(1, 3), 2), (strides, strides), "same")
            branches = [(*branch, Step(pool, self.name())) for branch in branches]
        return Parallel(tuple(branches), merge, self.name())

    def block(self, shape: Shape, keep: bool, heads: bool) -> Any:
        words = ON_VECTORS if len(shape) == 1 else BLOCKS
        if keep:
            words = [word for word in words if word not in CHANGES_SIDES]
        if not heads:
            words = [word for word in words if word != "aux"]
        word = self.pick(words)
        values = self.values(word)
        self.fit(word, values, shape, keep)
        return declare.make(BLOCKS[word], values)

    def values(self, word: str) -> dict[str, Any]:
        return {param.name: self.value(param) for param in declare.params(BLOCKS[word])}

    def value(self, param: declare.Param) -> Any:
        """Any small value that the declaration allows."""
        most = int(min(param.high, _MOST.get(param.name, 8)))
        low = int(param.low)
        if not param.required and self.flip():
            return param.default
        if param.optional and self.flip():
            return None
        match param.kind:
            case "integer":
                return self.whole(low, most)
            case "real":
                return self.draw(st.floats(param.low, param.high))
            case "size":
                return self.whole(low, min(most, 4)), self.whole(low, min(most, 4))
            case "choice":
                return self.pick(param.options)
            case "flag":
                return self.flip()
            case "integers":
                return tuple(self.draw(st.lists(st.integers(low, most), max_size=2)))
            case "padding":
                return tuple(self.draw(st.lists(st.integers(low, most), min_size=4, max_size=4)))

    # --- what must hold between parameters, and between them and the shape --------------------------------------------

    def fit(self, word: str, values: dict[str, Any], shape: Shape, keep: bool) -> None:
        channels = shape[-1]
        if "dilation_rate" in values:
            self.fit_convolution(word, values, shape, keep)
        elif word in ("maxpool", "avgpool"):
            self.fit_pool(values, shape, keep)
        elif word in ("residual", "bottleneck", "preact_residual", "preact_bottleneck"):
            self.fit_residual(word, values, channels, keep)
        elif word == "sparse_conv":
            self.fit_sparse_conv(values, shape, keep)
        elif word in ("vgg", "transition", "aux"):
            size = values["pool_size"]
            if keep and word != "aux":
                values["pool_size"] = (1, 1) if word == "vgg" else 1
            elif word == "vgg":
                values["pool_size"] = (min(size[0], shape[0]), min(size[1], shape[1]))
            else:
                values["pool_size"] = min(size, *shape[:2])
        elif word in ("inception", "inception_bn") and keep:
            values["strides"] = (1, 1)
        elif word in REDUCTIONS and min(shape[:2]) < 3:
            values["padding"] = "same"
        elif word in ("depthwise_separable", "inverted_residual", "mbconv", "xception", "convnext"):
            self.fit_mobile(word, values, channels, keep)
        elif word == "lrn":
            values["size"] |= 1
        elif word == "channel_pad":
            values["filters"] = channels + self.whole(0, 4)
        elif word == "reshape":
            values["shape"] = self.other_shape(prod(shape))

    def fit_convolution(self, word: str, values: dict[str, Any], shape: Shape, keep: bool) -> None:
        if keep:
            values.update(strides=(1, 1), padding="same")
        if word in ("depthwise_conv", "separable_conv") and shape[-1] > _MOST_CHANNELS:
            values["depth_multiplier"] = 1
        if max(values["strides"]) > 1:
            values["dilation_rate"] = (1, 1)
        extents = [(k - 1) * d + 1 for k, d in zip(values["kernel_size"], values["dilation_rate"], strict=True)]
        if extents[0] > shape[0] or extents[1] > shape[1]:
            values["padding"] = "same"
        if "groups" in values:
            values["groups"] = self.pick([n for n in range(1, 7) if shape[-1] % n == 0])
            values["filters"] = values["groups"] * self.whole(1, 3)

    def fit_pool(self, values: dict[str, Any], shape: Shape, keep: bool) -> None:
        if keep:
            values.update(strides=(1, 1), padding="same")
        if values["padding"] == "valid":
            values["pool_size"] = tuple(map(min, values["pool_size"], shape))

    def fit_residual(self, word: str, values: dict[str, Any], channels: int, keep: bool) -> None:
        out = "filters" if word.endswith("residual") else "out_filters"
        if values["padding"] == "zeropad":
            for kernel in {"kernel_size", "shortcut_kernel"} & {*values}:
                values[kernel] = tuple(side | 1 for side in values[kernel])
        if keep or values["shortcut"] == "identity":
            values["strides"] = (1, 1)
        if values["shortcut"] == "identity":
            values[out] = channels
        elif values["shortcut"] == "zero_pad":
            values[out] = channels + self.whole(0, 4)

    def fit_sparse_conv(self, values: dict[str, Any], shape: Shape, keep: bool) -> None:
        if keep:
            values.update(strides=(1, 1), padding="same")
        if any(kernel > side for kernel, side in zip(values["kernel_size"], shape, strict=False)):
            values["padding"] = "same"
        most = 2 ** min(shape[-1], 32) - 1
        values["connections"] = tuple(self.whole(1, most) for _ in range(self.whole(1, 5)))

    def fit_mobile(self, word: str, values: dict[str, Any], channels: int, keep: bool) -> None:
        if keep and "strides" in values:
            values["strides"] = (1, 1)
        if keep and values.get("padding") == "zeropad":
            values["kernel_size"] = tuple(side | 1 for side in values["kernel_size"])
        if word == "convnext":
            values["filters"] = channels
        if "drop_rate" in values:
            values["drop_rate"] = min(values["drop_rate"], 0.5)
            values["drop_rate_step"] = min(values["drop_rate_step"], 0.2)

    def other_shape(self, values: int) -> Shape:
        """As many values under one side or three."""
        if self.flip():
            return (values,)
        height = self.pick([n for n in range(1, 9) if values % n == 0])
        rest = values // height
        width = self.pick([n for n in range(1, 9) if rest % n == 0])
        return (height, width, rest // width)
