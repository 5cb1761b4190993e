"""Blocks: one file a family, and the table of everything that can be written in a net."""

from ..ops import OPS, Add, Concat, Input, Multiply, Op
from .base import Block
from .densenet import DenseBlock, Transition
from .heads import AuxHead, Classifier
from .inception import Inception, NaiveInception
from .plain import VGG, ConvBN
from .residual import Bottleneck, Residual

MERGES: dict[str, type[Op]] = {"concat": Concat, "add": Add, "multiply": Multiply}

COMPOSITES: tuple[type[Block], ...] = (
    ConvBN,
    VGG,
    NaiveInception,
    Inception,
    Residual,
    Bottleneck,
    DenseBlock,
    Transition,
    Classifier,
    AuxHead,
)

# What can be written: word → class. An operation is a block of one node; merges are written as `parallel(merge=…)`.
_WRITTEN: tuple[type[Block] | type[Op], ...] = (*COMPOSITES, *OPS)
BLOCKS: dict[str, type[Block] | type[Op]] = {
    declared.word: declared for declared in _WRITTEN if declared is not Input and declared not in MERGES.values()
}

__all__ = ["BLOCKS", "COMPOSITES", "MERGES", "Block"]
