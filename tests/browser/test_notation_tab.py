"""The notation tab: typing a net, an error at its line, opening a text file."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cnnviz import report, zoo

GOOD = "input(16, 16, 3)\nconv(8, 3)  # a comment stays as typed\nflatten()\ndense(10, softmax)\n"


@pytest.fixture
def build(visit):
    found = visit("?net=mlm-residual-identity")
    found.tab("Notation")
    return found


def apply(build, text: str) -> None:
    """Type a text and apply it."""
    build.page.get_by_role("textbox", name="Notation of the network").fill(text)
    build.press("Apply")


def test_an_error_stands_at_its_line_and_the_last_good_net_stays(build):
    apply(build, GOOD)
    net = report.of_text(GOOD)
    build.expect_net(net)
    apply(build, GOOD.replace("conv(8, 3)", "conf(8, 3)"))
    expect(problem(build)).to_contain_text("line 2")
    expect(problem(build)).to_contain_text("conf")
    expect(build.page.locator(".st-key-notation_editor .gutter .wrong")).to_have_text("2")
    build.expect_net(net)
    wider = GOOD.replace("conv(8, 3)", "conv(16, 3)")
    apply(build, wider)
    build.expect_net(report.of_text(wider))
    expect(build.said).to_have_count(0)
    expect(build.page.get_by_role("textbox", name="Notation of the network")).to_have_value(wider)


def problem(build):
    """What the editor says is wrong."""
    return build.page.locator(".st-key-notation_editor").get_by_role("alert").filter(visible=True)


@pytest.mark.parametrize(
    "text",
    ["(" * 5_000, "-" * 9_000 + "1", "input(4, 4, 3)\nconv(8, 7, padding=valid)", "\x07"],
    ids=["brackets", "minus signs", "kernel over map", "bell"],
)
def test_what_cannot_be_read_is_one_clear_message(build, text):
    apply(build, text)
    expect(problem(build)).to_have_count(1)
    assert 10 < len(problem(build).inner_text()) < 400
    build.expect_net(report.of_text(zoo.BY_NAME["mlm-residual-identity"].notation))


def test_a_text_file_opens(build, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(GOOD, encoding="utf-8")
    build.page.locator("input[type=file]").set_input_files(path)
    build.expect_net(report.of_text(GOOD))
