"""Setting up a run in a browser: data, settings, what fitting changes, own pictures, a probe, launch."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.running import Server

PATIENT = 120_000  # milliseconds; Keras starts in a process of its own


def turn_to_train(visit, query: str = "") -> Page:
    """From Build to a new run, with the net of the link."""
    build = visit(query)
    build.page.get_by_role("link", name="Train", exact=True).first.click()
    expect(build.page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(build.page.locator(".st-key-train_launch_button button")).to_be_visible()
    return build.page


def test_a_run_is_set_up_and_launched_from_the_net_in_build(visit):
    page = turn_to_train(visit, "?net=tfnotes-baseline")
    net = page.get_by_role("combobox", name="Net", exact=True)
    expect(net).to_have_value("In Build: Baseline, TensorFlow Notes")
    expect(page.locator(".st-key-train_fit")).to_contain_text("channels 3 → 1")
    expect(page.locator(".st-key-train_samples .class")).to_have_count(10)
    page.get_by_text("Shapes", exact=True).click()
    expect(page.locator(".st-key-train_samples")).to_contain_text("half disc")
    expect(page.locator(".st-key-train_fit")).to_contain_text("Nothing to change")
    expect(page).to_have_url(re.compile(r"data=shapes"))
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("1")
    epochs.press("Enter")
    expect(page.locator(".st-key-train_before")).to_contain_text("100 steps an epoch, 100 in all")
    page.locator(".st-key-train_launch_button button").click()
    expect(page).to_have_url(re.compile(r"/train\?run=baseline-tensorflow-notes-[0-9a-z-]+$"))
    expect(page.get_by_role("heading", level=2)).to_have_text("Baseline, TensorFlow Notes")
    page.get_by_role("button", name="Stop").first.click()
    page.go_back()
    expect(page.locator(".st-key-train_launch_button button")).to_be_visible()
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("1")


def test_own_pictures_in_a_zip_file_are_shown_and_fitted(visit):
    page = turn_to_train(visit, "?net=tfnotes-baseline")
    page.get_by_text("Own pictures", exact=True).click()
    page.locator(".st-key-train_new input[type=file]").set_input_files(
        {"name": "mine.zip", "mimeType": "application/zip", "buffer": zipped()}
    )
    samples = page.locator(".st-key-train_samples")
    expect(samples.locator(".class")).to_have_count(3, timeout=PATIENT)
    expect(samples).to_contain_text("ant")
    expect(page.locator(".st-key-train_fit")).to_contain_text("10 → 3")
    expect(page.locator(".st-key-train_left_out")).to_contain_text("Left out: 1")
    expect(page.locator(".st-key-train_launch_button button")).to_be_enabled()


def test_a_zip_file_without_pictures_is_refused_in_words(visit):
    page = turn_to_train(visit, "?net=tfnotes-baseline")
    page.get_by_text("Own pictures", exact=True).click()
    page.locator(".st-key-train_new input[type=file]").set_input_files(
        {"name": "mine.zip", "mimeType": "application/zip", "buffer": b"this is no zip file"}
    )
    expect(page.locator(".st-key-train_data [role=alert]")).to_contain_text("zip", timeout=PATIENT)
    expect(page.locator(".st-key-train_launch_button button")).to_be_disabled()


def test_a_few_steps_are_timed_without_running_the_script(visit):
    page = turn_to_train(visit, "?net=tfnotes-baseline")
    page.get_by_role("button", name="Time a few steps").click()
    expect(page.locator(".st-key-train_before .errand")).to_be_visible()
    expect(page.locator(".st-key-train_before")).to_contain_text("a step, about", timeout=PATIENT)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_view_scrolls_sideways(visit, server: Server, width, scheme):
    """Streamlit's own script asks for two files below any deep link in vain, so this page's console is not watched."""
    page = visit.shared.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    for query, seen in (
        ("?net=resnet152&data=shapes", ".st-key-train_memory"),
        ("?view=studies", ".st-key-train_studies"),
    ):
        page.goto(f"{server.url}train{query}")
        expect(page.locator(seen)).to_be_visible()
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
        main = page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert main <= 1
    page.close()


@pytest.mark.parametrize("width", [1000, 1100, 1280])
def test_the_pages_names_and_builds_tools_stand_side_by_side(visit, width):
    page = visit(width=width).page
    expect(page.locator(".st-key-toolbar")).to_be_visible()
    # Once the page has come to rest.
    page.wait_for_function(
        """() => {
            const links = [...document.querySelectorAll("[data-testid=stTopNavLink]")]
            const tools = document.querySelector(".st-key-toolbar")?.getBoundingClientRect()
            return links.length > 7 && tools?.width && links.at(-1).getBoundingClientRect().right <= tools.x
        }"""
    )


def zipped() -> bytes:
    """Pictures of three classes, and one that is none."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for label, shade in (("ant", 20), ("bee", 120), ("cat", 220)):
            for number in range(5):
                picture = io.BytesIO()
                Image.new("RGB", (24, 24), (shade, 40 * number, 99)).save(picture, "PNG")
                made.writestr(f"{label}/{number}.png", picture.getvalue())
        made.writestr("ant/broken.png", b"no picture")
    return file.getvalue()
