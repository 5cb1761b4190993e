"""axe-core on a page: what it finds against WCAG 2.2 at level A and AA, less the exceptions that are explained here."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Excused:
    """A violation that stays: the rule, what its element matches, and why. docs/accessibility.md lists them too."""

    rule: str
    element: str
    reason: str


EXCEPTIONS = (
    Excused(
        "scrollable-region-focusable",
        ".stCode pre",
        "Streamlit's code box gives tabindex to the frame around what scrolls; Chromium lets Tab reach the inside too",
    ),
)

SECOND_LOOKS = 3  # a second apart

RUN = """async ([levels, exceptions]) => {
    const { violations } = await axe.run(document, { runOnly: levels, resultTypes: ["violations"] })
    const found = ({ target }) => target.flat().reduce((at, one) => (at.shadowRoot ?? at).querySelector(one), document)
    const excused = (rule, element) => exceptions.some(([of, selector]) => of === rule && element?.matches(selector))
    return violations.flatMap(({ id, help, nodes }) => nodes
        .filter((node) => !excused(id, found(node)))
        .map((node) => ({ rule: id, help, html: node.html, why: node.failureSummary })))
}"""


@functools.cache
def script() -> str:
    """axe-core itself."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds on the page as it stands, inside components too: rule, what it asks, the element, why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    return page.evaluate(RUN, [LEVELS, [[one.rule, one.element] for one in EXCEPTIONS]])


def expect_no_violations(page: Page, where: str) -> None:
    """Fail with every violation in words. What is gone a moment later was the page on its way, not the page."""
    found = violations(page)
    for _ in range(SECOND_LOOKS):
        if not found:
            break
        page.wait_for_timeout(1_000)
        found = violations(page)
    said = "\n\n".join(f"{one['rule']}: {one['help']}\n{one['html'][:300]}\n{one['why'][:400]}" for one in found)
    assert not found, f"{where}:\n{said}"
