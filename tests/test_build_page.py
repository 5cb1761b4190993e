"""The Build page without a browser: links, presets, undo, tabs, what it says when Keras is not there."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.keras_service import State
from cnnviz.ui import location, shared, suggestions
from cnnviz.ui.session import START
from cnnviz.zoo import BY_NAME

SCRIPT = Path(__file__).parent.parent / "cnnviz" / "ui" / "navigation.py"


class NoKeras:
    """A service whose Keras cannot be had."""

    state = State("unavailable", "not in these tests")

    def check(self, text, *, owner, with_summary=True):
        return None


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setattr(shared, "keras", NoKeras)
    return AppTest.from_file(str(SCRIPT), default_timeout=30)


def net_of(page):
    return page.session_state["session"].now


def link_of(page):
    """What the address bar holds."""
    held = page.query_params["net"]
    return held if isinstance(held, str) else held[0]


def component_data(page, key):
    """What one of our components was told last."""
    found, walk = [], [page._tree]
    while walk:
        block = walk.pop()
        for child in getattr(block, "children", {}).values():
            walk.append(child)
            if getattr(getattr(child, "proto", None), "component_name", "") == key:
                found.append(child)
    [text] = json.loads(found[-1].proto.json)
    return json.loads(text)


def test_the_first_visit_shows_the_starting_net_and_leaves_the_address_alone(page):
    page.run()
    assert not page.exception
    assert not page.error
    assert net_of(page).text == START
    assert "net" not in page.query_params


def test_a_link_with_a_preset_opens_it(page):
    page.query_params["net"] = "googlenet"
    page.run()
    assert not page.exception
    assert net_of(page).text == BY_NAME["googlenet"].notation
    assert page.selectbox(key="preset").value == "googlenet"


def test_a_link_with_notation_opens_it(page):
    page.query_params["net"] = "input(28,28,1);conv(8,3);classifier(10)"
    page.run()
    assert not page.exception
    assert net_of(page).graph.nodes[0].shape == (28, 28, 1)


BAD_LINKS = ["no_such_net", "conv(", "(" * 3000, "input(1,1,1);" * 2000, "input(32,32,3);dense(10**9)"]


@pytest.mark.parametrize("link", BAD_LINKS)
def test_a_bad_link_shows_one_message_and_a_working_page(page, link):
    page.query_params["net"] = link
    page.run()
    assert not page.exception
    assert len(page.error) == 1
    page.selectbox(key="preset").select("lenet5").run()
    assert not page.error
    assert net_of(page).text == BY_NAME["lenet5"].notation


def test_picking_a_preset_writes_the_link(page):
    page.run()
    page.selectbox(key="preset").select("resnet18").run()
    assert not page.exception
    assert link_of(page) == "resnet18"


def test_undo_and_redo_write_the_link_too(page):
    page.run()
    page.selectbox(key="preset").select("lenet5").run()
    page.selectbox(key="preset").select("vgg16").run()
    page.button(key="undo").click().run()
    assert net_of(page).text == BY_NAME["lenet5"].notation
    assert link_of(page) == "lenet5"
    page.button(key="redo").click().run()
    assert net_of(page).text == BY_NAME["vgg16"].notation
    assert link_of(page) == "vgg16"
    assert page.button(key="redo").disabled


def test_going_back_in_the_browser_is_undo(page, monkeypatch):
    page.run()
    page.selectbox(key="preset").select("lenet5").run()
    del page.query_params["net"]  # what a browser does on Back
    monkeypatch.setattr(location, "_went_back", lambda: True)
    page.run()
    assert net_of(page).text == START
    assert page.button(key="undo").disabled
    assert not page.button(key="redo").disabled


def test_the_link_comes_back_after_a_page_switch(page):
    page.run()
    page.selectbox(key="preset").select("lenet5").run()
    page.session_state["page"] = "somewhere_else"  # a switch clears the query
    del page.query_params["net"]
    page.run()
    assert net_of(page).text == BY_NAME["lenet5"].notation
    assert link_of(page) == "lenet5"


@pytest.mark.parametrize("name", ["lenet5", "googlenet-aux", "densenet121"])
@pytest.mark.parametrize("tab", ["Diagram", "Layers", "Costs", "Notation", "Python", "Keras"])
def test_every_tab_draws(page, name, tab):
    page.query_params["net"] = name
    page.session_state["tab"] = tab
    page.run()
    assert not page.exception


def test_the_figures_on_the_page_are_those_of_the_engine(page):
    page.query_params["net"] = "vgg16"
    page.run()
    told = component_data(page, "cnnviz_headline")
    cards = {card["label"]: card for card in told["cards"]}
    assert f"{net_of(page).total.parameters:,}" in cards["Parameters"]["exact"]
    assert f"{net_of(page).total.macs:,}" in cards["MACs"]["exact"]
    assert cards["Depth"]["value"] == "16"
    assert cards["Keras"]["tone"] == "bad"
    assert told["answer"] == ""


def test_the_unit_of_work_changes_everywhere(page):
    page.query_params["net"] = "vgg16"
    page.run()
    page.segmented_control(key="work").set_value("flops").run()
    assert not page.exception
    labels = [card["label"] for card in component_data(page, "cnnviz_headline")["cards"]]
    assert "FLOPs" in labels
    assert "FLOPs" in component_data(page, "cnnviz_block_list")["rows"][0]["tip"]


def test_a_new_visitor_finds_three_things_to_try(page):
    page.run()
    before = net_of(page)
    page.button(key="try_wider").click().run()
    assert not page.exception
    assert net_of(page).net.items[suggestions.BLOCK[0]].block.filters == suggestions.FILTERS
    assert net_of(page).total.parameters > before.total.parameters
    assert link_of(page) == page.session_state["session"].link
    assert page.button(key="try_wider").disabled
    page.button(key="undo").click().run()
    assert net_of(page).text == before.text
    assert not page.button(key="try_wider").disabled


def test_the_suggested_module_is_open_and_selected(page):
    page.run()
    page.button(key="try_module").click().run()
    session = page.session_state["session"]
    assert session.preset == link_of(page) == suggestions.NETWORK
    assert session.selected_id == suggestions.MODULE
    assert suggestions.MODULE in session.open_groups
    assert session.shown.inside(suggestions.MODULE)


def test_who_has_begun_is_not_told_what_to_try(page):
    page.query_params["net"] = "lenet5"
    page.run()
    assert not [button for button in page.button if button.key.startswith("try_")]
