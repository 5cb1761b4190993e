"""Every row's published figures are met under their convention, or the row says why not; and rows are complete."""

import json
import re
from urllib.parse import quote

import pytest

from cnnviz import zoo
from cnnviz.cli import main
from cnnviz.notation import load, parse, print_net
from cnnviz.report import of_text
from cnnviz.ui.links import link_of, opened
from cnnviz.zoo import citation, figures, papers

ROWS = pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
FAMILIES = ("LeNet", "AlexNet", "VGG", "Inception", "ResNet", "DenseNet", "Mobile", "ConvNeXt")
MOST_LINES, LONGEST_LINE = 26, 210  # a row reads like the paper's table

# The LeNet paper's counts of connections, layer by layer (section II.B), by the first operation of the layer.
LENET_CONNECTIONS = {"c1": 122_304, "s2": 5_880, "c3": 151_600, "s4": 2_000, "c5": 48_120, "f6": 10_164, "rbf1": 840}


# --- published figures ------------------------------------------------------------------------------------------------


@ROWS
def test_published_figures_are_met_or_the_row_says_why_not(row):
    for figure in figures.compared(row):
        said = figure.published
        where = f"{row.name}: {said.what} {said.figure} ({said.source}), ours {figure.ours:,}"
        assert said.source, where
        assert figure.met or said.reason, f"{where} is not met, and there is no reason"
        assert not (figure.met and said.reason), f"{where} is met, so it needs no reason"
        assert not said.reason or said.reason.endswith("."), where


@pytest.mark.parametrize(
    ("text", "figure", "unit"),
    [
        ("25,557,032", 25_557_032, 1),
        ("60,000", 60_000, 1),
        ("124", 124, 1),
        ("3.8 G", 3_800_000_000, 100_000_000),
        ("0.27 M", 270_000, 10_000),
        ("15.47 G", 15_470_000_000, 10_000_000),
        ("138 M", 138_000_000, 1_000_000),
        ("1.0 M", 1_000_000, 100_000),
        ("5.5 k", 5_500, 100),
    ],
)
def test_a_printed_figure_and_its_last_digit(text, figure, unit):
    assert figures.read_figure(text) == (figure, unit)


@pytest.mark.parametrize("text", ["", "G", "3,8 G", "25,55", "3.8", "1.2345 k", "-3 M", "3.8G", "3 T", "about 3 M"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(f"got {text}")):
        figures.read_figure(text)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("138 M", True),
        ("139 M", True),
        ("137 M", False),
        ("140 M", False),
        ("138,357,544", True),
        ("138,357,545", False),
    ],
)
def test_met_is_less_than_one_unit_of_the_last_digit(text, met):
    """VGG-16 has 138,357,544 parameters."""
    published = zoo.Published("parameters", text, "test")
    assert figures.compare_figure(published, zoo.find("vgg16").graph).met is met


def test_a_figure_of_no_measure_is_refused():
    with pytest.raises(ValueError, match="there is no measure params; there are parameters"):
        figures.compare_figure(zoo.Published("params", "1", "test"), zoo.find("lenet5").graph)


# --- measures ---------------------------------------------------------------------------------------------------------


def measured(what, name):
    return figures.MEASURES[what].of(load(zoo.BY_NAME.get(name).notation if name in zoo.BY_NAME else name).graph)


def test_every_measure_says_its_rule():
    assert all(name == measure.name and measure.rule.endswith(".") for name, measure in figures.MEASURES.items())


def test_connections_of_the_1998_lenet_layer_by_layer():
    """Cut behind each layer; what the layer adds is its count."""
    text = zoo.BY_NAME["lenet5-1998"].notation
    ends = {"c1": "avgpool(name=s2)", "s2": "sparse_conv", "c3": "avgpool(name=s4)", "s4": "conv(120", "c5": "dense",
            "f6": "rbf"}  # fmt: skip
    upto = {layer: measured("connections", text[: text.index(end)]) for layer, end in ends.items()}
    upto["rbf1"] = measured("connections", text)
    found, before = {}, 0
    for layer, count in upto.items():
        found[layer], before = count - before, count
    assert found == LENET_CONNECTIONS
    assert before == sum(LENET_CONNECTIONS.values()) == 340_908


def test_connections_by_counting_every_one():
    """A 2×2 kernel on a 3×3 map of two channels: four positions, each with 8 inputs and a bias, for three filters."""
    text = "input(3, 3, 2); conv(3, 2, padding=valid); maxpool(2); dense(5, use_bias=false)"
    connections = 0
    for _ in range(4 * 3):
        connections += 8 + 1
    for _ in range(3):
        connections += 4
    for _ in range(5):
        connections += 3
    assert measured("connections", text) == connections


def test_connections_are_not_guessed():
    with pytest.raises(figures.MeasureError, match="bn1: .* knows no batch normalisation"):
        measured("connections", "input(3, 3, 2); bn()")


def test_conv_biases_are_those_that_the_net_would_have():
    text = "input(9, 9, 3); {}(8, 3{}); separable_conv(5, 3{}); depthwise_conv(3{}); gap(); dense(4, use_bias=false)"
    without = text.format("conv", *[", use_bias=false"] * 3)
    with_biases = text.format("conv", *[""] * 3)
    assert measured("parameters with conv biases", without) == measured("parameters", with_biases)
    assert measured("parameters with conv biases", with_biases) == measured("parameters", with_biases)


