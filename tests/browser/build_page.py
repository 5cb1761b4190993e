"""The Build page as a test speaks of it: figures, rows, fields, tabs."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from cnnviz import units
from cnnviz.report import Report

KERAS_PATIENCE = 150_000  # milliseconds: TensorFlow may be starting on a busy machine


class BuildPage:
    """One open Build page. Waiting is polling: nothing here sleeps for a fixed time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.blocks = page.get_by_role("list", name="Blocks")
        self.rows = self.blocks.locator(".line")
        self.inspector = page.locator(".st-key-inspector")
        self.diagram = page.locator(".st-key-diagram")
        self.undo = page.locator(".st-key-undo").get_by_role("button")
        self.redo = page.locator(".st-key-redo").get_by_role("button")
        self.said = page.get_by_role("alert").filter(visible=True)

    # --- figures ---

    def card(self, label: str) -> Locator:
        """A headline figure."""
        return self.page.locator(".st-key-headline .card").filter(has_text=label)

    def parameters(self) -> int:
        """The exact number of parameters that the headline stands for."""
        title = self.card("Parameters").get_attribute("title") or ""
        return int(title.split()[0].replace(",", ""))

    def expect_net(self, wanted: Report) -> None:
        """The headline shows just the figures of this net."""
        total = wanted.total
        for label, exact, short in (
            ("Parameters", units.exact(total.parameters), units.si(total.parameters)),
            ("MACs", units.exact(total.macs), units.si(total.macs)),
            ("Peak memory", units.exact(wanted.inference.peak), units.binary(wanted.inference.peak)),
        ):
            expect(self.card(label)).to_have_attribute("title", re.compile(rf"^{exact} "))
            expect(self.card(label)).to_contain_text(short)

    def expect_keras_agrees(self, wanted: Report) -> None:
        """Keras has built this very net and counts the same."""
        card = self.card("Keras")
        said = re.compile(f"{len(wanted.graph.nodes) - 1:,} layers, {wanted.total.parameters:,} parameters")
        expect(card).to_have_attribute("title", said, timeout=KERAS_PATIENCE)
        expect(card).to_contain_text("agrees")

    # --- the block list ---

    def row(self, title: str) -> Locator:
        """The first row of the block list with this title."""
        return self.rows.filter(has_text=title).first

    def titles(self) -> list[str]:
        """What the rows are called, in order."""
        expect(self.rows).not_to_have_count(0)
        return self.rows.locator(".title").all_inner_texts()

    def select(self, title: str) -> None:
        """Select a block by its row; clicking the selected one would unselect it."""
        expect(self.row(title)).to_be_visible()
        if self.row(title).get_attribute("aria-expanded") != "true":
            self.row(title).click()
        expect(self.row(title)).to_have_attribute("aria-expanded", "true")

    def field(self, label: str) -> Locator:
        """The text box of a parameter."""
        return self.page.get_by_role("textbox", name=label, exact=True)

    def type_into(self, label: str, value: str) -> None:
        """Type a parameter's value and press Enter."""
        self.field(label).fill(value)
        self.field(label).press("Enter")

    def track(self, label: str) -> Locator:
        """The slider of a parameter."""
        caption = self.page.locator(".caption", has_text=re.compile(f"^{re.escape(label)}$"))
        return self.page.locator("label.field", has=caption).locator(".track")

    def press(self, name: str) -> None:
        """Press one of the page's buttons."""
        self.page.get_by_role("button", name=name, exact=True).click()

    # --- around it ---

    def pick(self, title: str) -> None:
        """Open a network by its title in the preset picker."""
        picker = self.page.get_by_role("combobox", name="Network")
        picker.click()
        picker.fill(title)
        self.page.get_by_role("option", name=title, exact=True).click()

    def tab(self, name: str) -> None:
        """Go to a tab. A click that meets a page just being drawn can be lost: then once more, as anybody would."""
        tab = self.page.get_by_role("tab", name=name)
        tab.click()
        try:
            expect(tab).to_have_attribute("aria-selected", "true", timeout=5_000)
        except AssertionError:
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")

    def link(self) -> str:
        """What the address bar holds of the net; "" for nothing."""
        return parse_qs(urlsplit(self.page.url).query).get("net", [""])[0]

    def shared_link(self) -> str:
        """The link that Share shows."""
        self.press("Share")
        text = self.page.locator(".st-key-link code").inner_text()
        self.page.keyboard.press("Escape")
        return text.replace("\n", "").strip()

    def download(self, label: str, into: Path) -> Path:
        """Export a file; the menu must be open."""
        with self.page.expect_download(timeout=KERAS_PATIENCE) as found:
            self.page.locator(".st-key-exports").get_by_role("button", name=label).click()
        path = into / found.value.suggested_filename
        found.value.save_as(path)
        return path

    def node(self, name: str) -> Locator:
        """A box of the diagram whose label begins so."""
        return self.diagram.locator(f'[role=button][aria-label^="{name}"]')

    def sideways(self) -> list[str]:
        """Which of the containers that hold the page scroll sideways."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(
                 'html, body, .stApp, [data-testid=stMain], [class*=st-key-left], .st-key-middle, .st-key-right')]
               .filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1
                              && (e.tagName === 'HTML' || getComputedStyle(e).overflowX !== 'visible'))
               .map((e) => `${e.tagName} ${e.className}: ${e.scrollWidth} in ${e.clientWidth}`)"""
        )
