"""Every page in both themes, wide and narrow, with its menus and panels open, against WCAG 2.2 A and AA by axe-core."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import expect_no_violations
from tests.browser.build_page import BuildPage

Step = tuple[str, Callable[[Page], None], str]


class Place(NamedTuple):
    """A page: its address, what is there once it is drawn, and steps: a name, what to do, what is there afterwards."""

    address: str
    ready: str
    steps: tuple[Step, ...] = ()


def press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def tab(name: str) -> Callable[[Page], None]:
    return lambda page: BuildPage(page).tab(name)


def escape(page: Page) -> None:
    page.keyboard.press("Escape")


def choose(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=name, exact=True).first.click()


def search(words: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("searchbox").first.fill(words)


BUILD: tuple[Step, ...] = (
    ("a block open", lambda page: BuildPage(page).select("Inception 4d"), ".st-key-block_list .editor"),
    ("the blocks to add", press("+ Add block"), ".palette .item"),
    ("the blocks to add closed", escape, ".palette[hidden]"),
    ("the diagram's search", press("Search layers ( / )"), ".search input"),
    ("something found", lambda page: page.keyboard.type("4d"), ".search li"),
    ("the search closed", escape, ".search[hidden]"),
    ("all unfolded", press("Unfold all groups to layers"), ".frame"),
    ("Share", press("Share"), ".st-key-link code"),
    ("Share closed", escape, ".st-key-share"),
    ("Export", press("Export"), ".st-key-exports button"),
    ("Export closed", escape, ".st-key-export"),
    ("the menu", press("Main menu"), "[data-testid=stMainMenuPopover]"),
    ("the menu closed", escape, ".st-key-tab"),
)
TABS: tuple[Step, ...] = (
    ("Layers", tab("Layers"), "[data-testid=stDataFrame] canvas"),
    ("Costs", tab("Costs"), ".st-key-cost_bars svg .title"),
    ("Notation", tab("Notation"), "textarea[aria-label^=Notation]"),
    ("Python", tab("Python"), ".stCode code .token"),
    ("Keras", tab("Keras"), ".st-key-summary, [role=tabpanel]"),
)
PLACES = {
    "build": Place("?net=googlenet", ".st-key-diagram .node", BUILD),
    "build, tabs": Place("?net=lenet5", ".st-key-diagram .node", TABS),
    "build, a wrong link": Place("?net=conv(3", "[role=alert]"),
    "zoo": Place("zoo", ".zoo .line", (("nothing found", search("no such net"), ".zoo .empty:not([hidden])"),)),
    "a row of the zoo": Place("zoo?row=ddi-googlenet", ".node", (("Cite", press("Cite"), ".stCode code"),)),
    "compare": Place(
        "compare?a=googlenet&b=ddi-googlenet",
        ".st-key-compare_table .line",
        (
            ("Paste", press("Paste"), "textarea"),
            ("Paste closed", escape, ".st-key-compare_chart .step"),
            ("Share", press("Share"), ".stCode code"),
            ("Share closed", escape, ".st-key-compare_chart .step"),
            ("by stage", choose("By stage"), ".st-key-compare_chart svg"),
            ("in the zoo", choose("In the zoo"), ".st-key-compare_chart circle.net"),
        ),
    ),
    "kernels": Place("kernels", ".kernels_chart .curve"),
    "1×1": Place("reduction", ".bars table"),
    "convolution": Place(
        "convolution",
        ".stage .cell",
        tuple((name, choose(name), ".stage .cell") for name in ("Pooling", "Batch normalisation")),
    ),
    "train": Place("train", ".st-key-train_before .st-key-train_memory"),
    "the runs": Place("train?view=runs", ".st-key-train_heading"),
    "the studies": Place("train?view=studies", ".st-key-train_studies button[kind=primary]"),
    "guide": Place("guide", ".st-key-guide h1, .st-key-guide h2"),
    "a page of the guide": Place("guide?page=inception", ".st-key-guide_example_pane .node"),
    "the readers' questions": Place("guide?page=questions", ".st-key-guide h1, .st-key-guide h2"),
}


@pytest.fixture
def look(visit, server) -> Iterator[Callable[[str, str], Page]]:
    """Open an address in a theme, without motion. Streamlit asks for two files below any deep link in vain, so the
    console is not watched.
    """
    pages = []

    def open_(address: str, scheme: str) -> Page:
        page = visit.shared.new_page()
        pages.append(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.goto(server.url + address)
        return page

    yield open_
    for page in pages:
        page.close()


def settled(page: Page, ready: str) -> None:
    """What is asked for is there, and the page's script has come to its end."""
    expect(page.locator(ready).first).to_be_attached()
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PLACES)
def test_a_page_keeps_wcag_a_and_aa(look, name, scheme):
    place = PLACES[name]
    page = look(place.address, scheme)
    settled(page, place.ready)
    expect_no_violations(page, name)
    for step, act, ready in place.steps:
        act(page)
        settled(page, ready)
        if not step.endswith("closed"):
            expect_no_violations(page, f"{name}, {step}")
    page.set_viewport_size({"width": 390, "height": 800})
    settled(page, "h1, h2, .stApp")
    expect_no_violations(page, f"{name}, narrow")


def test_axe_is_awake(look):
    """A grey word on grey and a button without a name are found, inside a component too."""
    page = look("", "light")
    settled(page, ".st-key-diagram .node")
    page.locator(".st-key-headline .card .label").first.evaluate("(e) => { e.style.color = '#c8c8c8' }")
    page.locator(".st-key-toolbar button").last.evaluate("(e) => { e.replaceChildren() }")
    with pytest.raises(AssertionError, match=r"(?s)(button-name.*color-contrast|color-contrast.*button-name)"):
        expect_no_violations(page, "spoilt")
