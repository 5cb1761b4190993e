"""Keras takes long: the page goes on waiting for it."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Request, expect

from cnnviz import edit, report, zoo
from tests.browser.build_page import BuildPage
from tests.browser.running import running

LENET = report.of_text(zoo.BY_NAME["lenet5"].notation)
PATIENCE = 50  # seconds; a request for Keras' answer is given up after 20, a build after 60


def test_an_answer_that_comes_after_the_first_request_was_given_up_is_shown(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "log.txt") as server:
        context = browser.new_context()
        build = BuildPage(context.new_page())
        page, panel = build.page, build.page.get_by_role("tabpanel", name="Keras")
        page.goto(f"{server.url}?net=lenet5")
        build.expect_keras_agrees(LENET)
        [worker] = [
            child for child in psutil.Process(server.process.pid).children() if "cnnviz.keras_worker" in child.cmdline()
        ]
        asked: Counter[str] = Counter()

        def note(request: Request) -> None:
            if "/keras-answer/" in request.url:
                asked[request.url] += 1

        worker.suspend()
        try:
            page.on("request", note)
            build.type_into("classes", "7")
            build.tab("Keras")
            expect(panel).to_contain_text("Keras is building this net")
            expect(build.card("Keras")).to_contain_text("checking")
            ends = time.monotonic() + PATIENCE
            while sorted(asked.values()) < [2, 2]:  # the headline and the tab ask, and ask again
                assert time.monotonic() < ends, asked
                page.wait_for_timeout(200)
        finally:
            worker.resume()
        build.expect_keras_agrees(report.of_net(edit.set_classes(LENET.net, 7)))
        expect(panel).to_contain_text("Keras agrees")
        context.close()
