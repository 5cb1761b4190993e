"""The Kernels page in a browser: a teacher's link, a change that follows, Back, and the way to Build."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cnnviz import report
from cnnviz.labs.kernel_figures import report_of
from cnnviz.labs.kernels import BY_KEY, Kernels
from tests.browser.build_page import BuildPage


def opened(visit, query: str = "", width: int = 1280) -> Page:
    """Streamlit's own script asks for two files below any deep link in vain, so this page's console is not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{visit.server.url}kernels{query}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kernels: a stack of small ones or one large one?")
    return page


def line(page: Page, key: str):
    return page.locator(f'.kernels .line[data-key="{key}"]')


def test_a_teachers_link_a_change_and_back(visit):
    """5×5 against two 3×3 at 64 channels, x from 5 to 40."""
    page = opened(visit, "?channels=64&x=5,40")
    expect(line(page, "one")).to_contain_text("102 k")
    expect(line(page, "stack")).to_contain_text("72.0 %")
    expect(page.locator(".st-key-kernels_algebra")).to_contain_text("3,686,400 MACs each")
    chart = page.locator(".kernels_chart")
    expect(chart.locator(".met")).to_have_text("x = 10")
    chart.locator("svg[role=img]").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(chart.locator(".tip")).to_contain_text("x = 10")
    expect(chart.locator(".tip")).to_contain_text("3,686,400 MACs")
    page.get_by_role("slider", name="Target: one k×k, k =").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(line(page, "stack")).to_contain_text("three 3×3")
    expect(page).to_have_url(re.compile("kernel=7"))
    expect(page).to_have_url(re.compile("channels=64"))
    page.get_by_role("button", name="5×5 or two 3×3").click()
    expect(page).to_have_url(re.compile("/kernels$"))
    page.go_back()
    expect(line(page, "one")).to_contain_text("one 7×7")
    page.close()


def test_a_candidate_opens_in_build(visit):
    page = opened(visit, "?kernel=7&channels=64&factorised=true")
    page.get_by_role("button", name="Open 1×7, 7×1 in Build").click()
    build = BuildPage(page)
    asked = Kernels(kernel=7, channels=64, factorised=True)
    build.expect_net(report.of_text(report_of(BY_KEY["factorised"], asked).text))
    page.get_by_role("link", name="Kernels", exact=True).first.click()
    expect(line(page, "factorised")).to_be_visible()
    expect(page).to_have_url(re.compile("factorised=true"))
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_scrolls_sideways(visit, width):
    every = "&".join(f"{key}=true" for key in BY_KEY if key != "one")
    page = opened(visit, f"?channels=64&{every}", width)
    expect(page.locator(".st-key-kernels_algebra .katex").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    page.close()
