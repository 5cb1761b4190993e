"""A lab's settings on its page: in the session, in its link, and as widgets, all from one declaration.

A lab declares its settings as one frozen dataclass of declared parameters, each with a default and a `rule()`:

    @dataclass(frozen=True)
    class Settings:
        kernel: int = integer(1, 11, "side of the large kernel", 5)
        bias: bool = flag("add one learned number to each output channel", True)
        def rule(self) -> str | None: ...

Its page asks for them once, draws their widgets and shows what follows from them:

    found = lab_state.settings(Settings, "kernels")        # follows the link, says what is wrong with it
    lab_state.widget(Settings, "kernel", "kernels")        # a widget of the kind that the declaration asks for
    st.button("Example", on_click=lab_state.take, args=(Settings(kernel=7), "kernels"))

A change is checked first: when it cannot be, one line says so and the last good settings stay. Each change writes the
link, which is a step of the browser's history: Back takes it back. `prefix` keeps the labs apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import streamlit as st

from .. import declare
from ..declare import Param, ParamError, sentence
from ..labs import link
from . import location, told, visit
from .plain_text import escaped

Settings = TypeVar("Settings")
_MOST_SEGMENTS = 5  # options that stand side by side; more of them are a list to open


@dataclass
class _Kept:
    """What one visitor has set in one lab: the settings, the link that says them, and what was refused."""

    settings: Any
    link: dict[str, str]
    wrong: tuple[str, ...] = ()


def settings(declared: type[Settings], prefix: str) -> Settings:
    """The settings on screen: those of the link when it has changed, else those of the session. Shows what is wrong."""
    kept = _follow(declared, prefix)
    for line in kept.wrong:
        st.error(escaped(sentence(line)), icon=":material/error:")
    found: Settings = kept.settings
    return found


def current(declared: type[Settings], prefix: str) -> Settings:
    """In a callback: the settings as they are now."""
    found: Settings = _now(declared, prefix).settings
    return found


def take(made: Any, prefix: str) -> None:
    """In a callback: show these settings, and write them into the link."""
    st.session_state[_key(prefix)] = _Kept(made, link.write(made))
    _write(made)


def change(declared: type, prefix: str, **values: Any) -> None:
    """In a callback: change some of the settings. What cannot be is said, and the last good settings stay."""
    kept = _now(declared, prefix)
    try:
        take(declare.make(declared, declare.values(kept.settings) | values), prefix)
    except ParamError as error:
        st.session_state[_key(prefix)] = replace(kept, wrong=(str(error),))


def widget(
    declared: type,
    name: str,
    prefix: str,
    label: str = "",
    *,
    slider: bool = False,
    names: Mapping[str, str] | None = None,
    placeholder: str = "",
    disabled: bool = False,
    step: float | None = None,
) -> None:
    """The widget of one setting. `label` is its name on the page, `placeholder` what an empty number stands for.

    `step` is what a click on + adds to a number that need not be whole.

    `names` are those of a choice's options; where there are any, only these options are offered. With `slider` a whole
    number, or a pair of them in a list, is set by a slider. Numbers of a list and sizes are typed as in the link: 1,2,3
    and 3x5.
    """
    param = _param(declared, name)
    value = getattr(_now(declared, prefix).settings, name)
    typed = param.kind in ("size", "padding") or (param.kind == "integers" and not slider)
    options = tuple(names or param.options)
    if param.kind == "choice" and value not in options:
        value = options[0]
    key = told.key(f"{prefix}_{name}", link.text_of(param, value) if typed else value)

    def changed(given: Any) -> None:
        if not typed:
            change(declared, prefix, **{name: given})
            return
        try:
            change(declared, prefix, **{name: param.check(link.value_of(param, given.replace(" ", "")))})
        except ParamError as error:
            st.session_state[_key(prefix)] = replace(_now(declared, prefix), wrong=(str(error),))

    common = {"key": key, "on_change": told.used(key, changed), "disabled": disabled}
    look = _Look(label or _titled(name), slider, options, names or {}, placeholder, step)
    _draw(param, look, common)


def flags(declared: type, names: Mapping[str, str], prefix: str, label: str) -> None:
    """Several flags as one row of pills. `names`: each flag's setting and what it is called on the page."""
    kept = _now(declared, prefix).settings
    key = told.key(f"{prefix}_{'_'.join(names)}", [name for name in names if getattr(kept, name)])

    def changed(chosen: list[str]) -> None:
        change(declared, prefix, **{name: name in chosen for name in names})

    st.pills(
        label,
        [*names],
        selection_mode="multi",
        format_func=lambda name: names[name],
        key=key,
        on_change=told.used(key, changed),
    )


class _Look(NamedTuple):
    """How a widget is drawn."""

    label: str
    slider: bool
    options: tuple[str, ...]
    names: Mapping[str, str]
    placeholder: str
    step: float | None


def _draw(param: Param, look: _Look, common: dict[str, Any]) -> None:
    said = f"{_titled(param.help)}. It takes {param.allowed}."
    label = look.label
    match param.kind:
        case "integer" | "integers" if look.slider:
            st.slider(label, int(param.low), int(param.high), step=1, help=said, **common)
        case "integer":
            empty: Any = None if param.optional else "min"
            held = look.placeholder or None
            st.number_input(
                label, int(param.low), int(param.high), value=empty, step=1, placeholder=held, help=said, **common
            )
        case "real":
            low, high = float(param.low), float(param.high)
            # %g shows as many decimals as the number has: 0.001 is no 0.00.
            st.number_input(label, low, high, step=look.step or 0.01, format="%g", help=said, **common)
        case "flag":
            st.toggle(label, help=_titled(param.help), **common)
        case "choice":
            chosen: Any = {"format_func": lambda option: look.names.get(option, option), "help": _titled(param.help)}
            if len(look.options) <= _MOST_SEGMENTS:
                st.segmented_control(label, look.options, required=True, **chosen, **common)
            else:
                st.selectbox(label, look.options, **chosen, **common)
        case _:
            st.text_input(label, max_chars=200, help=said, **common)


def _follow(declared: type, prefix: str) -> _Kept:
    """What is kept, once the link has been looked at. A page switch clears the link: then it is written again."""
    kept: _Kept | None = st.session_state.get(_key(prefix))
    asked = _asked(declared)
    if kept and not asked and visit.switched():
        _write(kept.settings)
        asked = kept.link
    if kept is None or asked != kept.link:
        found: Any
        found, wrong = link.read(declared, asked)
        kept = st.session_state[_key(prefix)] = _Kept(found, asked, wrong)
    return kept


def _now(declared: type, prefix: str) -> _Kept:
    """What is kept. In a callback the browser's address may be one step behind, so it is not looked at again."""
    kept: _Kept | None = st.session_state.get(_key(prefix))
    return kept or _follow(declared, prefix)


def _asked(declared: type) -> dict[str, str]:
    """The part of the address that says these settings."""
    here = location.held()
    return {p.name: here[p.name] for p in declare.params(declared) if p.name in here}


def _write(made: Any) -> None:
    """Put the settings into the address, leaving alone what else is there: one step of the browser's history."""
    own = {param.name for param in declare.params(type(made))}
    others = {name: text for name, text in location.held().items() if name not in own}
    location.write({**others, **link.write(made)})


def _param(declared: type, name: str) -> Param:
    return next(param for param in declare.params(declared) if param.name == name)


def _key(prefix: str) -> str:
    return f"lab_{prefix}"


def _titled(name: str) -> str:
    text = name.replace("_", " ")
    return text[0].upper() + text[1:]
