"""Links: good ones open the net, bad ones say what is wrong on a page that works."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cnnviz import edit, report, zoo
from cnnviz.ui.session import START

LINE = "input(8,8,1);3*[conv_bn(4,3)];parallel([conv(4,1)],[])"


@pytest.mark.parametrize("held", ["lenet5", LINE, quote(LINE, safe="")], ids=["preset", "notation", "escaped notation"])
def test_a_link_opens_its_net(visit, held):
    build = visit(f"?net={held}")
    build.expect_net(report.of_text(zoo.BY_NAME["lenet5"].notation if held == "lenet5" else LINE))
    expect(build.said).to_have_count(0)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("gogglenet", "gogglenet"),
        ("input(8,8,1);conv(4,", "never closed"),
        ("input(8,8,1);conf(4,3)", "conv"),  # what was probably meant
        ("input(8,8,1);conv(1000000000,3)", "65,536"),
        ("(" * 3_000, ""),
        ("-" * 3_000 + "1", ""),
        ("input(8,8,1);" + "conv(4,3);" * 2_000, ""),
        ("%ED%A0%80", ""),
        ("input(8,8,1)%00%1B%07conv(4,3)", ""),
        ("input(٨,٨,١)", ""),
        ("<img src=x onerror=alert(1)>", ""),
        ("**bold** [link](https://example.org) :red[red] $x$", ""),
    ],
    ids=[
        "unknown preset", "unfinished", "misspelt", "huge", "brackets", "minus signs", "long", "lone surrogate",
        "control characters", "other digits", "markup", "markdown",
    ],
)  # fmt: skip
def test_a_bad_link_is_one_clear_message_on_a_working_page(visit, held, said):
    build = visit(f"?net={held}")
    expect(build.said).to_have_count(1)
    expect(build.said).to_contain_text(said)
    assert len(build.said.inner_text()) < 500
    assert build.said.locator("img, a, strong, .katex").count() == 0, "what a stranger wrote is shown as text"
    start = report.of_text(START)
    build.expect_net(start)
    build.press("grey")
    build.expect_net(report.of_net(edit.set_input(start.net, 32, 32, 1)))
    expect(build.said).to_have_count(0)


def test_a_link_of_100_kb_gets_an_answer(visit, server):
    """The server passes such a link on or refuses it, as it arrives in few or many pieces; never with a traceback.

    The browser notes a refused page as an error of the console, so this page is not watched for them.
    """
    page = visit.shared.new_page()
    answer = page.goto(f"{server.url}?net={'conv(4,3);' * 10_000}")
    assert answer is not None
    if answer.ok:
        said = page.get_by_role("alert").filter(visible=True)
        expect(said).to_have_count(1)
        expect(said).to_contain_text("100,000 characters")
    else:
        assert 400 <= answer.status < 500
    page.close()


def test_reload_keeps_the_net_and_back_is_undo(visit):
    build = visit("?net=lenet5")
    lenet = report.of_text(zoo.BY_NAME["lenet5"].notation)
    build.expect_net(lenet)
    build.type_into("classes", "7")
    seven = report.of_net(edit.set_classes(lenet.net, 7))
    build.expect_net(seven)
    expect(build.page).to_have_url(re.compile("7"))
    build.page.reload()
    build.expect_net(seven)
    build.type_into("classes", "8")
    eight = report.of_net(edit.set_classes(lenet.net, 8))
    build.expect_net(eight)
    build.page.go_back()
    build.expect_net(seven)
    build.page.go_forward()
    build.expect_net(eight)
