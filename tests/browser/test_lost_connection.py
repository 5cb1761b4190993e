"""The connection is lost and comes back: a socket that drops, a server that is started again while pages are open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz import edit, report, zoo
from cnnviz.training import bounds, folder, launcher, process
from cnnviz.training.folder import Config, Run
from cnnviz.training.settings import Settings
from tests.browser.build_page import BuildPage
from tests.browser.running import Server
from tests.browser.wire import Wire

LENET = report.of_text(zoo.BY_NAME["lenet5"].notation)
TINY = "input(8,8,1);conv(4,3,relu);flatten();dense(10,softmax)"
WORKER = 120_000  # milliseconds that a worker may take to start on a busy machine


def with_classes(number: int) -> report.Report:
    return report.of_net(edit.set_classes(LENET.net, number))


def said_nothing_wrong(page: Page) -> None:
    assert "Traceback" not in page.locator("body").inner_text()
    assert page.get_by_test_id("stException").count() == 0


def test_a_socket_that_drops_comes_back_to_the_same_visit(browser: Browser, server: Server) -> None:
    wire, context = Wire(server.port), browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://localhost:{wire.port}/?net=lenet5")
        build = BuildPage(page)
        build.expect_net(LENET)
        build.type_into("classes", "7")
        build.expect_net(with_classes(7))
        with page.expect_websocket():
            assert wire.cut()
        build.expect_net(with_classes(7))
        build.type_into("classes", "8")
        build.expect_net(with_classes(8))
        for wanted in (with_classes(7), LENET):  # what was done before the drop can be undone
            build.undo.click()
            build.expect_net(wanted)
        said_nothing_wrong(page)
    finally:
        context.close()
        wire.close()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Server]]:
    """A server of the test's own, which it may end and start again; no worker is left running."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    servers = [Server(tmp_path / "log.txt")]
    servers[0].wait()
    yield servers
    servers[-1].stop()
    for run in folder.listed(tmp_path / "runs"):
        worker = process.worker_of(run)
        if worker:
            process.end(worker)


@pytest.mark.parametrize("edited", [False, True], ids=["first edit", "second edit"])
def test_an_edit_that_is_given_before_the_new_visit_is_seen_is_not_lost(
    browser: Browser, own: list[Server], edited: bool
) -> None:
    wire, context = Wire(own[0].port), browser.new_context()
    try:
        build = BuildPage(context.new_page())
        build.page.goto(f"http://localhost:{wire.port}/?net=lenet5")
        build.expect_net(LENET)
        if edited:
            build.type_into("classes", "7")
            build.expect_net(with_classes(7))
            expect(build.page).to_have_url(re.compile("7"))
        inert = build.page.locator("[inert]").filter(has=build.field("classes"))
        own[0].stop()
        expect(inert).not_to_have_count(0)  # nothing can be typed that would be lost
        wire.holds = True
        own.append(Server(own[0].log.with_name("second.txt"), port=own[0].port))
        own[-1].wait()
        expect(inert).to_have_count(0)
        build.type_into("classes", "8")
        build.expect_net(with_classes(7) if edited else LENET)  # not seen yet
        wire.holds = False
        build.expect_net(with_classes(8))
        expect(build.field("classes")).to_have_value("8")
        said_nothing_wrong(build.page)
    finally:
        context.close()
        wire.close()


def epoch_of(run: Run) -> int:
    return run.state().epoch


def test_a_server_that_is_started_again_finds_its_visitors_where_they_were(
    browser: Browser, own: list[Server], tmp_path: Path
) -> None:
    first, context = own[0], browser.new_context()
    run = launcher.submit(Config(TINY, "long run", Settings(data="digits", epochs=1_000, device="cpu")), bounds.read())
    build, watching = BuildPage(context.new_page()), context.new_page()
    build.page.goto(f"{first.url}?net=lenet5")
    watching.goto(f"{first.url}train?run={run.id}")
    build.expect_net(LENET)
    build.type_into("classes", "7")
    build.expect_net(with_classes(7))
    expect(build.page).to_have_url(re.compile("7"))
    pill, said = watching.locator(".where .pill"), watching.locator(".where .said")
    expect(pill).to_have_text("Training", timeout=WORKER)
    expect(said).to_have_text(re.compile(r"^Epoch \d+ of 1,000"))

    first.stop()
    assert process.worker_of(run), "training goes on without the server"
    expect(watching.locator(".trouble").filter(visible=True)).to_have_text(re.compile("The run goes on without it"))
    before = epoch_of(run)
    inert = build.page.locator("[inert]").filter(has=build.field("classes"))
    expect(inert).not_to_have_count(0)  # nothing can be typed that would be lost
    own.append(Server(tmp_path / "second.txt", port=first.port))
    own[-1].wait()

    # a visit of its own, which can undo nothing; the net is in the link of the page: it is there, and edits work
    expect(inert).to_have_count(0)
    build.type_into("classes", "8")  # the new visit may not have begun: then it is sent once more
    build.expect_net(with_classes(8))
    expect(build.field("classes")).to_have_value("8")
    build.type_into("classes", "9")
    build.expect_net(with_classes(9))
    build.undo.click()
    build.expect_net(with_classes(8))

    # the run is shown as it goes on, and can be stopped by the server that did not start it
    expect(watching.locator(".trouble").filter(visible=True)).to_have_count(0, timeout=WORKER)
    expect(pill).to_have_text("Training")
    now = int((re.search(r"Epoch ([\d,]+) of", said.inner_text()) or [0, "0"])[1].replace(",", ""))
    assert now > before, "it has gone on meanwhile"
    watching.get_by_role("button", name="Stop", exact=True).click()
    expect(pill).to_have_text("Stopped", timeout=WORKER)
    for page in (build.page, watching):
        said_nothing_wrong(page)
    context.close()
    assert "Traceback" not in own[0].said() + own[1].said()
