"""The Compare page in a browser: nets are picked and pasted, the difference is drawn and saved, links hold it all."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

OWN = "input(32, 32, 3)\nconv(64, 3, relu)\nconv(64, 3, relu)\ngap()\ndense(10, softmax)"


def turn_to_compare(build) -> Page:
    """From Build to Compare."""
    build.page.get_by_role("link", name="Compare", exact=True).first.click()
    expect(build.page.get_by_role("heading", level=1)).to_have_text("Compare")
    return build.page


def pick(page: Page, letter: str, title: str) -> None:
    """Choose a net of the list for a slot."""
    box = page.locator(f".st-key-compare_net_{letter} input")
    box.click()
    box.fill(title)
    page.get_by_role("option", name=title, exact=True).click()


def chart_title(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".st-key-compare_chart svg .title")).to_have_text(text)


def test_two_nets_are_picked_compared_saved_and_opened(visit):
    page = turn_to_compare(visit("?net=googlenet"))
    pick(page, "b", "GoogLeNet, DDI")
    expect(page).to_have_url(re.compile(r"/compare\?a=googlenet&b=ddi-googlenet$"))
    figures = page.locator(".st-key-compare_figures")
    expect(figures).to_contain_text("×1.91")
    chart_title(page, "Parameters from A to B: +6.36 M")
    expect(page.locator(".st-key-compare_chart .step")).to_have_count(4)
    page.locator(".st-key-compare_chart .step").nth(1).hover()
    expect(page.locator(".st-key-compare_chart .tip")).to_contain_text("conv_5x5: 64 → 48")
    page.get_by_role("radio", name="Layers", exact=True).click()
    expect(page).to_have_url(re.compile(r"by=layers"))
    expect(page.locator(".st-key-compare_table")).to_contain_text("inception_4d/conv_5x5 · Convolution")
    with page.expect_download() as saved:
        page.locator(".st-key-compare_chart").get_by_role("button", name="SVG").click()
    assert saved.value.suggested_filename == "googlenet-ddi-googlenet-parameters.svg"
    picture = ElementTree.fromstring(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert "Parameters from A to B: +6.36 M" in [element.text for element in picture.iter()]
    with page.expect_download() as saved:
        page.locator(".st-key-compare_chart").get_by_role("button", name="PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
    page.locator(".st-key-compare_open_b button").click()
    expect(page).to_have_url(re.compile(r"\?net=ddi-googlenet$"))


def test_what_is_pasted_is_compared_and_what_is_wrong_is_said(visit):
    page = turn_to_compare(visit())
    page.locator(".st-key-compare_paste_b button").click()
    text = page.get_by_role("textbox", name="A link, a name of the zoo, or a notation")
    text.fill("resent50")
    page.get_by_role("button", name="Compare as B").click()
    expect(page.get_by_role("alert")).to_contain_text("did you mean resnet50?")
    expect(page.locator(".st-key-compare_figures")).to_contain_text("ResNet-20 for CIFAR-10")
    if not text.is_visible():
        page.locator(".st-key-compare_paste_b button").click()
    text.fill(OWN)
    page.get_by_role("button", name="Compare as B").click()
    expect(page.locator(".st-key-compare_figures")).to_contain_text("Own net, 4 blocks")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"b=input"))
    page.go_back()
    expect(page.locator(".st-key-compare_figures")).to_contain_text("ResNet-20 for CIFAR-10")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_opens_four_nets_and_nothing_scrolls_sideways(visit, server, width):
    """Streamlit's own script asks for two files below any deep link in vain, so this page's console is not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(
        f"{server.url}compare?a=vgg16&b=resnet50&c=mobilenet-v2&d=densenet121&show=stages&measure=work&count=flops"
    )
    chart_title(page, "FLOPs by size of the output map")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    page.get_by_role("radio", name="In the zoo").click()
    expect(page.locator(".st-key-compare_chart circle.net")).to_have_count(4)
    page.locator(".st-key-compare_share button").first.click()
    expect(page.locator(".st-key-link")).to_contain_text("a=vgg16&b=resnet50&c=mobilenet-v2&d=densenet121&count=flops")
    expect(page.locator(".st-key-link")).to_contain_text("show=zoo")
    page.close()


def test_a_network_of_the_zoo_leads_to_its_comparison(visit, server):
    page = visit.shared.new_page()
    page.goto(f"{server.url}zoo?row=csdn-resnet50")
    page.get_by_role("button", name="Open in Compare").click()
    expect(page).to_have_url(re.compile(r"/compare\?a=resnet50&b=csdn-resnet50$"))
    expect(page.locator(".st-key-compare_figures")).to_contain_text("ResNet-50, CSDN")
    page.close()
