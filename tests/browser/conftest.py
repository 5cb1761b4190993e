"""A running app and a real browser for the tests of the pages. Without a browser they are skipped, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.build_page import BuildPage
from tests.browser.running import BROWSERS, Server, chromium, find_browser, running

PATIENCE = 30_000  # milliseconds; how long an expectation is polled on a slow machine

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system."""
    program = find_browser()
    if not program:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the path, and CNNVIZ_CHROMIUM names none")
    with chromium(program) as started:
        yield started


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests of the pages."""
    with running(tmp_path_factory.mktemp("server") / "log.txt") as server:
        yield server


@dataclass
class Visits:
    """Opens the app in new browser contexts, and collects what goes wrong in any of them."""

    browser: Browser
    server: Server
    wrong: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, query: str = "", width: int = 1280, height: int = 720, **options: object) -> BuildPage:
        """A visitor of his own who follows a link: "", "?net=…" or a full one."""
        page = self.new_page(viewport={"width": width, "height": height}, **options)
        page.goto(query if query.startswith("http") else self.server.url + query)
        return BuildPage(page)

    def new_page(self, **options: object) -> Page:
        """An empty page in a context of its own, whose errors are noted."""
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

        page.on("console", said)
        page.on("pageerror", lambda error: self.wrong.append(f"page: {error}"))
        return page

    def close(self) -> None:
        """Look for tracebacks on the open pages, then close them."""
        for context in self.contexts:
            for page in context.pages:
                if "Traceback" in page.locator("body").inner_text() or page.get_by_test_id("stException").count():
                    self.wrong.append(f"a traceback on {page.url[:200]}")
            context.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., BuildPage]]:
    """Open the app as a new visitor. Fails the test at its end when a page or the server met an error."""
    visits = Visits(browser, server)
    before = len(server.said())
    yield visits
    visits.close()
    assert not visits.wrong, "\n".join(visits.wrong)
    assert "Traceback" not in server.said()[before:], server.said()[before:]
