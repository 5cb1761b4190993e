"""Wide and narrow, light and dark: the page fits and can be used."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from cnnviz import edit, report, zoo

TABS = ("Layers", "Costs", "Notation", "Python", "Keras", "Diagram")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_scrolls_sideways(visit, width):
    build = visit("?net=googlenet", width=width)
    expect(build.node("Input")).to_be_attached()
    assert build.sideways() == []
    build.select("Inception 4d")
    assert build.sideways() == []
    for tab in TABS:
        build.tab(tab)
        expect(build.page.get_by_role("tabpanel", name=tab)).to_be_visible()
        assert build.sideways() == [], tab


def test_a_narrow_page_can_be_used(visit):
    build = visit("?net=lenet5", width=390, height=844)
    lenet = report.of_text(zoo.BY_NAME["lenet5"].notation)
    build.expect_net(lenet)
    build.type_into("classes", "7")
    build.expect_net(report.of_net(edit.set_classes(lenet.net, 7)))
    build.undo.click()
    build.expect_net(lenet)
    expect(build.card("Parameters")).to_be_in_viewport()


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_colour_scheme(visit, scheme, is_dark):
    build = visit("?net=lenet5", scheme=scheme)
    expect(build.node("Input")).to_be_visible()

    def brightness(element) -> float:
        """0 to 255, of the background that an element stands on."""
        colour = element.evaluate("(e) => getComputedStyle(e).backgroundColor")
        red, green, blue = map(float, re.findall(r"[\d.]+", colour)[:3])
        return 0.3 * red + 0.59 * green + 0.11 * blue

    for element in (build.page.locator(".stApp"), build.card("Parameters"), build.diagram.locator(".diagram")):
        assert (brightness(element.first) < 90) == is_dark
