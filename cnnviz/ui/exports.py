"""Downloads of the net on screen. Each file is made when it is clicked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from .. import codegen
from ..draw import svg
from ..draw.dot import dot
from ..draw.scene import scene
from ..keras_service import KerasError, KerasService
from ..report import Report
from ..summary import as_csv, summarize
from .plain_text import escaped
from .session import Session

_REFUSED = "export_refused"  # why the last file could not be made
NO_DOT = (
    "plot_model needs Graphviz, which is not installed here: get it with apt-get install graphviz, brew install "
    "graphviz or winget install Graphviz.Graphviz. Everything else works without it."
)


class Export(NamedTuple):
    """One file: its button, the ending of its name, its type, what makes it."""

    label: str
    ending: str
    mime: str
    make: Callable[[Session, KerasService], str | bytes]
    help: str = ""
    needs: str = ""  # keras, or dot, which plot_model needs besides


EXPORTS: tuple[Export, ...] = (
    Export("Keras plot, PNG", "plot.png", "image/png", lambda s, k: k.plot_png(s.now.line), "plot_model", "dot"),
    Export("Diagram, SVG", "svg", "image/svg+xml", lambda s, _: diagram_svg(s.now, s.open_groups), "as it is unfolded"),
    Export("Diagram, DOT", "dot", "text/vnd.graphviz", lambda s, _: dot(s.now.graph), "for Graphviz"),
    Export("Layer table, CSV", "csv", "text/csv", lambda s, _: as_csv(summarize(s.now.graph))),
    Export("Python code", "py", "text/x-python", lambda s, _: python(s), "builds the same Keras model"),
    Export("Keras model", "keras", "application/zip", lambda s, k: k.keras_file(s.now.line), "fresh weights", "keras"),
    Export("Notation, text", "txt", "text/plain", lambda s, _: s.text),
)


def title(session: Session) -> str:
    """What a file of this net is called."""
    return session.preset or "network"


def python(session: Session) -> str:
    """The program that builds the net on screen in Keras."""
    return codegen.source(session.now.graph, session.now.net, title(session))


def diagram_svg(shown: Report, open_groups: frozenset[str]) -> str:
    """The diagram as it is unfolded, as an SVG file."""
    return svg.svg(scene(shown.graph, shown.costs, open_groups))


@st.fragment
def buttons(session: Session, keras: KerasService) -> None:
    """A button for each file. A fragment of its own, so that a click while the page changes still finds its file."""
    refused = st.session_state.setdefault(_REFUSED, [])
    refused.clear()
    for export in EXPORTS:
        missing = _missing(export, keras)
        st.download_button(
            export.label,
            _maker(export, session, keras, refused),
            file_name=f"{title(session)}.{export.ending}",
            mime=export.mime,
            key=f"export_{export.ending}",
            help=missing or export.help or None,
            on_click="ignore",
            disabled=bool(missing),
            width="stretch",
        )
    _why_not(refused)


@st.fragment(run_every=2.0)
def _why_not(refused: list[str]) -> None:
    """Why the last file could not be made: it is made while no script runs, and Streamlit says only that it failed."""
    if refused:
        st.error(escaped(refused[-1]), icon=":material/error:")


def _missing(export: Export, keras: KerasService) -> str:
    """Why a file cannot be made here, "" when it can."""
    if export.needs and keras.state.word == "unavailable":
        return f"Keras is not available: {keras.state.reason}"
    return NO_DOT if export.needs == "dot" and not shutil.which("dot") else ""


def _maker(export: Export, session: Session, keras: KerasService, refused: list[str]) -> Callable[[], bytes]:
    """What makes the file of the net that is on screen at the click; why it cannot be made goes into `refused`."""

    def make() -> bytes:
        refused.clear()
        try:
            made = export.make(session, keras)
        except KerasError as error:
            refused.append(f"{export.label}: {error}. The net on screen is as it was.")
            raise
        return made.encode() if isinstance(made, str) else made

    return make
