"""The scripts and style sheets of our own components, from assets/.

Streamlit sends a component's script and style along each time its data change. So what it sends only loads them from
this server, once for each version: the browser keeps them (`script_route.py` serves them).
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import streamlit as st

from .. import palette
from ..draw import theme
from . import addresses

FOLDER = Path(__file__).resolve().parent.parent.parent / "assets"
PREFIX = "/cnnviz-script"

# Components whose script is in several files, in this order; that of any other is NAME.js.
JOINED = MappingProxyType({
    "block_list": ("block_fields.js", "block_palette.js", "block_rows.js", "block_list.js"),
    "compare_chart": (
        "elements.js",
        "figures.js",
        "picture_files.js",
        "chart_frame.js",
        "compare_chart.js",
        "compare_waterfall.js",
        "compare_bars.js",
        "compare_zoo.js",
        "compare_end.js",
    ),
    "compare_figures": ("elements.js", "compare_figures.js"),
    "comparison": ("elements.js", "comparison.js"),
    "convolution": (
        "elements.js",
        "figures.js",
        "convolution_cells.js",
        "convolution_controls.js",
        "convolution_patch.js",
        "convolution_chart.js",
        "convolution.js",
    ),
    "cost_bars": ("elements.js", "picture_files.js", "chart_frame.js", "cost_bars.js"),
    "diagram": (
        "picture_files.js",
        "diagram_camera.js",
        "diagram_parts.js",
        "diagram_drawing.js",
        "diagram_files.js",
        "diagram_tools.js",
        "diagram_pointer.js",
        "diagram_keys.js",
        "diagram.js",
    ),
    "errand": ("elements.js", "errand.js"),
    "field": ("elements.js", "field.js"),
    "headline": ("elements.js", "headline.js"),
    "kernels_chart": ("elements.js", "figures.js", "kernels_chart.js"),
    "kernels_table": ("elements.js", "kernels_table.js"),
    "notation_editor": ("elements.js", "notation_editor.js"),
    "reduction": ("elements.js", "figures.js", "reduction_maps.js", "reduction_chart.js", "reduction.js"),
    "reduction_bars": ("elements.js", "figures.js", "reduction_bars.js"),
    "timing": ("elements.js", "timing.js"),
    "train_memory": ("elements.js", "train_memory.js"),
    "train_results": ("elements.js", "train_kit.js", "train_confusion.js", "train_results.js"),
    "train_run": (
        "elements.js",
        "train_kit.js",
        "train_poll.js",
        "train_curves.js",
        "train_gradients.js",
        "train_run.js",
    ),
    "train_runs": (
        "elements.js",
        "train_kit.js",
        "train_poll.js",
        "train_curves.js",
        "train_scatter.js",
        "train_table.js",
        "train_runs.js",
    ),
    "train_samples": ("elements.js", "train_samples.js"),
    "zoo": ("elements.js", "figures.js", "zoo_labels.js", "zoo_chart.js", "zoo_list.js", "zoo.js"),
})


# Where the colours of the families are wanted: the element around everything that a component draws.
COLOURED = MappingProxyType({
    "block_list": ".list",
    "cost_bars": ".chart",
    "diagram": ".diagram",
    "inspector": ".panel",
    "kernels_chart": ".kernels_chart",
    "kernels_table": ".kernels",
    "reduction": ".reduction",
    "reduction_bars": ".bars",
    "timing": ".timing",
    "zoo": ".zoo",
})

# Style sheets that stand before the component's own, NAME.css.
ALSO = MappingProxyType({
    **dict.fromkeys(("compare_chart", "cost_bars"), ("chart_frame.css",)),
    **dict.fromkeys(("train_results", "train_run", "train_runs"), ("train_curves.css",)),
})


@functools.cache
def text(name: str) -> str:
    """A file of assets/ as text."""
    return (FOLDER / name).read_text(encoding="utf-8")


@functools.cache
def script(name: str) -> str:
    """The script of a component: what it is given once and for all, its files joined, and how it puts on its style."""
    files = "\n".join(text(file) for file in JOINED.get(name, (f"{name}.js",)))
    dress = (
        f"\nconst SHEET = new CSSStyleSheet()\nSHEET.replaceSync({json.dumps(style(name))})\n"
        "export function dress(element) {\n"
        "  const root = element.getRootNode()\n"
        "  if (!root.adoptedStyleSheets.includes(SHEET)) root.adoptedStyleSheets.push(SHEET)\n"
        "}\n"
    )
    return _given(name) + files + dress


def style(name: str) -> str:
    """The style of a component: the rules of every component, the families' colours, its own."""
    colours = theme.css(COLOURED[name]) if name in COLOURED else ""
    own = [text(file) for file in (*ALSO.get(name, ()), f"{name}.css")]
    return "".join((text("every_component.css"), colours, *own))


def _given(name: str) -> str:
    """What never changes of what a component draws, as constants of its script."""
    if name != "block_list":
        return ""
    families = {family: paint.label for family, paint in theme.PAINTS.items()}
    offered = [entry._asdict() for entry in palette.entries()]
    return f"const PALETTE = {as_json(offered)}\nconst FAMILIES = {as_json(families)}\n"


@functools.cache
def version(name: str) -> str:
    """What changes with a component's script or style."""
    return hashlib.sha256(script(name).encode()).hexdigest()[:16]


def style_sheet() -> str:
    """The style sheet of the pages, as an element for st.html."""
    return f"<style>{text('style.css')}</style>"


@functools.cache
def component(name: str) -> Callable[..., Any]:
    """The component of assets/NAME.js and NAME.css; its `data` is a text, as of `as_json`."""
    path = addresses.path(f"{PREFIX}/{version(name)}/{name}.js")
    # It is loaded from a blob: address, where relative ones mean nothing. One line would be taken for a file's name.
    loader = (
        f'const made = await import(new URL("{path}", location.origin))\n'
        "export default (component) => {\n"
        "  made.dress(component.parentElement)\n"
        "  return made.default({ ...component, data: component.data?.[0] })\n"
        "}\n"
    )
    made = st.components.v2.component(f"cnnviz_{name}", js=loader)

    def draw(*, data: str | None = None, **options: Any) -> Any:
        # In anything but a list or a mapping Streamlit looks for data frames, and imports pandas for it.
        return made(data=None if data is None else [data], **options)

    return draw


def as_json(data: Any) -> str:
    """The data of a component as it travels. As one text, Streamlit does not search it for data frames."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
