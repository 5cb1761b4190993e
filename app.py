"""The server: `streamlit run app.py`. Imports and warms what pages need, then serves the navigation script."""

from __future__ import annotations

import asyncio
import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from cnnviz.ui import (
    errand_route,
    keras_route,
    runs_route,
    script_route,
    security,
    shared,
    train_tasks,
    training_queue,
    visitor,
)

SOON = ("numpy", "PIL.Image", "PIL.ImageFile")  # Streamlit's for the logo
FIRST = ("cnnviz.ui.tabs", "cnnviz.ui.toolbar")
LATER = ("pandas", "pyarrow", "cnnviz.ui.tables", "cnnviz.ui.train_setup")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Begin to warm Keras in its own process; import what the pages import, so that no visitor waits for it.

    What the first page does not need is imported a little later.
    """
    security.take_long_links()
    security.ask_nobody_for_our_address()
    shared.crowd()  # a bound that cannot be read is said now, not to the first visitor
    service = shared.keras()
    service.start()
    queue = training_queue.start()
    _load(FIRST)
    rest = asyncio.create_task(_load_rest())  # while the browser fetches its scripts
    yield
    rest.cancel()
    if queue:
        queue.close()  # training goes on
    service.close()


async def _load_rest() -> None:
    await asyncio.to_thread(_load, SOON)
    await asyncio.sleep(10)  # by then the first page is there
    await asyncio.to_thread(_load, LATER)


def _load(modules: tuple[str, ...]) -> None:
    """Import modules. Streamlit collects all garbage after each run; what is frozen is not looked through each time."""
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


app = st.App(
    "cnnviz/ui/navigation.py",
    lifespan=lifespan,
    routes=[
        keras_route.route(shared.keras(), shared.waiting()),
        errand_route.route(shared.keras(), shared.watched()),
        *runs_route.routes(),
        train_tasks.route(),
        script_route.route(),
    ],
    middleware=[Middleware(security.SecurityHeaders), Middleware(visitor.VisitorCookie)],
)
