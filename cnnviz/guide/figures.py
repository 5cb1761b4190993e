"""Numbers in a text, worked out: `{params("vgg16", "dense")}` becomes 123,642,856 when the text is read.

What stands in the braces is arithmetic over calls of `FUNCTIONS`. A net is a row of the zoo or a notation, in quotes,
or a name that the text's head defines. The expression is parsed with `ast` and walked, never evaluated.
"""

from __future__ import annotations

import ast
import functools
import operator
import re
from collections.abc import Callable
from typing import Any

from .. import costs, edit, notation, report, units
from ..graph import GraphError
from ..net import NetError
from ..notation import NotationError
from ..ops import formula, shape_text
from ..report import Report
from ..zoo import BY_NAME

_PLACE = re.compile(r"\{([^{}]+)\}")


class FigureError(ValueError):
    """A text asks for a number that cannot be worked out; the message names the expression and the reason."""


def resolve(text: str, nets: dict[str, str]) -> str:
    """The text with every `{expression}` replaced by its value. Raises FigureError."""
    return _PLACE.sub(lambda found: shown(found[1], nets), text)


def shown(expression: str, nets: dict[str, str]) -> str:
    """The value of one expression as it is printed: whole numbers with all digits, units on the number's line."""
    try:
        value = _value(ast.parse(expression.strip(), mode="eval").body, nets)
    except FigureError:
        raise
    except (SyntaxError, TypeError, ValueError, KeyError) as error:
        raise FigureError(f"{{{expression}}}: {error}") from None
    if isinstance(value, str):
        return value.replace(" ", "\u00a0") if value.count(" ") == 1 else value  # 3.86 G stays on one line
    if isinstance(value, int):
        return units.exact(value)
    raise FigureError(f"{{{expression}}} is {value}: say with decimal() to how many places it is printed")


def _value(node: ast.expr, nets: dict[str, str]) -> Any:
    match node:
        case ast.Constant(value=str() | int() | float() as constant):
            return constant
        case ast.Name(id=name) if name in nets:
            return nets[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _ARITHMETIC[type(op)](_value(left, nets), _value(right, nets))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(argument, nets) for argument in arguments))
    raise FigureError(f"{ast.unparse(node)} is no figure; there are {', '.join([*FUNCTIONS, *nets])}")


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


# --- what a text can ask for ------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def report_of(net: str) -> Report:
    """The report of a row or a notation. Raises NotationError."""
    return report.of_text(BY_NAME[net].notation if net in BY_NAME else net)


def parameters(net: str, where: str = "") -> int:
    """Parameters as Keras counts them, of the whole net or of what `where` names."""
    return sum(report_of(net).costs[i].parameters for i in _inside(net, where))


def trainable(net: str, where: str = "") -> int:
    """Parameters that training changes."""
    return sum(report_of(net).costs[i].trainable for i in _inside(net, where))


def macs(net: str, where: str = "") -> int:
    """Multiply-adds for one picture."""
    return sum(report_of(net).costs[i].macs for i in _inside(net, where))


def output(net: str, where: str = "") -> str:
    """The shape that the net, or what `where` names, puts out."""
    graph = report_of(net).graph
    return shape_text(graph.nodes[_inside(net, where)[-1] if where else graph.outputs[0]].shape)


def channels(net: str, where: str = "") -> int:
    """The last side of that shape."""
    graph = report_of(net).graph
    return graph.nodes[_inside(net, where)[-1] if where else graph.outputs[0]].shape[-1]


def weights(net: str, node: str) -> str:
    """The formula of a node's parameters with its numbers: 3·3·64·128 + 128 = 73,856."""
    return formula(costs.explain(report_of(net).graph, _inside(net, node)[0]).parameters)


def work(net: str, node: str) -> str:
    """The formula of a node's MACs with its numbers."""
    return formula(costs.explain(report_of(net).graph, _inside(net, node)[0]).macs)


def field(net: str, where: str = "") -> int:
    """The side of the receptive field in pixels, of the net's last map or of what `where` names."""
    found = report_of(net)
    return found.fields[_inside(net, where)[-1] if where else found.last_map].size[0]


def activations(net: str) -> int:
    """How many values all operations together put out, for one picture."""
    return report_of(net).inference.activations // 4


def depth(net: str) -> int:
    """Convolutions and dense layers on the longest way to the output."""
    return report_of(net).depth


def at(net: str, height: int, width: int, channels: int) -> str:
    """The same net for pictures of another size."""
    return notation.print_net(edit.set_input(report_of(net).net, height, width, channels))


def error(net: str) -> str:
    """What cnnviz says of a net that cannot be built. Raises FigureError when it can."""
    try:
        notation.load(net)
    except (NotationError, NetError, GraphError) as refused:
        return re.sub(r"^line \d+: ", "", str(refused))
    raise FigureError(f"{net} can be built")


def published(row: str, figure: str) -> str:
    """A figure as the row's source prints it. Raises FigureError when the row holds no such figure."""
    if any(figure == found.figure for found in BY_NAME[row].published):
        return figure
    raise FigureError(f"{row} has no published figure {figure}")


def decimal(value: float, places: int) -> str:
    """A number to so many places."""
    return f"{value:,.{places}f}"


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "params": parameters,
    "trainable": trainable,
    "macs": macs,
    "output": output,
    "channels": channels,
    "weights": weights,
    "work": work,
    "field": field,
    "activations": activations,
    "depth": depth,
    "at": at,
    "error": error,
    "published": published,
    "decimal": decimal,
    "si": units.si,
    "binary": units.binary,
    "percent": units.percent,
}


def _inside(net: str, where: str) -> list[int]:
    """The nodes that `where` names: a node, all under a path, or all of a family such as "dense"; "" for all."""
    found = report_of(net)
    if not where:
        return [*range(len(found.graph.nodes))]
    inside = found.inside(where) or [i for i, node in enumerate(found.graph.nodes) if node.op.family == where]
    if not inside:
        raise FigureError(f"{net[:60]} has neither a node nor a family called {where}")
    return inside
