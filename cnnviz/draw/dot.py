"""The graph as text in Graphviz' DOT language: closed groups are one node, open ones a cluster. Needs no Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from ..graph import Graph
from .folding import Folded, Tree, fold, tree
from .groups import Captions
from .theme import PAGES, Mode, colour, ink, mix

FONT = "fontname=Helvetica, fontsize=11"


def dot(graph: Graph, open_groups: frozenset[str] | None = None, theme: Mode = "light") -> str:
    """A digraph from top to bottom with titles and output shapes, in the colours of the page.

    Without `open_groups` every layer is shown, its groups as clusters.
    """
    groups = tree(graph)
    folded = fold(graph, frozenset(groups.groups) if open_groups is None else open_groups, groups)
    captions = Captions(graph, ())
    page = PAGES[theme]
    lines = [
        "digraph network {",
        f"  graph [rankdir=TB, nodesep=0.25, ranksep=0.3, bgcolor={_text(page.background)}, {FONT}]",
        f"  node [shape=box, style={_text('rounded,filled')}, fontcolor={_text(page.text)}, {FONT}]",
        f"  edge [color={_text(page.edge)}, arrowsize=0.6]",
        *_members("", folded, groups, captions, theme, 1),
        *(f"  {_text(source)} -> {_text(target)}" for source, target in folded.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _members(
    path: str, folded: Folded, groups: Tree, captions: Captions, theme: Mode, depth: int
) -> Iterator[str]:
    """The lines of what stands directly in an open group, and of the groups open inside it."""
    indent = "  " * depth
    for member in folded.levels[path].members:
        if member in folded.levels:
            family = captions.group_family(member)
            title = captions.group_title(member, groups.groups[member].start)
            yield f"{indent}subgraph {_text('cluster_' + member)} {{"
            yield (
                f"{indent}  graph [label={_text(title)}, style=dashed, labeljust=l, "
                f"color={_text(colour(family, theme))}, fontcolor={_text(ink(family, theme))}]"
            )
            yield from _members(member, folded, groups, captions, theme, depth + 1)
            yield f"{indent}}}"
            continue
        item = folded.items[member]
        paint = colour(captions.family(item), theme)
        label = _text(captions.title(item) + "\n" + captions.shape(item))
        fill = mix(paint, PAGES[theme].surface, 0.08)
        peripheries = ", peripheries=2" if item.group else ""
        yield f"{indent}{_text(member)} [label={label}, color={_text(paint)}, fillcolor={_text(fill)}{peripheries}]"


def _text(value: str) -> str:
    r"""A quoted string of DOT. A line break becomes \n; other control characters and lone surrogates are replaced."""
    printable = "".join(c if c.isprintable() or c == "\n" else "�" for c in value)
    return '"' + printable.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
