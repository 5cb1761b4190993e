"""What a row of the zoo holds. A published figure is never adjusted to agree with ours."""

from __future__ import annotations

from typing import NamedTuple

from .papers import Paper, Source


class Published(NamedTuple):
    """A figure as its source prints it.

    `what` names the measure of ours that it is to be held against, a key of `figures.MEASURES` ("parameters",
    "trainable parameters", "MACs", …). `reason` says in a sentence why ours differs; empty where it does not.
    """

    what: str
    figure: str  # as printed: "25,557,032", "3.8 G", "60 M"
    source: str
    reason: str = ""


class TopFive(NamedTuple):
    """The published top-5 error on ImageNet's validation images, in percent, and who published it of what."""

    error: float
    source: str


TORCHVISION = "torchvision's weights, ImageNet validation, one crop"
KERAS = "Keras Applications' table, ImageNet validation"


class Row(NamedTuple):
    """One network. `name` is what links, command line and tests call it.

    `section` is where the paper gives it. `source` is the tutorial whose form this is, if it is not the paper's own.
    `original` names the row that this one is compared with: a tutorial's network with the paper's. `as_in` names the
    library's function that builds the same layers. `deviations` says where it differs from its paper, or its source's
    text is wrong.
    """

    name: str
    title: str
    family: str
    notation: str
    paper: Paper
    section: str
    source: Source | None = None
    published: tuple[Published, ...] = ()
    deviations: str = ""
    original: str = ""
    as_in: str = ""
    top5: TopFive | None = None


def text(lines: str) -> str:
    """A notation written with indents, without them."""
    return "\n".join(line.strip() for line in lines.strip().splitlines()) + "\n"
