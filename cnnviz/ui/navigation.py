"""The navigation script: runs for every visit, sets the page up and runs the page that was asked for."""

from pathlib import Path

import streamlit as st

from cnnviz.ui import admission, assets, visit

PAGES = Path(__file__).resolve().parent.parent.parent / "pages"

st.set_page_config(
    page_title="cnnviz",
    page_icon=str(assets.FOLDER / "icon.svg"),
    layout="wide",
    menu_items={"About": "**cnnviz** puts convolutional networks together from blocks and shows what they cost."},
)
st.html(assets.style_sheet())
st.logo(str(assets.FOLDER / "logo.svg"), icon_image=str(assets.FOLDER / "logo.svg"), size="large")

ROOMS = [
    st.Page(PAGES / "build.py", title="Build", default=True),
    st.Page(PAGES / "zoo.py", title="Zoo"),
    st.Page(PAGES / "compare.py", title="Compare"),
    st.Page(PAGES / "kernels.py", title="Kernels"),
    st.Page(PAGES / "reduction.py", title="1×1"),
    st.Page(PAGES / "convolution.py", title="Convolution"),
    st.Page(PAGES / "train.py", title="Train"),
    st.Page(PAGES / "guide.py", title="Guide"),
]
page = st.navigation(ROOMS, position="top")
admission.let_in()
visit.arrive(page.url_path)
visit.come_back()
page.run()
