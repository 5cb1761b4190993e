"""Diagram, block list, layer table and inspector follow one another."""

from __future__ import annotations

from playwright.sync_api import expect

from cnnviz import report, zoo
from tests.browser.build_page import KERAS_PATIENCE, BuildPage


def table_rows(build: BuildPage):
    """The rows of the layer table, as it tells screen readers of them; the first is its head."""
    return build.page.locator(".st-key-layers").locator("[role=row]")


def unfold(build: BuildPage, name: str) -> None:
    """Open a folded block of the diagram by its mark; the block list brings it into sight."""
    build.select(name)
    build.node(f"{name},").locator(".marker").click()
    expect(build.diagram.get_by_role("button", name=f"{name}, open group")).to_be_visible()


def test_a_node_of_the_diagram_opens_its_formula(visit):
    build = visit("?net=googlenet")
    expect(build.node("Inception 4d,")).to_have_count(1)
    unfold(build, "Inception 4d")
    build.node("Conv 5×5, inception_4d/conv_5x5").click()
    expect(build.inspector).to_contain_text("conv_5x5")
    expect(build.inspector).to_contain_text("5·5·32·64 + 64 = 51,264")
    expect(build.inspector).to_contain_text("14·14·5·5·32·64 = 10,035,200")
    expect(build.row("Inception 4d")).to_have_attribute("aria-expanded", "true")


def test_the_block_list_leads_diagram_and_inspector(visit):
    build = visit("?net=googlenet")
    build.select("Inception 4d")
    expect(build.node("Inception 4d,")).to_have_attribute("aria-current", "true")
    expect(build.node("Inception 4d,")).to_be_in_viewport()
    expect(build.inspector.get_by_role("heading")).to_have_text("Inception 4d")
    build.inspector.get_by_role("button", name="conv_5x5").click()
    expect(build.inspector).to_contain_text("= 51,264")


def test_a_table_row_leads_list_and_diagram_and_they_lead_it(visit):
    build = visit("?net=googlenet")
    googlenet = report.of_text(zoo.BY_NAME["googlenet"].notation)
    build.tab("Layers")
    expect(table_rows(build).nth(3)).to_be_attached()
    canvas = build.page.locator(".st-key-layers canvas").first
    row_height = 35  # of Streamlit's tables; the column of marks is as wide
    canvas.click(position={"x": 10, "y": row_height * 3.5}, force=True)  # the third layer
    third = googlenet.graph.nodes[googlenet.graph.keras_order[3]].id
    expect(build.inspector).to_contain_text(third)
    expect(build.rows.nth(2)).to_have_attribute("aria-expanded", "true")
    build.tab("Diagram")
    expect(build.node("Local response norm, lrn1")).to_have_attribute("aria-current", "true")

    build.node("Max pool 3×3 /2, maxpool1").click()
    expect(build.inspector).to_contain_text("maxpool1")
    build.tab("Layers")
    expect(table_rows(build).nth(2)).to_have_attribute("aria-selected", "true")


def test_search_unfolds_and_finds(visit):
    build = visit("?net=googlenet")
    expect(build.node("Input")).to_be_visible()
    build.diagram.get_by_role("button", name="Search layers").click()
    build.diagram.get_by_role("combobox", name="Search layers").fill("4d conv_5x5")
    build.page.keyboard.press("Enter")
    expect(build.node("Conv 5×5, inception_4d/conv_5x5")).to_be_in_viewport()
    expect(build.inspector).to_contain_text("= 51,264")


def test_everything_unfolds_and_folds_again(visit):
    build = visit("?net=densenet201")
    nodes = build.diagram.locator("[data-box].node")
    expect(build.node("Input")).to_be_visible()
    folded = nodes.count()
    build.diagram.get_by_role("button", name="Unfold all groups to layers").click()
    expect(nodes).to_have_count(len(report.of_text(zoo.BY_NAME["densenet201"].notation).graph.nodes))
    build.diagram.get_by_role("button", name="Fold all groups", exact=True).click()
    expect(nodes).to_have_count(folded)


def test_the_other_tabs_show_their_part(visit):
    build = visit("?net=lenet5")
    build.tab("Costs")
    expect(build.page.locator(".st-key-cost_bars svg .title")).to_have_text("MACs of each block, 417 k in all")
    build.tab("Python")
    expect(build.page.get_by_role("tabpanel", name="Python")).to_contain_text("keras.Model(")
    build.tab("Keras")
    expect(build.page.get_by_role("tabpanel", name="Keras")).to_contain_text("Keras agrees", timeout=KERAS_PATIENCE)
    expect(build.page.locator(".st-key-summary")).to_contain_text("Total params: 61,706")


def test_a_bar_of_the_costs_selects_its_block_by_mouse_and_by_keys(visit):
    build = visit("?net=googlenet")
    build.tab("Costs")
    bars = build.page.locator(".st-key-cost_bars [role=button]")
    bars.nth(4).click()
    expect(bars.nth(4)).to_have_attribute("aria-pressed", "true")
    expect(build.page.locator(".st-key-inspector h2, .panel h2").first).to_have_text("Inception 3b")
    bars.nth(4).press("ArrowDown")
    expect(bars.nth(5)).to_be_focused()
    bars.nth(5).press("Enter")
    expect(bars.nth(5)).to_have_attribute("aria-pressed", "true")
    expect(bars.nth(5)).to_be_focused()
    expect(bars.nth(4)).to_have_attribute("aria-pressed", "false")
    bars.nth(5).press(" ")
    expect(bars.nth(5)).to_have_attribute("aria-pressed", "false")
    with build.page.expect_download() as given:
        build.page.locator(".st-key-cost_bars").get_by_role("button", name="SVG").click()
    assert given.value.suggested_filename == "googlenet.macs.blocks.svg"
