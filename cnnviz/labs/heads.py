"""From the last map to the classes: flatten and dense layers against global average pooling, as nets of the engine."""

from __future__ import annotations

from typing import NamedTuple

from .. import report
from ..report import Report


class Head(NamedTuple):
    """One way to end a network: its name, the net as written, its report."""

    key: str
    title: str
    report: Report

    @property
    def parameters(self) -> int:
        return self.report.total.parameters

    @property
    def macs(self) -> int:
        return self.report.total.macs


def heads(side: int, channels: int, hidden: int, classes: int) -> tuple[Head, ...]:
    """The ways to end a network whose last map is side × side × channels; `hidden` is the width of the dense layers."""
    map_ = f"input({side}, {side}, {channels})"
    dense = f"dense({hidden}, relu)"
    written = (
        ("hidden", f"Flatten, two dense layers of {hidden:,} and the classes", f"flatten(); {dense}; {dense}"),
        ("flatten", "Flatten, then the classes", "flatten()"),
        ("gap", "Global average pooling, then the classes", "gap()"),
    )
    return tuple(
        [Head(key, title, report.of_text(f"{map_}; {text}; dense({classes}, softmax)")) for key, title, text in written]
    )
