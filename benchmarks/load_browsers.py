"""Visitors with real browsers among those of the load: each edits as the others do, and tells what it saw painted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.streamlit_client import Update

PATIENCE = 120_000  # milliseconds

# Runs in the page: from the next click to the frame after the one in which the parameters are others.
WATCH = """() => {
  const shown = () => [...document.querySelectorAll(".st-key-headline *")].find((element) => element.shadowRoot)
    .shadowRoot.querySelector(".card").title
  const before = shown()
  window.painted = new Promise((resolve) => {
    addEventListener("click", (event) => {
      const look = () => requestAnimationFrame(() => {
        if (shown() === before) look()
        else resolve(performance.now() - event.timeStamp)
      })
      look()
    }, { capture: true, once: true })
  })
}"""


class BrowserVisitor:
    """One page of a browser on the Build page, with the first block's parameters open."""

    def __init__(self, browser: Any, url: str, net: str) -> None:
        self._browser, self._url = browser, f"{url}?net={net}"

    async def arrive(self) -> None:
        """Open the page. Raises playwright's TimeoutError."""
        context = await self._browser.new_context(viewport={"width": 1280, "height": 720})
        self._page = page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        await page.goto(self._url)
        await page.get_by_role("list", name="Blocks").locator(".line").first.click()
        caption = page.locator(".caption", has_text=re.compile("^filters$"))
        self._more = page.locator("label.field", has=caption).get_by_role("button", name="more").first
        await self._more.wait_for()

    async def edit(self, _: int) -> Update:
        """One filter more; seconds from the click to the painted page."""
        from benchmarks.streamlit_client import Update

        await self._page.evaluate(WATCH)
        await self._more.click()
        return Update(float(await self._page.evaluate("() => painted")) / 1000, 0, 0)

    async def leave(self) -> None:
        """Close the page."""
        await self._page.context.close()


@asynccontextmanager
async def chromium(wanted: bool) -> AsyncIterator[Any]:
    """A headless browser, or None where none is wanted. Raises RuntimeError where none is found."""
    if not wanted:
        yield None
        return
    from playwright.async_api import async_playwright

    from tests.browser.running import find_browser

    program = find_browser()
    if not program:
        raise RuntimeError("there is no Chromium on the path; CNNVIZ_CHROMIUM can name one")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        await browser.close()
