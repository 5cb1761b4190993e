"""What all visitors of this server share."""

from __future__ import annotations

import streamlit as st

from ..keras_service import KerasService
from . import crowd as crowds
from .errand_route import Watched
from .keras_route import Waiting


@st.cache_resource(show_spinner=False)
def keras() -> KerasService:
    """The door to Keras; it starts its process when it is first asked."""
    return KerasService()


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
