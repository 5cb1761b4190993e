"""Placing the members of one group: one below the other, branches side by side, shortcuts in a lane of their own.

Networks are series-parallel almost everywhere, so the drawing follows that structure. A member that every way through
the group passes stands on the spine, x = 0. What lies between two such members falls into branches, each placed in the
same manner and set side by side. What cannot be taken apart like this is placed in rows by longest path.

Lengths are pixels; x grows to the right from the spine, y downwards from the top of what is being placed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

GAP = 20.0  # between members that follow one another
COLUMN_GAP = 18.0  # between branches
LANE = 20.0  # from the outermost branch to a shortcut beside it
MOST_GAP = 58.0

Edge = tuple[int, int]
Point = tuple[float, float]


class Size(NamedTuple):
    """The extents of a member to the left and right of its spine, and its height; plain boxes in line get one width."""

    left: float
    right: float
    height: float
    plain: bool = True


@dataclass(slots=True)
class Block:
    """Placed members: `spots` has each one's spine and top, `vias` the points that an edge passes between its ends."""

    left: float = 0.0
    right: float = 0.0
    height: float = 0.0
    spots: dict[int, Point] = field(default_factory=dict)
    vias: dict[Edge, list[Point]] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)  # half widths of plain boxes that were aligned
    lead: float = 0.0  # room that the edges need above and below, where they fan out
    trail: float = 0.0

    def take(self, other: Block, x: float, y: float) -> None:
        """Put another block at (x, y) and grow around it."""
        for member, (at, top) in other.spots.items():
            self.spots[member] = at + x, top + y
        for edge, points in other.vias.items():
            self.vias[edge] = [(at + x, top + y) for at, top in points]
        self.widths.update(other.widths)
        self.left = max(self.left, other.left - x)
        self.right = max(self.right, other.right + x)
        self.height = max(self.height, other.height + y)

    def entry(self, edge: Edge) -> float:
        """Where an edge from above comes in."""
        return self.vias[edge][0][0] if self.vias.get(edge) else self.spots[edge[1]][0]

    def leave(self, edge: Edge) -> float:
        """Where an edge to below goes out."""
        return self.vias[edge][-1][0] if self.vias.get(edge) else self.spots[edge[0]][0]


def place(members: list[int], edges: list[Edge], sizes: list[Size]) -> Block:
    """Place `members`, in topological order; an end of an edge that is no member is above or below all of them."""
    count = len(members)
    local = {member: i for i, member in enumerate(members)}
    spans = [(local.get(a, -1), local.get(b, count), (a, b)) for a, b in edges]
    spine = _spine(count, spans)
    plain = [members[i] for i in spine if sizes[members[i]].plain]
    half = max((sizes[member].left for member in plain), default=0.0)
    between: dict[int, list[Edge]] = {}
    ends = _section_ends(spine, count)
    for start, _, edge in spans:
        between.setdefault(ends[start + 1], []).append(edge)

    block = Block()
    y, before = 0.0, -1
    for at in [*spine, count]:
        inner = members[before + 1 : at]
        if inner:
            section = _section(inner, between.get(at, []), sizes)
            if before < 0:
                block.lead = section.lead
            else:
                y += section.lead
            block.take(section, 0.0, y)
            y += section.height
            if at == count:
                block.trail = section.trail
            else:
                y += section.trail
        elif before >= 0 and at < count:
            y += GAP
        if at < count:
            member = members[at]
            size = sizes[member]
            block.spots[member] = 0.0, y
            if size.plain:
                block.widths[member] = half
            block.left = max(block.left, half if size.plain else size.left)
            block.right = max(block.right, half if size.plain else size.right)
            y += size.height
        before = at
    block.height = y
    return block


def _spine(count: int, spans: list[tuple[int, int, Edge]]) -> list[int]:
    """The members that no edge passes by."""
    passing = [0] * (count + 1)
    for a, b, _ in spans:
        if b - a > 1:
            passing[a + 1] += 1
            passing[b] -= 1
    spine, open_edges = [], 0
    for i in range(count):
        open_edges += passing[i]
        if not open_edges:
            spine.append(i)
    return spine


def _section_ends(spine: list[int], count: int) -> list[int]:
    """For each place from -1 on, the next place on the spine, or `count`: where the section after it ends."""
    ends: list[int] = []
    for place in [*spine, count]:
        ends += [place] * (place + 1 - len(ends))
    return ends


