"""A run on the Train page in a browser: launched, watched, stopped, resumed, finished, and there when reloaded."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

TINY = "input(8,8,1);conv(4,3,relu);flatten();dense(10,softmax)"
WORKER = 120_000  # milliseconds that a worker may take to start on a busy machine


def bar(page: Page) -> Locator:
    return page.locator(".training.run > .meter > i")


def width(page: Page) -> float:
    """How much of the progress bar is filled, in percent."""
    return float(bar(page).evaluate("(bar) => bar.style.width").removesuffix("%") or 0)


def status(page: Page, title: str) -> None:
    expect(page.locator(".where .pill")).to_have_text(title, timeout=WORKER)


def test_a_run_from_launch_to_its_confusion_matrix(visit):
    page = visit(f"?net={TINY}").page
    page.get_by_role("link", name="Train", exact=True).first.click()
    epochs = page.get_by_role("spinbutton", name="Epochs", exact=True)
    expect(epochs).to_be_visible()
    epochs.fill("25")
    epochs.press("Enter")
    expect(page).to_have_url(re.compile("epochs=25"))
    page.get_by_role("button", name="Launch", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    run = page.url.rpartition("run=")[2]

    # it trains, and the bar moves without the page being drawn again
    status(page, "Training")
    expect(page.locator(".where .said")).to_have_text(re.compile(r"^Epoch ([2-9]|\d\d) of 25"), timeout=WORKER)
    before = width(page)
    page.wait_for_function(f"(bar) => parseFloat(bar.style.width) > {before}", arg=bar(page).element_handle())
    expect(page.locator(".curves path.main").first).to_be_attached()

    # somebody else watches it too
    other = visit.shared.new_page()
    other.goto(page.url)
    expect(other.locator(".where .said")).to_have_text(re.compile(r"^Epoch \d+ of 25"))

    page.get_by_role("button", name="Stop", exact=True).click()
    status(page, "Stopped")
    expect(page.locator(".where .said")).to_have_text(re.compile(r"^\d+ of 25 epochs done; resuming goes on"))
    status(other, "Stopped")
    other.close()

    page.get_by_role("button", name="Resume").click()
    status(page, "Finished")
    expect(page.locator(".where .said")).to_have_text("25 of 25 epochs done")
    matrix = page.locator(".confusion svg")
    expect(matrix).to_have_attribute("aria-label", re.compile(r"^Confusion matrix of 10 classes: \d+ of 359 pictures"))
    assert width(page) == 100

    # reloaded, all of it is still there
    again = visit.shared.new_page()
    again.goto(page.url)
    status(again, "Finished")
    expect(again.locator(".confusion svg")).to_be_visible()
    expect(again.locator(".tile").first).to_contain_text("%")
    again.close()

    # and in the table
    page.get_by_text("Runs", exact=True).click()
    row = page.locator(".rows tbody tr").filter(has=page.locator(f'a[href="?run={run}"]'))
    expect(row.locator(".pill")).to_have_text("Finished")
    row.locator("a").click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    expect(matrix).to_be_visible()
