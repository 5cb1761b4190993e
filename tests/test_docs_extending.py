"""The examples of docs/extending.md, run as they stand there: declared, put into the tables, held against Keras.

Only our own document is executed, and everything that it puts into a table is taken out again.
"""

from __future__ import annotations
import __future__

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from cnnviz import codegen, costs, memory, notation, ops, palette, reference, zoo
from cnnviz.blocks import BLOCKS
from cnnviz.draw import label_lines, labels
from cnnviz.guide import documents, read, tour
from cnnviz.notation import NotationError, load, print_net
from cnnviz.zoo import figures
from tests.helpers import assert_agrees, graph_of

DOCUMENT = Path(__file__).parent.parent / "docs" / "extending.md"
FENCED = r":\n\n```python\n(.*?)```"


def section(title: str) -> str:
    """What stands under a heading of the document, which begins with A or What names."""
    below = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {title}\n")[1]
    return re.split(r"^## (?:An? |What names)", below, flags=re.MULTILINE)[0]


def imported(path: str) -> Any:
    return importlib.import_module(path.removesuffix(".py").replace("/", "."))


def run(path: str, code: str) -> dict[str, Any]:
    """The names that a module has when `code` stands at its end; the module itself stays as it is."""
    names = dict(vars(imported(path)))
    exec(compile(code, str(DOCUMENT), "exec", __future__.annotations.compiler_flag), names)
    return names


def declared(title: str) -> type:
    """The class that a section declares."""
    path, code = re.findall(rf"In\s`([\w/]+\.py)`{FENCED}", section(title), re.DOTALL)[0]
    return run(path, code)[re.findall(r"^class (\w+)", code, re.MULTILINE)[0]]


def entries(title: str) -> list[tuple[str, Any]]:
    """What a section puts into tables: the table's name, and (table, key, value), or the row for a tuple."""
    found: list[tuple[str, Any]] = []
    for name, path, code in re.findall(rf"In `(\w+)` of\s`([\w/]+\.py)`{FENCED}", section(title), re.DOTALL):
        table = getattr(imported(path), name)
        opening, closing = "{}" if isinstance(table, dict) else "()"
        put = run(path, f"put = {opening}{code}{closing}")["put"]
        found += [(name, (table, *item)) for item in put.items()] if isinstance(put, dict) else [(name, put[0])]
    return found


def register(monkeypatch: pytest.MonkeyPatch, title: str) -> type:
    """Declare what a section declares, and put it where the section says; the names of the tables are tested too."""
    made = declared(title)
    for place in (ops, label_lines):
        monkeypatch.setattr(place, made.__name__, made, raising=False)
    for table in (BLOCKS, labels._KINDS):
        monkeypatch.setitem(table, made.word, made)
    for _, (table, key, value) in entries(title):
        assert key not in table, "the example is something that cnnviz has"
        monkeypatch.setitem(table, key, value)
    return made


def put(monkeypatch: pytest.MonkeyPatch) -> zoo.Row:
    """The row of the document, in the zoo."""
    row: zoo.Row = dict(entries("A network"))["ROWS"]
    monkeypatch.setitem(zoo.BY_NAME, row.name, row)
    return row


def net_of(title: str) -> str:
    return re.findall(r"```\n(input\(.*?)```", section(title), re.DOTALL)[0]


@pytest.fixture
def prelu(monkeypatch):
    return register(monkeypatch, "An operation")


@pytest.fixture
def mlpconv(monkeypatch):
    return register(monkeypatch, "A block")


def test_the_operation_is_counted_and_keras_agrees(prelu):
    loaded = load(net_of("An operation"))
    total = costs.total(costs.node_costs(loaded.graph))
    slopes = sum(node.parameters for node in loaded.graph.nodes if isinstance(node.op, prelu))
    assert (total.parameters, slopes) == (20_138, 96)
    assert total.macs == 32 * 32 * (9 * 3 * 32 + 9 * 32 * 64) + 64 * 10
    assert [node.shape for node in loaded.graph.nodes if isinstance(node.op, prelu)] == [(32, 32, 32), (32, 32, 64)]
    assert assert_agrees(loaded.graph).parameters == 20_138
    kept, kept_without = (
        memory.training(graph, 1).activations
        for graph in (loaded.graph, graph_of("input(32, 32, 3); conv(32, 3); conv(64, 3); classifier(10)"))
    )
    assert kept - kept_without == 4 * 32 * 32 * (32 + 64)  # bytes of what each PReLU receives


