"""Before launch: the device, the steps, the memory, the time; then the launch itself, or what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from .. import units
from ..declare import sentence
from ..training import devices, lag, launcher, predict
from ..training.bounds import Bounds
from ..training.devices import Device, DeviceError
from ..training.folder import Config, FolderError
from ..training.predict import Offer, Predicted
from ..training.settings import Settings
from . import assets, lab_state, train_probe, train_state, visit, visitor
from .compare_nets import Slot
from .plain_text import escaped
from .train_data import Chosen
from .train_fit import Shown
from .train_state import SETTINGS

_REFUSED = "train_launch_refused"
_FLOP = "FLOP of training: 2 for each MAC, times 3, as a backward pass takes twice the work of a forward pass."


def show(slot: Slot, data: Chosen, fitted: Shown, now: Settings, allowed: Bounds) -> None:
    """Draw the card and the button."""
    device, wrong = _device(now)
    ready = fitted.report is not None and not data.missing
    needed, fits = 0, True
    with st.container(key="train_before"):
        st.markdown("### Before launch")
        _show_device(device, wrong, now)
        if fitted.report and data.shape:
            config = _config(slot, data, fitted, now)
            st.markdown(_steps(now, data, fitted), help=_FLOP)
            if late := lag.note(fitted.report.graph, predict.steps(now, data.train) * now.epochs):
                st.caption(late)
            if device:
                needed, fits = _memory(fitted, now, device, allowed)
            if ready and device and fits:
                train_probe.show(config, data.train, needed, allowed)
    if ready and device and fits and fitted.report:
        _launch(_config(slot, data, fitted, now), now, allowed)
    else:
        st.button("Launch", key="train_launch_button", type="primary", width="stretch", disabled=True)
        st.caption(_why_not(data, fitted, device, fits))


def _config(slot: Slot, data: Chosen, fitted: Shown, now: Settings) -> Config:
    """What is asked of the run."""
    title = train_state.name_of(slot)[:150]
    return Config(fitted.text, title, now, fitted.changes, owner=visitor.owner())


# --- the device -------------------------------------------------------------------------------------------------------


@st.cache_data(ttl=20, show_spinner=False)
def _found() -> tuple[Device, ...]:
    return devices.found()


def _device(now: Settings) -> tuple[Device | None, str]:
    """The device that a run would take, or why there is none."""
    try:
        return devices.choose(now, _found()), ""
    except DeviceError as error:
        return None, str(error)


def _show_device(device: Device | None, wrong: str, now: Settings) -> None:
    if device is None:
        st.error(escaped(sentence(wrong)), icon=":material/developer_board_off:")
        return
    icon = ":material/memory:" if device.kind == "cpu" else ":material/developer_board:"
    memory = f", {units.binary(device.memory)}" if device.memory else ""
    cores = f", {device.cores} core{'s' if device.cores > 1 else ''}" if device.cores else ""
    kind = "**CPU**" if device.kind == "cpu" else "**GPU**"
    none = " as no GPU was found" if device.kind == "cpu" and now.device == "auto" else ""
    st.markdown(f"{icon} {kind}{none}: {escaped(device.name)}{cores}{memory}")


# --- what it takes ----------------------------------------------------------------------------------------------------


def _steps(now: Settings, data: Chosen, fitted: Shown) -> str:
    """Steps of an epoch and of the run, and the work that they are."""
    assert fitted.report
    each = predict.steps(now, data.train)
    flops = 6 * fitted.report.total.macs * data.train * now.epochs
    return (
        f":material/stairs: **{each:,}** step{'s' if each > 1 else ''} an epoch, **{each * now.epochs:,}** in all, "
        f":gray[{units.si(flops)}FLOP]"
    )


def _memory(fitted: Shown, now: Settings, device: Device, allowed: Bounds) -> tuple[int, bool]:
    """Predicted memory by part beside what there is; whether it fits. What does not is refused, with what would."""
    assert fitted.report
    graph, has = fitted.report.graph, _has(device, allowed)
    predicted = _predicted(fitted, now, device)
    over = bool(has) and not predict.fits(predicted, has)
    data = payload(predicted, has, device, over)
    assets.component("train_memory")(key="train_memory", data=assets.as_json(data))
    if over:
        st.error(escaped(sentence(predict.refusal(graph, now, device, has))), icon=":material/memory_alt:")
        _offers(predict.offers(graph, now, has, device))
    return predicted.total, not over


def _has(device: Device, allowed: Bounds) -> int:
    """Bytes that a run may take: what the device has, or what the operator leaves to one worker. 0: not known."""
    bounded = allowed.memory if device.kind == "cpu" else 0
    return min(device.memory or bounded, bounded or device.memory)


def _predicted(fitted: Shown, now: Settings, device: Device) -> Predicted:
    """Kept from one run of the script to the next, as a large net takes a while."""
    assert fitted.report
    graph = fitted.report.graph
    of = (fitted.text, now.batch_size, now.number_format, now.xla, now.backend, predict.optimizer_of(now), device.kind)
    found: Predicted = visit.session().keep("train_memory", of, lambda: predict.memory(graph, now, device))
    return found


# A part of the prediction → what it is called, and what it is.
PARTS: Mapping[str, tuple[str, str]] = {
    "weights": ("weights", "all parameters"),
    "gradients": ("gradients", "one number for each trainable parameter"),
    "slots": ("optimizer", "what the optimizer remembers of each parameter"),
    "activations": ("activations", "what the backward pass needs of the forward pass, for a whole batch"),
    "working": ("workspace", "what single operations need besides"),
    "data": ("batches", "pictures on their way to the device"),
    "libraries": ("libraries", "what Keras and its backend hold for themselves"),
}


def payload(predicted: Predicted, has: int, device: Device, over: bool) -> dict[str, Any]:
    """What the bar is told. Shares are of the larger of what is needed and what is there."""
    whole = max(predicted.total, has, 1)
    free = f", {units.binary(device.free)} free" if device.free and has == device.memory else ""
    return {
        "total": f"≈ {units.binary(predicted.total)}",
        "against": f"of {units.binary(has)}{free}" if has else "the device does not say what it has",
        "device": f"{device.name}: {units.binary(has)}",
        "over": over,
        "limit": has / whole if has else 1,
        "note": predict.NOTE,
        "parts": [
            {
                "name": PARTS[name][0],
                "text": units.binary(size),
                "exact": f"{units.exact(size)} bytes: {PARTS[name][1]}",
                "share": size / whole,
            }
            for name, size in predicted._asdict().items()
        ],
    }


def _offers(offers: Sequence[Offer]) -> None:
    """What would fit, as buttons."""
    with st.container(key="train_offers", horizontal=True):
        for number, offer in enumerate(offers):
            st.button(
                offer.words[0].upper() + offer.words[1:],
                key=f"train_offer_{number}",
                help=f"It takes about {units.binary(offer.total)}.",
                on_click=lab_state.take,
                args=(offer.settings, SETTINGS),
            )


# --- launch -----------------------------------------------------------------------------------------------------------


def _launch(config: Config, now: Settings, allowed: Bounds) -> None:
    if not visitor.may_train(allowed):
        st.info(
            "This server shows how a run would be set up; training itself is off here. On your own machine it is on: "
            "`python3 start.py`. The operator of a public server can allow it with CNNVIZ_TRAINING=on.",
            icon=":material/lock:",
        )
        return
    limited, said = allowed.limit(now)
    st.button(
        "Launch",
        key="train_launch_button",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        on_click=_submit,
        args=(replace(config, settings=limited), allowed),
    )
    for line in said:
        st.caption(sentence(line))
    if st.session_state.get(_REFUSED):
        st.error(escaped(sentence(st.session_state.pop(_REFUSED))), icon=":material/error:")


def _submit(config: Config, allowed: Bounds) -> None:
    """In a callback: queue the run and turn to it."""
    try:
        run = launcher.submit(config, allowed)
    except FolderError as error:
        st.session_state[_REFUSED] = str(error)
        return
    train_state.open_run(run.id)
    st.rerun()


def _why_not(data: Chosen, fitted: Shown, device: Device | None, fits: bool) -> str:
    if data.missing:
        return "The data has to be there first." if data.shape else "Give some pictures first."
    if fitted.report is None:
        return "The net does not fit the data yet."
    if device is None:
        return "There is no such device."
    return "It does not fit into memory." if not fits else ""
