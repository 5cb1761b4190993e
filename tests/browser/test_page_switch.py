"""Clicks that arrive when their page is being left: no error, and the other page is drawn whole."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cnnviz import report
from cnnviz.zoo import BY_NAME

UNDO_AND_LEAVE = """way => {
  const undo = document.querySelector(".st-key-undo button")
  const compare = [...document.querySelectorAll("a")].find((link) => link.textContent.trim() === "Compare")
  const clicks = [() => undo.click(), () => compare.click()]
  for (const click of way === "click first" ? clicks : clicks.reverse()) click()
}"""


@pytest.mark.parametrize("way", ["click first", "page first"])
def test_an_undo_on_the_way_to_another_page_meets_no_error(visit, way):
    build = visit("?net=lenet5")
    before = report.of_text(BY_NAME["lenet5"].notation)
    build.expect_net(before)
    build.pick("ResNet-18")
    build.expect_net(report.of_text(BY_NAME["resnet18"].notation))
    expect(build.undo).to_be_enabled()
    build.page.evaluate(UNDO_AND_LEAVE, way)
    expect(build.page.get_by_role("radio", name="Difference")).to_be_visible()
    expect(build.page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(build.page.get_by_test_id("stException")).to_have_count(0)
    build.page.get_by_role("link", name="Build", exact=True).first.click()
    # Streamlit drops a click that comes when its page has gone: then the net is as it was, and can still be undone.
    expect(build.card("Parameters")).to_be_visible()
    expect(build.page.get_by_test_id("stStatusWidget")).to_have_count(0)
    if build.parameters() != before.total.parameters:
        build.expect_net(report.of_text(BY_NAME["resnet18"].notation))
        build.undo.click()
    build.expect_net(before)
    expect(build.undo).to_be_disabled()
