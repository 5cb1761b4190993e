"""How fast the page is: from an edit in the browser to the painted page, and from the start of the server to its use.

Edit → paint: from the click event to the animation frame after the one in which the new figures stand in the headline
and in what is on show (diagram, table or chart), all seen from inside the page. Each edit gives the net's first
convolution one filter more, which changes every layer after it; the next waits until Keras has checked the last.
The peer is a Streamlit script of one button that changes a text, with default settings, in a server of its own that
starts in an empty folder. Both take turns in one browser. Figures are medians.

Start → use: from starting the server's process until a new visitor's page has painted all its parts, against an app of
one line of text, likewise with default settings.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.table import Missing, Row
from cnnviz import edit, report, units, zoo
from cnnviz.ui.session import START

ROUNDS = 15
STARTS = 9
PATIENCE = 120_000  # milliseconds
Times = tuple[float, ...]  # seconds, a figure a round
FOLDED_BUDGET, UNFOLDED_BUDGET, START_BUDGET = 1.0, 2.0, 1.5

ONE_WIDGET = """import streamlit as st
pressed = st.button("more")
st.session_state["count"] = st.session_state.get("count", 0) + pressed
st.text(f"count {st.session_state['count']}")
"""
ONE_LINE = 'import streamlit as st\nst.text("ready")\n'

# Runs in the page. `shown` looks once for each frame whether all that is wanted is there; `arm` does so after a click.
# A table is drawn on a canvas: what is written on it is noted while it is drawn.
WATCH = """(() => {
  let written = null
  const fillText = CanvasRenderingContext2D.prototype.fillText
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    written?.add(String(text))
    return fillText.call(this, text, ...rest)
  }
  const inside = (key) => {
    const host = document.querySelector(`.st-key-${key}`)
    return [...(host?.querySelectorAll("*") ?? [])].find((element) => element.shadowRoot)?.shadowRoot ?? host
  }
  const checks = {
    text: (wanted) => document.querySelector("[data-testid=stText]")?.textContent === wanted,
    rows: (count) => inside("block_list")?.querySelectorAll(".line").length === count,
    headline: (wanted) => inside("headline")?.querySelector(`[title^="${wanted} "]`),
    diagram: ([id, has]) => inside("diagram")?.querySelector(`[aria-label*=", ${id}, "][aria-label*=", ${has} "]`),
    table: (wanted) => written.has(wanted),
    chart: (wanted) => inside("cost_bars")?.querySelector(`[role=button][aria-label*="; ${wanted} "]`),
  }
  window.shown = (wanted) => new Promise((resolve) => {
    const look = () => {
      const is = Object.entries(wanted).every(([name, value]) => checks[name](value))
      requestAnimationFrame(is ? resolve : look)
    }
    look()
  })
  window.arm = (wanted) => {
    written = new Set()
    window.painted = new Promise((resolve) => {
      const clicked = (event) => shown(wanted).then(() => resolve(performance.now() - event.timeStamp))
      addEventListener("click", clicked, { capture: true, once: true })
    })
  }
})()"""


class Case(NamedTuple):
    """One thing to measure: its title, the net, whether it is unfolded, the tab in sight, the most times the peer's."""

    title: str
    net: str
    unfolded: bool
    tab: str
    budget: float


CASES = (
    Case("googlenet, diagram", "googlenet", False, "Diagram", FOLDED_BUDGET),
    Case("googlenet, table", "googlenet", False, "Layers", FOLDED_BUDGET),
    Case("googlenet, chart", "googlenet", False, "Costs", FOLDED_BUDGET),
    Case("densenet201 unfolded, diagram", "densenet201", True, "Diagram", UNFOLDED_BUDGET),
    Case("densenet201, table", "densenet201", False, "Layers", UNFOLDED_BUDGET),
    Case("densenet201, chart", "densenet201", False, "Costs", UNFOLDED_BUDGET),
)


