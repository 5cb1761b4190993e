"""What can be done with a run: stop, resume, train longer, use its settings again, delete."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from .. import disk
from ..declare import sentence
from ..training import launcher
from ..training.folder import GOING, Config, FolderError, Run
from ..training.run_words import RESUMABLE
from . import train_state, visitor
from .plain_text import escaped

_SAID = "run_said"  # what came of the last click: whether it went well, and what to say


def show(run: Run, config: Config, status: str) -> None:
    """The buttons that make sense now. Who may only look gets the one that uses the settings."""
    mine = visitor.may_change(config)
    with st.container(key="run_actions", horizontal=True, width="content"):
        if mine and status in ("queued", *GOING):
            asked = run.is_asked_to_stop()
            st.button(
                "Stopping …" if asked else "Stop",
                icon=":material/stop_circle:",
                key="run_stop",
                disabled=asked,
                help="Finished epochs are kept; it can go on from there.",
                on_click=_do,
                args=(lambda: launcher.stop(run),),
            )
        if mine and status in RESUMABLE:
            st.button(
                "Resume",
                icon=":material/play_circle:",
                type="primary",
                key="run_resume",
                help="Go on from the last finished epoch.",
                on_click=_do,
                args=(lambda: launcher.resume(run),),
            )
        if mine and status in ("finished", "stopped"):
            _longer(run, config)
        if st.button("Use settings", icon=":material/content_copy:", key="run_clone", help="A new run like this one."):
            train_state.prepare(config)
            st.rerun()
        if mine and status not in GOING:
            _delete(run)
    said = st.session_state.pop(_SAID, "")
    if said:
        st.error(escaped(said), icon=":material/error:")


def _longer(run: Run, config: Config) -> None:
    """More epochs than were asked for."""
    bounds = train_state.bounds()
    done = run.state().epoch
    most = bounds.epochs if bounds else 1_000
    if done >= most:
        return
    with st.popover("Train longer", icon=":material/more_time:", key="run_longer"):
        epochs = st.number_input(
            "Epochs in all",
            done + 1,
            most,
            min(max(done, config.settings.epochs) + 10, most),
            key="run_epochs",
            help=f"{done:,} are done. The schedule of the learning rate is stretched to the new end.",
        )
        st.button(
            "Train on",
            type="primary",
            key="run_train_on",
            on_click=_do,
            args=(lambda: launcher.resume(run, epochs=int(st.session_state["run_epochs"])),),
        )
        st.caption(f"From epoch {done + 1:,} to {int(epochs):,}.")


def _delete(run: Run) -> None:
    """Asks once."""
    with st.popover("Delete", icon=":material/delete:", key="run_delete"):
        st.markdown("Delete this run with its checkpoints, its model and all that it measured?")
        if st.button("Delete it", type="primary", key="run_delete_it"):
            _do(lambda: launcher.delete(run))
            if _SAID not in st.session_state:
                train_state.go("runs")
            st.rerun()


def _do(act: Callable[[], object]) -> None:
    """Do it; what stands in its way is said."""
    try:
        act()
    except FolderError as error:
        st.session_state[_SAID] = sentence(str(error))
    except OSError as error:
        st.session_state[_SAID] = f"That cannot be done: {disk.words(error)}."
