"""What is shown of the nets that are compared. Only the view in sight is worked out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st

from ..labs import invariants, measures, side_by_side
from ..labs import waterfall as falls
from ..labs.measures import Measure
from ..report import WORKS, Report
from . import assets, compare_payload, compare_state, comparison, lab_state, told, visit
from .compare_nets import LETTERS, Nets
from .compare_state import VIEW, View

_SHOWN = {"difference": "Difference", "stages": "By stage", "layers": "By layer", "zoo": "In the zoo"}
_UP = {"parameters": "Parameters", "top5": "Top-5 error"}


def figures(nets: Nets) -> None:
    """The figures side by side, with ratios against the first net."""
    data = compare_payload.figures(nets.slots, visit.session().work)
    component = assets.component("compare_figures")
    component(key="compare_figures", data=assets.as_json(data))
    st.caption("Ratios are against A. Point at a figure for its exact value, at its name for how it is counted.")


def held(nets: Nets) -> None:
    """What holds of all nets alike, and what does not."""
    lines = ["### What they have in common"]
    for found in invariants.invariants([slot.report for slot in nets.slots]):
        mark = ":green[:material/check:]" if found.holds else ":orange[:material/close:]"
        lines.append(f"{mark} **{found.about}** {found.said}")
    st.markdown("\n\n".join(lines))


def counting(nets: Nets) -> None:
    """How work is counted, here and in Build."""
    session = visit.session()
    key = told.key("compare_work", session.work)

    def choose(work: str | None) -> None:
        session.work = work or "macs"
        compare_state.write(nets)

    st.segmented_control(
        "Count work in",
        [*WORKS],
        format_func=lambda work: WORKS[work].name,
        required=True,
        key=key,
        on_change=told.used(key, choose),
    )


def controls(nets: Nets, view: View) -> None:
    """Which view is in sight, and its settings."""
    names = {"parameters": "Parameters", "work": WORKS[visit.session().work].name, "activations": "Memory"}
    with st.container(key="compare_controls", horizontal=True, vertical_alignment="bottom"):
        lab_state.widget(View, "show", VIEW, names=_SHOWN)
        if view.show == "zoo":
            lab_state.widget(View, "up", VIEW, "Upwards", names=_UP)
        else:
            lab_state.widget(View, "measure", VIEW, names=names)
            counting(nets)
        if view.show == "difference":
            lab_state.widget(View, "by", VIEW, names={"blocks": "Blocks", "layers": "Layers"})
            _ends(nets, view)


def _ends(nets: Nets, view: View) -> None:
    """From which net to which; of two nets there is only the other way round."""
    if len(nets.slots) > 2:
        _end("left", "From", nets, view)
        _end("right", "To", nets, view)
    else:
        st.button("Swap", key="compare_swap", icon=":material/swap_horiz:", on_click=_swap, args=(nets,))


def _end(name: str, label: str, nets: Nets, view: View) -> None:
    """One end of the difference; the other one's net is exchanged for it."""
    now = dict(zip(("left", "right"), [LETTERS[at] for at in compare_state.pair(nets, view)], strict=True))
    key = told.key(f"compare_{name}", now[name])

    def choose(chosen: str) -> None:
        other = "left" if name == "right" else "right"
        rest = now[name] if chosen == now[other] else now[other]
        lab_state.change(View, VIEW, **{name: chosen, other: rest})

    st.segmented_control(
        label, [*nets.letters], format_func=str.upper, required=True, key=key, on_change=told.used(key, choose)
    )


def _swap(nets: Nets) -> None:
    nets.slots = nets.slots[::-1]
    nets.problems = []
    compare_state.write(nets)