def test_heads_are_left_out():
    main = "input(9, 9, 3); conv(8, 3); {}bn(); gap(); dense(4)"
    without, whole = main.format(""), main.format("aux([conv(7, 3), bn(), gap(), dense(4)]); ")
    for what in ("trainable parameters", "MACs"):
        assert measured(f"{what} without heads", whole) == measured(what, without) < measured(what, whole)


def test_flops_are_twice_the_macs():
    assert measured("FLOPs", "vgg16") == 2 * measured("MACs", "vgg16") == 30_940_528_640


def test_overview_has_every_row():
    rows = figures.overview()
    assert [found.row for found in rows] == list(zoo.ROWS)
    vgg = next(found for found in rows if found.row.name == "vgg16")
    assert vgg[1:] == (138_357_544, 138_357_544, 15_470_264_320, 16, (224, 224, 3))


# --- links and notation -----------------------------------------------------------------------------------------------


@ROWS
def test_a_row_opens_from_its_name_and_from_a_short_link(row):
    found = of_text(row.notation)
    assert zoo.BY_NAME[link_of(found)].notation == row.notation  # two rows may be the same network
    assert opened(row.name)[0].text == row.notation
    written = found.line.replace("; ", ";").replace(", ", ",")
    assert (
        len("https://cnnviz.example.org/?net=" + quote(written)) < 2_000
    )  # each bracket and comma as three characters
    assert opened(written)[0].text == row.notation


@ROWS
def test_notation_is_canonical_and_short(row):
    assert print_net(parse(row.notation)) == row.notation
    lines = row.notation.splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= LONGEST_LINE


# --- rows -------------------------------------------------------------------------------------------------------------


@ROWS
def test_a_row_is_complete(row):
    assert re.fullmatch(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", row.name)
    assert len(row.name) <= 40
    assert row.title
    assert row.section
    assert row.family in FAMILIES
    assert row.original != row.name
    assert row.original in ("", *zoo.BY_NAME)
    assert not row.deviations or row.deviations.endswith(".")
    assert row.deviations == row.deviations.strip()
    assert "  " not in row.deviations
    if row.source:
        assert row.source in vars(papers).values()
        assert row.name.startswith(SOURCES[row.source])
    if row.top5:
        assert 2 < row.top5.error < 25
        assert row.top5.source


SOURCES = {papers.MLM: "mlm-", papers.CSDN: "csdn-", papers.DDI: "ddi-", papers.COURSERA: "coursera-",
           papers.TFNOTES: "tfnotes-"}  # fmt: skip


def test_titles_are_unique_beside_their_source():
    titles = [(row.title, row.source) for row in zoo.ROWS]
    assert len(set(titles)) == len(titles)


def test_an_original_is_no_circle():
    for row in zoo.ROWS:
        seen = {row.name}
        while row.original:
            assert row.original not in seen
            seen.add(row.original)
            row = zoo.BY_NAME[row.original]


@pytest.mark.parametrize("paper", sorted({row.paper for row in zoo.ROWS}), ids=lambda paper: paper.key)
def test_a_paper_can_be_cited(paper):
    assert paper.authors
    assert 1990 < paper.year < 2030
    assert re.fullmatch(r"|\d{4}\.\d{4,5}", paper.arxiv)
    entry = citation.bibtex(paper)
    assert entry.count("{") == entry.count("}")
    assert f"{{{paper.key}," in entry
    authors = next(line for line in entry.splitlines() if line.startswith("  author = "))
    assert authors.count(" and ") == paper.authors.count(",")
    assert citation.line(paper).startswith(paper.authors)
    assert citation.link(paper) == (f"https://arxiv.org/abs/{paper.arxiv}" if paper.arxiv else "")


def test_citations_as_bibliographies_print_them():
    assert citation.bibtex(papers.LENET) == (
        "@article{lecun1998gradient,\n"
        "  author = {LeCun, Y. and Bottou, L. and Bengio, Y. and Haffner, P.},\n"
        "  title = {{Gradient-Based Learning Applied to Document Recognition}},\n"
        "  journal = {Proceedings of the IEEE},\n"
        "  volume = {86},\n"
        "  number = {11},\n"
        "  year = {1998},\n"
        "}\n"
    )
    entry = citation.bibtex(papers.DENSENET)
    assert "van der Maaten, L. and Weinberger, K. Q.}" in entry
    assert "@inproceedings{huang2017densely,\n" in entry
    assert "  year = {2017},\n  eprint = {1608.06993},\n  archivePrefix = {arXiv},\n" in entry
    assert "$<$0.5MB" in citation.bibtex(papers.SQUEEZENET)
    assert citation.line(papers.DENSENET).endswith("Densely Connected Convolutional Networks. CVPR 2017.")


def test_the_command_line_prints_rows_with_their_figures(capsys):
    assert main(["zoo", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["resnet50"]["published"][0] == {
        "what": "trainable parameters",
        "figure": "25,557,032",
        "source": "torchvision",
        "reason": "",
        "ours": 25_557_032,
        "met": True,
    }
    assert rows["vgg16"]["params"] == 138_357_544
    assert rows["vgg16"]["input"] == [224, 224, 3]
    assert rows["vgg16"]["original"] is None
    assert rows["csdn-vgg16"]["original"] == "vgg16"
    assert rows["csdn-vgg16"]["source"] == "CSDN"
    assert rows["inception-v3"]["as_in"] == zoo.BY_NAME["inception-v3"].as_in
    assert rows["alexnet"]["top5"]["error"] == zoo.BY_NAME["alexnet"].top5.error
    assert main(["zoo"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({len(line) for line in lines}) == 1, "columns are aligned"
    assert lines[0].split()[0] == zoo.ROWS[0].name
