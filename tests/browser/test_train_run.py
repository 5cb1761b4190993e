"""A run on the Train page in a browser: launched, watched, stopped, resumed, finished, and there when reloaded."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

TINY = "input(8,8,1);conv(4,3,relu);flatten();dense(10,softmax)"
EPOCHS = 16
WORKER = 120_000  # milliseconds that a worker may take to start on a busy machine


def bar(page: Page) -> Locator:
    return page.locator(".training.run > .meter > i")


def width(page: Page) -> float:
    """How much of the progress bar is filled, in percent."""
    return float(bar(page).evaluate("(bar) => bar.style.width").removesuffix("%") or 0)


def set_number(page: Page, label: str, value: str) -> None:
    """Type a number into a setting; the link says when it has been taken in."""
    box = page.get_by_role("spinbutton", name=label, exact=True)
    expect(box).to_be_visible()
    box.fill(value)
    box.press("Enter")
    expect(page).to_have_url(re.compile(rf"[?&]{label.lower().replace(' ', '_')}={value}(&|$)"))


def status(page: Page, title: str) -> None:
    expect(page.locator(".where .pill")).to_have_text(title, timeout=WORKER)


def test_a_run_from_launch_to_its_confusion_matrix(visit):
    page = visit(f"?net={TINY}").page
    page.get_by_role("link", name="Train", exact=True).first.click()
    set_number(page, "Epochs", f"{EPOCHS}")
    set_number(page, "Batch size", "2")  # many steps, so that no machine is done before the test has looked
    page.get_by_role("button", name="Launch", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    run = page.url.rpartition("run=")[2]

    # it trains, and the bar moves without the page being drawn again
    status(page, "Training")
    expect(page.locator(".where .said")).to_have_text(re.compile(rf"^Epoch ([2-9]|\d\d) of {EPOCHS}"), timeout=WORKER)
    before = width(page)
    page.wait_for_function(f"(bar) => parseFloat(bar.style.width) > {before}", arg=bar(page).element_handle())
    expect(page.locator(".curves path.main").first).to_be_attached()

    # somebody else watches it too
    other = visit.shared.new_page()
    other.goto(page.url)
    expect(other.locator(".where .said")).to_have_text(re.compile(rf"^Epoch \d+ of {EPOCHS}"))

    page.get_by_role("button", name="Stop", exact=True).click()
    status(page, "Stopped")
    expect(page.locator(".where .said")).to_have_text(re.compile(rf"^\d+ of {EPOCHS} epochs done; resuming goes on"))
    status(other, "Stopped")
    other.close()

    page.get_by_role("button", name="Resume").click()
    status(page, "Finished")
    expect(page.locator(".where .said")).to_have_text(f"{EPOCHS} of {EPOCHS} epochs done")
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