def show(nets: Nets, view: View) -> None:
    """The view in sight."""
    work = visit.session().work
    measure = measures.measure(view.measure, work)
    if view.show == "difference":
        _difference(nets, view, measure, work)
    elif view.show == "zoo":
        _chart(compare_payload.zoo(nets.slots, view.up))
    elif view.show == "stages":
        _chart(compare_payload.stages(nets.slots, measure, work))
        st.caption(
            "A stage is all layers whose output has one height and width; vectors, as of dense layers, stand last. "
            f"{measure.name}: {measure.rule}."
        )
    else:
        _chart(compare_payload.layers(nets.slots, measure, work))
        st.caption(f"Layers stand in Keras' order. {measure.name}: {measure.rule}.")


def _difference(nets: Nets, view: View, measure: Measure, work: str) -> None:
    left, right = compare_state.pair(nets, view)
    one, other = nets.slots[left], nets.slots[right]
    numbers = [measures.values(slot.report, measure.key, work) for slot in (one, other)]
    found = compare_state.comparison(one.report, other.report)
    titles = [f"{LETTERS[at].upper()} · {nets.slots[at].title}" for at in (left, right)]
    sides = ((titles[0], one.report), (titles[1], other.report))
    if view.by == "blocks":
        fall = falls.of_blocks(found, *numbers)
        data = comparison.payload(found, *sides, work)
    else:
        layers = compare_state.layers(one.report, other.report)
        fall = falls.of_layers(layers, (one.report, other.report), *numbers)
        data = comparison.layer_payload(layers, found, *sides, work)
    _chart(compare_payload.waterfall(fall, measure, nets.slots, (left, right)))
    st.caption(f"The bars add up to the difference exactly. {measure.name}: {measure.rule}.")
    comparison.draw(data, key="compare_table")


def export(nets: Nets, view: View) -> None:
    """The files of what is on screen; figures are saved by the buttons on each chart."""
    panel = st.popover("Export", key="compare_export", on_change="rerun")
    if panel.open:
        with panel, st.container(key="exports"):
            _files(nets, view)


@st.fragment
def _files(nets: Nets, view: View) -> None:
    """A fragment of its own, so that a click while the page changes still finds its file."""
    files: tuple[tuple[str, str, Callable[[Nets, View, str], str]], ...] = (
        ("Figures, CSV", "figures", _figures_csv),
        ("Difference by blocks, CSV", "blocks", functools.partial(_changes_csv, by="blocks")),
        ("Difference by layers, CSV", "layers", functools.partial(_changes_csv, by="layers")),
    )
    for label, name, make in files:
        st.download_button(
            label,
            _maker(make, nets, view),
            file_name=f"comparison-{name}.csv",
            mime="text/csv",
            key=f"compare_file_{name}",
            on_click="ignore",
            width="stretch",
        )
    st.caption("PNG and SVG: the buttons on each figure.")


def _maker(make: Callable[[Nets, View, str], str], nets: Nets, view: View) -> Callable[[], bytes]:
    """What makes the file of what is on screen at the click."""
    work = visit.session().work
    return lambda: make(nets, view, work).encode()


def _figures_csv(nets: Nets, view: View, work: str) -> str:
    titles = [f"{LETTERS[at].upper()} {slot.title}" for at, slot in enumerate(nets.slots)]
    return side_by_side.figures_csv(titles, [slot.report for slot in nets.slots], work)


def _changes_csv(nets: Nets, view: View, work: str, by: str) -> str:
    left, right = [nets.slots[at].report for at in compare_state.pair(nets, view)]
    return side_by_side.changes_csv((left, right), work, _bars(left, right, by))


def _bars(left: Report, right: Report, by: str) -> Callable[[list[int], list[int]], list[falls.Bar]]:
    if by == "blocks":
        return functools.partial(falls.block_bars, compare_state.comparison(left, right))
    layers = compare_state.layers(left, right)
    return functools.partial(falls.layer_bars, layers, (left, right))


def _chart(data: dict[str, Any]) -> None:
    component = assets.component("compare_chart")
    component(key="compare_chart", data=assets.as_json(data))
