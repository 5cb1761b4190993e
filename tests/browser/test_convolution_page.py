"""The stepping page in a browser: steps, typed numbers, the link, topics, both widths."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz.labs import landscape, sliding


@pytest.fixture
def opened(visit, server) -> Iterator[Page]:
    """Opens links to the page. Streamlit's own script asks for two files below any deep link in vain: not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{server.url}convolution")
    expect(stage(page)).to_be_visible()
    yield page
    page.close()
    assert wrong == []


def follow(page: Page, server, query: str) -> None:
    page.goto(f"{server.url}convolution?{query}")
    expect(stage(page)).to_be_visible()


def stage(page: Page) -> Locator:
    return page.locator(".stage")


def where(page: Page) -> Locator:
    return page.locator(".player .where")


def cells(page: Page, panel: str) -> Locator:
    """The cells of the panel with this title."""
    return page.locator(".panel", has=page.get_by_text(re.compile(f"^{panel}"))).locator(".cell")


def test_arrows_buttons_and_clicks_step_and_show_window_products_and_sum(opened):
    page = opened
    expect(where(page)).to_have_text("Output cell 1 of 16: row 1, column 1")
    page.keyboard.press("ArrowRight")
    expect(where(page)).to_have_text("Output cell 2 of 16: row 1, column 2")
    expect(page.locator(".said")).to_contain_text("9·1")
    expect(page.locator(".said")).to_contain_text("= 27")
    expect(cells(page, "Products")).to_have_text(["0", "0", "9"] * 3)
    under = "input.cell.under"
    expect(page.locator(under)).to_have_count(9)
    assert page.locator(under).first.get_attribute("aria-label") == "Input, row 1, column 2"
    page.get_by_role("button", name="Step forward").click()
    expect(where(page)).to_contain_text("3 of 16")
    cells(page, "Output").nth(15).click()
    expect(where(page)).to_have_text("Output cell 16 of 16: row 4, column 4")
    assert page.locator(under).last.get_attribute("aria-label") == "Input, row 6, column 6"
    page.get_by_role("button", name="First step").click()
    page.get_by_label("Speed").select_option("very fast")
    page.get_by_role("button", name="Play").click()
    expect(where(page)).to_contain_text("16 of 16")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_typed_numbers_and_kernels_change_the_output_and_travel_in_the_link(opened, visit):
    page = opened
    first = page.get_by_label("Input, row 1, column 1")
    first.fill("-5")
    first.press("Enter")
    expect(cells(page, "Output").first).to_have_text("5")
    expect(page.get_by_label("Input, row 1, column 2")).to_be_focused()
    page.get_by_label("Kernel, row 1, column 1").fill("2")
    page.get_by_label("Kernel, row 1, column 1").press("Tab")
    expect(cells(page, "Output").first).to_have_text("−10")
    expect(page).to_have_url(re.compile("grid=-5"))
    other = visit.shared.new_page()
    other.goto(page.url)
    expect(cells(other, "Output").first).to_have_text("−10")
    other.close()
    page.go_back()
    expect(cells(page, "Output").first).to_have_text("5")
    page.get_by_label("Kernel", exact=True).select_option("1×1 mix of channels")
    expect(page.get_by_text("Input, channel 3")).to_be_visible()


def test_a_patch_is_dragged_on_its_picture_and_travels_in_the_link(opened, visit):
    page = opened
    page.get_by_label("Picture", exact=True).select_option("Patch of a picture")
    picture = page.get_by_role("slider", name="Place of the patch on the picture")
    expect(picture).to_have_attribute("aria-valuetext", "rows 23 to 28, columns 15 to 20")
    frame, whole = page.locator(".patch .frame").bounding_box(), picture.bounding_box()
    assert frame
    assert whole
    cell = whole["width"] / 64
    page.mouse.move(frame["x"] + 4, frame["y"] + 4)
    page.mouse.down()
    page.mouse.move(frame["x"] + 4 + 10 * cell, frame["y"] + 4 - 12 * cell, steps=3)
    expect(picture).to_have_attribute("aria-valuetext", "rows 11 to 16, columns 25 to 30")
    expect(page).to_have_url(re.compile("picture=patch$"))
    page.mouse.up()
    expect(page).to_have_url(re.compile("patch=10x24"))
    wanted = [str(value) for value in sliding.flat(landscape.patch(10, 24, 6, 6, 1))]
    for typed, value in zip(cells(page, "Input").all(), wanted, strict=True):
        expect(typed).to_have_value(value)
    picture.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile("patch=11x30"))
    expect(where(page)).to_contain_text("Output cell 1 of 16")
    other = visit.shared.new_page()
    other.goto(page.url)
    expect(other.locator(".patch .note")).to_contain_text("rows 12 to 17, columns 31 to 36 of 48×64")
    other.close()
    page.go_back()
    expect(picture).to_have_attribute("aria-valuetext", "rows 11 to 16, columns 25 to 30")


