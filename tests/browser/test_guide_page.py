"""The guide in a browser: the way through it, its live examples, from it to Build and from Build to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cnnviz import report
from cnnviz.guide import tour
from tests.browser.build_page import BuildPage


def turn_to_guide(build: BuildPage) -> Page:
    """From Build to the guide's index."""
    build.page.get_by_role("link", name="Guide", exact=True).first.click()
    expect(build.page.get_by_role("heading", level=1)).to_have_text("A tour through the architectures")
    return build.page


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_the_tour_goes_on_by_next_and_an_example_opens_in_build(visit):
    build = visit()
    page = turn_to_guide(build)
    page.get_by_role("button", name="Begin the tour").click()
    heading(page, "Plain stacks")
    page.get_by_role("button", name="Next: Inception").click()
    heading(page, "Inception")
    expect(page).to_have_url(re.compile(r"/guide\?page=inception$"))
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    page.get_by_role("radio", name="With 1×1 reductions").click()
    diagram = page.locator('[class*="st-key-guide_diagram"]')
    diagram.locator('[role=button][aria-label*=", inception1/conv_5x5,"]').click()
    expect(page.locator(".st-key-inspector")).to_contain_text("5·5·16·32 + 32 = 12,832")
    page.go_back()
    heading(page, "Plain stacks")
    page.go_forward()
    heading(page, "Inception")
    page.get_by_role("radio", name="GoogLeNet", exact=True).click()
    page.get_by_role("button", name="Open in Build").click()
    expect(page).to_have_url(re.compile(r"\?net=googlenet$"))
    build.expect_net(report.of_text(tour.BY_PAGE["inception"].examples[-1].notation))
    assert build.undo.is_enabled(), "the net that was there before can be had again"


def test_help_leads_from_a_block_to_its_page_and_the_net_stays(visit):
    build = visit("?net=resnet18")
    build.select("Stage 2")
    build.page.get_by_role("button", name="Guide: Residual blocks").click()
    heading(build.page, "Residual blocks")
    build.page.get_by_role("link", name="Build", exact=True).first.click()
    expect(build.page).to_have_url(re.compile(r"\?net=resnet18$"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_to_a_page_opens_it_and_nothing_scrolls_sideways(visit, server, width):
    """Streamlit's own script asks for two files below any deep link in vain, so this page's console is not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{server.url}guide?page=bottleneck")
    heading(page, "Residual blocks")
    expect(page.locator('[class*="st-key-guide_diagram"] .node').first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    page.get_by_role("button", name="Next: Dense blocks").click()
    heading(page, "Dense blocks")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    page.close()
