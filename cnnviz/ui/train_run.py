"""One run: where it stands, live; what can be done with it; its settings, its results, its log."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ..declare import sentence
from ..training import folder, run_live, run_views, run_words
from ..training.folder import GOING, Config, FolderError, Run
from ..training.run_words import AT_WORK
from . import assets, runs_route, train_actions, train_results, train_state, visitor
from .plain_text import escaped

_FLOPS = (
    "2 FLOPs for each MAC of a forward pass, times 3, as the backward pass takes twice the work of the forward pass, "
    "times pictures a second."
)
_RULE = f"Achieved FLOP/s: {_FLOPS} Curves: a point for each finished epoch; faint: within epochs."


@st.fragment(key="train_one_run")
def show(id: str) -> None:
    """Draw the run of that id. It is drawn again when its status changes; what changes oftener the browser asks for."""
    allowed = train_state.bounds()
    if not allowed:
        return
    try:
        _draw(folder.find(allowed.runs, id))
    except FolderError as error:  # also where it is deleted while it is drawn
        st.error(escaped(sentence(str(error))), icon=":material/link_off:")
        if st.button("All runs", icon=":material/list:", key="run_to_all"):
            train_state.go("runs")
            st.rerun()


def _draw(run: Run) -> None:
    """All of it, as far as it has come. Raises FolderError when the run is gone."""
    config, status = run_live.config(run), run.status()
    _head(run, config, status)
    _failure(run, status)
    _live(run, config, status)
    if status not in GOING:
        train_results.show(run, config)
    _more(run, config, status)


def _head(run: Run, config: Config, status: str) -> None:
    """What it is, and what can be done with it."""
    with st.container(key="run_head", horizontal=True, vertical_alignment="center"):
        with st.container(key="run_title", gap=None):
            st.markdown(f"## {escaped(config.title or 'Run')}")
            study = f" · study: {escaped(config.study)}" if config.study else ""
            st.caption(f"{escaped(run_words.short(config.settings))}{study}")
        train_actions.show(run, config, status)


def _failure(run: Run, status: str) -> None:
    """Why it failed, in words first; what the worker printed is folded below."""
    if status not in ("failed", "died"):
        return
    if status == "died":
        said = "Its process is gone: it was ended from outside, or the machine was restarted. Nothing before is lost."
    else:
        said = run_words.ending(status, run.state()) or "It failed without a word; the log may say why."
    (st.error if status == "failed" else st.warning)(escaped(said), icon=":material/error:")
    _log(run)


def _log(run: Run) -> None:
    said = run.log_tail()
    with st.expander("Log of the worker", icon=":material/terminal:", key="run_log"):
        if said.strip():
            st.code(said, language=None, wrap_lines=True, height=260 if said.count("\n") > 12 else "content")
        else:
            st.caption("Nothing was printed.")


def _live(run: Run, config: Config, status: str) -> None:
    """Status, progress, figures and curves, which the browser keeps up to date."""
    component = assets.component("train_run")
    component(
        key=f"run_live_{run.id}",
        data=assets.as_json(payload(run, config, status)),
        on_status_change=lambda: None,  # the fragment is drawn again
    )


def payload(run: Run, config: Config, status: str) -> dict[str, Any]:
    """What the component is told; the rest it asks for."""
    state, cost = run.state(), run_views.size(config.net)
    on = run_views.environment(run)
    return {
        "path": runs_route.path(run.id),
        "status": status,
        "titles": run_words.TITLES,
        "words": run_words.status(status, state, config),
        "ending": run_words.ending(status, state) if status != "failed" else "",  # said above
        "state": {
            "epoch": state.epoch,
            "step": state.step,
            "steps": state.steps,
            "epochs": config.settings.epochs,
            "seconds": run_live.number(state.seconds),
        },
        "time_limit": config.settings.time_limit,
        "learning_rate": config.settings.learning_rate,
        "schedule": _schedule(config),
        "macs": cost.macs if cost else None,
        "flops_rule": _FLOPS,
        "environment": on,
        "device": _device(on),
    }


def _schedule(config: Config) -> str:
    now = config.settings
    warm = f", warm-up {now.warmup:.0%}" if now.warmup else ""
    return f"{now.optimizer}, {now.schedule}{warm}"


def _device(on: dict[str, Any]) -> str:
    """The device and the library, in one line."""
    kind = {"cpu": "CPU", "gpu": "GPU"}.get(str(on["kind"]).lower(), on["kind"])
    named = f"{kind}: {on['device']}" if kind and kind.lower() not in on["device"].lower() else on["device"]
    return " · ".join(filter(None, (named, on["backend"])))


def _more(run: Run, config: Config, status: str) -> None:
    """Everything that is asked of the run, to unfold."""
    on = run_views.environment(run)
    changed = [one for one in run_words.settings(config.settings) if one.changed]
    if config.changes:
        with st.expander(f"What was changed to make net and data fit ({len(config.changes)})", key="run_changes"):
            st.markdown("\n".join(f"* {escaped(line)}" for line in config.changes))
    differ = f"{len(changed)} not at their defaults" if changed else "all at their defaults"
    with st.expander(f"Settings ({differ})", key="run_settings"):
        rows = [*run_words.settings(config.settings)]
        lines = ["| Setting | Value | What it is |", "| --- | --- | --- |"]
        for one in rows:
            bold = "**" if one.changed else ""
            lines.append(f"| {bold}{one.name}{bold} | {bold}{escaped(one.value)}{bold} | {escaped(one.help)} |")
        st.markdown("\n".join(lines))
    with st.expander("Net, as it is trained", key="run_net"):
        st.code(config.net, language=None, wrap_lines=True)
    if status not in ("failed", "died", "queued"):
        _log(run)
    versions = ", ".join(f"{name.title()} {version}" for name, version in on["versions"].items())
    said = [*filter(None, (_device(on), versions))]
    st.caption(escaped(". ".join([*said, _RULE])))
    if not visitor.may_change(config) and status in AT_WORK:
        st.caption("Who launched this run can stop it; you may watch it.")
