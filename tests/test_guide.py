"""The guide: its texts, their numbers, its documents and pictures, its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import palette
from cnnviz.blocks import BLOCKS, COMPOSITES
from cnnviz.draw.folding import everything
from cnnviz.guide import documents, figures, read, tour
from cnnviz.guide.families import FAMILIES
from cnnviz.ui import guide_tour, rooms, shared
from cnnviz.zoo import BY_NAME
from docs import make_guide
from tests.test_build_page import SCRIPT, NoKeras, component_data, net_of

DOCS = Path(make_guide.__file__).parent
EACH_FAMILY = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


# --- what the tour covers ---------------------------------------------------------------------------------------------


def test_every_block_is_explained_on_one_page():
    explained = [block for family in FAMILIES for block in tour.blocks(family)]
    assert sorted(block.word for block in explained) == sorted(block.word for block in COMPOSITES)


def test_everything_in_the_palette_leads_to_a_page():
    with_blocks = {block.family for block in COMPOSITES}
    assert with_blocks <= set(palette.FAMILIES)
    assert [word for word in palette.STARTS if not tour.of_block(word)] == ["repeat"]


@EACH_FAMILY
def test_what_a_page_names_is_there(family):
    assert set(family.rows) <= set(BY_NAME)
    assert family.examples[0].picture
    for example in family.examples:
        found = figures.report_of(example.net)
        assert set(example.opened) <= everything(found.graph), example.name
    names = [example.name for each in FAMILIES for example in each.examples]
    assert len(set(names)) == len(names)


def test_all_seventeen_questions_are_answered():
    asked = read.questions()
    assert [question.number for question in asked] == [*range(1, 18)]
    assert all(len(question.answer) > 200 for question in asked)
    assert {question.number for question in asked if "**Out of scope" in question.answer} == {6, 7, 15, 17}
    on_pages = [number for family in FAMILIES for number in family.questions]
    assert len(set(on_pages)) == len(on_pages)
    assert set(on_pages) | {6, 7, 15} == {*range(1, 18)}


def test_a_page_is_found_by_its_name_and_by_its_blocks():
    assert [tour.find(name) for name in tour.NAMES] == [*tour.NAMES]
    assert tour.find("bottleneck") == "residual"
    assert tour.find("convnext") == "mobile", "named there, though its family is another"
    assert tour.find("flatten") == "heads"
    for word in ("**bold**", "_a_", "![x](https://example.org/x.png)", "a b", "x" * 41, ""):
        with pytest.raises(tour.NoPage, match="^The guide has no such page; it has plain, inception"):
            tour.find(word)
    with pytest.raises(tour.NoPage, match=r"no page residul \(did you mean residual\?\); it has plain, inception"):
        tour.find("residul")


# --- numbers ----------------------------------------------------------------------------------------------------------

# What the papers, libraries and tutorials print, and what follows from the tutorials' own arithmetic.
PRINTED = {
    "plain": ("138,357,544", "37,694,248", "60,000", "1,516", "2,416", "900 MACs"),
    "inception": ("102,400", "29,696", "3,584", "110,720", "22 of the paper"),
    "residual": ("25,557,032", "483", "427", "38,976", "3.8 G", "4.089 G", "make 50"),
    "densenet": ("7,978,856", "8,062,504", "56×56×256", "7×7×1024"),
    "mobile": ("4,253,864", "3,538,984", "22,910,480", "1,248,424", "569 M"),
    "heads": ("7×7×10", "20,971,525"),
    "questions": ("3,584", "110,720", "2,147,483,647", "340×340×64", "7×7×2048"),
}


@pytest.mark.parametrize("name", tour.NAMES)
def test_figures_known_from_elsewhere_stand_in_the_text(name):
    text = " ".join(f"{read.text(name).idea} {read.text(name).rest}".split())
    assert [figure for figure in PRINTED[name] if figure not in text] == []


# What a reader reported and we do not work out.
REPORTED = {"500 M", "80 %"}


@pytest.mark.parametrize("name", ["index", *tour.NAMES])
def test_no_large_figure_is_typed(name):
    _, written = read.source(name)
    plain = re.sub(r"\{[^{}]*\}|`[^`]*`", "", written)
    typed = re.findall(r"\d+(?:,\d{3})+|\d+(?:\.\d+)? (?:[kMG]\b|[KMG]iB\b|%)|\d{4,}(?! \|)(?!\))", plain)
    assert [figure for figure in typed if figure not in REPORTED | {"1998"}] == []


def macs(net: str) -> int:
    return figures.report_of(net).total.macs


def weights(net: str) -> int:
    return figures.report_of(net).total.parameters


def test_two_3x3_without_padding_are_cheaper_beyond_ten():
    for side in range(5, 41):
        one = macs(f"input({side}, {side}, 1); conv(1, 5, padding=valid)")
        two = macs(f"input({side}, {side}, 1); 2 * conv(1, 3, padding=valid)")
        assert (two < one) == (side > 10), side


@pytest.mark.parametrize(("channels", "filters"), [(3, 128), (256, 128), (64, 32)])
def test_where_a_reduction_begins_to_pay(channels, filters):
    limit = 9 * channels * filters / (channels + 9 * filters)
    start = f"input(8, 8, {channels})"
    direct = weights(f"{start}; conv({filters}, 3, use_bias=false)")
    for width in range(1, 2 * channels):
        reduced = weights(f"{start}; conv({width}, 1, use_bias=false); conv({filters}, 3, use_bias=false)")
        assert (reduced < direct) == (width < limit), width


@pytest.mark.parametrize("growth", [12, 32])
def test_where_a_dense_bottleneck_begins_to_pay(growth):
    def convolutions(channels: int, width: int) -> int:
        net = figures.report_of(f"input(8, 8, {channels}); dense_block(1, {growth}, bottleneck_width={width})")
        return sum(node.parameters for node in net.graph.nodes if node.op.family == "convolution")

    for channels in range(1, 20 * growth, 7):
        assert (convolutions(channels, 4) < convolutions(channels, 0)) == (channels > 7.2 * growth), channels


def test_a_separable_convolution_takes_a_ninth_and_an_nth():
    for filters in (16, 128, 512):
        whole = macs(f"input(9, 9, 32); conv({filters}, 3)")
        split = macs(f"input(9, 9, 32); depthwise_conv(3); conv({filters}, 1)")
        assert 9 * filters * split == (filters + 9) * whole  # split / whole = 1/9 + 1/filters


def test_relu_on_the_shortcut_changes_no_count():
    assert weights("input(9, 9, 3); residual(4)") == weights("input(9, 9, 3); residual(4, shortcut_activation=relu)")


def test_a_series_as_a_picture_has_the_weights_of_one_dimension():
    assert weights("input(300, 1, 1); conv(32, (9, 1))") == 9 * 32 + 32


# --- the expressions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('params("lenet5")', "61,706"),
        ("params(tiny)", "10"),
        ("weights(tiny, 'conv1')", "3·3·1·1 + 1 = 10"),
        ("output(tiny)", "4×4×1"),
        ("2**10 + 1", "1,025"),
        ("decimal(1 / 3, 2)", "0.33"),
        ("si(macs(at(tiny, 100, 100, 1)))", "90.0 k"),
        ('published("vgg16", "138 M")', "138 M"),
    ],
)
def test_an_expression_is_worked_out(expression, value):
    shown = figures.shown(expression, {"tiny": "input(4, 4, 1); conv(1, 3)"})
    assert shown.replace("\u00a0", " ") == value


@pytest.mark.parametrize(
    "expression",
    [
        "1 / 3",
        'params("no_such_row")',
        'params("vgg16", "no_such_layer")',
        'published("vgg16", "1 M")',
        'error("input(4, 4, 1); conv(1, 3)")',
        "__import__('os')",
        "params.__globals__",
        "[1][0]",
        "open('x')",
        "params(",
        "unknown",
        "'a' * 9 + 1",
    ],
)
def test_what_is_no_figure_is_refused(expression):
    with pytest.raises(figures.FigureError):
        figures.shown(expression, {})


# --- documents --------------------------------------------------------------------------------------------------------


def test_documents_and_pictures_are_up_to_date():
    """Refresh with: python -m docs.make_guide"""
    assert make_guide.stale_files(documents.documents() | documents.pictures()) == []


def test_links_and_pictures_of_the_documents_lead_somewhere():
    for path in [*(DOCS / "families").glob("*.md"), DOCS / "questions.md"]:
        text = path.read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
        assert targets
        assert [target for target in targets if not (path.parent / target).exists()] == []
        assert "{" not in text.replace("parallel([…", ""), "an expression was left as it is"
        assert "[[" not in text
    anchors = re.findall(r'name="(q\d+)"', (DOCS / "questions.md").read_text(encoding="utf-8"))
    linked = [link for path in (DOCS / "families").glob("*.md") for link in re.findall(r"#(q\d+)", path.read_text())]
    assert set(linked) <= set(anchors)


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setattr(shared, "keras", NoKeras)
    found = AppTest.from_file(str(SCRIPT), default_timeout=30)
    found.run()
    found.switch_page(rooms.GUIDE)
    return found


def title(page) -> str:
    """The heading of the page in sight."""
    return next(line for block in page.markdown for line in block.value.splitlines() if line.startswith("# "))[2:]


@pytest.mark.parametrize("name", tour.NAMES)
def test_every_page_opens(page, name):
    page.query_params[guide_tour.ASKED] = name
    page.run()
    assert not page.exception
    assert not page.error
    assert title(page) == read.text(name).title


@EACH_FAMILY
def test_every_example_is_drawn_and_opens_in_build(page, family):
    page.query_params[guide_tour.ASKED] = family.name
    page.run()
    picker = f"guide_examples_{family.name}"
    for example in family.examples:
        page.button_group(key=picker).set_value(example.name).run()
        assert not page.exception
        assert component_data(page, "cnnviz_diagram")["name"] == example.name
    page.button(key="guide_open").click().run()
    assert not page.exception
    assert net_of(page).text == figures.report_of(family.examples[-1].net).text


def test_an_unknown_page_is_one_clear_line_above_the_index(page):
    page.query_params[guide_tour.ASKED] = "densnet"
    page.run()
    assert not page.exception
    assert [error.value.replace("\\", "") for error in page.error] == [
        f"The guide has no page densnet (did you mean densenet?); it has {', '.join(tour.NAMES)}."
    ]
    assert title(page) == read.text("index").title


def test_the_whole_tour_by_next(page):
    page.run()
    seen = []
    for _ in tour.NAMES:
        page.button(key="guide_next").click().run()
        assert not page.exception
        seen.append(title(page))
    assert seen == [read.text(name).title for name in tour.NAMES]
    assert "guide_next" not in [button.key for button in page.button]


def test_the_net_in_build_stays_while_the_guide_is_read(page):
    page.switch_page(rooms.BUILD).run()
    page.selectbox(key="preset").select("lenet5").run()
    page.switch_page(rooms.GUIDE)
    page.query_params.clear()  # what a page switch does
    page.run()
    assert net_of(page).text == BY_NAME["lenet5"].notation
    assert "net" not in page.query_params


def test_a_selected_block_leads_to_its_page(page):
    page.switch_page(rooms.BUILD)
    page.query_params["net"] = "densenet121"
    page.run()
    assert page.button(key="to_guide").label == "Guide: the architectures"
    session = page.session_state["session"]
    session.select_node("dense_block2/layer3/conv1")
    page.run()
    assert page.button(key="to_guide").label == "Guide: Dense blocks"
    page.button(key="to_guide").click().run()
    assert not page.exception
    assert title(page) == "Dense blocks"


@pytest.mark.parametrize("word", ["", "vgg", "conv", "no_such_block", *BLOCKS])
def test_help_never_leads_nowhere(word):
    page = tour.of_block(word)
    assert page in tour.BY_PAGE or (page == "" and word not in BLOCKS)
