"""A running app and a real browser for the tests of the pages. Without a browser they are skipped, with the reason."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.build_page import BuildPage

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 10_000  # milliseconds; how long an expectation is polled on a slow machine

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@dataclass
class Server:
    """The app in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def said(self) -> str:
        """What the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def start_server(log: Path, *arguments: str, script: str = "app.py", folder: Path = ROOT) -> Server:
    """Start Streamlit on a free port and wait until it says that it is well."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.headless", "true"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    server = Server(process, f"http://localhost:{port}/", log)
    ends = time.monotonic() + 120
    while not _is_well(server.url):
        if process.poll() is not None or time.monotonic() > ends:
            process.kill()
            raise RuntimeError(f"the app did not start:\n{server.said()[-3000:]}")
        time.sleep(0.1)
    return server


def _is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop_server(server: Server) -> None:
    """End the server by its own handle; it ends the Keras process itself."""
    server.process.terminate()
    try:
        server.process.wait(20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests of the pages."""
    running = start_server(tmp_path_factory.mktemp("server") / "log.txt")
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system, named by CNNVIZ_CHROMIUM or found on the path."""
    given = os.environ.get("CNNVIZ_CHROMIUM")
    program = given or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the path, and CNNVIZ_CHROMIUM names none")
    with sync_playwright() as playwright:
        # A container has no user namespaces for the sandbox; what is opened here is our own.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Visits:
    """Opens the app in new browser contexts, and collects what goes wrong in any of them."""

    browser: Browser
    server: Server
    wrong: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, query: str = "", width: int = 1280, height: int = 720, **options: object) -> BuildPage:
        """A visitor of his own who follows a link: "" or "?net=…"."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        self.watch(page)
        page.goto(self.server.url + query if not query.startswith("http") else query)
        return BuildPage(page)

    def watch(self, page: Page) -> None:
        """From now on, note every error of this page."""

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

        page.on("console", said)
        page.on("pageerror", lambda error: self.wrong.append(f"page: {error}"))

    def close(self) -> None:
        """Look for tracebacks on the open pages, then close them."""
        for context in self.contexts:
            for page in context.pages:
                shown = page.locator("body").inner_text()
                if "Traceback" in shown or page.get_by_test_id("stException").count():
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
