"""Zoo: every network of the papers and the tutorials, with the truth about each."""

import streamlit as st

from cnnviz.ui import assets, zoo_gallery, zoo_row
from cnnviz.ui.plain_text import escaped

st.html(f"<style>{assets.text('zoo_page.css')}</style>")
row, problem = zoo_row.asked()
if row:
    zoo_row.show(row)
else:
    if problem:
        st.error(escaped(problem), icon=":material/link_off:")
    with st.container(key="zoo_gallery"):
        zoo_gallery.show(zoo_row.go)
