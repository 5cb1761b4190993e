"""What operations and blocks are called on the page; `label_lines` has the line of their main parameters.

The block list, the diagram, the tables and the inspector all take their words from here.
"""

from __future__ import annotations

import re

from ..blocks import BLOCKS, Block
from ..blocks.plain import ConvBN
from ..net import Aux, Item, Parallel, Repeat, Step
from ..ops import (
    OPS,
    Activation,
    AvgPool,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    MaxPool,
    Op,
    RadialBasis,
    SeparableConv,
    SparseConv,
    StochasticDepth,
    shape_text,
)
from .label_lines import SEPARATOR, detail, step

# What stands before the window or the number; a word that is not here is called by its class's title.
_TITLES: dict[str, str] = {
    "conv": "Conv",
    "depthwise_conv": "Depthwise conv",
    "separable_conv": "Separable conv",
    "sparse_conv": "Sparse conv",
    "rbf": "Radial basis",
    "maxpool": "Max pool",
    "avgpool": "Average pool",
    "global_maxpool": "Global max pool",
    "gap": "Global average pool",
    "bn": "Batch norm",
    "layernorm": "Layer norm",
    "lrn": "Local response norm",
    "conv_bn": "Conv + BN",
    "preact_residual": "Pre-act residual",
    "preact_bottleneck": "Pre-act bottleneck",
    "aux": "Auxiliary head",
    "parallel": "Parallel",
}
# Activations whose usual spelling is not that of their word.
_ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "hard_silu": "Hard SiLU",
}
# Every word that has a title: blocks, operations, and those that are never written, like the merges.
_KINDS: dict[str, type[Block] | type[Op]] = {**{op.word: op for op in OPS}, **BLOCKS}


def title(thing: Op | Block) -> str:
    """The title of an operation or block by itself: "Conv 3×3", "Max pool 2×2", "Inception"."""
    match thing:
        case Conv() | DepthwiseConv() | SeparableConv() | SparseConv():
            return f"{word_title(thing.word)} {shape_text(thing.kernel_size)}"
        case MaxPool() | AvgPool():
            return f"{word_title(thing.word)} {shape_text(thing.pool_size)}"
        case ConvBN():
            return f"Conv {shape_text(thing.kernel_size)} + BN"
        case Activation():
            return _ACTIVATIONS.get(thing.activation) or _sentence(thing.activation)
        case _:
            return word_title(thing.word)


def heading(op: Op) -> str:
    """The title in a diagram, where the step matters at a glance: "Conv 7×7 /2", "Max pool 3×3 /2", "Dense 4096"."""
    match op:
        case Conv() | DepthwiseConv() | SeparableConv() | SparseConv():
            return title(op) + ("" if max(op.strides) == 1 else " " + step(op.strides))
        case MaxPool() | AvgPool():
            strides = op.strides or op.pool_size
            return title(op) + ("" if max(strides) == 1 else " " + step(strides))
        case Dense() | RadialBasis():
            return f"{title(op)} {op.units}"
        case Dropout() | StochasticDepth():
            return f"{title(op)} {op.rate:g}"
        case _:
            return title(op)


def item_title(item: Item) -> str:
    """The title of a written item: its name where the user gave one ("Inception 3a"), else what it is."""
    name = getattr(item, "name", "")
    if name:
        return name_title(name)
    match item:
        case Step():
            return title(item.block)
        case Repeat():
            return f"{item.times} × sequence" if len(item.items) > 1 else f"{item.times} × {item_title(item.items[0])}"
        case Parallel() | Aux():
            return word_title(item.word)


def item_detail(item: Item) -> str:
    """The main parameters of a written item in one line; what it is comes first where a name hides it."""
    match item:
        case Step():
            kind = "" if not item.name or _tells(item.name, item.block) else title(item.block)
            return SEPARATOR.join(part for part in (kind, detail(item.block)) if part)
        case Repeat() if len(item.items) == 1:
            return item_detail(item.items[0])
        case Repeat() | Aux():
            return SEPARATOR.join(item_title(inner) for inner in item.items)
        case Parallel():
            return f"{len(item.branches)} branches · {item.merge}"


def item_family(item: Item) -> str:
    """The family whose colour a written item takes."""
    match item:
        case Step():
            return item.block.family
        case Repeat():
            return item_family(item.items[0])
        case _:
            return word_family(item.word)


def word_title(word: str) -> str:
    """The title of what a word of the notation writes: "maxpool" → "Max pool"."""
    return _TITLES.get(word) or (_KINDS[word].title if word in _KINDS else _sentence(word))


def word_family(word: str) -> str:
    """The family of what a word of the notation writes."""
    return BLOCKS[word].family if word in BLOCKS else "merge"


def name_title(name: str) -> str:
    """A name or a part of a node's path, for people: "inception_3a" → "Inception 3a", "vgg2" → "VGG block 2"."""
    name = name.strip("_")
    numbered = re.fullmatch(r"([a-zA-Z_]*[a-zA-Z])(\d[\d_]*)", name)
    if not numbered:
        return word_title(name)
    kind, number = numbered.groups()
    return f"{word_title(kind)} {number.replace('_', '.')}"


def _sentence(name: str) -> str:
    text = re.sub(r"_(?=\d)", " ", name).replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _tells(name: str, block: Op | Block) -> bool:
    """Whether a name already says what the block is."""
    return name.lower().startswith(block.word.split("_")[0][:5])
