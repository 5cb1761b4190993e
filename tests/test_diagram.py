"""The diagram component: what it accepts from the browser, and its script in a browser without a page server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnviz import notation, zoo
from cnnviz.costs import node_costs
from cnnviz.draw import theme
from cnnviz.draw.folding import everything
from cnnviz.draw.scene import scene
from cnnviz.ui import diagram
from cnnviz.ui.assets import script as script_of
from cnnviz.ui.assets import text
from cnnviz.ui.diagram import Event, opened_after, parse_event

GRAPH = notation.load(zoo.BY_NAME["googlenet"].notation)[1]


@pytest.mark.parametrize("kind", ["select", "toggle"])
def test_events_about_a_box(kind):
    assert parse_event({"type": kind, "id": "a/b", "revision": 3}, 3) == Event(kind, "a/b")


@pytest.mark.parametrize("kind", ["fold_all", "unfold_all"])
def test_events_about_all(kind):
    assert parse_event({"type": kind, "id": "", "revision": 3}, 3) == Event(kind, "")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "select",
        ["select", "a", 3],
        {},
        {"type": "select", "id": "a", "revision": 2},
        {"type": "select", "id": "a", "revision": "3"},
        {"type": "select", "id": "a", "revision": 3.0},
        {"type": "select", "id": "a"},
        {"type": "delete", "id": "a", "revision": 3},
        {"type": ["select"], "id": "a", "revision": 3},
        {"type": "select", "id": "", "revision": 3},
        {"type": "select", "id": 5, "revision": 3},
        {"type": "select", "id": "a" * 1001, "revision": 3},
        {"type": "fold_all", "id": "a", "revision": 3},
    ],
)
def test_anything_else_is_refused(value):
    assert parse_event(value, 3) is None


def test_a_truth_value_is_no_revision():
    assert parse_event({"type": "select", "id": "a", "revision": True}, 1) is None


def test_events_open_and_close_groups():
    opened = opened_after(Event("toggle", "inception_3a"), GRAPH, frozenset())
    assert opened == {"inception_3a"}
    assert opened_after(Event("toggle", "inception_3a"), GRAPH, opened) == frozenset()
    assert opened_after(Event("toggle", "nonsense"), GRAPH, opened) == opened
    assert opened_after(Event("select", "inception_4d/pool"), GRAPH, opened) == {"inception_3a", "inception_4d"}
    assert opened_after(Event("unfold_all", ""), GRAPH, opened) == everything(GRAPH)
    assert opened_after(Event("fold_all", ""), GRAPH, opened) == frozenset()


# --- the script in a browser ------------------------------------------------------------------------------------------

HARNESS = """
    const host = document.body.appendChild(document.createElement("div"))
    const root = host.attachShadow({ mode: "open" })
    const style = root.appendChild(document.createElement("style"))
    style.textContent = window.css
    const url = URL.createObjectURL(new Blob([window.script], { type: "text/javascript" }))
    const { default: mount } = await import(url)
    window.events = []
    window.root = root
    const setTriggerValue = (name, value) => window.events.push(value)
    window.show = (data) => (window.close = mount({ data, parentElement: root, setTriggerValue }))
    window.ready = true
