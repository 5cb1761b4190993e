"""The Zoo page without a browser: what the gallery is told, every network's view, links, and what cannot be."""

import itertools
import json

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import units, zoo
from cnnviz.compare import compare
from cnnviz.report import of_text
from cnnviz.ui import comparison, rooms, shared, toolbar, zoo_gallery, zoo_row
from cnnviz.zoo import figures
from tests.test_build_page import SCRIPT, NoKeras

WITH_ORIGINAL = [row.name for row in zoo.ROWS if row.original]


@pytest.fixture
def page(monkeypatch):
    """The Zoo as a new visitor finds it."""
    monkeypatch.setattr(shared, "keras", NoKeras)
    found = AppTest.from_file(str(SCRIPT), default_timeout=60)
    found.run()
    found.switch_page(rooms.ZOO)
    return found


def words(page):
    """All that is written on the page."""
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.code, *page.subheader))


def test_the_gallery_is_told_every_network_with_our_figures():
    told = {row["name"]: row for row in json.loads(zoo_gallery.payload())["rows"]}
    assert [*told] == [row.name for row in zoo.ROWS]
    for name in ("lenet5-1998", "resnet50", "ddi-googlenet"):
        total = of_text(zoo.BY_NAME[name].notation).total
        assert (told[name]["parameters"], told[name]["macs"]) == (total.parameters, total.macs)
    assert told["vgg16"]["by"] == "Simonyan and Zisserman"
    assert told["resnet50"]["by"] == "He et al."
    assert told["xception"]["by"] == "Chollet"
    assert told["csdn-vgg16"]["source"] == "CSDN"


def test_every_family_has_a_colour_and_a_letter_of_its_own():
    families = {row.family for row in zoo.ROWS}
    assert set(zoo_gallery.PAINT) == families
    assert len({paint for paint, _ in zoo_gallery.PAINT.values()}) == len(families)
    assert len({mark for _, mark in zoo_gallery.PAINT.values()}) == len(families)


@pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
def test_every_network_has_its_view(page, row):
    page.query_params[zoo_row.ASKED] = row.name
    page.run()
    assert not page.exception
    assert not page.error
    said = words(page)
    assert f"# {row.title}" in said
    assert row.deviations in said
    assert row.notation.strip() in said
    assert row.paper.title in said
    for found in figures.compared(row):
        assert f"**{found.published.figure}** published · **{units.exact(found.ours)}** ours" in said
        assert found.met or found.published.reason.rstrip(".") in said


def test_an_unknown_network_is_one_clear_line_above_the_gallery(page):
    page.query_params[zoo_row.ASKED] = "resnet5O"
    page.run()
    assert not page.exception
    said = [error.value.replace("\\", "") for error in page.error]
    assert said == ["There is no network resnet5O in the zoo (did you mean resnet50?)."]


def test_from_a_network_to_the_one_it_is_compared_with_and_back_to_all(page):
    page.query_params[zoo_row.ASKED] = "csdn-vgg16"
    page.run()
    page.button(key="zoo_original").click().run()
    assert page.query_params[zoo_row.ASKED] in ("vgg16", ["vgg16"])
    page.button_group(key="zoo_others").set_value("ddi-vgg16").run()
    assert page.query_params[zoo_row.ASKED] in ("ddi-vgg16", ["ddi-vgg16"])
    page.button(key="zoo_back").click().run()
    assert zoo_row.ASKED not in page.query_params
    assert not page.exception


def test_open_in_build_keeps_what_was_there_one_undo_away(page):
    page.query_params[zoo_row.ASKED] = "tfnotes-resnet18"
    page.run()
    page.button(key="zoo_open").click().run()
    assert not page.exception
    session = page.session_state["session"]
    assert session.now.text == zoo.BY_NAME["tfnotes-resnet18"].notation
    assert session.link == "tfnotes-resnet18"
    assert len(session.undo) == 1


def test_the_net_in_build_stays_while_the_zoo_is_read(page):
    page.switch_page(rooms.BUILD).run()
    page.selectbox(key="preset").select("lenet5").run()
    page.switch_page(rooms.ZOO)
    page.query_params.clear()  # what a page switch does
    page.query_params[zoo_row.ASKED] = "vgg16"
    page.run()
    assert page.session_state["session"].now.text == zoo.BY_NAME["lenet5"].notation
    assert "net" not in page.query_params


@pytest.mark.parametrize("name", WITH_ORIGINAL)
def test_the_comparison_is_told_all_that_compare_finds(name):
    original = zoo.BY_NAME[name].original
    left, right = (of_text(zoo.BY_NAME[one].notation) for one in (original, name))
    found = compare(left, right)
    told = comparison.payload(found, (original, left), (name, right))
    assert [row["kind"] for row in told["rows"]] == [change.kind for change in found.changes]
    exact = f"{units.exact(right.total.parameters)} parameters, {units.exact(right.total.macs)} MACs"
    assert told["total"]["right"]["exact"].startswith(f"{exact}, ")
    shown = f"{units.exact(left.total.macs)} → {units.exact(right.total.macs)}"
    assert told["total"]["difference"][1]["exact"].startswith(shown)


def test_the_picker_on_build_says_each_network_once_family_by_family(page):
    page.switch_page(rooms.BUILD).run()
    labels = page.selectbox(key="preset").options
    assert len(labels) == len(set(labels)) == len(zoo.ROWS)
    of_label = {toolbar._label(row.name): row.family for row in zoo.ROWS}
    families = [family for family, _ in itertools.groupby(of_label[label] for label in labels)]
    assert len(families) == len(set(families)), "each family stands together"
    for row in zoo.ROWS:
        if row.source and row.source.name == "Machine Learning Mastery":
            assert f"{row.title} · Machine Learning Mastery" in labels
