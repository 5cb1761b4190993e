"""Tables of a net, as data frames for the page."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from ..draw import labels
from ..ops import shape_text
from ..report import WORKS, Report
from ..summary import summarize


class LayerTable(NamedTuple):
    """The layers in Keras' order: `frame` to show, and the path of the node behind each row."""

    frame: pd.DataFrame
    ids: tuple[str, ...]


def layers(shown: Report, work: str) -> LayerTable:
    """A row for each layer of the Keras model; work is counted as `work` says, for one picture."""
    counted = WORKS[work]
    rows = summarize(shown.graph).layers
    nodes = shown.graph.nodes
    frame = pd.DataFrame(
        {
            "Layer": [row.name for row in rows],
            "Operation": [labels.heading(nodes[row.node].op) for row in rows],
            "Output": [shape_text(row.output_shape) for row in rows],
            "Parameters": [row.cost.parameters for row in rows],
            counted.name: [counted.of(row.cost) for row in rows],
            "Field": ["whole" if row.field.whole else shape_text(row.field.size) for row in rows],
        }
    )
    return LayerTable(frame, tuple(nodes[row.node].id for row in rows))


def layer_columns(work: str) -> dict[str, Any]:
    """How the columns of `layers` are shown."""
    column = st.column_config
    return {
        "Layer": column.TextColumn(width=190),
        "Operation": column.TextColumn(width=104),
        "Output": column.TextColumn(width=96),
        "Parameters": column.NumberColumn(format="localized", width=86),
        WORKS[work].name: column.NumberColumn(format="localized", width=106),
        "Field": column.TextColumn(width=70, help="receptive field in pixels; whole: the whole picture"),
    }
