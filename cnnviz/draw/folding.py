"""Folding: the tree of groups that the nodes' paths spell, and what of it is in sight when some groups are open.

Every path prefix is a group: `stage3/block1/conv1` lies in `stage3/block1`, which lies in `stage3`. A closed group is
one box; only what is open is ever laid out. A group of a single member is no group: its member stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..graph import Graph

OUTSIDE_BEFORE = -1  # an edge of a level that comes from outside its group


class Group(NamedTuple):
    """A group: its path, its members in order (paths of groups, or of nodes), and its nodes, `start` up to `stop`."""

    id: str
    members: tuple[str, ...]
    start: int
    stop: int


class Tree(NamedTuple):
    """All groups by path; "" is the whole net. `parent` gives the group that a group or node stands in."""

    groups: dict[str, Group]
    parent: dict[str, str]


class Item(NamedTuple):
    """A box in sight: a node, or a closed group standing for its nodes `start` up to `stop`."""

    id: str
    group: bool
    start: int
    stop: int


class Level(NamedTuple):
    """What stands directly in one open group: members in order, each an Item's or an open group's path.

    `edges` are pairs of places among the members, `OUTSIDE_BEFORE` for an edge from outside and the number of members
    for one that leaves the group.
    """

    id: str
    members: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]


class Folded(NamedTuple):
    """What is in sight. `edges` join items; `chains` gives for each item the open groups around it, outermost first."""

    items: dict[str, Item]
    levels: dict[str, Level]
    edges: tuple[tuple[str, str], ...]
    chains: dict[str, tuple[str, ...]]


def tree(graph: Graph) -> Tree:
    """The groups that the paths spell, without those of a single member."""
    members: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    stops: dict[str, int] = {}
    for index, node in enumerate(graph.nodes):
        path = node.id
        while path:
            outer = path.rpartition("/")[0]
            inner = members.setdefault(outer, [])
            if not inner or inner[-1] != path:  # the nodes of a group follow one another
                inner.append(path)
            starts.setdefault(outer, index)
            stops[outer] = index + 1
            path = outer
    return _without_singles(members, starts, stops)


def fold(graph: Graph, opened: frozenset[str], groups: Tree | None = None) -> Folded:
    """What is in sight when the groups in `opened` are open; a group is in sight only if all around it are open.

    Paths that are no groups of this graph are ignored.
    """
    groups = groups or tree(graph)
    items: dict[str, Item] = {}
    levels: dict[str, tuple[str, ...]] = {}
    chains: dict[str, tuple[str, ...]] = {}
    standing: list[str] = [""] * len(graph.nodes)  # node → the item that it is in

    def visit(group: Group, chain: tuple[str, ...]) -> None:
        levels[group.id] = group.members
        for path in group.members:
            inner = groups.groups.get(path)
            chains[path] = chain
            if inner is None:
                index = graph.index[path]
                items[path] = Item(path, False, index, index + 1)
                standing[index] = path
            elif path in opened:
                visit(inner, (*chain, path))
            else:
                items[path] = Item(path, True, inner.start, inner.stop)
                standing[inner.start : inner.stop] = [path] * (inner.stop - inner.start)

    visit(groups.groups[""], ())
    edges = tuple(_edges(graph, standing))
    level_edges = _level_edges(edges, levels, chains)
    # The main output leaves the net, so that heads hang beside the trunk and not in it.
    last = standing[graph.outputs[0]]
    place = levels[""].index((*chains[last], last)[0])
    level_edges[""][place, len(levels[""])] = None
    made = {path: Level(path, members, tuple(level_edges[path])) for path, members in levels.items()}
    return Folded(items, made, edges, chains)


def everything(graph: Graph) -> frozenset[str]:
    """All groups: the set that unfolds the whole graph."""
    return frozenset(tree(graph).groups) - {""}


def reveal(graph: Graph, opened: frozenset[str], path: str) -> frozenset[str]:
    """`opened` and what else must be open for the group or node `path` to be in sight."""
    groups = tree(graph)
    around = set()
    while path := groups.parent.get(path, ""):
        around.add(path)
    return opened | around


def toggle(graph: Graph, opened: frozenset[str], path: str) -> frozenset[str]:
    """`opened` with the group `path` closed where it was open and opened where it was closed.

    What is no group of this graph is left out.
    """
    return (opened ^ {path}) & everything(graph)


# --- the steps --------------------------------------------------------------------------------------------------------


def _without_singles(members: dict[str, list[str]], starts: dict[str, int], stops: dict[str, int]) -> Tree:
    single = {path: inner[0] for path, inner in members.items() if path and len(inner) == 1}

    def resolve(path: str) -> str:
        while path in single:
            path = single[path]
        return path

    groups: dict[str, Group] = {}
    parent: dict[str, str] = {}
    for path, inner in members.items():
        if path in single:
            continue
        resolved = tuple([resolve(member) for member in inner]) if single else tuple(inner)
        groups[path] = Group(path, resolved, starts[path], stops[path])
        for member in resolved:
            parent[member] = path
    return Tree(groups, parent)


def _edges(graph: Graph, standing: list[str]) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for index, node in enumerate(graph.nodes):
        target = standing[index]
        for source_index in node.inputs:
            source = standing[source_index]
            if source != target and (source, target) not in seen:
                seen.add((source, target))
                yield source, target


def _level_edges(
    edges: tuple[tuple[str, str], ...], levels: dict[str, tuple[str, ...]], chains: dict[str, tuple[str, ...]]
) -> dict[str, dict[tuple[int, int], None]]:
    """Each edge as it is seen in the levels that it crosses: out of its source's groups, across, into its target's."""
    place = {level: {path: i for i, path in enumerate(members)} for level, members in levels.items()}
    seen: dict[str, dict[tuple[int, int], None]] = {level: {} for level in levels}
    for source, target in edges:
        for level, step in crossings(source, target, chains):
            first, second = step
            at = place[level]
            start = OUTSIDE_BEFORE if first is None else at[first]
            seen[level][start, len(at) if second is None else at[second]] = None
    return seen


def crossings(
    source: str, target: str, chains: dict[str, tuple[str, ...]]
) -> list[tuple[str, tuple[str | None, str | None]]]:
    """The levels that an edge crosses, in order, each with the members it joins there; None is outside."""
    out, into = (*chains[source], source), (*chains[target], target)
    common = 0
    while out[common] == into[common]:
        common += 1
    steps: list[tuple[str, tuple[str | None, str | None]]] = [
        (out[depth - 1], (out[depth], None)) for depth in range(len(out) - 1, common, -1)
    ]
    steps.append((out[common - 1] if common else "", (out[common], into[common])))
    steps += [(into[depth - 1], (None, into[depth])) for depth in range(common + 1, len(into))]
    return steps
