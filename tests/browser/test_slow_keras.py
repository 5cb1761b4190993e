"""Keras takes long: the page goes on waiting for it."""

from __future__ import annotations

from pathlib import Path

import psutil
from playwright.sync_api import Browser, Response, expect

from cnnviz import edit, report, zoo
from tests.browser.build_page import BuildPage
from tests.browser.running import running

LENET = report.of_text(zoo.BY_NAME["lenet5"].notation)
PATIENCE = 60_000  # milliseconds; a request for Keras' answer is given up after 20 seconds


def is_empty(response: Response) -> bool:
    return "/keras-answer/" in response.url and response.json()["card"] is None


def test_an_answer_that_comes_after_the_first_request_was_given_up_is_shown(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "log.txt") as server:
        context = browser.new_context()
        build = BuildPage(context.new_page())
        build.page.goto(f"{server.url}?net=lenet5")
        build.expect_keras_agrees(LENET)
        [worker] = [
            child for child in psutil.Process(server.process.pid).children() if "cnnviz.keras_worker" in child.cmdline()
        ]
        worker.suspend()
        try:
            with build.page.expect_response(is_empty, timeout=PATIENCE):
                build.type_into("classes", "7")
            expect(build.card("Keras")).to_contain_text("checking")
            with build.page.expect_request("**/keras-answer/**"):
                pass  # it asks again
        finally:
            worker.resume()
        build.expect_keras_agrees(report.of_net(edit.set_classes(LENET.net, 7)))
        context.close()
