"""A file that cannot be made: the page says why, keeps the net, and makes the next one."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.build_page import KERAS_PATIENCE, BuildPage
from tests.browser.running import Server

LARGE = "input(80,80,1);flatten();dense(65536)"  # 1.7 GB of weights


def test_a_file_that_cannot_be_made_says_why(browser: Browser, server: Server, tmp_path: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}?net={LARGE}")
    build = BuildPage(page)
    build.press("Export")
    page.locator(".st-key-exports").get_by_role("button", name="Keras model").click()
    said = page.locator(".st-key-exports").get_by_role("alert").filter(has_text="Keras model")
    why = "the file would hold 1.7 GB of weights; at most 1.1 are allowed"
    expect(said).to_contain_text(why, timeout=KERAS_PATIENCE)  # Keras may still be starting
    expect(said).to_contain_text("The net on screen is as it was")
    assert "Traceback" not in page.locator("body").inner_text()
    assert build.download("Notation", tmp_path).read_text(encoding="utf-8").strip().endswith("dense(65536)")
    expect(said).to_have_count(0)
    context.close()
