"""Where the net of Build would gain by a 1×1: the places, what each saves, and a button that applies it there."""

from __future__ import annotations

import streamlit as st

from .. import units
from ..graph import GraphError
from ..labs import reduction_offers
from ..labs.reduction_offers import Offer
from ..net import NetError
from ..ops import shape_text
from ..zoo import BY_NAME
from . import rooms, visit
from .plain_text import escaped
from .session import Session

_MOST_SHOWN = 8


def show() -> None:
    """Draw the places of this visitor's net."""
    session = visit.session()
    found = offers(session)
    st.markdown("## In your net")
    total = session.now.total
    name = BY_NAME[session.preset].title if session.preset in BY_NAME else "your own"
    st.markdown(f"The net in Build: **{name}**, {units.si(total.parameters)} parameters, {units.si(total.macs)} MACs.")
    more = reduction_offers.unexamined(session.now)
    if more:
        st.info(_unexamined(more), icon=":material/hourglass_top:")
    if not found:
        said = "No place that was examined would gain. " if more else "No place of it would gain. "
        st.info(said + _LOOKED_AT, icon=":material/check:")
        return
    st.markdown(f"{_count(len(found))} would gain by a 1×1. {_RULE}")
    for number, offer in enumerate(found[:_MOST_SHOWN]):
        _show(session, number, offer)
    if len(found) > _MOST_SHOWN:
        st.caption(f"And {len(found) - _MOST_SHOWN} more with smaller savings.")
    if len(found) > 1 and st.button(
        f"Apply all {len(found)} in Build", key="reduction_all", icon=":material/done_all:"
    ):
        apply(session, found)
    _problem(session)
    st.caption(_LOOKED_AT)


def offers(session: Session) -> tuple[Offer, ...]:
    """The places of the session's net, worked out again only when it has changed."""
    found: tuple[Offer, ...] = session.keep(
        "reduction_offers", session.now.text, lambda: reduction_offers.offers(session.now)
    )
    return found


def apply(session: Session, chosen: tuple[Offer, ...]) -> None:
    """Take these offers in Build, as one edit that undo takes back, and go there."""
    try:
        text = reduction_offers.applied(session.now, chosen).text
    except (GraphError, NetError) as error:
        st.error(f"This cannot be applied: {escaped(str(error))}", icon=":material/error:")
        return
    session.write(text)
    if session.problem is None:
        session.select(chosen[0].place if len(chosen) == 1 else None)
        rooms.to_build()


def _show(session: Session, number: int, offer: Offer) -> None:
    before = session.now.total
    saved = offer.saved
    with st.container(key=f"reduction_offer_{number}", border=True, horizontal=True, vertical_alignment="center"):
        with st.container(key=f"reduction_said_{number}", gap=None):
            st.markdown(
                f"**{offer.id}** reads {shape_text(offer.received)}  \n"
                f"`{reduction_offers.text((offer.before,))}`  \n→ `{reduction_offers.text(offer.after)}`"
            )
            if offer.out != offer.new_out:
                st.caption(f"Its output changes from {shape_text(offer.out)} to {shape_text(offer.new_out)}.")
            elif offer.limit:
                st.caption(f"Widths up to {units.exact(offer.limit)} save; half of it is {units.exact(offer.width)}.")
        with st.container(key=f"reduction_saved_{number}", gap=None):
            st.markdown(
                f":green[**−{units.si(saved.parameters)}**] parameters, "
                f"{units.percent(saved.parameters, before.parameters)} of the net’s  \n"
                f":green[**−{units.si(saved.macs)}**] MACs, {units.percent(saved.macs, before.macs)} of the net’s",
                help=f"{units.exact(saved.parameters)} parameters, {units.exact(saved.macs)} MACs",
            )
        if st.button("Apply in Build", key=f"reduction_apply_{number}", icon=":material/construction:", type="primary"):
            apply(session, (offer,))


def _problem(session: Session) -> None:
    if session.problem is not None:
        st.error(escaped(session.problem.message), icon=":material/error:")


def _unexamined(more: int) -> str:
    most = reduction_offers.MOST_MODULES
    rest = "the last one is" if more == 1 else f"the last {more} are"
    return (
        f"Of its {most + more} naive Inception modules only the first {most} were examined, as for each of them the "
        f"whole network is built again; {rest} not. Modules that have taken their 1×1 no longer count: apply, then "
        "come back."
    )


def _count(number: int) -> str:
    return "One place" if number == 1 else f"{number} places"


_RULE = (
    "Before a convolution goes a 1×1 of half the width at which it breaks even: about half of the convolution’s cost "
    "remains. A VGG block is written out as its convolutions, with a 1×1 before each that gains. A naive Inception "
    "module gets its 1×1, a dense block that of DenseNet-B, to four times its growth rate; a basic residual block "
    "becomes a bottleneck of a quarter of its channels. What that does to accuracy only training tells: fewer "
    "channels carry less."
)
_LOOKED_AT = (
    "Looked at: convolutions with a kernel over 1×1 as written (conv, conv_bn) and in VGG blocks, naive Inception "
    "modules, basic residual blocks and dense blocks without 1×1. Left out: places where the 1×1 would leave fewer "
    "than 8 channels, as on a picture, and those that have one already. Other blocks stay as their papers have them."
)
