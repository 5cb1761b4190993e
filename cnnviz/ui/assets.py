"""The scripts and style sheets of our own components, from assets/.

Streamlit sends a component's script along each time its data change. So what it sends only loads the script from this
server, once for each version: the browser keeps it (`script_route.py` serves it).
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import streamlit as st
from streamlit import config

FOLDER = Path(__file__).resolve().parent.parent.parent / "assets"
PREFIX = "/cnnviz-script"

# Components whose script is in several files, in this order; that of any other is NAME.js.
JOINED = MappingProxyType({
    "diagram": ("diagram_camera.js", "diagram_parts.js", "diagram_tools.js", "diagram.js"),
    "compare_chart": (
        "compare_chart.js",
        "compare_waterfall.js",
        "compare_bars.js",
        "compare_zoo.js",
        "compare_end.js",
    ),
    "convolution": (
        "convolution_cells.js",
        "convolution_controls.js",
        "convolution_patch.js",
        "convolution_chart.js",
        "convolution.js",
    ),
    "zoo": ("zoo_labels.js", "zoo_chart.js", "zoo_list.js", "zoo.js"),
    "reduction": ("reduction_maps.js", "reduction_chart.js", "reduction.js"),
    "train_results": ("train_kit.js", "train_confusion.js", "train_results.js"),
    "train_run": ("train_kit.js", "train_curves.js", "train_gradients.js", "train_run.js"),
    "train_runs": ("train_kit.js", "train_curves.js", "train_scatter.js", "train_table.js", "train_runs.js"),
})


@functools.cache
def text(name: str) -> str:
    """A file of assets/ as text."""
    return (FOLDER / name).read_text(encoding="utf-8")


@functools.cache
def script(name: str) -> str:
    """The script of a component, its files joined."""
    return "\n".join(text(file) for file in JOINED.get(name, (f"{name}.js",)))


def version(name: str) -> str:
    """What changes with a component's script."""
    return hashlib.sha256(script(name).encode()).hexdigest()[:16]


def style_sheet() -> str:
    """The style sheet of the pages, as an element for st.html."""
    return f"<style>{text('style.css')}</style>"


@functools.cache
def component(name: str, *, css: str = "") -> Any:
    """The component of assets/NAME.js and NAME.css; `css` and the rules of every component stand before its own."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = f"{'/' + base if base else ''}{PREFIX}/{version(name)}/{name}.js"
    # It is loaded from a blob: address, where relative ones mean nothing. One line would be taken for a file's name.
    loader = f'const script = await import(new URL("{path}", location.origin))\nexport default script.default\n'
    style = text("every_component.css") + css + text(f"{name}.css")
    return st.components.v2.component(f"cnnviz_{name}", js=loader, css=style)


def as_json(data: Any) -> str:
    """The data of a component as it travels. As one text, Streamlit does not search it for data frames."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
