"""Settings that every test shares. They must stand before anything imports Keras."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import pytest
from hypothesis import HealthCheck, settings

# No deadlines: a shared machine may be slow. In CI the same examples are drawn at each run.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("local", **_COMMON)
settings.register_profile("ci", derandomize=True, print_blob=True, **_COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of runs that pages and routes use."""
    from cnnviz.ui import visitor

    place = tmp_path / "runs"
    place.mkdir()
    monkeypatch.setenv("CNNVIZ_RUNS", str(place))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(visitor, "is_alone", lambda: True)
    return place


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless Chromium of the system, one for all tests; without one they are skipped, with the reason."""
    pytest.importorskip("playwright")
    from tests.browser.running import BROWSERS, chromium, find_browser

    program = find_browser()
    if not program:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the path, and CNNVIZ_CHROMIUM names none")
    with chromium(program) as started:
        yield started