"""


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 900, "height": 700}, reduced_motion="reduce")
    problems: list[str] = []
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_content("<!doctype html><body style='margin:0;--st-background-color:#fff;--st-text-color:#111'></body>")
    script = script_of("diagram")
    css = theme.css(".diagram") + text("diagram.css")
    page.evaluate("(given) => Object.assign(window, given)", {"script": script, "css": css})
    page.add_script_tag(type="module", content=HARNESS)
    page.wait_for_function("window.ready")
    yield page
    page.close()
    assert problems == []


def show(page, opened: frozenset[str] = frozenset(), selected: str = "", revision: int = 1, graph=GRAPH) -> dict:
    drawn = scene(graph, node_costs(graph), opened)
    show_scene(page, drawn, selected, revision)
    return drawn


def show_scene(page, drawn: dict, selected: str = "", revision: int = 1) -> None:
    data = {"scene": diagram.packed(drawn), "revision": revision, "selected": selected, "height": 600, "name": "net"}
    page.evaluate("(text) => { window.show(text) }", json.dumps(data))
    page.wait_for_timeout(50)


def events(page) -> list[dict]:
    return page.evaluate("window.events.splice(0)")


def box(page, path: str):
    return page.locator(f".node[aria-label*=', {path},']")


@pytest.mark.browser
def test_it_draws_every_box_and_keeps_what_stays(page):
    show(page)
    assert page.locator(".node").count() == 20
    page.evaluate("window.kept = window.root.querySelector('.node')")
    drawn = show(page, frozenset({"inception_3a"}))
    assert page.locator(".node").count() == len(drawn["nodes"])
    assert page.locator(".frame").count() == 1
    assert page.evaluate("window.kept.isConnected")
    show(page)
    assert (page.locator(".node").count(), page.locator(".frame").count()) == (20, 0)


@pytest.mark.browser
def test_an_edit_changes_only_what_differs(page):
    drawn = show(page)
    page.evaluate("""
        window.changed = 0
        const world = window.root.querySelector(".canvas > g")
        new MutationObserver((list) => (window.changed += list.filter((m) => m.target !== world).length))
            .observe(world, { subtree: true, childList: true, attributes: true, characterData: true })
    """)
    show_scene(page, drawn, revision=2)
    assert page.evaluate("window.changed") < 8
    drawn["nodes"][1]["subtitle"] = "112×112×65"
    show_scene(page, drawn, revision=3)
    assert "112×112×65" in box(page, "conv1").text_content()
    assert page.evaluate("window.changed") < 16


@pytest.mark.browser
def test_click_marker_and_double_click(page):
    show(page)
    box(page, "conv1").click()
    assert events(page) == [{"type": "select", "id": "conv1", "revision": 1}]
    assert box(page, "conv1").get_attribute("aria-current") == "true"
    page.wait_for_timeout(600)  # the answer did not come; the next event goes out all the same
    box(page, "inception_3a").locator(".marker").click()
    assert events(page) == [{"type": "toggle", "id": "inception_3a", "revision": 1}]
    show(page, frozenset({"inception_3a"}))
    page.locator(".head").dblclick()
    show(page, frozenset({"inception_3a"}), "inception_3a")
    assert [event["type"] for event in events(page)] == ["select", "toggle"]


@pytest.mark.browser
def test_keys_move_open_and_zoom(page):
    show(page, selected="maxpool2")
    box(page, "maxpool2").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(250)
    assert events(page) == [{"type": "select", "id": "inception_3a", "revision": 1}]
    show(page, selected="inception_3a")
    page.keyboard.press("Enter")
    assert events(page) == [{"type": "toggle", "id": "inception_3a", "revision": 1}]
    show(page, frozenset({"inception_3a"}), "inception_3a")
    assert page.evaluate("window.root.activeElement.getAttribute('aria-label')").startswith("Inception 3a, open group")
    before = page.locator(".canvas > g").get_attribute("transform")
    page.keyboard.press("+")
    page.wait_for_timeout(100)
    assert page.locator(".canvas > g").get_attribute("transform") != before


@pytest.mark.browser
def test_a_toggled_group_stays_where_it_was(page):
    show(page)
    page.mouse.move(450, 300)
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(50)
    before = box(page, "inception_4a").bounding_box()
    box(page, "inception_4a").locator(".marker").click()
    show(page, frozenset({"inception_4a"}))
    after = page.locator(".frame .outline").bounding_box()
    assert after["y"] == pytest.approx(before["y"], abs=4)
    assert after["x"] + after["width"] / 2 == pytest.approx(before["x"] + before["width"] / 2, abs=3)


@pytest.mark.browser
def test_the_view_stays_when_numbers_change(page):
    drawn = show(page)
    page.mouse.move(450, 300)
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(50)
    before = page.locator(".canvas > g").get_attribute("transform")
    drawn["nodes"][3]["subtitle"] = "1×1×1"
    show_scene(page, drawn, revision=2)
    assert page.locator(".canvas > g").get_attribute("transform") == before


@pytest.mark.browser
def test_a_selection_from_outside_comes_into_view(page):
    show(page)
    show(page, selected="classifier1/predictions")
    seen = box(page, "classifier1").bounding_box()
    assert 0 < seen["y"] < 600
    assert box(page, "classifier1").get_attribute("aria-current") == "true"


@pytest.mark.browser
def test_search_finds_what_is_folded_away(page):
    show(page)
    page.get_by_role("button", name="Search layers").click()
    page.keyboard.type("4d 5x5")
    assert page.locator(".search li").count() == 2
    page.keyboard.press("Enter")
    assert events(page) == [{"type": "select", "id": "inception_4d/conv_5x5", "revision": 1}]
    show(page, frozenset({"inception_4d"}), "inception_4d/conv_5x5")
    assert 0 < box(page, "inception_4d/conv_5x5").bounding_box()["y"] < 600


@pytest.mark.browser
def test_names_are_never_markup(page):
    drawn = scene(GRAPH, node_costs(GRAPH), frozenset({"inception_3a"}))
    hostile = "<img src=x onerror='window.hit=1'>"
    for thing in (*drawn["nodes"], *drawn["frames"]):
        thing["title"] = thing["note"] = hostile
    drawn["hidden"] = [[hostile, hostile]]
    show_scene(page, drawn)
    page.locator(".node").first.hover()
    page.wait_for_timeout(450)
    assert hostile in page.locator(".tip").inner_text()
    page.get_by_role("button", name="Search layers").click()
    page.keyboard.type("img")
    assert page.locator(".search li").count() > 0
    assert not page.evaluate("window.hit || window.root.querySelector('img')")


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_picture_files(page, kind, tmp_path: Path):
    drawn = show(page, frozenset({"inception_3a"}))
    with page.expect_download() as download:
        page.get_by_role("button", name=kind).click()
    assert download.value.suggested_filename == f"net.{kind.lower()}"
    target = tmp_path / "picture"
    download.value.save_as(target)
    data = target.read_bytes()
    if kind == "PNG":
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(data[16:20]) == round(drawn["width"] * 2)
    else:
        assert b"Inception 3a" in data
        assert b"var(" not in data


@pytest.mark.browser
def test_it_goes_without_a_trace(page):
    show(page)
    page.evaluate("window.close()")
    assert page.locator(".diagram").count() == 0