def test_the_operation_is_written_read_and_exported(prelu):
    text = net_of("An operation")
    loaded = load(text)
    assert print_net(loaded.net) == text
    assert notation.parse(print_net(loaded.net, one_line=True)) == loaded.net
    with pytest.raises(NotationError, match=r"PReLU needs a map \(height, width, channels\), got 192"):
        load("input(8, 8, 3); flatten(); prelu()")
    with pytest.raises(NotationError, match="initial must be a number from -10 to 10, got 11"):
        load("input(8, 8, 3); prelu(11)")
    written: dict[str, Any] = {}
    exec(codegen.source(loaded.graph, loaded.net), written)
    assert written["build_model"]().count_params() == 20_138


def test_the_operation_has_its_words(prelu):
    assert palette.new("prelu", (8, 8, 3)).block == prelu()
    assert labels.word_title("prelu") == "PReLU"
    assert labels.detail(prelu(0.1)) == "slope from 0.1"
    assert "| `initial` | a number from -10 to 10 | `0.25` |" in reference.table(prelu)


def test_the_block_is_counted_and_keras_agrees(mlpconv):
    text = net_of("A block")
    loaded = load(text)
    assert print_net(loaded.net) == text
    assert [node.id for node in loaded.graph.nodes[1:]] == ["mlpconv1/conv", "mlpconv1/mlp1", "mlpconv1/mlp2"]
    assert [node.parameters for node in loaded.graph.nodes[1:]] == [14_592, 30_880, 15_456]
    assert assert_agrees(loaded.graph).parameters == 60_928
    assert palette.new("mlpconv", (8, 8, 3)).block == mlpconv(64, (3, 3), (64, 64))
    assert labels.detail(loaded.net.items[0].block) == "192→160→96 filters · relu"


def test_the_network_is_a_row_of_the_zoo(mlpconv, monkeypatch):
    row = put(monkeypatch)
    assert print_net(zoo.find(row.name).net) == row.notation
    main, published = figures.of_row(row)
    assert main.parameters == 966_986
    assert [(figure.published.figure, figure.met) for figure in published] == [("966,986", True)]
    assert assert_agrees(zoo.find(row.name).graph).parameters == 966_986
    _, (paints, family, paint) = next(entry for entry in entries("A network") if entry[0] == "PAINT")
    assert family == row.family
    assert not {paint[0]} & {colour for colour, _ in paints.values()}
    assert not {paint[1]} & {letter for _, letter in paints.values()}


def test_the_page_is_read_and_drawn(mlpconv, monkeypatch, tmp_path):
    put(monkeypatch)
    page = dict(entries("A page of the guide"))["FAMILIES"]
    written = re.findall(r"```markdown\n(.*?)```", section("A page of the guide"), re.DOTALL)[0]
    (tmp_path / f"{page.name}.md").write_text(written, encoding="utf-8")
    monkeypatch.setattr(read, "FOLDER", tmp_path)
    text = read.text(page.name)
    assert text.title == page.title
    assert "60,928 parameters" in text.rest
    assert "has 7,296." in text.rest
    assert "5·5·3·192 + 192 = 14,592" in text.rest
    assert "[[" not in read.linked(text.idea)
    assert set(page.rows) <= set(zoo.BY_NAME)
    assert documents.drawn(page.examples[0]).drawn["width"] > 0
    assert tour.of_block("mlpconv") == "plain"
    monkeypatch.setattr(tour, "FAMILIES", (*tour.FAMILIES, page))
    assert tour.of_block("mlpconv") == page.name
