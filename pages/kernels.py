"""Kernels: a stack of small ones or one large one? Cost by cost, as exact polynomials, and measured."""

import streamlit as st

from cnnviz.labs.kernels import Kernels
from cnnviz.ui import assets, kernels_algebra, kernels_chart, kernels_controls, kernels_table, lab_state, timing_panel


@st.fragment(key="kernels_lab")
def lab() -> None:
    """Settings at the left, what follows from them beside it; the algebra comes last, as it takes longest."""
    with st.container(key="kernels", horizontal=True, gap=None):
        left, right = st.container(key="kernels_settings"), st.container(key="kernels_figures")
    with right:
        st.markdown("# Kernels: a stack of small ones or one large one?")
        kernels_controls.show_examples()
        settings = lab_state.settings(Kernels, kernels_controls.PREFIX)
    with left:
        kernels_controls.show(settings)
    with right:
        kernels_table.show(settings)
        with st.container(key="kernels_panes", horizontal=True, gap=None):
            drawn, algebra = st.container(key="kernels_drawn"), st.container(key="kernels_algebra")
    with drawn:
        kernels_controls.show_chart_choice(settings)
        kernels_chart.show(settings)
        kernels_controls.show_range(settings)
    with right:
        st.markdown("### Measured")
        timing_panel.show(kernels_table.nets(settings), "kernels_timing")
    with algebra:
        kernels_controls.show_pair(settings)
        kernels_algebra.show(settings)


st.html(f"<style>{assets.text('kernels.css')}</style>")
lab()
