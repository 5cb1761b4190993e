"""What the Keras process measures, in a browser: candidates timed, a receptive field by its gradient."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from cnnviz.labs.kernels import Kernels
from tests.browser.build_page import KERAS_PATIENCE


def test_one_click_times_the_candidates(visit):
    page = visit().page
    page.get_by_role("link", name="Kernels", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kernels: a stack of small ones or one large one?")
    page.get_by_role("button", name="Measure on this machine").click()
    table = page.locator(".timing")
    expect(table).to_contain_text(re.compile(r"Keras 3\.\S+ on TensorFlow"), timeout=2 * KERAS_PATIENCE)
    expect(table).to_contain_text(re.compile(r"Median of ([5-9]|\d\d+) repetitions"))
    expect(table).to_contain_text(re.compile(r"\d (µs|ms|s)"))
    expect(table).to_contain_text(re.compile(f"one {Kernels().kernel}×", re.IGNORECASE))


def test_a_field_is_measured_by_its_gradient(visit):
    build = visit("?net=input(16,16,1);conv(4,3);conv(4,3)")
    page = build.page
    expect(build.rows).to_have_count(2)
    page.get_by_role("link", name="Convolution", exact=True).first.click()
    page.get_by_text("Receptive field", exact=True).first.click()
    panel = page.locator("[data-testid=stMain]")
    expect(panel).to_contain_text("Theoretical:")
    page.get_by_role("button", name="Measure the effective field").click()
    expect(panel).to_contain_text(re.compile(r"Effective: 90 % of the gradient lies in"), timeout=2 * KERAS_PATIENCE)
