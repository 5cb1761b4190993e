"""What generated code is made of: statements, loops over what repeats, functions for blocks that come again.

Scopes of the graph (`stage2/block1`) that have one input, one output and the same make-up share one function. The
values in which they differ become its parameters, named as the block declares them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from . import declare, keras_layers
from .blocks import Block
from .code_items import Function, Item, Loop, Statement, callee, with_loops
from .code_params import Naming, free_name, name_functions, unified
from .graph import Graph
from .net import Net, Step, walk
from .ops import Op

_FEWEST_NODES = 3  # a smaller block reads better written out than as a function


class Plan(NamedTuple):
    """A whole program: functions in the order in which they are needed, and the statements of the model."""

    functions: list[Function]
    items: list[Item]


@dataclass(slots=True)
class _Scope:
    """A path prefix of the graph and what lies in it: nodes (as indices) and further scopes, in order."""

    path: str
    children: list[int | _Scope] = field(default_factory=list)
    start: int = 0
    stop: int = 0
    items: list[Item] = field(default_factory=list)
    as_one: Statement | None = None


def plan(graph: Graph, net: Net) -> Plan:
    """The program that builds a graph."""
    return _Planner(graph, net).plan()


class _Planner:
    def __init__(self, graph: Graph, net: Net) -> None:
        self.graph = graph
        written = {place: item.block for place, item in walk(net.items) if isinstance(item, Step)}
        self.words = {span.id: span.word for span in graph.spans}
        self.blocks = {span.id: written.get(span.place) for span in graph.spans}
        self.functions: list[Function] = []
        self.ends = set(graph.outputs)

    def plan(self) -> Plan:
        levels = self._scopes()
        for level in reversed(levels[1:]):
            alike: dict[tuple[Any, ...], list[_Scope]] = defaultdict(list)
            for scope in level:
                scope.items = self._items(scope)
                if self._is_one_block(scope):
                    alike[self._word(scope), _make_up(scope.items)].append(scope)
            for scopes in alike.values():
                if len(scopes) > 1 and sum(item.nodes for item in scopes[0].items) >= _FEWEST_NODES:
                    self._share(scopes)
        items = self._items(levels[0][0], 3)
        name_functions(self.functions)
        return Plan(self.functions, items)

    # --- scopes -------------------------------------------------------------------------------------------------------

    def _scopes(self) -> list[list[_Scope]]:
        """All scopes, by depth; the first is the whole net."""
        levels = [[_Scope("", stop=len(self.graph.nodes))]]
        open_: list[_Scope] = [levels[0][0]]
        for i, node in enumerate(self.graph.nodes):
            *path, _ = node.id.split("/")
            shared = 0
            while shared < min(len(path), len(open_) - 1) and open_[shared + 1].path == "/".join(path[: shared + 1]):
                shared += 1
            del open_[shared + 1 :]
            for depth in range(shared, len(path)):
                scope = _Scope("/".join(path[: depth + 1]), start=i)
                open_[-1].children.append(scope)
                open_.append(scope)
                while len(levels) <= depth + 1:
                    levels.append([])
                levels[depth + 1].append(scope)
            open_[-1].children.append(i)
            for scope in open_:
                scope.stop = max(scope.stop, i + 1)
        return levels

    def _written(self, scope: _Scope) -> tuple[str, str]:
        """The path of the written block that a scope is or lies in, and the scope's own path in it without numbers."""
        path, inner = scope.path, ""
        while path and path not in self.words:
            path, _, last = path.rpartition("/")
            inner = f"_{last.rstrip('0123456789')}{inner}"
        return path, inner

    def _word(self, scope: _Scope) -> str:
        """What a scope is called: the block's word, or that of the block around it with the scope's own name."""
        path, inner = self._written(scope)
        return self.words.get(path, "") + inner

    def _is_one_block(self, scope: _Scope) -> bool:
        """One value in, one value out, and layers named as their paths say."""
        nodes, inside = self.graph.nodes, range(scope.start, scope.stop)
        received = {source for i in inside for source in nodes[i].inputs if source < scope.start}
        given = [i for i in inside if i in self.ends or any(user >= scope.stop for user in self.graph.consumers[i])]
        return (
            len(received) == 1
            and len(given) == 1
            and all(self.graph.layer_names[i] == nodes[i].id.replace("/", "_") for i in inside)
        )

    # --- items --------------------------------------------------------------------------------------------------------

    def _items(self, scope: _Scope, fewest_repeated: int = 2) -> list[Item]:
        """A scope's statements, what lies in it written out or called, and repetitions as loops."""
        items: list[Item] = []
        for child in scope.children:
            if isinstance(child, int):
                if self.graph.nodes[child].inputs:
                    items.append(self._statement(child, scope.path))
            elif child.as_one:
                items.append(child.as_one)
            else:
                prefix = child.path.rpartition("/")[2] + "_"
                if scope.path == "":
                    self._mark(child)
                items.extend(_renamed(item, prefix) for item in child.items)
        inside = {item.output for item in items}
        escaping = {i for i in inside if i in self.ends or any(u >= scope.stop for u in self.graph.consumers[i])}
        return with_loops(items, escaping, fewest_repeated)

    def _mark(self, scope: _Scope) -> None:
        """Note on each statement of a written block which block it belongs to."""
        for item in scope.items:
            for statement in item.body if isinstance(item, Loop) else [item]:
                statement.word, statement.path = self._word(scope), scope.path

    def _statement(self, i: int, path: str) -> Statement:
        node = self.graph.nodes[i]
        call = keras_layers.layer(node.op)
        # A name that met another's keeps its number, which its path does not tell.
        local = self.graph.layer_names[i][len(path) + 1 if path else 0 :]
        return Statement(
            call.name,
            call.values,
            local,
            node.inputs,
            i,
            node.op.family == "merge",
            call.bare,
            call.defaults,
        )

    # --- functions ----------------------------------------------------------------------------------------------------

    def _share(self, scopes: list[_Scope]) -> None:
        """Make one function of scopes with one make-up, and of each scope one call of it."""
        declared = self._declared(scopes)
        naming = Naming({name: [getattr(block, name) for block in found] for name, found in declared})
        items = [unified([scope.items[k] for scope in scopes], naming) for k in range(len(scopes[0].items))]
        first = scopes[0]
        block = self._block(first)
        positional = [free_name(name) for name in (type(block).positional if block else ())]
        params = naming.ordered(positional)
        bare = 0
        while bare < len(params) and (params[bare] in positional or bare == 0):
            bare += 1
        word = self._word(first)
        own = first.path.rpartition("/")[2].rstrip("0123456789")
        title = _title(block, "" if first.path in self.words else own)
        [given] = {item.output for item in first.items if self._leaves(item.output, first)}
        function = Function(word, title, params, bare, items, self._received(first), given)
        self.functions.append(function)
        for n, scope in enumerate(scopes):
            [output] = {item.output for item in scope.items if self._leaves(item.output, scope)}
            values = {param: naming.vectors[param][n] for param in params}
            scope.as_one = Statement(
                function,
                values,
                scope.path.rpartition("/")[2],
                (self._received(scope),),
                output,
                bare=bare,
                word=word,
                path=scope.path,
                nodes=sum(item.nodes for item in scope.items),
            )

    def _received(self, scope: _Scope) -> int:
        nodes = self.graph.nodes
        return next(s for i in range(scope.start, scope.stop) for s in nodes[i].inputs if s < scope.start)

    def _leaves(self, i: int, scope: _Scope) -> bool:
        return i in self.ends or any(user >= scope.stop for user in self.graph.consumers[i])

    def _block(self, scope: _Scope) -> Block | Op | None:
        return self.blocks.get(self._written(scope)[0])

    def _declared(self, scopes: list[_Scope]) -> list[tuple[str, list[Any]]]:
        """The declared parameters of the blocks that the scopes are, or lie in, with those blocks."""
        blocks = [self._block(scope) for scope in scopes]
        kind = type(blocks[0])
        if blocks[0] is None or any(type(block) is not kind for block in blocks):
            return []
        return [(param.name, blocks) for param in declare.params(kind)]