def _section(members: list[int], edges: list[Edge], sizes: list[Size]) -> Block:
    """Place what lies between two members of the spine: branches side by side, the shortcut to their right."""
    inside = set(members)
    bypass = [edge for edge in edges if edge[0] not in inside and edge[1] not in inside]
    branches = _components(members, edges, inside)
    if len(branches) == 1 and not bypass:
        placed = [_rows(members, edges, inside, sizes)]
    else:
        own = [[edge for edge in edges if edge[0] in branch or edge[1] in branch] for branch in map(set, branches)]
        placed = [place(branch, linked, sizes) for branch, linked in zip(branches, own, strict=True)]
    arriving = [edge for edge in edges if edge[0] not in inside and edge[1] in inside]
    leaving = [edge for edge in edges if edge[0] in inside and edge[1] not in inside]
    through = {edge[0] for edge in leaving}
    goes_on = [any(member in through for member in branch.spots) for branch in placed]
    block = _side_by_side(
        [b for b, on in zip(placed, goes_on, strict=True) if on],
        [b for b, on in zip(placed, goes_on, strict=True) if not on],
        bypass,
    )
    ins = [block.entry(edge) for edge in (*arriving, *bypass)]
    outs = [block.leave(edge) for edge in (*leaving, *bypass)]
    for edge in arriving:
        block.vias.setdefault(edge, []).insert(0, (block.entry(edge), 0.0))
    for edge in leaving:
        block.vias.setdefault(edge, []).append((block.leave(edge), block.height))
    block.lead, block.trail = _room(ins), _room(outs)
    return block


def _room(xs: list[float]) -> float:
    """The height that edges need to spread from the spine to these places."""
    widest = max((abs(x) for x in xs), default=0.0)
    return GAP if widest < 1 else min(GAP + 8 + widest * 0.1, MOST_GAP)


def _components(members: list[int], edges: list[Edge], inside: set[int]) -> list[list[int]]:
    """The branches: members that are joined to one another, in the order of their first."""
    root = {member: member for member in members}

    def find(member: int) -> int:
        while root[member] != member:
            root[member] = root[root[member]]
            member = root[member]
        return member

    for a, b in edges:
        if a in inside and b in inside:
            first, second = sorted((find(a), find(b)))
            root[second] = first
    found: dict[int, list[int]] = {}
    for member in members:
        found.setdefault(find(member), []).append(member)
    return list(found.values())


def _side_by_side(through: list[Block], hanging: list[Block], bypass: list[Edge]) -> Block:
    """Branches in a row, their middle on the spine; then the shortcut; then what ends here, like an auxiliary head."""
    block = Block()
    xs: list[float] = []
    x = 0.0
    for i, branch in enumerate(through):
        x = x + through[i - 1].right + COLUMN_GAP + branch.left if i else 0.0
        xs.append(x)
    middle = (xs[0] + xs[-1]) / 2 if xs else 0.0
    for branch, x in zip(through, xs, strict=True):
        block.take(branch, x - middle, 0.0)
    lanes = []
    for number, edge in enumerate(bypass):
        lane = block.right + LANE * (number + 1) if through else LANE * number
        lanes.append((edge, lane))
    block.right = max([block.right, *(lane + 1 for _, lane in lanes)])
    for branch in hanging:
        block.take(branch, block.right + COLUMN_GAP + branch.left if block.spots or lanes else 0.0, 0.0)
    for edge, lane in lanes:
        block.vias[edge] = [(lane, 0.0), (lane, block.height)]
    return block


def _rows(members: list[int], edges: list[Edge], inside: set[int], sizes: list[Size]) -> Block:
    """Rows by longest path, for what is not series-parallel; an edge that passes rows by takes a lane at the right."""
    sources: dict[int, list[int]] = {member: [] for member in members}
    for a, b in edges:
        if a in inside and b in inside:
            sources[b].append(a)
    row: dict[int, int] = {}
    for member in members:
        row[member] = max((row[source] + 1 for source in sources[member]), default=0)
    rows: list[list[int]] = [[] for _ in range(max(row.values()) + 1)]
    for member in members:
        rows[row[member]].append(member)

    block = Block()
    tops, bottoms = [], []
    y = 0.0
    for line in rows:
        means = {m: sum(block.spots[s][0] for s in sources[m]) / len(sources[m]) if sources[m] else 0.0 for m in line}
        line.sort(key=lambda m: (means[m], m))
        width = sum(sizes[m].left + sizes[m].right for m in line) + COLUMN_GAP * (len(line) - 1)
        x = -width / 2
        for member in line:
            size = sizes[member]
            block.spots[member] = x + size.left, y
            x += size.left + size.right + COLUMN_GAP
        tops.append(y)
        bottoms.append(y + max(sizes[m].height for m in line))
        block.left, block.right = max(block.left, width / 2), max(block.right, width / 2)
        y = bottoms[-1] + MOST_GAP
    block.height = bottoms[-1]
    lane = block.right
    for a, b in edges:
        first, last = row.get(a, -1), row.get(b, len(rows))
        points = [] if first < 0 else [(block.spots[a][0], bottoms[first])]
        if last - first > 1:
            lane += LANE
            points.append((lane, tops[first + 1]))
            points.append((lane, bottoms[last - 1]))
        block.vias[a, b] = points
    block.right = max(block.right, lane + 1)
    return block
