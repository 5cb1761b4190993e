"""A server that is far away: what is done before its answers are there counts too, and takes nothing back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from cnnviz import edit, report, zoo
from tests.browser.build_page import BuildPage
from tests.browser.conftest import Visits
from tests.browser.running import Server
from tests.browser.wire import Wire

LENET = report.of_text(zoo.BY_NAME["lenet5"].notation)


def with_classes(number: int) -> report.Report:
    return report.of_net(edit.set_classes(LENET.net, number))


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server.port)
    yield wire
    wire.close()


@pytest.fixture
def build(wire: Wire, visit: Visits) -> BuildPage:
    """The Build page with LeNet-5, at the end of the wire."""
    build = visit(f"http://localhost:{wire.port}/?net=lenet5")
    build.expect_net(LENET)
    return build


def test_each_click_on_a_field_counts(build: BuildPage, wire: Wire) -> None:
    more = build.page.get_by_role("button", name="classes: more")
    wire.holds = True
    for value in ("11", "12", "13"):
        more.click()
        expect(build.field("classes")).to_have_value(value)
    build.expect_net(LENET)  # no answer yet
    wire.holds = False
    build.expect_net(with_classes(13))
    expect(build.field("classes")).to_have_value("13")
    build.undo.click()
    build.expect_net(with_classes(11))  # the one in between was never asked for


def test_edits_of_several_fields_all_count(build: BuildPage, wire: Wire) -> None:
    wire.holds = True
    build.type_into("classes", "7")
    build.type_into("input", "64")
    build.row("Classifier").click()
    wire.holds = False
    wanted = edit.set_input(with_classes(7).net, height=64, width=64, channels=1)
    build.expect_net(report.of_net(wanted))
    expect(build.row("Classifier")).to_have_attribute("aria-expanded", "true")


def test_an_edit_of_a_network_is_not_taken_back_by_the_list_of_networks(build: BuildPage, wire: Wire) -> None:
    """What comes right after it says that the network is still chosen, as the page has not heard otherwise."""
    wire.holds = True
    build.type_into("classes", "7")
    build.page.get_by_role("tab", name="Python").click()
    wire.holds = False
    build.expect_net(with_classes(7))
    expect(build.page.get_by_role("tab", name="Python")).to_have_attribute("aria-selected", "true")
    expect(build.field("classes")).to_have_value("7")
    expect(build.page.get_by_test_id("stStatusWidget")).to_have_count(0)
    build.expect_net(with_classes(7))
