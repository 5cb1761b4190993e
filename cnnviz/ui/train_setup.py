"""A new run: the net, the data and the settings at the left; what fitting changes and what it costs at the right."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from .. import units
from ..ops import shape_text
from ..training.bounds import Bounds
from ..training.settings import PRESETS, Settings
from ..zoo import ROWS
from . import lab_state, rooms, told, train_before, train_data, train_fit, train_state, visit
from .compare_nets import BUILD, Slot, of_build, of_zoo, put_into_build
from .train_fit import Shown
from .train_state import SETTINGS, VIEWS, View

_HELD = "held"  # the option of a net that is in no list

OPTIMIZERS: Mapping[str, str] = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
FORMATS: Mapping[str, str] = {
    "float32": "float32",
    "mixed_float16": "mixed, float16",
    "mixed_bfloat16": "mixed, bfloat16",
}
_BACKENDS: Mapping[str, str] = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_DEVICES: Mapping[str, str] = {"auto": "GPU if there is one", "cpu": "CPU", "gpu": "GPU"}


def show_views(view: View, run: str) -> None:
    """The row of views; none is marked while one run is in sight."""
    key = told.key("train_views", None if run else view.view)

    def chosen(name: str | None) -> None:
        train_state.go(name or view.view)

    st.segmented_control(
        "View",
        [*VIEWS],
        format_func=lambda name: VIEWS[name],
        key=key,
        on_change=told.used(key, chosen),
        label_visibility="collapsed",
    )


def share(view: View) -> None:
    """The link to what is chosen, for a class to open."""
    panel = st.popover("Share", key="train_share", on_change="rerun")
    if panel.open:
        with panel, st.container(key="link"):
            now = lab_state.current(Settings, SETTINGS)
            st.caption("This link opens Train with this net and these settings; whoever opens it launches a run.")
            st.code(train_state.address(train_state.net(), now, view), language=None, wrap_lines=True)
            if now.data == "pictures":
                st.caption("Your own pictures stay here; the link leaves them out.")


@st.fragment(key="train_new")
def show() -> None:
    """All of it. What is chosen stands at the left; the right side follows."""
    with st.container(key="train_new", horizontal=True, gap=None):
        left, right = st.container(key="train_choices"), st.container(key="train_launch")
    allowed = train_state.bounds()
    if not allowed:
        return
    with left:
        now, view, slot = train_state.settings(), train_state.view(), train_state.net()
        with st.container(key="train_net"):
            _net(slot)
        data = train_data.show(now, allowed)
        fitted = train_fit.work_out(slot, data, view)
        _settings(now, slot, fitted, allowed)
    with right:
        train_fit.show(slot, data, view, fitted)
        train_before.show(slot, data, fitted, now, allowed)


# --- the net ----------------------------------------------------------------------------------------------------------


def _net(slot: Slot) -> None:
    session = visit.session()
    own = slot.source or slot.row or _HELD
    names = {_HELD: slot.title} if own == _HELD else {}
    names |= {BUILD: of_build(session).title, **{row.name: row.title for row in ROWS}}
    key = told.key("train_net_pick", own)

    def chosen(name: str | None) -> None:
        if name == BUILD:
            train_state.pick_net(of_build(session))
        elif name and name != _HELD:
            train_state.pick_net(of_zoo(name))

    st.markdown("### Net")
    with st.container(key="train_net_row", horizontal=True, vertical_alignment="center"):
        st.selectbox(
            "Net",
            [*names],
            format_func=lambda name: names.get(name, name),
            key=key,
            on_change=told.used(key, chosen),
            required=True,
            label_visibility="collapsed",
        )
        if st.button("Open in Build", icon=":material/construction:", key="train_build", type="tertiary"):
            _to_build(slot)
    st.caption(_about(slot))


def _about(slot: Slot) -> str:
    """What the net is, in a line."""
    found, nodes = slot.report, slot.report.graph.nodes
    outputs = len(found.graph.outputs)
    heads = f" · {outputs - 1} auxiliary head{'s' if outputs > 2 else ''}" if outputs > 1 else ""
    return (
        f"Takes {shape_text(nodes[0].shape)} · gives {shape_text(nodes[found.graph.outputs[0]].shape)} · "
        f"**{units.si(found.total.parameters)}** parameters · **{units.si(found.total.macs)}** MACs a picture · "
        f"{found.depth} layers deep{heads}"
    )


def _to_build(slot: Slot) -> None:
    put_into_build(slot, visit.session())
    rooms.to_build()


# --- the settings -----------------------------------------------------------------------------------------------------


def _settings(now: Settings, slot: Slot, fitted: Shown, allowed: Bounds) -> None:
    """The few that matter, then the others by theme, each theme saying what it is set to."""
    with st.container(key="train_settings"):
        st.markdown("### Settings")
        _presets(now)
        with st.container(key="train_main", horizontal=True, vertical_alignment="bottom"):
            _set("epochs", "Epochs")
            _set("batch_size", "Batch size")
            _set("learning_rate", "Learning rate", step=0.0005)
            _set("optimizer", "Optimizer", names=OPTIMIZERS)
        with st.container(key="train_themes"):
            with _theme("Schedule", _said_schedule(now)):
                _set("schedule", "Learning rate over time")
                _row("warmup", "early_stopping", "time_limit")
            with _theme("Regularisation", _said_regularisation(now)):
                names = ["weight_decay", "label_smoothing"]
                names += ["momentum"] if now.optimizer == "sgd" else []
                names += ["aux_weight"] if len(slot.report.graph.outputs) > 1 else []
                _row(*names)
            with _theme("Augmentation", _said_augmentation(now)):
                _row("shift", "rotation", "zoom", "cutout")
                _set("flip", "Mirror left to right")
                if fitted.report:
                    train_data.show_augmented(now, fitted.report.graph.nodes[0].shape, allowed.data)
            with _theme("Machine", _said_machine(now)):
                _row_of_choices()


def _presets(now: Settings) -> None:
    key = told.key("train_preset", train_state.preset_of(now))

    def chosen(name: str | None) -> None:
        if name:
            train_state.take_preset(name)

    st.pills(
        "Begin with",
        [*PRESETS],
        format_func=lambda name: PRESETS[name].title,
        key=key,
        on_change=told.used(key, chosen),
        help="\n\n".join(f"**{preset.title}.** {preset.about}" for preset in PRESETS.values()),
    )


def _theme(title: str, said: str) -> st.delta_generator.DeltaGenerator:
    return st.expander(f"**{title}** :gray[{said}]", key=f"train_theme_{title.lower()}")


_STEPS = {"weight_decay": 0.0001, "label_smoothing": 0.05, "warmup": 0.05, "zoom": 0.05, "aux_weight": 0.1}
_LABELS = {
    "warmup": "Warm-up, share of the run",
    "early_stopping": "Stop after epochs without gain",
    "time_limit": "Time limit, seconds",
    "weight_decay": "Weight decay",
    "label_smoothing": "Label smoothing",
    "momentum": "Momentum",
    "aux_weight": "Weight of auxiliary losses",
    "shift": "Shift, pixels",
    "rotation": "Turn, degrees",
    "zoom": "Zoom, share",
    "cutout": "Cutout, pixels",
    "seed": "Seed",
}


def _row(*names: str) -> None:
    with st.container(key=f"train_row_{names[0]}", horizontal=True, vertical_alignment="bottom"):
        for name in names:
            _set(name, _LABELS[name], step=_STEPS.get(name))


def _row_of_choices() -> None:
    with st.container(key="train_row_device", horizontal=True, vertical_alignment="bottom"):
        _set("device", "Device", names=_DEVICES)
        _set("number_format", "Numbers", names=FORMATS)
    with st.container(key="train_row_backend", horizontal=True, vertical_alignment="bottom"):
        _set("backend", "Backend", names=_BACKENDS)
        _set("xla", "XLA")
        _set("seed", "Seed")


def _set(name: str, label: str, *, names: Mapping[str, str] | None = None, step: float | None = None) -> None:
    lab_state.widget(Settings, name, SETTINGS, label, names=names, step=step)


def _said_schedule(now: Settings) -> str:
    said = [now.schedule]
    said += [f"warm-up {100 * now.warmup:g} %"] if now.warmup else []
    said += [f"stops after {now.early_stopping} epochs without gain"] if now.early_stopping else []
    said += [f"at most {now.time_limit:,} s"] if now.time_limit else []
    return ", ".join(said)


def _said_regularisation(now: Settings) -> str:
    said = [f"weight decay {now.weight_decay:g}"] if now.weight_decay else []
    said += [f"label smoothing {now.label_smoothing:g}"] if now.label_smoothing else []
    said += [f"momentum {now.momentum:g}"] if now.optimizer == "sgd" and now.momentum else []
    return ", ".join(said) or "none"


def _said_augmentation(now: Settings) -> str:
    said = ["mirror"] if now.flip else []
    said += [f"shift {now.shift} px"] if now.shift else []
    said += [f"turn {now.rotation}°"] if now.rotation else []
    said += [f"zoom {100 * now.zoom:g} %"] if now.zoom else []
    said += [f"cutout {now.cutout} px"] if now.cutout else []
    return ", ".join(said) or "none"


def _said_machine(now: Settings) -> str:
    said = [_DEVICES[now.device], _BACKENDS[now.backend], FORMATS[now.number_format]]
    said += [f"XLA {now.xla}"] if now.xla != "auto" else []
    return ", ".join(said) + f", seed {now.seed}"
