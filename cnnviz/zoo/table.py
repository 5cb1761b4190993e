"""The zoo as a document: every row's figures, the published ones beside them, and where a network differs from its
paper. `docs/zoo.md` holds exactly this."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ..ops import shape_text
from .figures import MEASURES, Compared, Overview, compared, overview
from .row import Row

_HEAD = """# Zoo

Every network that can be opened by name: `python -m cnnviz summary resnet50`, or its link. Our figures are computed
from the notation; published ones are printed as their source prints them and held against ours under the source's
convention. A figure is met when ours differs by less than one unit of its last printed digit; where it is not, the
reason stands beside it.

Parameters are counted as Keras does, with the running statistics of batch normalisation; MACs are multiply-adds of
convolutions and dense layers for one picture, without biases ([how cnnviz counts](counting.md)). Layers are those with
a kernel on the longest way to the main output. A top-5 error is the published one on ImageNet, of the weights and by
the rule of its source.

The conventions of published figures:

"""


def markdown() -> str:
    """The whole document as Markdown."""
    families = [*dict.fromkeys(found.row.family for found in overview())]
    in_order = sorted(overview(), key=lambda found: families.index(found.row.family))
    parts = [_HEAD + "\n".join(f"* *{name}*: {measure.rule}" for name, measure in MEASURES.items()) + "\n"]
    for family, rows in groupby(in_order, key=lambda found: found.row.family):
        parts += [f"## {family}\n", *_family([*rows])]
    return "\n".join(parts)


def _verdict(figure: Compared) -> str:
    """What there is to say about a published figure: that it is met, or why it is not."""
    return "met" if figure.met else figure.published.reason


def _family(rows: list[Overview]) -> list[str]:
    parts = [_table(("network", "title", "from", "parameters", "MACs", "layers", "input"), map(_figures, rows))]
    published = [line for found in rows for line in _published(found.row)]
    if published:
        parts.append(_table(("published", "what", "figure", "ours", "", "source"), published))
    deviations = [f"* `{found.row.name}`: {found.row.deviations}" for found in rows if found.row.deviations]
    if deviations:
        parts.append("\n".join(deviations) + "\n")
    return parts


def _figures(found: Overview) -> tuple[str, ...]:
    row = found.row
    return (
        f"`{row.name}`",
        row.title,
        _origin(row),
        f"{found.parameters:,}",
        f"{found.macs:,}",
        f"{found.depth}",
        shape_text(found.input),
    )


def _origin(row: Row) -> str:
    """Where a network is from, in short: "He 2015, table 1", or the tutorial and the network it goes back to."""
    if row.source:
        text = row.source.name
    else:
        surname = row.paper.authors.split(",")[0].split(" ")[-1]
        text = f"{surname} {row.paper.year}, {row.section}"
    if row.original:
        text += f"; compare `{row.original}`"
    return text + (f"; as {row.as_in}" if row.as_in else "")


def _published(row: Row) -> list[tuple[str, ...]]:
    name = f"`{row.name}`"
    lines: list[tuple[str, ...]] = []
    for figure in compared(row):
        what, printed, source, _ = figure.published
        lines.append((name, what, printed, f"{figure.ours:,}", _verdict(figure), source))
    if row.top5:
        lines.append((name, "top-5 error", f"{row.top5.error:g} %", "", "", row.top5.source))
    return lines


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
