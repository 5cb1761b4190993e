"""A server with room for one page: the second visitor reads why, and is let in when the first leaves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.build_page import BuildPage
from tests.browser.running import running


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_VISITORS", "1")
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    with running(tmp_path / "log.txt") as server:
        yield server


def test_the_second_visitor_waits_and_is_let_in(small, shared):
    first = shared.new_page()
    first.goto(small.url)
    expect(BuildPage(first).rows).not_to_have_count(0)

    second = shared.new_page()
    second.goto(f"{small.url}?net=lenet5")
    expect(second.get_by_text("This server is full.")).to_be_visible()
    expect(second.get_by_text(re.compile("your link is kept"))).to_be_visible()

    first.get_by_role("link", name="Zoo", exact=True).first.click()  # who is in stays in
    expect(first.get_by_text("This server is full.")).to_have_count(0)
    first.close()
    expect(BuildPage(second).rows).not_to_have_count(0)
    expect(second).to_have_url(re.compile(r"net=lenet5"))
    second.close()
    assert "Traceback" not in small.said()
