"""The nets that are compared: two to four, each the one in Build, an earlier one, one of the zoo, or a pasted one.

Pure Python, without Streamlit. A net that cannot be read changes nothing and leaves one line in `problems`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from .. import report
from ..declare import shown, suggestion
from ..guide.figures import report_of
from ..report import WORKS, Report
from ..zoo import BY_NAME
from .links import LinkError, link_of, opened
from .session import Past, Session

LETTERS = "abcd"
FEWEST = 2
COUNT = "count"  # in the link: how work is counted
BUILD = "build"  # the source of a slot that follows the net in Build
LONG_LINK = 2_000  # characters; some programs cut a longer link
MOST_PASTED = 200_000  # characters of a pasted text that are looked at


class Slot(NamedTuple):
    """One of the nets: where it is from (BUILD, or "" for a fixed net), its title, its preset, its report."""

    source: str
    title: str
    preset: str
    report: Report

    @property
    def link(self) -> str:
        """What a link holds for it."""
        return link_of(self.report, self.preset)

    @property
    def row(self) -> str:
        """The row of the zoo that it is, unchanged; "" for none."""
        return self.preset if self.preset in BY_NAME and self.link == self.preset else ""


@dataclass
class Nets:
    """What one visitor compares. `link` is what the address bar holds of it, as far as is known."""

    slots: list[Slot]
    link: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def letters(self) -> str:
        """The letters in use, a to d."""
        return LETTERS[: len(self.slots)]

    def refresh(self, session: Session) -> None:
        """Let the slots that follow the net in Build show it as it is now."""
        self.slots = [of_build(session) if slot.source == BUILD else slot for slot in self.slots]

    def follow(self, asked: Mapping[str, str], session: Session) -> None:
        """Show what the address asks for. What it holds that is no net is said, and something else stands there."""
        self.link, self.problems = dict(asked), []
        found: list[Slot] = []
        for letter in LETTERS:
            if asked.get(letter, "").strip():
                try:
                    found.append(pasted(asked[letter]))
                except LinkError as error:
                    self.problems.append(f"Net {letter.upper()} of this link: {error}")
        count = asked.get(COUNT, session.work)
        if count in WORKS:
            session.work = count
        else:
            options = ", ".join(WORKS)
            near = suggestion(count, WORKS)
            self.problems.append(f"{COUNT} must be one of {options}, got {shown(count)}{near}")
        spare = (slot for slot in default(session) if all(slot.link != other.link for other in found))
        while len(found) < FEWEST:
            found.append(next(spare))
        self.slots = found

    def written(self, session: Session) -> dict[str, str]:
        """What the address is to hold."""
        count = {} if session.work == "macs" else {COUNT: session.work}
        return {**{letter: slot.link for letter, slot in zip(LETTERS, self.slots, strict=False)}, **count}

    def put(self, at: int, slot: Slot) -> None:
        """Another net in a slot, or in a new one at the end."""
        self.problems = []
        self.slots = [*self.slots[:at], slot, *self.slots[at + 1 :]][: len(LETTERS)]

    def remove(self, at: int) -> None:
        """One net less, as long as two are left."""
        if len(self.slots) > FEWEST:
            self.problems = []
            self.slots = [*self.slots[:at], *self.slots[at + 1 :]]

    def refuse(self, message: str) -> None:
        """Say what was wrong; the nets stay."""
        self.problems = [message]


def put_into_build(slot: Slot, session: Session) -> None:
    """Let Build show a net; the one that is there already stays as it is, with its history."""
    if slot.source == BUILD:
        return
    if slot.row:
        session.pick(slot.row)
    else:
        session.open_text(slot.report.text)


# --- where a net is from ----------------------------------------------------------------------------------------------


def of_build(session: Session) -> Slot:
    """The net in Build."""
    return Slot(BUILD, f"In Build: {_titled(session.now, session.preset)}", session.preset, session.now)


def of_past(past: Past) -> Slot:
    """An earlier state of the net in Build."""
    found = report.of_text(past.text)
    return Slot("", f"Earlier in Build: {_titled(found, past.preset)}", past.preset, found)


def of_zoo(name: str) -> Slot:
    """A network of the zoo. Raises LinkError for a name that is none."""
    if name not in BY_NAME:
        raise LinkError(f"there is no network {shown(name)} in the zoo{suggestion(name.lower(), BY_NAME)}.")
    return Slot("", BY_NAME[name].title, name, report_of(name))


def pasted(text: str) -> Slot:
    """The net of a full link, of what a link holds, of a name, or of a notation. Raises LinkError with one line."""
    given = text.strip()
    if not given:
        raise LinkError("there is nothing here; paste a link, a name of the zoo, or a notation.")
    if len(given) > MOST_PASTED:
        raise LinkError(f"this text has {len(given):,} characters; at most {MOST_PASTED:,} are read.")
    held = _held(given)
    if held in BY_NAME:
        return of_zoo(held)
    try:
        found, _ = opened(held)
    except LinkError as error:
        raise LinkError(str(error).removeprefix("This link holds no network: ")) from None
    name = link_of(found)
    return of_zoo(name) if name in BY_NAME else Slot("", _size(found), "", found)


def default(session: Session) -> Sequence[Slot]:
    """What stands there at first: the net in Build, the one before its last edit, and nets to take their place."""
    own = of_build(session)
    past = [slot for slot in map(of_past, session.undo[-1:]) if slot.report.text != own.report.text]
    origin = BY_NAME[session.preset].original if session.preset in BY_NAME else ""
    names = (origin, "cifar-resnet20", "mlm-three-vgg-blocks", "resnet18")
    rest = [of_zoo(name) for name in names if name and BY_NAME[name].notation != own.report.text]
    return [own, *past, *rest]


def _held(given: str) -> str:
    """What a pasted link holds for its net; a text that is no link is itself."""
    start = given[:200].lower().partition("(")[0]
    if not start.startswith(("?", "/", "net=", "row=", "a=")) and not any(sign in start for sign in ("://", "?")):
        return given
    try:
        query = urlsplit(given).query if "?" in given else given.lstrip("/")
        asked = parse_qs(query, max_num_fields=40)
    except ValueError:
        raise LinkError("this is no link that can be read.") from None
    for key in ("net", "row", "a"):
        if asked.get(key):
            return asked[key][0]
    raise LinkError("this link holds no network; one from Build has ?net=… in it.")


def _titled(found: Report, preset: str) -> str:
    if preset not in BY_NAME:
        return _size(found)
    title = BY_NAME[preset].title
    return title if BY_NAME[preset].notation == found.text else f"{title}, edited"


def _size(found: Report) -> str:
    blocks = len(found.net.items)
    return f"Own net, {blocks:,} block{'s' if blocks > 1 else ''}"
