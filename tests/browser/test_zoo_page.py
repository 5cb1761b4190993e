"""The Zoo in a browser: filter, search, sort, chart, a network's view, and from there to Build."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz import report, zoo
from cnnviz.zoo.figures import overview
from tests.browser.build_page import BuildPage

PAPERS = [row for row in zoo.ROWS if row.source is None]


def turn_to_zoo(build: BuildPage) -> Page:
    """From Build to the gallery."""
    build.page.get_by_role("link", name="Zoo", exact=True).first.click()
    expect(lines(build.page)).to_have_count(len(zoo.ROWS))
    return build.page


def lines(page: Page) -> Locator:
    """The networks in the list."""
    return page.locator(".st-key-zoo a.line")


def dots(page: Page) -> Locator:
    """The networks in the chart."""
    return page.locator(".st-key-zoo .dot")


def names(page: Page) -> list[str]:
    return [line.get_attribute("data-name") or "" for line in lines(page).all()]


def test_filters_and_search_leave_what_passes_them_all(visit):
    page = turn_to_zoo(visit())
    page.get_by_role("button", name="ResNet").click()
    expect(lines(page)).to_have_count(sum(row.family == "ResNet" for row in zoo.ROWS))
    page.get_by_label("Source").select_option("Papers")
    expect(lines(page)).to_have_count(sum(row.family == "ResNet" for row in PAPERS))
    page.get_by_label("Input size").select_option("32×32×3")
    wanted = [row.name for row in PAPERS if row.name.startswith(("cifar-resnet", "cifar-plain"))]
    expect(lines(page)).to_have_count(len(wanted))
    assert names(page) == wanted
    expect(dots(page)).to_have_count(len(names(page)))
    page.get_by_role("searchbox").fill("plain")
    expect(lines(page)).to_have_count(2)
    page.get_by_role("searchbox").fill("no such network")
    page.get_by_role("button", name="Clear all filters").click()
    expect(lines(page)).to_have_count(len(zoo.ROWS))


def test_years_and_sorting(visit):
    page = turn_to_zoo(visit())
    page.get_by_label("From year").select_option("2016")
    page.get_by_label("To year").select_option("2017")
    wanted = [one for one in overview() if 2016 <= one.row.paper.year <= 2017]
    expect(lines(page)).to_have_count(len(wanted))
    page.get_by_role("button", name="MACs").click()
    assert names(page)[0] == min(wanted, key=lambda one: one.macs).row.name
    page.get_by_role("button", name="MACs").click()
    assert names(page)[0] == max(wanted, key=lambda one: one.macs).row.name


def test_pointing_at_a_line_shows_its_dot_with_exact_figures(visit):
    page = turn_to_zoo(visit())
    page.locator('a.line[data-name="squeezenet"]').hover()
    expect(page.locator(".st-key-zoo .dot.pointed")).to_have_count(1)
    expect(page.locator(".st-key-zoo .tip")).to_contain_text("1,248,424 parameters")


def test_a_dot_opens_its_network_and_back_returns_to_the_filtered_gallery(visit):
    page = turn_to_zoo(visit())
    page.get_by_role("searchbox").fill("squeezenet")
    expect(dots(page)).to_have_count(1)
    dots(page).click()
    expect(page).to_have_url(re.compile(r"/zoo\?row=squeezenet$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("SqueezeNet 1.0")
    page.go_back()
    expect(lines(page)).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("squeezenet")


def test_a_network_against_the_papers_then_in_build(visit):
    build = visit("?net=lenet5")
    page = turn_to_zoo(build)
    page.locator('a.line[data-name="ddi-vgg16"]').click()
    table = page.locator(".st-key-zoo_row ~ * .comparison, [class*='st-key-zoo_against'] .comparison").first
    total = table.locator(".total")
    expect(total).to_contain_text("138 M parameters")
    expect(total).to_contain_text("37.7 M parameters")
    expect(table.locator(".line.changed").last).to_contain_text("pooling: flatten → gap")
    expect(table.locator(".line.same").first).to_be_hidden()
    table.get_by_role("button", name="that are the same").click()
    expect(table.locator(".line.same").first).to_be_visible()
    page.get_by_role("button", name="Open in Build").click()
    expect(page).to_have_url(re.compile(r"\?net=ddi-vgg16$"))
    build.expect_net(report.of_text(zoo.BY_NAME["ddi-vgg16"].notation))
    build.undo.click()
    build.expect_net(report.of_text(zoo.BY_NAME["lenet5"].notation))


def test_a_citation_can_be_copied(visit):
    page = turn_to_zoo(visit())
    page.locator('a.line[data-name="densenet121"]').click()
    page.get_by_role("button", name="Cite").click()
    expect(page.locator("[data-testid=stPopoverBody]")).to_contain_text("@inproceedings{huang2017densely,")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_link_to_a_network_opens_it_and_nothing_scrolls_sideways(visit, server, width, scheme):
    """Streamlit's own script asks for two files below any deep link in vain, so this page's console is not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}zoo?row=ddi-googlenet")
    expect(page.get_by_role("heading", level=1)).to_have_text(zoo.BY_NAME["ddi-googlenet"].title)
    expect(page.locator(".comparison .total")).to_be_attached()
    assert fits(page, width)
    page.get_by_role("button", name="All networks").click()
    expect(lines(page)).to_have_count(len(zoo.ROWS))
    expect(dots(page).first).to_be_attached()
    assert fits(page, width)
    assert "Traceback" not in page.locator("body").inner_text()
    page.close()


def test_no_name_in_the_chart_covers_another(visit):
    page = turn_to_zoo(visit())
    labels = page.locator(".st-key-zoo .label")
    shown = [(label.text_content(), label.bounding_box()) for label in labels.all()]
    assert {"AlexNet", "VGG-16", "ResNet-50", "Inception-v3", "MobileNet"} <= {name for name, _ in shown}
    for i, (name, box) in enumerate(shown):
        for other, its in shown[:i]:
            apart = box["x"] + box["width"] <= its["x"] + 1 or its["x"] + its["width"] <= box["x"] + 1
            below = box["y"] + box["height"] <= its["y"] + 4 or its["y"] + its["height"] <= box["y"] + 4
            assert apart or below, f"{name} and {other}"


def test_pointing_at_a_dot_brings_its_line_into_sight(visit):
    page = turn_to_zoo(visit())
    line = page.locator('a.line[data-name="convnext-tiny"]')
    expect(line).not_to_be_in_viewport()
    page.locator(".st-key-zoo .dot.f-head").first.hover(force=True)
    expect(line).to_be_in_viewport()
    expect(line).to_contain_class("pointed")


def test_the_list_is_used_by_keyboard_and_what_differs_can_be_searched(visit):
    page = turn_to_zoo(visit())
    page.get_by_role("searchbox").fill("3×2")  # the kernel of one tutorial's VGG-16, said in what differs
    expect(page.locator('a.line[data-name="csdn-vgg16"]')).to_be_visible()
    assert "3×2" in zoo.BY_NAME["csdn-vgg16"].deviations
    page.locator('a.line[data-name="csdn-vgg16"]').focus()
    expect(page.locator(".st-key-zoo .tip")).to_contain_text("VGG-16, CSDN")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/zoo\?row=csdn-vgg16$"))


def fits(page: Page, width: int) -> bool:
    """Whether the page is no wider than the window."""
    main = page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth")
    return page.evaluate("document.documentElement.scrollWidth") <= width and main <= 1
