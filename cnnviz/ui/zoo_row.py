"""One network of the zoo: what it is, its figures beside the published ones, and how it differs from the paper's."""

from __future__ import annotations

import functools

import streamlit as st

from .. import units
from ..compare import Comparison, compare
from ..declare import shown, suggestion
from ..guide.figures import report_of
from ..zoo import BY_NAME, ROWS, Row, citation
from ..zoo.figures import MEASURES, Compared, compared
from . import comparison, location, net_view, rooms, visit

ASKED = "row"  # in the address: /zoo?row=resnet50
_KEPT = "zoo_nets"
_DIAGRAM_HEIGHT = 520
_ANCHOR = "block-by-block"


def asked() -> tuple[Row | None, str]:
    """The network that the address asks for, if any, and what is wrong with the address, if anything."""
    name = location.held().get(ASKED, "").strip()
    if not name:
        return None, ""
    if name in BY_NAME:
        return BY_NAME[name], ""
    near = suggestion(name.lower(), BY_NAME)
    return None, f"There is no network {shown(name)} in the zoo{near}."


def go(name: str) -> None:
    """In a callback: turn to a network, "" for the gallery. It is a step of the browser's history."""
    others = {key: value for key, value in location.held().items() if key != ASKED}
    location.write(others | ({ASKED: name} if name else {}))


def show(row: Row) -> None:
    """Draw the view of one network."""
    _heading(row)
    with st.container(key="zoo_row", horizontal=True, gap=None):
        with st.container(key="zoo_drawing"):
            _drawing(row)
        with st.container(key="zoo_facts"):
            _deviations(row)
            _figures(row)
            _citation(row)
            _others(row)
            with st.expander("Notation"):
                st.code(row.notation, language=None)
    if row.original:
        _against(row)


def _heading(row: Row) -> None:
    st.button("All networks", key="zoo_back", icon=":material/arrow_back:", type="tertiary", on_click=go, args=("",))
    with st.container(key="zoo_heading", horizontal=True, vertical_alignment="center"):
        with st.container(key="zoo_name"):
            st.markdown(f"# {row.title}")
            origin = f"from {row.source.name}: {row.source.about}" if row.source else "from the paper"
            if row.as_in:
                origin = f"the same layers as `{row.as_in}`"
            st.caption(f"{row.family} · {row.paper.year} · {origin}")
        if row.original:
            _switch(BY_NAME[row.original])
        if st.button("Open in Build", type="primary", icon=":material/construction:", key="zoo_open"):
            visit.session().pick(row.name)
            rooms.to_build()


def _switch(original: Row) -> None:
    st.button(
        f"To {original.title}",
        key="zoo_original",
        icon=":material/arrow_forward:",
        help="The network that this one is compared with, below.",
        on_click=go,
        args=(original.name,),
    )


@st.fragment(key="zoo_net")
def _drawing(row: Row) -> None:
    session = net_view.session_of(_KEPT, row.name, report_of(row.name))
    net_view.figures(session, "zoo_figures")
    net_view.drawing(session, f"zoo_diagram_{row.name}", row.name, _DIAGRAM_HEIGHT)
    net_view.selected(session)


def _figures(row: Row) -> None:
    """The published figures beside ours, each under its source's convention."""
    found = compared(row)
    if not found and not row.top5:
        return
    st.markdown("### Published, and ours by the same rule")
    with st.container(key="zoo_published"):
        for number, figure in enumerate(found):
            with st.container(key=f"zoo_figure_{number}", gap=None):
                _figure(figure)
        if row.top5:
            with st.container(key="zoo_figure_error", gap=None):
                st.markdown(f"Top-5 error on ImageNet: **{row.top5.error:g} %** published")
                st.caption(f"Source: {_sentence(row.top5.source)}")


def _figure(figure: Compared) -> None:
    published = figure.published
    verdict = ":green[:material/check: agrees]" if figure.met else ":orange[:material/info: differs]"
    what = f"{published.what[0].upper()}{published.what[1:]}"
    st.markdown(f"{what} {verdict}", help=MEASURES[published.what].rule)
    st.markdown(f"**{published.figure}** published · **{units.exact(figure.ours)}** ours")
    reason = "" if figure.met else f" {_sentence(published.reason)}"
    st.caption(f"Source: {_sentence(published.source)}{reason}")


def _deviations(row: Row) -> None:
    if row.deviations:
        st.markdown("### Where it differs from the paper" if row.source else "### To know")
        st.markdown(row.deviations)
    if row.original:
        found = comparison_of(row.original, row.name)
        parameters = units.change(found.right.parameters, found.left.parameters)
        macs = units.change(found.right.macs, found.left.macs)
        title = BY_NAME[row.original].title
        st.markdown(f"Against {title}: {parameters} parameters, {macs} MACs. [Compare block by block](#{_ANCHOR})")


def _citation(row: Row) -> None:
    paper = row.paper
    st.markdown("### Paper")
    link = citation.link(paper)
    where = f" [arXiv:{paper.arxiv}]({link})" if link else ""
    st.markdown(f"{citation.line(paper)} Here: {_section(row.section)}.{where}")
    with st.popover("Cite", icon=":material/format_quote:", key="zoo_cite"):
        st.caption("In a text")
        st.code(citation.line(paper), language=None, wrap_lines=True)
        st.caption("BibTeX")
        st.code(citation.bibtex(paper), language=None, wrap_lines=True)


def _others(row: Row) -> None:
    """The networks that are compared with this one."""
    others = [other.name for other in ROWS if other.original == row.name]
    if not others:
        return

    def turn() -> None:
        go(st.session_state["zoo_others"] or "")

    st.markdown("### Compared with it")
    st.pills(
        "Networks that are compared with this one",
        others,
        format_func=lambda name: BY_NAME[name].title,
        key="zoo_others",
        on_change=turn,
        label_visibility="collapsed",
    )


def _against(row: Row) -> None:
    original = BY_NAME[row.original]
    st.subheader(f"Against {original.title}, block by block", anchor=_ANCHOR)
    left, right = (original.title, report_of(original.name)), (row.title, report_of(row.name))
    comparison.show(comparison_of(original.name, row.name), left, right, key=f"zoo_against_{row.name}")
    if st.button("Open in Compare", icon=":material/compare_arrows:", key="zoo_compare"):
        st.switch_page(rooms.COMPARE, query_params={"a": original.name, "b": row.name})


@functools.cache
def comparison_of(original: str, name: str) -> Comparison:
    """A row against the one that it is compared with."""
    return compare(report_of(original), report_of(name))


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _section(section: str) -> str:
    named = any(word in section for word in ("table", "figure", "section", "appendix"))
    return section if named else f"section {section}"
