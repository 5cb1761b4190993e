"""Where a run stands, in words; its settings in short."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from .. import declare
from .folder import GOING, Config, State
from .settings import Settings

TITLES = {
    "queued": "Waiting",
    "starting": "Starting",
    "running": "Training",
    "evaluating": "Checking",
    "stopped": "Stopped",
    "finished": "Finished",
    "failed": "Failed",
    "died": "Broken off",
}
AT_WORK = ("queued", *GOING)
RESUMABLE = ("stopped", "died", "failed")


class Setting(NamedTuple):
    """One setting as the page shows it. `changed` says that it is not at its default."""

    name: str
    value: str
    help: str
    changed: bool


def status(word: str, state: State, config: Config) -> str:
    """Where a run stands, in one sentence beside the title of its status."""
    epochs = config.settings.epochs
    done = f"{state.epoch:,} of {_epochs(epochs)}" if state.epoch else ""
    goes_on = f"{done} done; resuming goes on from there" if done else "No epoch is finished; resuming starts over"
    said = {
        "queued": "It starts by itself as soon as a place is free",
        "starting": "The library is being loaded and the data made ready",
        "running": f"Epoch {min(state.epoch + 1, epochs):,} of {epochs:,}",
        "evaluating": "Every validation picture is being classified",
        "stopped": goes_on,
        "finished": f"{done} done",
        "failed": f"{done} done" if done else "No epoch is finished",
        "died": goes_on,
    }
    return said.get(word, word)


def ending(word: str, state: State) -> str:
    """Why a run ended, as the worker put it; "" while it is at work or where the status says all."""
    return "" if word in AT_WORK or word == "died" else declare.sentence(state.message)


def settings(made: Settings) -> list[Setting]:
    """All settings in order, the way people write them."""
    return [
        Setting(
            param.name.replace("_", " "),
            text(getattr(made, param.name)),
            param.help,
            getattr(made, param.name) != param.default,
        )
        for param in declare.params(Settings)
    ]


def short(made: Settings) -> str:
    """The data and what differs from the defaults: digits · sgd · learning rate 0.1 · 20 epochs."""
    said = [made.data]
    for param in declare.params(Settings):
        value = getattr(made, param.name)
        if value == param.default or param.name in ("data", "pictures", "epochs"):
            continue
        name = param.name.replace("_", " ")
        if value is True:
            said.append(name)
        elif param.kind == "choice":
            said.append(str(value))
        else:
            said.append(f"{name} {text(value)}")
    return " · ".join([*said, _epochs(made.epochs)])


def text(value: Any) -> str:
    """A setting's value: on, off, 4,000, 0.0001."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".") if value >= 1e-6 else f"{value:g}"
    return str(value) or "–"


def duration(seconds: float) -> str:
    """A time as people say it: 41 s, 3 min 5 s, 2 h 7 min."""
    if not math.isfinite(seconds) or seconds < 0:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


def _epochs(count: int) -> str:
    return f"{count:,} epoch{'' if count == 1 else 's'}"
