"""The Build page from end to end: pick, edit, check against Keras, undo, share; and the ways to edit."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from cnnviz import edit, palette, report, units, zoo
from cnnviz.report import Report
from cnnviz.ui.session import START

SMALL = "input(16, 16, 3); conv(8, 3); maxpool(2); flatten(); dense(10, softmax)"


def of(name: str) -> Report:
    """A network of the zoo."""
    return report.of_text(zoo.BY_NAME[name].notation)


def changed(found: Report, place: tuple[int, ...], parameter: str, value: object) -> Report:
    """The net with one parameter of one block changed."""
    return report.of_net(edit.set_parameter(found.net, place, parameter, value))


def place_of(found: Report, name: str) -> tuple[int]:
    """Where the block with this name is written."""
    return next((i,) for i, item in enumerate(found.net.items) if getattr(item, "name", "") == name)


def test_from_googlenet_to_a_link_that_opens_elsewhere(visit):
    googlenet = of("googlenet")
    wider = changed(googlenet, place_of(googlenet, "inception_4d"), "conv_3x3", 304)
    assert wider.total.parameters != googlenet.total.parameters

    build = visit()
    build.pick("GoogLeNet")
    build.expect_net(googlenet)
    expect(build.page).to_have_url(re.compile(r"\?net=googlenet$"))

    build.select("Inception 4d")
    build.type_into("conv 3×3", "304")
    build.expect_net(wider)
    expect(build.card("Parameters").locator(".change")).to_have_text(
        units.change(wider.total.parameters, googlenet.total.parameters)
    )
    build.expect_keras_agrees(wider)

    build.undo.click()
    build.expect_net(googlenet)
    build.expect_keras_agrees(googlenet)
    build.redo.click()
    build.expect_net(wider)

    link = build.shared_link()
    assert report.of_text(build.link()).text == wider.text
    other = visit.elsewhere(link)
    other.expect_net(wider)
    other.expect_keras_agrees(wider)
    assert other.titles() == build.titles()
    other.select("Inception 4d")
    expect(other.field("conv 3×3")).to_have_value("304")


def test_a_new_visitor_sees_an_instructive_net_and_a_bare_address(visit):
    build = visit()
    build.expect_net(report.of_text(START))
    assert build.link() == ""
    expect(build.undo).to_be_disabled()
    expect(build.redo).to_be_disabled()


def test_numbers_follow_a_slider_while_it_is_dragged_and_it_is_one_undo_step(visit):
    build = visit("?net=googlenet")
    googlenet = of("googlenet")
    build.expect_net(googlenet)
    build.select("Inception 4d")
    track = build.track("conv 3×3")
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    middle = box["y"] + box["height"] / 2
    mouse = build.page.mouse
    mouse.move(box["x"] + box["width"] * 0.5, middle)
    mouse.down()
    seen = [googlenet.total.parameters]
    for share in (0.6, 0.7, 0.9):
        mouse.move(box["x"] + box["width"] * share, middle, steps=4)
        expect(build.card("Parameters")).not_to_have_attribute("title", re.compile(f"^{seen[-1]:,} "))
        value = int(build.field("conv 3×3").input_value())
        dragged = changed(googlenet, place_of(googlenet, "inception_4d"), "conv_3x3", value)
        build.expect_net(dragged)
        seen.append(dragged.total.parameters)
    assert build.link() == "googlenet", "a drag is a preview"
    mouse.up()
    build.expect_keras_agrees(dragged)
    expect(build.page).to_have_url(re.compile("conv"))
    build.undo.click()
    build.expect_net(googlenet)
    expect(build.undo).to_be_disabled()


def test_rows_move_by_keyboard_and_by_dragging(visit):
    start = report.of_text(START)
    build = visit()
    before = build.titles()
    build.row(before[1]).focus()
    build.page.keyboard.press("Alt+ArrowUp")
    moved = report.of_net(edit.move(start.net, (1,), 0))
    build.expect_net(moved)
    expect(build.rows.locator(".title")).to_have_text([before[1], before[0], *before[2:]])
    build.undo.click()
    build.expect_net(start)

    handle = build.rows.nth(1).locator(".handle")
    handle.hover()
    build.page.mouse.down()
    target = build.rows.nth(3).bounding_box()
    build.page.mouse.move(target["x"] + 40, target["y"] + target["height"] - 4, steps=8)
    build.page.mouse.up()
    build.expect_net(report.of_net(edit.move(start.net, (1,), 3)))
    expect(build.rows.locator(".title")).to_have_text([before[0], before[2], before[3], before[1], *before[4:]])


def test_blocks_are_duplicated_deleted_and_added(visit):
    net = report.of_text(SMALL)
    build = visit(f"?net={SMALL}")
    build.expect_net(net)
    build.select("Conv 3×3")
    build.press("Duplicate")
    twice = report.of_net(edit.duplicate(net.net, (0,)))
    build.expect_net(twice)
    expect(build.rows).to_have_count(5)
    build.press("Delete")
    build.expect_net(net)
    expect(build.rows).to_have_count(4)

    expect(build.row("Max pool")).to_have_attribute("aria-expanded", "true")  # what followed the deleted one
    build.press("+ Add block")
    build.page.get_by_role("searchbox", name="Search blocks").fill("batch norm")
    build.page.get_by_role("option", name="Batch normalisation").last.click()
    received = net.blocks[(1,)].shape
    build.expect_net(report.of_net(edit.insert(net.net, (2,), palette.new("bn", received))))
    expect(build.rows.nth(2)).to_have_attribute("aria-expanded", "true")


def test_input_size_colour_and_classes_are_one_gesture_each(visit):
    net = of("resnet18")
    build = visit("?net=resnet18")
    build.expect_net(net)
    build.type_into("input", "160")
    net = report.of_net(edit.set_input(net.net, 160, 160, 3))
    build.expect_net(net)
    build.press("grey")
    net = report.of_net(edit.set_input(net.net, 160, 160, 1))
    build.expect_net(net)
    build.type_into("classes", "12")
    net = report.of_net(edit.set_classes(net.net, 12))
    build.expect_net(net)
    build.expect_keras_agrees(net)


def test_a_refused_value_says_why_and_leaves_the_last_good_net(visit):
    net = report.of_text(SMALL)
    build = visit(f"?net={SMALL}")
    build.select("Conv 3×3")
    build.type_into("filters", "1000000000")
    expect(build.said).to_contain_text("65,536")
    build.expect_net(net)
    build.type_into("filters", "12")
    build.expect_net(changed(net, (0,), "filters", 12))
    expect(build.said).to_have_count(0)
