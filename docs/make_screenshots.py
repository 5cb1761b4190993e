"""Make the pictures of the pages.

    python -m docs.make_screenshots             those of the README, into docs/images
    python -m docs.make_screenshots FOLDER      those into FOLDER too, and the pages wide and narrow, light and dark

Run it from the project's folder with the tests' requirements installed. It starts the app itself, and trains the nets
of the Train page's picture.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from cnnviz import edit, report, zoo
from tests.browser.running import chromium, find_browser, running

IMAGES = Path(__file__).resolve().parent / "images"
PATIENCE = 120_000  # milliseconds
SIZES = {1280: 720, 390: 844}
TRAIN = (sys.executable, "-m", "cnnviz", "train")
TRAINED = ("tfnotes-lenet5", "tfnotes-baseline", "tfnotes-inception10")


def main(arguments: list[str]) -> int:
    """Make the pictures; 2 where there is no browser."""
    program = find_browser()
    if not program:
        print("make_screenshots: there is no Chromium on the path; CNNVIZ_CHROMIUM can name one", file=sys.stderr)
        return 2
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as folder, chromium(program) as browser:
        os.environ["CNNVIZ_RUNS"] = str(Path(folder, "runs"))
        for net in TRAINED:
            subprocess.run([*TRAIN, net, "--data", "digits", "--epochs", "12"], check=True)
        with running(Path(folder, "log")) as app:
            make_all(browser, app.url, Path(arguments[0]) if arguments else None)
    return 0


def make_all(browser: Browser, url: str, folder: Path | None) -> None:
    """The README's pictures, and where `folder` is given the others."""

    def make(path: Path, net: str, scheme: str, prepare: Callable[[Page], None], width: int = 1280) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(browser, f"{url}?net={net}", scheme, width, prepare, path)
        print(path)

    make(IMAGES / "googlenet-light.png", "googlenet", "light", googlenet_4d)
    make(IMAGES / "densenet201-dark.png", "densenet201", "dark", densenet_block)
    make_zoo(browser, url, "light", 1280, IMAGES / "zoo-light.png")
    make_runs(browser, url, IMAGES / "train-dark.png")
    if folder:
        for scheme in ("light", "dark"):
            for width in SIZES:
                make_zoo(browser, url, scheme, width, folder / f"zoo-{scheme}-{width}.png")
        for net, prepare in (("googlenet", googlenet_4d), ("densenet201", densenet_block)):
            for scheme in ("light", "dark"):
                for width in SIZES:
                    stem = f"{net}-{scheme}-{width}"
                    make(folder / f"{stem}-arrived.png", net, scheme, lambda page: None, width)
                    make(folder / f"{stem}.png", net, scheme, prepare, width)


def picture(browser: Browser, url: str, scheme: str, width: int, prepare: Callable[[Page], None], path: Path) -> None:
    """One picture: open the page, wait for Keras, prepare, wait until nothing moves; narrow pages at full length."""
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    expect(page.locator(".st-key-headline .card").filter(has_text="Keras")).to_contain_text("agrees")
    expect(page.locator('.st-key-diagram [aria-label^="Input"]')).to_be_attached()
    prepare(page)
    if width < 1000:
        whole_length(page)
    settle(page)
    page.screenshot(path=path, full_page=True)
    context.close()


def make_zoo(browser: Browser, url: str, scheme: str, width: int, path: Path) -> None:
    """The gallery of the zoo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(f"{url}zoo")
    expect(page.locator(".st-key-zoo a.line")).to_have_count(len(zoo.ROWS))
    settle(page)
    page.screenshot(path=path)
    context.close()
    print(path)


def make_runs(browser: Browser, url: str, path: Path) -> None:
    """The runs of the Train page, their curves laid over each other."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{url}train?view=runs")
    expect(page.locator(".rows tbody tr")).to_have_count(len(TRAINED))
    settle(page)
    page.screenshot(path=path)
    context.close()
    print(path)


def googlenet_4d(page: Page) -> None:
    """Module 4d selected and unfolded, with its 5×5 convolution open in the inspector."""
    unfold(page, "Inception 4d")
    page.locator('.st-key-diagram [aria-label*=", inception_4d/conv_5x5,"]').click()
    expect(page.locator(".st-key-inspector")).to_contain_text("51,264")


def densenet_block(page: Page) -> None:
    """The second dense block and its first layer unfolded, with the layer's 3×3 convolution open in the inspector."""
    net = report.of_text(zoo.BY_NAME["densenet201"].notation)
    place = [place for place in net.blocks if block_word(net, place) == "dense_block"][1]
    block = net.blocks[place].id
    diagram = page.locator(".st-key-diagram")
    diagram.get_by_role("button", name="Search layers").click()
    diagram.get_by_role("combobox", name="Search layers").fill(f"{block}/layer1/conv2")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-inspector")).to_contain_text("conv2")
    expect(diagram.locator('[aria-current="true"]')).to_be_in_viewport()


def block_word(net: report.Report, place: tuple[int, ...]) -> str:
    """What kind of block is written at a place; "" for a sequence or a branch."""
    return getattr(getattr(edit.item_at(net.net, place), "block", None), "word", "")


def unfold(page: Page, name: str) -> None:
    """Select a block in the list and open it in the diagram."""
    page.get_by_role("list", name="Blocks").locator(".line").filter(has_text=name).click()
    box = page.locator(f'.st-key-diagram [role=button][aria-label^="{name}"]')
    expect(box).to_have_attribute("aria-current", "true")
    box.locator(".marker").click()
    expect(page.locator(f'.st-key-diagram [aria-label^="{name}, open group"]')).to_be_attached()


def whole_length(page: Page) -> None:
    """Make the window as high as what it shows, so that a picture holds all of it."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height, 6000)})


def settle(page: Page) -> None:
    """Wait until the page looks the same ten frames in a row, with no pointer on it."""
    page.mouse.move(0, 0)
    page.evaluate(
        """() => new Promise((resolve) => {
          let last = "", same = 0
          const texts = (root) => [...root.querySelectorAll("*")].map((e) => {
            const box = e.getBoundingClientRect()
            return [box.x, box.y, box.width, e.shadowRoot ? texts(e.shadowRoot) : ""].join()
          }).join()
          const look = () => {
            const now = texts(document)
            same = now === last ? same + 1 : 0
            last = now
            same > 10 ? resolve() : setTimeout(look, 50)
          }
          look()
        })"""
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
