"""The 1×1 page in a browser: the worked example, the handle, the puzzle, its link, and an offer taken in Build."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz import report
from cnnviz.labs import reduction_offers
from cnnviz.ui.session import START
from tests.browser.build_page import BuildPage


def turn_to_lab(build: BuildPage) -> Page:
    """From Build to the page."""
    build.page.get_by_role("link", name="1×1", exact=True).first.click()
    expect(build.page.get_by_role("heading", name="1×1 reduction")).to_be_visible()
    return build.page


def way(page: Page, title: str) -> Locator:
    return page.locator(".way").filter(has_text=title)


def charts(page: Page) -> Locator:
    return page.locator(".charts [role=slider]")


def test_the_worked_example_and_the_handle(visit):
    page = turn_to_lab(visit())
    expect(way(page, "Directly").locator(".total")).to_contain_text("102,400")
    reduced = way(page, "With a 1×1 first")
    expect(reduced).to_contain_text("1·1·128·32 = 4,096")
    expect(reduced.locator(".total")).to_contain_text("29,696")
    expect(page.locator(".verdict")).to_contain_text("29.0 % of the weights")
    chart = charts(page).first
    expect(chart).to_have_attribute("aria-valuenow", "32")
    handle = chart.locator(".grip").bounding_box()
    assert handle
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 40)
    page.mouse.down()
    page.mouse.move(handle["x"] + 60, handle["y"] + 40, steps=4)
    expect(chart).not_to_have_attribute("aria-valuenow", "32")
    dragged = int(chart.get_attribute("aria-valuenow") or 0)
    expect(reduced.locator(".total")).to_contain_text(f"{928 * dragged:,}")
    expect(page).not_to_have_url(re.compile("reduction="))
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"/reduction\?reduction={dragged}$"))
    expect(page.get_by_role("spinbutton", name="Width of the 1×1")).to_have_value(str(dragged))
    page.go_back()
    expect(chart).to_have_attribute("aria-valuenow", "32")


def test_the_puzzle_is_one_click_away_and_explained(visit):
    page = turn_to_lab(visit())
    page.get_by_role("button", name="A reader’s puzzle").click()
    expect(page.locator(".st-key-reduction_puzzle")).to_contain_text("3·3·96·128 + 128 = 110,720")
    expect(page.locator(".verdict")).to_contain_text("31 times the parameters")
    expect(page).to_have_url(re.compile("channels=3&.*bias=true"))
    page.get_by_role("button", name="The worked example").click()
    expect(page.locator(".st-key-reduction_puzzle")).to_have_count(0)
    expect(page.locator(".verdict")).to_contain_text("29.0 %")


def test_a_branch_of_googlenet_goes_into_the_lab(visit):
    page = turn_to_lab(visit())
    page.get_by_role("row", name=re.compile("^3a")).get_by_role("button", name="5×5").click()
    expect(way(page, "With a 1×1 first")).to_contain_text("5·5·16·32 = 12,800")
    expect(page.get_by_role("spinbutton", name="Input channels")).to_have_value("192")


def test_an_offer_is_applied_in_build_and_undone_there(visit):
    build = visit()
    page = turn_to_lab(build)
    before = report.of_text(START)
    (offer, *_) = reduction_offers.offers(before)
    page.get_by_role("button", name="Apply in Build").first.click()
    build.expect_net(reduction_offers.applied(before, (offer,)))
    build.undo.click()
    build.expect_net(before)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_shows_its_settings_and_nothing_scrolls_sideways(visit, server, width):
    """Streamlit's own script asks for two files below any deep link in vain, so this page's console is not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{server.url}reduction?channels=64&kernel=3&filters=64&reduction=9999")
    expect(page.get_by_role("alert")).to_contain_text("Reduction must be 1 to 4,096, got 9999")
    expect(way(page, "Directly")).to_contain_text("3·3·64·64 = 36,864")
    expect(page.locator(".plot .bar").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    formula = page.locator(".st-key-reduction_condition .katex-display").first
    assert formula.evaluate("e => e.scrollWidth - e.clientWidth") <= 1, "it goes on in the next line"
    page.close()
