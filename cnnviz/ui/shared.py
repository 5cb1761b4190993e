"""What all visitors of this server share."""

from __future__ import annotations

import os

import streamlit as st

from ..keras_service import KerasService
from . import crowd as crowds
from .errand_route import Watched
from .keras_route import Waiting

_HEAD_START = 2.5  # seconds


@st.cache_resource(show_spinner=False)
def keras() -> KerasService:
    """The door to Keras; its process starts when it is first asked, on a small machine after the first page."""
    return KerasService(head_start=_HEAD_START if (os.cpu_count() or 1) < 4 else 0.0)


@st.cache_resource(show_spinner=False)
def waiting() -> Waiting:
    """The nets whose answer some page waits for."""
    return Waiting()


@st.cache_resource(show_spinner=False)
def watched() -> Watched:
    """The measurements that some page waits for."""
    return Watched()


@st.cache_resource(show_spinner=False)
def crowd() -> crowds.Crowd:
    """The pages that are open."""
    return crowds.of_environment()
