"""The pages by keyboard alone, what a screen reader is told, and calm for those who ask for it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from cnnviz import edit, palette, report

SMALL = "input(16, 16, 3); conv(8, 3); maxpool(2); flatten(); dense(10, softmax)"
RING = """(e) => {
    const style = getComputedStyle(e)
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? style.outlineColor : ""
}"""


def focused(page: Page) -> str:
    """The name of what has the focus, inside components too."""
    return page.evaluate(
        """() => {
            let e = document.activeElement
            while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement
            return e.getAttribute("aria-label") ?? e.innerText
        }"""
    )


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(most):
        if wanted.evaluate("(e) => e === e.getRootNode().activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached with {most} presses of Tab; the focus is on {focused(page)!r}")


def test_the_block_list_by_keyboard(visit):
    """Tab to the list, then: go through it, open, change a number, move, duplicate, delete, add."""
    net = report.of_text(SMALL)
    build = visit(f"?net={SMALL}")
    page, press = build.page, build.page.keyboard.press
    build.expect_net(net)
    tab_to(page, build.rows.first)
    assert build.rows.first.evaluate(RING)
    press("ArrowDown")
    expect(build.rows.nth(1)).to_be_focused()
    press("Home")
    press("Enter")
    expect(build.rows.first).to_have_attribute("aria-expanded", "true")
    press("Tab")
    expect(build.field("filters")).to_be_focused()
    press("ArrowUp")
    wider = edit.set_parameter(net.net, (0,), "filters", 9)
    build.expect_net(report.of_net(wider))
    press("Shift+Tab")
    expect(build.rows.first).to_be_focused()

    press("Alt+ArrowDown")
    moved = edit.move(wider, (0,), 1)
    build.expect_net(report.of_net(moved))
    expect(build.rows.nth(1)).to_be_focused()
    expect(build.blocks.locator("xpath=..").get_by_role("status")).to_have_text("Conv 3×3 moved, now 2 of 4")
    press("Control+d")
    twice = edit.duplicate(moved, (1,))
    build.expect_net(report.of_net(twice))
    expect(build.rows.nth(2)).to_be_focused()
    press("Delete")
    build.expect_net(report.of_net(moved))
    expect(build.rows.nth(2)).to_be_focused()
    press("Shift+Tab")
    page.get_by_role("button", name="+ Add block").focus()
    press("Enter")
    page.keyboard.type("batch over last axis")
    press("ArrowDown")
    expect(page.get_by_role("option", name=re.compile("^Batch normalisation"))).to_be_focused()
    press("Enter")
    received = report.of_net(moved).blocks[(2,)].shape
    build.expect_net(report.of_net(edit.insert(moved, (3,), palette.new("bn", received))))
    expect(page.get_by_role("button", name="+ Add block")).to_be_focused()


def test_a_button_of_the_editor_keeps_the_focus(visit):
    """Who moves a block with its buttons goes on pressing; who deletes the last one stays in the list."""
    text = "input(16, 16, 3); conv(8, 3); maxpool(2); bn(); flatten(); dense(10, softmax)"
    net = report.of_text(text)
    build = visit(f"?net={text}")
    build.select("Conv 3×3")
    down = build.page.get_by_role("button", name="Move down")
    down.focus()
    build.page.keyboard.press("Enter")
    build.expect_net(report.of_net(edit.move(net.net, (0,), 1)))
    expect(down).to_be_focused()
    build.page.keyboard.press("Enter")
    build.expect_net(report.of_net(edit.move(net.net, (0,), 2)))
    build.rows.last.focus()
    build.page.keyboard.press("Delete")
    expect(build.rows).to_have_count(4)
    expect(build.rows.last).to_be_focused()


def test_the_diagram_by_keyboard(visit):
    """Boxes are walked, groups opened and closed, the picture zoomed, moved and searched; focus is seen throughout."""
    build = visit("?net=googlenet")
    page, press = build.page, build.page.keyboard.press
    world = build.diagram.locator("svg.canvas > g")
    expect(build.node("Input")).to_be_visible()
    tab_to(page, build.node("Input"), 120)
    press("ArrowDown")
    conv = build.node("Conv 7×7")
    expect(conv).to_be_focused()
    expect(page.locator(".st-key-inspector h2")).to_contain_text("conv1")
    seen = conv.locator(".box").evaluate("(e) => getComputedStyle(e).strokeDasharray")
    assert seen != "none"  # selected and focused differs from selected
    press("/")
    expect(page.get_by_role("combobox", name="Search layers")).to_be_focused()
    page.keyboard.type("inception 3a")
    press("Enter")
    group = build.node("Inception 3a")
    expect(group).to_be_focused()
    expect(group).to_have_attribute("aria-expanded", "false")
    press("Enter")
    opened = build.diagram.locator('.head[aria-label^="Inception 3a"]')
    expect(opened).to_have_attribute("aria-expanded", "true")
    press("Backspace")
    expect(group).to_have_attribute("aria-expanded", "false")
    for key in ("+", "-", "Shift+ArrowRight", "Shift+ArrowDown", "0"):
        before = world.get_attribute("transform") or ""
        press(key)
        expect(world).not_to_have_attribute("transform", before)


def test_the_inspector_by_keyboard(visit):
    """The operations of a block are buttons with whole names; Enter opens one."""
    build = visit("?net=googlenet")
    build.select("Inception 3a")
    part = build.inspector.get_by_role("button", name=re.compile(r"^\S.*, [\d.]+( [kMG])? parameters, "))
    expect(part.first).to_be_visible()
    part.first.focus()
    build.page.keyboard.press("Shift+Tab")
    build.page.keyboard.press("Tab")
    expect(part.first).to_be_focused()
    assert part.first.evaluate(RING)
    build.page.keyboard.press("Enter")
    expect(build.inspector.get_by_text("Where the numbers come from")).to_be_visible()


def test_the_zoo_by_keyboard(visit):
    """The chart is zoomed and moved by keys; a line of the list says each figure with its name, and opens."""
    build = visit()
    page = build.page
    page.get_by_role("link", name="Zoo", exact=True).first.press("Enter")
    chart = page.get_by_role("img", name=re.compile("^Chart of the networks"))
    dot = page.locator(".zoo .chart .dot circle").first
    chart.focus()
    for key in ("+", "ArrowRight", "ArrowUp"):
        before = dot.get_attribute("cx"), dot.get_attribute("cy")
        page.keyboard.press(key)
        expect(dot).to_be_attached()
        assert (dot.get_attribute("cx"), dot.get_attribute("cy")) != before, key
    said = re.compile("^GoogLeNet, Inception, .* parameters, .* MACs, top-5 error 10.1 %$")
    line = page.get_by_role("link", name=said)
    line.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("GoogLeNet")


def test_the_notation_is_applied_by_keyboard(visit):
    build = visit(f"?net={SMALL}")
    build.tab("Notation")
    area = build.page.get_by_role("textbox", name="Notation of the network")
    area.fill("input(8, 8, 1)\nconv(2, 3)")
    area.press("Control+Enter")
    build.expect_net(report.of_text("input(8, 8, 1); conv(2, 3)"))


def test_menus_open_and_close_by_keyboard(visit):
    """Escape closes a menu and puts the focus back on its button."""
    build = visit(f"?net={SMALL}")
    for name, inside in (("Share", ".st-key-link"), ("Export", ".st-key-exports")):
        button = build.page.get_by_role("button", name=name, exact=True)
        expect(button).to_be_enabled()
        button.press("Enter")
        expect(build.page.locator(inside)).to_be_visible()
        build.page.keyboard.press("Escape")
        expect(build.page.locator(inside)).to_have_count(0)
        expect(button).to_be_focused()


def test_who_asks_for_calm_sees_no_motion(visit):
    """No animation or transition of noticeable length is left anywhere, inside components neither."""
    build = visit("?net=googlenet")
    build.page.emulate_media(reduced_motion="reduce")
    build.select("Inception 3a")
    longest = """() => {
        const inside = (e) => e.shadowRoot ? all(e.shadowRoot) : []
        const all = (root) => [...root.querySelectorAll("*")].flatMap((e) => [e, ...inside(e)])
        const seconds = (text) => Math.max(...text.split(",").map(parseFloat))
        return Math.max(...all(document).flatMap((e) => {
            const { animationName, animationDuration, transitionDuration } = getComputedStyle(e)
            return [animationName === "none" ? 0 : seconds(animationDuration), seconds(transitionDuration)]
        }))
    }"""
    assert build.page.evaluate(longest) < 0.01
    world = build.diagram.locator("svg.canvas > g")
    before = world.get_attribute("transform") or ""
    build.page.get_by_role("button", name="Show the whole net").click()
    expect(world).not_to_have_attribute("transform", before)
    there = world.get_attribute("transform")
    build.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert world.get_attribute("transform") == there  # one step, no gliding
