"""Kernels: one large kernel, and smaller ones that see as much of the map. What can be set, and the candidates.

Each candidate is a few layers with the target's receptive field, each followed by a relu. A stride stands on the last
layer that is larger than 1×1: earlier it would widen the receptive field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..declare import choice, flag, integer, integers
from ..ops import Conv, DepthwiseConv, Op, Shape

MOST_CHANNELS = 4_096
MOST_SIDE = 256  # of the chart; a single map may be larger
KERNELS = range(1, 12)

_ACTIVATION = "relu"


@dataclass(frozen=True)
class Kernels:
    """What the page can set."""

    kernel: int = integer(KERNELS[0], KERNELS[-1], "side k of the target, one k×k kernel", 5)
    channels: int = integer(1, MOST_CHANNELS, "channels that come in", 1)
    between: int | None = integer(
        1, MOST_CHANNELS, "channels between the layers of a candidate; none: as many as come in", None, optional=True
    )
    filters: int | None = integer(
        1, MOST_CHANNELS, "channels that go out; none: as many as come in", None, optional=True
    )
    side: int = integer(1, 4_096, "height and width x of the map", 32)
    strides: int = integer(1, 8, "step of the kernel", 1)
    padding: str = choice(("valid", "same"), "same: zeros around the map keep its side; valid: none", "valid")
    bias: bool = flag("add one learned number to each output channel of each layer", False)
    groups: int = integer(1, MOST_CHANNELS, "groups of the grouped convolution; they must divide the channels", 4)
    width: int | None = integer(
        1, MOST_CHANNELS, "channels inside the bottleneck; none: a quarter of those that come in", None, optional=True
    )
    stack: bool = flag("a stack of 3×3 with the same receptive field", True)
    factorised: bool = flag("1×k, then k×1", False)
    dilated: bool = flag("one 3×3 with its taps spread apart", False)
    grouped: bool = flag("one k×k in groups of channels", False)
    separable: bool = flag("k×k for each channel by itself, then 1×1", False)
    bottleneck: bool = flag("1×1 to fewer channels, k×k there, 1×1 back", False)
    against: str = choice(
        ("stack", "factorised", "dilated", "grouped", "separable", "bottleneck"),
        "the candidate whose polynomial is set against the target's",
        "stack",
    )
    view: str = choice(("side", "kernel", "channels"), "what the chart goes along", "side")
    measure: str = choice(("macs", "parameters", "activations"), "what the chart shows", "macs")
    log: bool = flag("logarithmic axes", False)
    x: tuple[int, ...] = integers(1, MOST_SIDE, 2, "range of the side x in the chart", (1, 32))

    def rule(self) -> str | None:
        if len(self.x) != 2 or self.x[0] >= self.x[1]:
            return f"x must be two sides, the smaller one first, as 5,40; got {','.join(map(str, self.x)) or 'nothing'}"
        return None

    @property
    def middle(self) -> int:
        """Channels between layers."""
        return self.channels if self.between is None else self.between

    @property
    def out(self) -> int:
        """Channels that go out."""
        return self.channels if self.filters is None else self.filters

    @property
    def narrow(self) -> int:
        """Channels inside the bottleneck."""
        return max(self.channels // 4, 1) if self.width is None else self.width

    @property
    def least_side(self) -> int:
        """The smallest map that the kernel fits on."""
        return self.kernel if self.padding == "valid" else 1


# --- the candidates ---------------------------------------------------------------------------------------------------


class CannotBe(ValueError):
    """A candidate cannot be built with these settings; the message says why."""


class Candidate(NamedTuple):
    """One way to see k×k: its name, its layers, why it cannot be ("" when it can), what it gives up.

    `label` names it for any settings, `title` for these.
    """

    key: str
    label: str
    title: Callable[[Kernels], str]
    layers: Callable[[Kernels], tuple[Op, ...]]
    cannot: Callable[[Kernels], str]
    note: str

    def check(self, settings: Kernels) -> None:
        """Raises CannotBe where it cannot be built, on a map of any side."""
        if reason := self.cannot(settings):
            raise CannotBe(reason)


def _conv(s: Kernels, filters: int, kernel: Shape, strides: Shape = (1, 1), **more: Any) -> Conv:
    return Conv(filters, kernel, _ACTIVATION, strides=strides, padding=s.padding, use_bias=s.bias, **more)


def _square(side: int) -> Shape:
    return side, side


def _one(s: Kernels) -> tuple[Op, ...]:
    return (_conv(s, s.out, _square(s.kernel), _square(s.strides)),)


def _stack(s: Kernels) -> tuple[Op, ...]:
    inner = _conv(s, s.middle, (3, 3))
    return (*[inner] * (stacked(s.kernel) - 1), _conv(s, s.out, (3, 3), _square(s.strides)))


def _factorised(s: Kernels) -> tuple[Op, ...]:
    return _conv(s, s.middle, (1, s.kernel), (1, s.strides)), _conv(s, s.out, (s.kernel, 1), (s.strides, 1))


def _dilated(s: Kernels) -> tuple[Op, ...]:
    return (_conv(s, s.out, (3, 3), _square(s.strides), dilation_rate=_square((s.kernel - 1) // 2)),)


def _grouped(s: Kernels) -> tuple[Op, ...]:
    return (_conv(s, s.out, _square(s.kernel), _square(s.strides), groups=s.groups),)


def _separable(s: Kernels) -> tuple[Op, ...]:
    each = DepthwiseConv(_square(s.kernel), _ACTIVATION, strides=_square(s.strides), padding=s.padding, use_bias=s.bias)
    return each, _conv(s, s.out, (1, 1))


def _bottleneck(s: Kernels) -> tuple[Op, ...]:
    inner = _conv(s, s.narrow, _square(s.kernel), _square(s.strides))
    return _conv(s, s.narrow, (1, 1)), inner, _conv(s, s.out, (1, 1))


def stacked(kernel: int) -> int:
    """How many 3×3 in a row see as much as one kernel of this odd side: each adds 2."""
    return (kernel - 1) // 2


def _needs_odd(s: Kernels) -> str:
    if s.kernel % 2 and s.kernel >= 3:
        return ""
    return f"3×3 kernels see an odd side of 3 or more, never {s.kernel}×{s.kernel}"


def _no_dilation(s: Kernels) -> str:
    if s.strides > 1 and s.kernel > 3:
        return "a stride and a dilation cannot both be over 1; Keras supports no such convolution"
    return _needs_odd(s)


def _indivisible(s: Kernels) -> str:
    if s.channels % s.groups or s.out % s.groups:
        return f"{s.groups} groups do not divide {s.channels:,} channels in and {s.out:,} out evenly"
    return ""


def _always(_: Kernels) -> str:
    return ""


_WORDS = ("no", "one", "two", "three", "four", "five")

TARGET = Candidate(
    "one",
    "one k×k",
    lambda s: f"one {s.kernel}×{s.kernel}",
    _one,
    _always,
    "the target: every output sees all values of its window, weighted each by itself",
)
CANDIDATES: tuple[Candidate, ...] = (
    Candidate(
        "stack",
        "stack of 3×3",
        lambda s: f"{_WORDS[stacked(s.kernel)]} 3×3",
        _stack,
        _needs_odd,
        "a nonlinearity after each layer; the maps between the layers must be written and read",
    ),
    Candidate(
        "factorised",
        "1×k, k×1",
        lambda s: f"1×{s.kernel}, {s.kernel}×1",
        _factorised,
        _always,
        "2k weights in place of k² for each pair of channels; Inception-v3 has it with k = 7",
    ),
    Candidate(
        "dilated",
        "dilated 3×3",
        lambda s: f"3×3 with dilation {(s.kernel - 1) // 2}",
        _dilated,
        _no_dilation,
        "sees as far, but only 9 values of the window",
    ),
    Candidate(
        "grouped",
        "grouped",
        lambda s: f"{s.kernel}×{s.kernel} in {s.groups} groups",
        _grouped,
        _indivisible,
        "channels of different groups never meet in this layer",
    ),
    Candidate(
        "separable",
        "depthwise separable",
        lambda s: f"depthwise {s.kernel}×{s.kernel}, 1×1",
        _separable,
        _always,
        "first space, then channels, never both at once",
    ),
    Candidate(
        "bottleneck",
        "bottleneck",
        lambda s: f"1×1, {s.kernel}×{s.kernel}, 1×1",
        _bottleneck,
        _always,
        "all that passes has to fit through the few channels in the middle",
    ),
)
BY_KEY: dict[str, Candidate] = {candidate.key: candidate for candidate in (TARGET, *CANDIDATES)}


def chosen(settings: Kernels) -> tuple[Candidate, ...]:
    """The target and the candidates that are switched on."""
    return (TARGET, *[candidate for candidate in CANDIDATES if getattr(settings, candidate.key)])
