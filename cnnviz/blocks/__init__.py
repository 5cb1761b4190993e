"""Blocks: one file a family, and the table of everything that can be written in a net."""

from ..ops import OPS, Add, Concat, Input, Multiply, Op
from .base import Block
from .convnext import ConvNeXt
from .densenet import DenseBlock, Transition
from .heads import AuxHead, Classifier
from .inception import Inception, NaiveInception
from .inception_bn import InceptionBN
from .inception_grid import InceptionA, InceptionB, InceptionC, ReductionA, ReductionB
from .inception_resnet import InceptionResNetA, InceptionResNetB, InceptionResNetC, InceptionResNetReduction
from .mobile import DepthwiseSeparable, InvertedResidual, MBConv
from .plain import VGG, ConvBN
from .preactivation import PreactBottleneck, PreactResidual
from .residual import Bottleneck, Residual
from .squeeze import Fire, SqueezeExcite
from .xception import Xception

MERGES: dict[str, type[Op]] = {"concat": Concat, "add": Add, "multiply": Multiply}

COMPOSITES: tuple[type[Block], ...] = (
    ConvBN,
    VGG,
    NaiveInception,
    Inception,
    InceptionBN,
    InceptionA,
    InceptionB,
    InceptionC,
    ReductionA,
    ReductionB,
    InceptionResNetA,
    InceptionResNetB,
    InceptionResNetC,
    InceptionResNetReduction,
    Residual,
    Bottleneck,
    PreactResidual,
    PreactBottleneck,
    DenseBlock,
    Transition,
    Fire,
    SqueezeExcite,
    DepthwiseSeparable,
    InvertedResidual,
    MBConv,
    Xception,
    ConvNeXt,
    Classifier,
    AuxHead,
)

# What can be written: word → class. An operation is a block of one node; merges are written as `parallel(merge=…)`.
_WRITTEN: tuple[type[Block] | type[Op], ...] = (*COMPOSITES, *OPS)
BLOCKS: dict[str, type[Block] | type[Op]] = {
    declared.word: declared for declared in _WRITTEN if declared is not Input and declared not in MERGES.values()
}

__all__ = ["BLOCKS", "COMPOSITES", "MERGES", "Block"]
