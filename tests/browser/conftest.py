"""A running app and a real browser for the tests of the pages. Without a browser they are skipped, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.build_page import BuildPage
from tests.browser.running import Server, running

PATIENCE = 30_000  # milliseconds; how long an expectation is polled on a slow machine

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests of the pages; its runs and data sets lie in a folder of its own."""
    folder = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_RUNS", str(folder / "runs"))
        patch.setenv("CNNVIZ_DATA", str(folder / "data"))
        with running(folder / "log.txt") as server:
            yield server


@pytest.fixture(scope="session")
def shared(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for visits that need none of their own: the app's scripts are loaded once."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@dataclass
class Visits:
    """Opens the app on new pages, and collects what goes wrong on any of them."""

    server: Server
    shared: BrowserContext
    wrong: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def __call__(self, query: str = "", width: int = 1280, height: int = 720, scheme: str = "light") -> BuildPage:
        """A new visitor who follows a link: "", "?net=…" or a full one."""
        page = self.new_page(self.shared)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(query if query.startswith("http") else self.server.url + query)
        return BuildPage(page)

    def elsewhere(self, link: str) -> BuildPage:
        """A visitor with a browser profile of his own."""
        assert self.shared.browser
        page = self.new_page(self.shared.browser.new_context())
        page.goto(link)
        return BuildPage(page)

    def new_page(self, context: BrowserContext) -> Page:
        """An empty page whose errors are noted: all of them, none is filtered."""
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        self.pages.append(page)

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

        page.on("console", said)
        page.on("pageerror", lambda error: self.wrong.append(f"page: {error}"))
        return page

    def close(self) -> None:
        """Look for tracebacks on the open pages, then close them."""
        for page in self.pages:
            if "Traceback" in page.locator("body").inner_text() or page.get_by_test_id("stException").count():
                self.wrong.append(f"a traceback on {page.url[:200]}")
            page.close()
            if page.context is not self.shared:
                page.context.close()


@pytest.fixture
def visit(shared: BrowserContext, server: Server) -> Iterator[Visits]:
    """Open the app as a new visitor. Fails the test at its end when a page or the server met an error."""
    visits = Visits(server, shared)
    before = len(server.said())
    yield visits
    visits.close()
    assert not visits.wrong, "\n".join(visits.wrong)
    assert "Traceback" not in server.said()[before:], server.said()[before:]
