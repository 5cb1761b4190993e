"""A Streamlit server in a process of its own and a browser of the system: for tests, benchmarks and screenshots."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
START = 120  # seconds that a server may take


class Server:
    """A running Streamlit server: its process, its address, its log."""

    def __init__(
        self, log: Path, *arguments: str, script: str = "app.py", folder: Path = ROOT, port: int = 0
    ) -> None:
        """Start it on that port, or on a free one; `wait` waits until it answers."""
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            port = free.getsockname()[1]
        self.port = port
        self.url = f"http://localhost:{port}/"
        self.log = log
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--server.port", str(port), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Return once the server says that it is well. Raises RuntimeError with its last words."""
        ends = time.monotonic() + START
        while not self._is_well():
            if self.process.poll() is not None or time.monotonic() > ends:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.said()[-3000:]}")
            time.sleep(0.02)

    def said(self) -> str:
        """What the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End the process; the app ends its Keras process itself."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def running(log: Path, *arguments: str, script: str = "app.py", folder: Path = ROOT) -> Iterator[Server]:
    """A server that is well, ended afterwards."""
    server = Server(log, *arguments, script=script, folder=folder)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def find_browser() -> str | None:
    """The program named by CNNVIZ_CHROMIUM, else the first known one on the path."""
    return os.environ.get("CNNVIZ_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """A headless browser. Containers have no user namespaces for its sandbox, and what it opens is our own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
