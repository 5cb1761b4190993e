"""Convolution: layers on small numbers, step by step, the ways to end a network, and receptive fields."""

import streamlit as st

from cnnviz.ui import assets, convolution_page

st.html(f"<style>{assets.text('convolution_page.css')}</style>")
with st.container(key="convolution"):
    settings = convolution_page.settings()
    convolution_page.show_topics(settings)
    with st.container(key="convolution_row", horizontal=True, gap=None):
        with st.container(key="convolution_stage_pane"):
            convolution_page.show_settings(settings)
            convolution_page.show_topic(settings)
        with st.container(key="convolution_words"):
            convolution_page.show_words(settings)
