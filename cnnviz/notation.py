"""Text ⇄ Net: the one notation of links, command line, zoo, undo, runs and tests.

    input(224, 224, 3)
    vgg(64, convs=2); vgg(128, convs=2)
    3 * residual(64)
    parallel([conv(64, 1, relu)], [maxpool(3, strides=1, padding=same)])
    classifier(1000)

Newline or `;` separates. Arguments are positional or named; what equals its default is not printed. Text is parsed,
never evaluated. Printing and parsing are inverse: `parse(print_net(net)) == net`.
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from . import declare
from .blocks import BLOCKS
from .declare import ParamError, shown, suggestion
from .graph import Graph, GraphError, Place
from .net import Aux, Item, Net, NetError, Parallel, Repeat, Step
from .notation_print import print_net as print_net
from .notation_syntax import MOST_TEXT as MOST_TEXT
from .notation_syntax import NotationError as NotationError
from .notation_syntax import tree_of
from .ops import Input

_WORDS = {"none": None, "true": True, "false": False}
_STRUCTURES = ("parallel", "aux", "input")


class Parsed(NamedTuple):
    """A net, and at which line each of its items is written."""

    net: Net
    lines: dict[Place, int]


class Loaded(NamedTuple):
    """A net that holds together, with its graph."""

    net: Net
    graph: Graph


def load(text: str) -> Loaded:
    """The net that `text` writes, and its graph. Raises NotationError, also when shapes do not fit."""
    net, lines = read(text)
    try:
        return Loaded(net, net.to_graph())
    except (GraphError, NetError) as error:
        raise NotationError(str(error), _line_of(error.place, lines), error.place) from None


def parse(text: str) -> Net:
    """The net that `text` writes; its shapes are not checked yet. Raises NotationError."""
    return read(text).net


def read(text: str) -> Parsed:
    """The net and the line of each item. Raises NotationError."""
    tree = tree_of(text)
    if not tree.body:
        raise NotationError("there is no net here; begin with input(height, width, channels)")
    reader = _Reader()
    first, *rest = tree.body
    taken = reader.input(first)
    items = tuple(reader.item(_expression(statement), (i,)) for i, statement in enumerate(rest))
    try:
        net = Net(taken, items)
    except NetError as error:
        raise NotationError(str(error), _line_of(error.place, reader.lines), error.place) from None
    if len(text) > MOST_TEXT // 4 and len(print_net(net, one_line=True)) > MOST_TEXT:
        raise NotationError(f"the net takes over {MOST_TEXT:,} characters when it is printed; repeat with n * block(…)")
    return Parsed(net, reader.lines)


def _expression(statement: ast.stmt) -> ast.expr:
    if not isinstance(statement, ast.Expr):
        raise NotationError("a net is a list of blocks like conv(64, 3)", statement.lineno)
    return statement.value


def _line_of(place: Place, lines: dict[Place, int]) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


class _Reader:
    """Reads items out of the syntax tree, noting the line of each."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}

    def input(self, statement: ast.stmt) -> Input:
        node = _expression(statement)
        self.lines[()] = node.lineno
        if not isinstance(node, ast.Call) or _word(node) != "input":
            raise NotationError("a net begins with input(height, width, channels)", node.lineno)
        made: Input
        made, name = self._declared(Input, node, ())
        if name:
            raise NotationError("input: takes no name", node.lineno)
        return made

    def item(self, node: ast.expr, place: Place) -> Item:
        self.lines[place] = node.lineno
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return self._repeat(node, place)
        if not isinstance(node, ast.Call):
            raise self._error(_not_a_block(node), node, place)
        word = _word(node)
        if word == "parallel":
            return self._parallel(node, place)
        if word == "aux" and node.args and isinstance(node.args[0], ast.List):
            return self._aux(node, place)
        if word == "input":
            raise self._error("input: stands once, at the beginning", node, place)
        declared = BLOCKS.get(word)
        if declared is None:
            near = suggestion(word, [*BLOCKS, *_STRUCTURES])
            raise self._error(f"there is no block {shown(word)}{near}" + ("" if near else _all_blocks()), node, place)
        made, name = self._declared(declared, node, place)
        return Step(made, name)

    def items(self, node: ast.expr, place: Place, what: str) -> tuple[Item, ...]:
        if not isinstance(node, ast.List):
            raise self._error(f"{what} must be a list of blocks in [ ], got {_source(node)}", node, place)
        return tuple(self.item(inner, (*place, i)) for i, inner in enumerate(node.elts))

    def _repeat(self, node: ast.BinOp, place: Place) -> Repeat:
        times = _constant(node.left)
        if not isinstance(times, int) or isinstance(times, bool):
            raise self._error(f"a repetition is written n * block(…), got {_source(node.left)} before *", node, place)
        if isinstance(node.right, ast.List):
            return Repeat(times, self.items(node.right, place, "a repetition"))
        return Repeat(times, (self.item(node.right, (*place, 0)),))

    def _parallel(self, node: ast.Call, place: Place) -> Parallel:
        branches = tuple(self.items(arg, (*place, b), "parallel: a branch") for b, arg in enumerate(node.args))
        named = self._keywords(node, place, ("merge", "name"))
        return Parallel(branches, named.get("merge", "concat"), named.get("name", ""))

    def _aux(self, node: ast.Call, place: Place) -> Aux:
        if len(node.args) > 1:
            raise self._error("aux: takes one list of blocks", node, place)
        return Aux(self.items(node.args[0], place, "aux"), self._keywords(node, place, ("name",)).get("name", ""))

    def _keywords(self, node: ast.Call, place: Place, allowed: tuple[str, ...]) -> dict[str, str]:
        found = {}
        for keyword in node.keywords:
            name = keyword.arg or "**"
            if name not in allowed:
                wrong = f"{_word(node)}: no parameter {shown(name)}{suggestion(name, allowed)}"
                raise self._error(f"{wrong}; it takes {', '.join(allowed)}", keyword.value, place)
            value = _constant(keyword.value)
            if not isinstance(value, str):
                raise self._error(f"{_word(node)}: {name} must be a word, got {_source(keyword.value)}", node, place)
            found[name] = value
        return found

    def _declared(self, declared: type, node: ast.Call, place: Place) -> tuple[Any, str]:
        """An operation or block, and its name, from a call's arguments."""
        word = declared.word  # type: ignore[attr-defined]
        given: dict[str, Any] = {}
        name = ""
        try:
            for argument in node.args:
                given.setdefault(*_positional(declared, argument, given))
            for keyword in node.keywords:
                key = keyword.arg or "**"
                value = _argument(keyword.value)
                if key == "name":
                    if not isinstance(value, str) or not value:
                        raise ParamError("name", f"name must be a word, got {_source(keyword.value)}")
                    name = value
                elif key in given:
                    raise ParamError(key, f"{key} is given twice")
                else:
                    given[key] = value
            return declare.make(declared, given), name
        except ParamError as error:
            raise self._error(f"{word}: {error}", node, place) from None

    def _error(self, message: str, node: ast.expr, place: Place) -> NotationError:
        return NotationError(message, node.lineno, place)