def _title(block: Block | Op | None, part: str) -> str:
    if block is None:
        return "Branches that read the same value and are merged." if not part else f"One {part}."
    first_line = (type(block).__doc__ or block.title).strip().splitlines()[0]
    return f"{block.title}, one {part}." if part else first_line


# --- make-up ----------------------------------------------------------------------------------------------------------


def _renamed(item: Item, prefix: str) -> Item:
    if isinstance(item, Loop):
        return replace(item, names=[(prefix + before, after, offset) for before, after, offset in item.names])
    return replace(item, local=prefix + item.local)


def _make_up(items: list[Item]) -> tuple[Any, ...]:
    """What two scopes must have in common to share a function: layers, names, wiring; not the values of arguments."""
    place = {item.output: k for k, item in enumerate(items)}

    def statement(item: Statement, where: dict[int, int]) -> tuple[Any, ...]:
        return callee(item), tuple(where.get(source, -1) for source in item.inputs), tuple(sorted(item.values))

    parts: list[tuple[Any, ...]] = []
    for item in items:
        if isinstance(item, Statement):
            parts.append((item.local, *statement(item, place)))
        else:
            inside = {part.output: k for k, part in enumerate(item.body)}
            body = tuple(statement(part, inside) for part in item.body)
            parts.append((place.get(item.inputs[0], -1), item.first, tuple(item.names), body))
    return tuple(parts)
