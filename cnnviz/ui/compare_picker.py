"""The two to four nets: a card for each, where another one is picked or pasted, and share and export."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ..zoo import BY_NAME, ROWS
from . import compare_state, rooms, told, visit
from .compare_nets import (
    BUILD,
    FEWEST,
    LETTERS,
    LONG_LINK,
    Nets,
    Slot,
    of_build,
    of_past,
    of_zoo,
    pasted,
    put_into_build,
)
from .compare_state import View
from .links import LinkError
from .plain_text import escaped

_HELD = "held"  # the option of a slot's own net, where it is none of the others
_MOST_PASTS = 12
_PLACEHOLDER = "https://…/?net=resnet50\nor resnet50\nor input(32, 32, 3); conv(16, 3); …"


def cards(nets: Nets) -> None:
    """A card for each net, and a place to add one."""
    with st.container(key="compare_cards"):
        for at, slot in enumerate(nets.slots):
            with st.container(key=f"compare_card_{LETTERS[at]}", gap=None):
                _card(nets, at, slot)
        if len(nets.slots) < len(LETTERS):
            with st.container(key="compare_add", gap=None):
                _pick(nets, len(nets.slots), None)


def _card(nets: Nets, at: int, slot: Slot) -> None:
    letter = LETTERS[at]
    with st.container(horizontal=True, gap=None, key=f"compare_pick_{letter}", vertical_alignment="center"):
        st.markdown(letter.upper())
        _pick(nets, at, slot)
    with st.container(horizontal=True, gap="small", key=f"compare_tools_{letter}"):
        _paste(nets, at)
        if st.button("Open in Build", key=f"compare_open_{letter}", type="tertiary"):
            _open(slot)
        if len(nets.slots) > FEWEST:
            st.button("Remove", key=f"compare_remove_{letter}", type="tertiary", on_click=_remove, args=(nets, at))


def _pick(nets: Nets, at: int, slot: Slot | None) -> None:
    """A list of all nets that can stand in a slot; without a slot it adds one."""
    session = visit.session()
    pasts = {f"undo:{back}": past for back, past in enumerate(session.undo[: -_MOST_PASTS - 1 : -1], 1)}
    names = {BUILD: of_build(session).title}
    for back, (key, past) in enumerate(pasts.items(), 1):
        about = BY_NAME[past.preset].title if past.preset in BY_NAME else "own net"
        names[key] = f"In Build, {back} step{'s' if back > 1 else ''} back: {about}"
    names |= {row.name: row.title for row in ROWS}
    own = None
    if slot:
        own = slot.source or slot.row or _HELD
        names = {_HELD: slot.title, **names} if own == _HELD else names
    key = told.key(f"compare_net_{LETTERS[at]}", own)

    def changed(chosen: str | None) -> None:
        if chosen == BUILD:
            _put(nets, at, lambda: of_build(session))
        elif chosen in pasts:
            _put(nets, at, lambda: of_past(pasts[chosen]))
        elif chosen and chosen != _HELD:
            _put(nets, at, lambda: of_zoo(chosen))

    st.selectbox(
        f"Net {LETTERS[at].upper()}",
        [*names],
        index=None,
        format_func=lambda name: names.get(name, name),
        key=key,
        placeholder="Add a net …",
        on_change=told.used(key, changed),
        required=True,
        label_visibility="collapsed",
    )


def _paste(nets: Nets, at: int) -> None:
    key = f"compare_text_{LETTERS[at]}"
    panel = st.popover("Paste", key=f"compare_paste_{LETTERS[at]}", type="tertiary", on_change="rerun")
    if panel.open:
        with panel:
            st.text_area(
                "A link, a name of the zoo, or a notation", key=key, placeholder=_PLACEHOLDER, height=160, width=420
            )
            st.button(
                f"Compare as {LETTERS[at].upper()}",
                key=f"compare_take_{LETTERS[at]}",
                type="primary",
                on_click=lambda: _put(nets, at, lambda: pasted(st.session_state.get(key) or "")),
            )


def problems(nets: Nets) -> None:
    """What could not be read, in plain sight."""
    for line in nets.problems:
        st.error(escaped(line), icon=":material/link_off:")


def share(nets: Nets, view: View) -> None:
    """The link to what is on screen."""
    panel = st.popover("Share", type="primary", key="compare_share", on_change="rerun")
    if panel.open:
        with panel, st.container(key="link"):
            text = compare_state.address(nets, view)
            st.caption("This link opens these nets, seen as they are now.")
            st.code(text, language=None, wrap_lines=True)
            if len(text) > LONG_LINK:
                st.caption(
                    f"It has {len(text):,} characters, as it holds nets that are in no list; some programs cut a link "
                    f"of over {LONG_LINK:,}."
                )


def _put(nets: Nets, at: int, make: Callable[[], Slot]) -> None:
    try:
        slot = make()
    except LinkError as error:
        nets.refuse(f"Net {LETTERS[at].upper()}: {error}")
        return
    nets.put(at, slot)
    compare_state.write(nets)


def _remove(nets: Nets, at: int) -> None:
    nets.remove(at)
    compare_state.write(nets)


def _open(slot: Slot) -> None:
    put_into_build(slot, visit.session())
    rooms.to_build()