def test_a_click_puts_the_patch_there_and_the_border_holds_it(opened, server):
    follow(opened, server, "topic=pooling&pool_picture=patch&pool_sides=4")
    picture = opened.get_by_role("slider", name="Place of the patch")
    whole = picture.bounding_box()
    assert whole
    picture.click(position={"x": whole["width"] - 2, "y": whole["height"] / 2})
    expect(picture).to_have_attribute("aria-valuetext", "rows 23 to 26, columns 61 to 64")
    expect(opened).to_have_url(re.compile("pool_patch=22x60"))
    follow(opened, server, "picture=patch&patch=43x0")
    expect(opened.get_by_role("alert")).to_contain_text("begin at row 0 to 42 and column 0 to 58, got 43×0")


def test_a_step_is_linked_when_asked_for_and_shown_first(opened, visit):
    page = opened
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(where(page)).to_contain_text("7 of 16")
    assert "step=" not in page.url, "stepping writes no history"
    page.get_by_role("button", name="Copy a link to this step").click()
    expect(page).to_have_url(re.compile("step=7"))
    expect(page.locator(".player .told")).not_to_be_empty()
    page.keyboard.press("ArrowRight")
    page.get_by_role("spinbutton", name="Stride").fill("2")
    page.get_by_role("spinbutton", name="Stride").press("Enter")
    expect(where(page)).to_contain_text("4 of 4")
    other = visit.shared.new_page()
    other.goto(page.url.replace("&strides=2", "").replace("strides=2&", ""))
    expect(where(other)).to_contain_text("7 of 16")
    other.close()


def test_uneven_padding_is_drawn_where_it_happens(opened, server):
    follow(opened, server, "padding=same&strides=2")
    expect(opened.locator(".cell.padding")).to_have_count(13)
    expect(opened.locator(".facts")).to_contain_text("⌈6 / 2⌉ = 3")
    expect(opened.locator(".facts")).to_contain_text("0 above, 1 below, 0 left, 1 right")


def test_what_does_not_fit_is_said_and_taken_back(opened):
    fewer = opened.get_by_role("button", name="fewer rows").first
    rows = opened.locator(".stepper output").first
    for left in ("5", "4", "3"):
        fewer.click()
        expect(opened).to_have_url(re.compile(f"sides={left}x6"))
    fewer.click()
    expect(opened.get_by_role("alert")).to_contain_text("A 3×3 window does not fit on a 2×6×1 map")
    expect(rows).to_have_text("3")


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("Pooling", "max(9, 1, 1, 1) = 9"),
        ("Batch normalisation", "Running mean: 0.9·0 + 0.1·4 = 0.4"),
        ("Dropout", "are divided by 1 − 0.5: times 2"),
        ("Dense or pooling", "123,642,856 parameters"),
    ],
)
def test_each_topic_shows_its_numbers(opened, topic, shown):
    opened.get_by_role("radio", name=topic, exact=True).click()
    expect(stage(opened)).to_contain_text(shown)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("topic", ["convolution", "pooling", "normalisation", "dropout", "head"])
def test_nothing_scrolls_sideways(opened, server, width, topic):
    opened.set_viewport_size({"width": width, "height": 844})
    large = "sides=10&pool_sides=10&batch_sides=5x8&padding=same&channels=3&picture=patch"
    follow(opened, server, f"topic={topic}&{large}")
    expect(opened.locator(".stage :is(.cell, .chart)").first).to_be_attached()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    main = opened.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
