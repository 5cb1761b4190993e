"""The headline figures, with their change since the last edit, and whether Keras agrees."""

from __future__ import annotations

from collections.abc import Callable

from .. import units
from ..keras_service import KerasService
from ..ops import shape_text
from ..report import WORKS, Report
from . import assets, shared
from .keras_card import Card, keras_card
from .keras_route import Awaited
from .session import Session


def show(session: Session, keras: KerasService, owner: str) -> None:
    """Draw the cards. The component itself waits for Keras' answer."""
    shown, state = session.shown, keras.state
    # A net under a dragged control is not built: the one that is let go is.
    dragging = session.preview is not None
    answer = None if dragging else keras.check(shown.line, owner=owner, with_summary=False)
    waits = not dragging and answer is None and state.word != "unavailable"
    found = [*cards(shown, session.compared, session.work), keras_card(answer, state, dragging=dragging)]
    data = {
        "cards": [card._asdict() for card in found],
        "answer": shared.waiting().path(Awaited(shown.line, with_summary=False)) if waits else "",
    }
    assets.component("headline")(key="headline", data=assets.as_json(data), on_poll_change=lambda: None)


def cards(shown: Report, before: Report | None, work: str) -> list[Card]:
    """Parameters, work, peak memory, receptive field and depth."""
    return [
        _parameters(shown, before),
        _work(shown, before, work),
        _memory(shown, before),
        _receptive_field(shown, before),
        _depth(shown, before),
    ]


def _parameters(shown: Report, before: Report | None) -> Card:
    cost = shown.total
    fixed = cost.parameters - cost.trainable
    exact = f"{units.exact(cost.parameters)} parameters, {units.exact(cost.trainable)} of them trainable"
    note = f"{units.si(fixed)} fixed" if fixed else "all trainable"
    card = Card("Parameters", units.si(cost.parameters), exact, note)
    return _changed(card, shown, before, lambda report: report.total.parameters, units.si)


def _work(shown: Report, before: Report | None, work: str) -> Card:
    counted = WORKS[work]
    number = counted.of(shown.total)
    exact = f"{units.exact(number)} {counted.name} for one picture. Counted: {counted.rule}"
    card = Card(counted.name, units.si(number), exact, "per picture")
    return _changed(card, shown, before, lambda report: counted.of(report.total), units.si)


def _memory(shown: Report, before: Report | None) -> Card:
    found = shown.inference
    exact = (
        f"{units.exact(found.peak)} bytes of activations at once, at {found.peak_node}; one picture, float32, "
        f"weights apart ({units.binary(found.weights)})"
    )
    card = Card("Peak memory", units.binary(found.peak), exact, "activations")
    return _changed(card, shown, before, lambda report: report.inference.peak, units.binary)


def _receptive_field(shown: Report, before: Report | None) -> Card:
    node, seen = shown.graph.nodes[shown.last_map], shown.fields[shown.last_map]
    picture = shape_text(shown.graph.nodes[0].shape[:2])
    size = units.exact(seen.size[0]) if seen.size[0] == seen.size[1] else shape_text(seen.size)
    reach = "the whole picture" if seen.whole else f"part of the {picture} picture"
    exact = (
        f"One position of the last map ({shape_text(node.shape)}, {node.id}) sees {shape_text(seen.size)} pixels, "
        f"before clipping at the border: {reach}"
    )
    card = Card("Receptive field", f"{size} px", exact, "whole picture" if seen.whole else f"of {picture}")
    return _changed(card, shown, before, lambda report: report.fields[report.last_map].size[0], lambda n: f"{n} px")


def _depth(shown: Report, before: Report | None) -> Card:
    exact = (
        f"{shown.depth} layers with a kernel (convolutions and dense layers) on the longest way to the output; "
        f"{len(shown.graph.nodes) - 1:,} operations in all"
    )
    card = Card("Depth", str(shown.depth), exact, "layers deep")
    return _changed(card, shown, before, lambda report: report.depth, units.exact)


def _changed(
    card: Card, shown: Report, before: Report | None, of: Callable[[Report], int], show: Callable[[int], str]
) -> Card:
    """The card with the figure's change. More costs more, so that up is the warning tone."""
    if before is None or before is shown:
        return card
    now, then = of(shown), of(before)
    tone = "same" if now == then else "up" if now > then else "down"
    return card._replace(change=units.change(now, then, show), tone=tone)