def run(arguments: list[str]) -> list[Row]:
    """Measure, print, and give the rows of the table. Raises Missing."""
    parser = argparse.ArgumentParser(prog="benchmarks.browser", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--only", default="", help="measure only the cases whose title holds this")
    given = parser.parse_args(arguments)
    try:
        from tests.browser import running
    except ImportError:
        raise Missing("Playwright is not installed; python3 start.py bench installs it") from None
    program = running.find_browser()
    if not program:
        raise Missing("there is no Chromium on the path; CNNVIZ_CHROMIUM can name one")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cnnviz-bench-")))
        browser = stack.enter_context(running.chromium(program))
        print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
        print(f"Chromium {browser.version}, medians of {given.rounds} edits, milliseconds\n")
        rows = _measure_edits(browser, folder, given.rounds, given.only)
        if given.starts and given.only in "start":
            rows.append(_measure_starts(browser, folder, given.starts))
    return rows


# --- edit → paint -----------------------------------------------------------------------------------------------------


def _measure_edits(browser: Any, folder: Path, rounds: int, only: str) -> list[Row]:
    from tests.browser.running import running

    (folder / "one_widget.py").write_text(ONE_WIDGET, encoding="utf-8")
    print(f"{'edit → paint':<32} {'cnnviz':>8} {'one widget':>11} {'ratio':>7} {'budget':>8}")
    rows: list[Row] = []
    with (
        running(folder / "app.log") as app,
        running(folder / "peer.log", script="one_widget.py", folder=folder) as peer,
    ):
        for case in CASES:
            if only in case.title:
                ours, theirs = _measure(browser, app.url, peer.url, case, rounds)
                rows.append(Row("browser", case.title, ours, "one-button script", theirs, 1 / case.budget))
                _print(rows[-1])
    return rows


def _print(row: Row) -> None:
    assert row.least is not None
    ours, theirs = (1000 * statistics.median(seconds) for seconds in (row.ours, row.theirs))
    print(f"{row.what:<32} {ours:>8.0f} {theirs:>11.0f} {ours / theirs:>6.2f}× {1 / row.least:>7g}×", flush=True)


def _measure(browser: Any, app: str, peer: str, case: Case, rounds: int) -> tuple[Times, Times]:
    """Seconds of both, taking turns; the first turn is not counted."""
    ours, theirs = _Ours(browser, app, case), _Peer(browser, peer)
    found = [(ours.edit(), theirs.edit()) for _ in range(rounds + 1)][1:]
    ours.close()
    theirs.close()
    first, second = zip(*found, strict=True)
    return first, second


def _open(browser: Any, url: str) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    page.goto(url)
    return page


def _click(page: Any, button: Any, wanted: dict[str, Any]) -> float:
    """Seconds from the click to the painted page."""
    page.evaluate("(wanted) => { arm(wanted) }", wanted)
    button.click()
    return float(page.evaluate("() => painted")) / 1000


class _Ours:
    """The Build page with the net's first convolution selected."""

    def __init__(self, browser: Any, url: str, case: Case) -> None:
        self.case = case
        self.now = report.of_text(zoo.BY_NAME[case.net].notation)
        self.page = page = _open(browser, f"{url}?net={case.net}")
        page.get_by_role("list", name="Blocks").locator(".line").first.click()
        caption = page.locator(".caption", has_text=re.compile("^filters$"))
        self.more = page.locator("label.field", has=caption).get_by_role("button", name="more").first
        if case.unfolded:
            page.get_by_role("button", name="Unfold all groups to layers").click()
            page.locator(f'[aria-label*=", {self.now.graph.nodes[-1].id}, "]').wait_for(state="attached")
        page.get_by_role("tab", name=case.tab).click()
        self._wait_for_keras()

    def edit(self) -> float:
        """One filter more."""
        wider = edit.item_at(self.now.net, (0,)).block.filters + 1  # type: ignore[union-attr]
        self.now = report.of_net(edit.set_parameter(self.now.net, (0,), "filters", wider))
        took = _click(self.page, self.more, self._wanted())
        self._wait_for_keras()
        return took

    def close(self) -> None:
        self.page.context.close()

    def _wanted(self) -> dict[str, Any]:
        """What must stand on the page for the net of now."""
        now = self.now
        wanted: dict[str, Any] = {"headline": units.exact(now.total.parameters)}
        first, cost = now.graph.nodes[1], now.costs[1]
        block = now.blocks[(0,)]
        if self.case.tab == "Layers":
            wanted["table"] = f"{cost.parameters:,}"
        elif self.case.tab == "Costs":
            wanted["chart"] = units.exact(block.cost.macs)
        elif self.case.unfolded:
            wanted["diagram"] = [first.id, units.exact(cost.parameters)]
        else:
            wanted["diagram"] = [block.id, units.exact(block.cost.parameters)]
        return wanted

    def _wait_for_keras(self) -> None:
        said = f"{units.exact(self.now.total.parameters)} parameters"
        self.page.locator(f'.st-key-headline .card.good[title*="{said}"]').wait_for()


class _Peer:
    """The script of one widget."""

    def __init__(self, browser: Any, url: str) -> None:
        self.page = _open(browser, url)
        self.count = 0
        self.page.get_by_text("count 0").wait_for()

    def edit(self) -> float:
        """One click."""
        self.count += 1
        return _click(self.page, self.page.get_by_role("button", name="more"), {"text": f"count {self.count}"})

    def close(self) -> None:
        self.page.context.close()


# --- start → use ------------------------------------------------------------------------------------------------------


def _measure_starts(browser: Any, folder: Path, rounds: int) -> Row:
    from tests.browser.running import ROOT

    (folder / "one_line.py").write_text(ONE_LINE, encoding="utf-8")

    now = report.of_text(START)
    block = now.blocks[(0,)]
    ours = {
        "headline": units.exact(now.total.parameters),
        "rows": len(now.net.items),
        "diagram": [block.id, units.exact(block.cost.parameters)],
    }
    found = [
        (
            _start(browser, folder, "app.py", ROOT, ours),
            _start(browser, folder, "one_line.py", folder, {"text": "ready"}),
        )
        for _ in range(rounds)
    ]
    ours_taken, theirs_taken = zip(*found, strict=True)
    print(f"\n{f'start → use, medians of {rounds}':<32} {'cnnviz':>8} {'empty app':>11} {'ratio':>7} {'budget':>8}")
    row = Row("browser", "first page of a new server", ours_taken, "app of one line", theirs_taken, 1 / START_BUDGET)
    _print(row)
    return row


def _start(browser: Any, folder: Path, script: str, where: Path, wanted: dict[str, Any]) -> float:
    """Seconds from starting a server until a new visitor's page is there."""
    from tests.browser.running import Server

    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    begun = time.perf_counter()
    server = Server(folder / "start.log", script=script, folder=where)
    try:
        server.wait()
        page.goto(server.url, wait_until="commit")
        page.evaluate("(wanted) => shown(wanted)", wanted)
        return time.perf_counter() - begun
    finally:
        context.close()
        server.stop()
