"""1×1 reduction: when a 1×1 convolution before a large one makes it cheaper, and when it does not."""

import streamlit as st

from cnnviz.labs.reduction import Settings
from cnnviz.ui import (
    assets,
    lab_state,
    reduction_lab,
    reduction_modules,
    reduction_offers,
    reduction_puzzle,
)


@st.fragment(key="reduction_lab")
def lab() -> None:
    """All that follows from the settings."""
    settings = lab_state.settings(Settings, reduction_lab.PREFIX)
    reduction_lab.show_controls()
    reduction_puzzle.show(settings)
    reduction_lab.show(settings)
    reduction_lab.show_condition(settings)
    reduction_modules.show_googlenet()
    reduction_modules.show_residual(settings)
    reduction_offers.show()


st.html(f"<style>{assets.text('reduction_page.css')}</style>")
with st.container(key="reduction_heading", horizontal=True, vertical_alignment="center"):
    st.markdown("# 1×1 reduction", width="content")
    reduction_lab.show_presets()
with st.container(key="reduction_page"):
    lab()
