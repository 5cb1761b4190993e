"""The server: `streamlit run app.py`. Imports and warms what pages need, then serves the navigation script."""

from __future__ import annotations

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from cnnviz.ui import keras_route, security, shared


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Begin to warm Keras in its own process; import what the pages import, so that no visitor waits for it.

    Streamlit collects all garbage after each run; what is frozen here is not looked through each time.
    """
    service = shared.keras()
    service.start()
    for module in ("cnnviz.ui.tabs", "cnnviz.ui.toolbar", "pandas", "pyarrow", "plotly.graph_objects", "plotly.io"):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    yield
    service.close()


app = st.App(
    "cnnviz/ui/navigation.py",
    lifespan=lifespan,
    routes=[keras_route.route(shared.keras(), shared.waiting())],
    middleware=[Middleware(security.SecurityHeaders)],
)
