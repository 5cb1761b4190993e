"""Graph → Python source that stands alone and builds the same Keras model: same layers, names, order and summary."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from . import costs, notation_print
from .code_items import Function, Item, Loop, Statement
from .code_plan import Plan, plan
from .code_writer import INDENT, WIDTH, broken, lines_of, name_inside, own_name, variables_of
from .graph import Graph
from .net import Net, walk

_CUSTOM = Path(__file__).with_name("keras_custom.py")


def source(graph: Graph, net: Net, name: str = "model") -> str:
    """Python source with a function `build_model()`. `name` titles the file and names the model."""
    program = plan(graph, net)
    custom = _custom_layers(program)
    parameters = costs.total(costs.node_costs(graph)).parameters
    title = f'"""{_printable(name)}: {len(graph.nodes) - 1:,} layers, {parameters:,} parameters. Needs Keras 3."""'
    imported = "from keras import layers, ops" if any("ops." in text for text in custom) else "from keras import layers"
    parts = [
        f"{title}\n\nimport keras\n{imported}\n",
        *custom,
        *map(_function, program.functions),
        _build_model(program, graph, net, model_name(name)),
        'if __name__ == "__main__":\n    build_model().summary()\n',
    ]
    return "\n\n".join(parts)


def model_name(name: str) -> str:
    """What the Keras model is called in code titled `name`."""
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")[:60] or "model"


def _printable(name: str) -> str:
    """A name that strangers may have given, as it may stand in a docstring."""
    return re.sub(r"[^\w .,()+-]", " ", name, flags=re.ASCII).strip()[:60] or "A model"


def _function(function: Function) -> str:
    variables = variables_of(function.items, function.input, "x", {function.output: ""}, taken=function.params)
    lines = [
        *broken(f"def {function.name}(", ["x", *function.params, "name"], "):"),
        *textwrap.wrap(f'"""{function.title}"""', WIDTH, initial_indent=INDENT, subsequent_indent=INDENT),
        *lines_of(function.items, variables, name_inside, 1),
        f"{INDENT}return {variables[function.output]}",
    ]
    return "\n".join(lines) + "\n"


def _build_model(program: Plan, graph: Graph, net: Net, name: str) -> str:
    functions = {function.name for function in program.functions}
    main, *heads = graph.outputs
    outputs = {main: ""} | {head: _head_name(graph, head, functions) for head in heads}
    variables = variables_of(program.items, 0, "inputs", outputs, taken=functions)
    given = [variables[i] for i in graph.outputs]
    if heads:
        given = [f"[{given[0]}", *given[1:-1], f"{given[-1]}]"]
    lines = [
        "def build_model():",
        f'{INDENT}inputs = keras.Input({graph.nodes[0].shape}, name="{graph.layer_names[0]}")',
        *lines_of(program.items, variables, own_name, 1, _Comments(graph, net).before),
        "",
        *broken(f"{INDENT}return keras.Model(", ["inputs", *given, f'name="{name}"'], ")"),
    ]
    return "\n".join(lines) + "\n"


def _head_name(graph: Graph, head: int, functions: set[str]) -> str:
    """The variable of an auxiliary head: its layer's name, which no other layer has."""
    return f"{graph.layer_names[head]}_output" if graph.layer_names[head] in functions else graph.layer_names[head]


class _Comments:
    """The comments in the model: which written block the statements that follow are."""

    def __init__(self, graph: Graph, net: Net) -> None:
        items = dict(walk(net.items))
        self.written = {span.id: items[span.place] for span in graph.spans if "/" not in span.id}

    def before(self, item: Item, previous: Item | None) -> Iterator[str]:
        """A comment where a block's statements begin, a blank line where they end; a call names its block itself."""
        block, block_before = _written_out(item), _written_out(previous)
        if block and block != block_before:
            yield ""
            text = f"# {block}: {notation_print.print_item(self.written[block])}"
            yield text if len(text) < WIDTH - 4 else text[: WIDTH - 5] + "…"
        elif block_before and not block:
            yield ""


def _written_out(item: Item | None) -> str:
    """The block whose statements stand in the model itself, in which this item is one; else nothing."""
    first = item.body[0] if isinstance(item, Loop) else item
    return first.path if first is not None and isinstance(first.call, str) else ""


def _custom_layers(program: Plan) -> list[str]:
    """The source of those layers of ours that the program uses, in the order in which they are written."""
    used = {call for items in [program.items, *(f.items for f in program.functions)] for call in _called(items)}
    text = _CUSTOM.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name in used:
            found.append("\n".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno]) + "\n")
    return found


def _called(items: list[Item]) -> Iterator[str]:
    for item in items:
        for statement in item.body if isinstance(item, Loop) else [item]:
            if isinstance(statement, Statement) and isinstance(statement.call, str):
                yield statement.call