def _positional(declared: type, argument: ast.expr, given: dict[str, Any]) -> tuple[str, Any]:
    """The parameter that a bare argument stands for: the next one, or for a word the first that knows the word."""
    value = _argument(argument)
    free = [param for param in declare.params(declared) if param.name not in given]
    if not free:
        most = f"at most {len(given)} argument{'s' * (len(given) > 1)}" if given else "no arguments"
        raise ParamError("", f"takes {most}")
    if isinstance(argument, ast.Name) and isinstance(value, str) and value not in free[0].options:
        for param in free:
            if param.kind == "choice" and value in param.options:
                return param.name, value
    return free[0].name, value


def _argument(node: ast.expr) -> Any:
    """A number, a word, or a tuple or list of numbers."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(_constant(inner) for inner in node.elts)
    return _constant(node)


def _constant(node: ast.expr) -> Any:
    """A number or a word; anything else comes back as its source text, which no check accepts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str, bool, type(None))):
        return node.value
    if isinstance(node, ast.Name):
        return _WORDS.get(node.id, node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _constant(node.operand)
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            return -number
    return _source(node)


def _word(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else _source(node.func)


def _source(node: ast.expr) -> str:
    try:
        return shown(ast.unparse(node))
    except RecursionError:  # a.a.a… or a + a + a… without end
        return "something that is nested too deep"


def _not_a_block(node: ast.expr) -> str:
    if isinstance(node, ast.Name) and node.id in BLOCKS:
        return f"{node.id}: a block is written with brackets, {node.id}()"
    return f"a block is written like conv(64, 3), got {_source(node)}"


def _all_blocks() -> str:
    """What can be written, for a word that is like none of it: a few of the most used, and where all are listed."""
    common = "conv, maxpool, dense, vgg, inception, residual, dense_block, classifier, parallel"
    return f"; there are {len(BLOCKS) + 1}, such as {common} (docs/notation.md lists all)"
