"""The scripts and style sheets of our own components, from assets/."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).resolve().parent.parent.parent / "assets"


@functools.cache
def text(name: str) -> str:
    """A file of assets/ as text."""
    return (FOLDER / name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """The style sheet of the pages, as an element for st.html."""
    return f"<style>{text('style.css')}</style>"


@functools.cache
def component(name: str, *, css: str = "") -> Any:
    """The component of assets/NAME.js and NAME.css; `css` is added to its style sheet."""
    return declared(name, text(f"{name}.js"), css + text(f"{name}.css"))


def declared(name: str, script: str, style: str) -> Any:
    """A component of this script and style sheet, with the rules that hold in every component before its own."""
    return st.components.v2.component(f"cnnviz_{name}", js=script, css=text("every_component.css") + style)


def as_json(data: Any) -> str:
    """The data of a component as it travels. As one text, Streamlit does not search it for data frames."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
