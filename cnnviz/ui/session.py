"""What one visitor has on the page. One door: preset, link, upload, text and widget edits all become a net here.

Pure Python, without Streamlit. A failed edit leaves the last good net on screen and a `Problem` beside it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .. import edit, palette, report
from ..declare import shown, suggestion
from ..graph import GraphError, Place
from ..net import Item, Net, NetError
from ..notation import MOST_TEXT, NotationError
from ..report import Report
from ..zoo import BY_NAME
from . import links, places, selection

MOST_UNDO = 200
_LONGEST_DRAFT = 4 * MOST_TEXT  # characters of a text that cannot be read

# What a new visitor sees: the ideas of the course on small pictures, one block for each.
START = """input(32, 32, 3)
conv_bn(32, 3)
vgg(64, convs=2)
residual(128, 2, strides=2)
inception(64, 64, 96, 16, 32, 32)
transition()
classifier(10, dropout=0.3)
"""


class Past(NamedTuple):
    """A step of the history: the notation, and the preset that it began as, "" for none."""

    text: str
    preset: str


class Problem(NamedTuple):
    """Why the last edit was refused: where it is written, which parameter, at which line of the text; 0 for none."""

    message: str
    place: Place | None = None
    parameter: str = ""
    line: int = 0
    of_link: bool = False


Failure = (NotationError, NetError, GraphError)


@dataclass
class Session:
    """The net on screen, its history, and what is selected.

    `text` is the notation as typed or as printed; `undo` and `redo` are lists of such texts, each with the preset that
    it began as. `revision` counts committed edits: an event that was sent for another revision is stale. `link` is what
    the address bar should hold, None until the first pick or edit. `key` tells this visit from any other: a page that
    was open when the server was started again is answered by a new one.
    """

    key: str = field(default_factory=lambda: secrets.token_hex(8))
    text: str = START
    now: Report = field(default_factory=lambda: report.of_text(START))
    before: Report | None = None
    preview: Report | None = None
    undo: list[Past] = field(default_factory=list)
    redo: list[Past] = field(default_factory=list)
    revision: int = 0
    link: str | None = None
    preset: str = ""
    place: Place | None = None
    node: str = ""
    open_groups: frozenset[str] = frozenset()
    problem: Problem | None = None
    link_due: bool = False  # an edit's link is still to be put into the address bar
    seq: int = 0  # the last event that was taken in, so that a drag sends no faster than the page follows
    draft: str | None = None  # a text that could not be read, kept as typed
    work: str = "macs"
    plot: tuple[Any, bytes] | None = None  # the last picture that Keras drew, and of what
    kept: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def shown(self) -> Report:
        """The net on screen: the preview during a drag, else the last good one."""
        return self.preview or self.now

    @property
    def compared(self) -> Report | None:
        """What the changes are measured against: the net before the last edit, or before the drag."""
        return self.now if self.preview else self.before

    # --- whole nets ---------------------------------------------------------------------------------------------------

    def pick(self, name: str) -> None:
        """Open a preset of the zoo."""
        if name in BY_NAME:
            self._open(*links.opened(name), preset=name)
        else:
            self.problem = Problem(f"there is no network {shown(name)}{suggestion(name, BY_NAME)}")

    def write(self, text: str) -> None:
        """Take a text from the editor; kept as typed, also when it cannot be read."""
        text = text.encode("utf-8", "replace").decode()  # half a character could not be sent back
        found = self._read(text)
        if found:
            self._commit(found, text)
            self._keep_selection()

    def open_file(self, data: bytes) -> None:
        """Open the net that a text file holds, in UTF-8."""
        self.open_text(data.decode("utf-8-sig", errors="replace"))

    def open_text(self, text: str) -> None:
        """Open the net that a text writes."""
        found = self._read(text)
        if found:
            self._open(found, text, preset="")

    def follow(self, link: str | None) -> None:
        """Show what the address bar holds: Back and Forward are undo and redo, anything else is a new net."""
        if link == self.link:
            return
        try:
            found, text = (report.of_text(START), START) if link is None else links.opened(link)
        except links.LinkError as error:
            self.problem = Problem(str(error), of_link=True)
            self.link = link  # said once; the last good net stays
            return
        if any(_is_same(past, found) for past in self.undo):
            while self.now.text != found.text:
                self.step_back()
        elif self.redo and _is_same(self.redo[-1], found):
            self.step_forward()
        else:
            arriving = self.revision == 0
            self._open(found, text, preset=link if link in BY_NAME else "")
            if arriving:
                self.undo = []  # a visit that begins with a link has nothing before it
        self.problem = None
        self.link = link

    def step_back(self) -> None:
        """Undo."""
        if self.undo:
            self.redo.append(Past(self.text, self.preset))
            self._show(self.undo.pop())

    def step_forward(self) -> None:
        """Redo."""
        if self.redo:
            self.undo.append(Past(self.text, self.preset))
            self._show(self.redo.pop())

    # --- edits of the net ---------------------------------------------------------------------------------------------

    def set_parameter(self, place: Place, name: str, value: Any) -> None:
        """One parameter of a block, () for the input."""
        self._edit(lambda net: places.with_parameter(net, place, name, value), place, name)

    def show_preview(self, place: Place, name: str, value: Any) -> None:
        """The same while a control is dragged: on screen only, until it is let go. What cannot be is not shown."""
        try:
            self.preview = report.of_net(places.with_parameter(self.now.net, place, name, value))
            self.problem = None
        except Failure as error:
            self.problem = Problem(str(error), place, name)

    def end_preview(self) -> None:
        """The drag was given up."""
        self.preview = None

    def set_classes(self, number: Any) -> None:
        """The number of classes, in every head."""
        if not self._edit(lambda net: edit.set_classes(net, number)) and self.problem:
            self.problem = self.problem._replace(place=None, parameter="classes")  # said where it was typed

    def show_classes(self, number: Any) -> None:
        """The same while it is dragged."""
        try:
            self.preview = report.of_net(edit.set_classes(self.now.net, number))
        except Failure:
            self.preview = None

    def add(self, word: str, after: Place | None) -> None:
        """A new block after the one at `after`, inside it where that is an empty branch, or at the end."""
        place = places.for_new(self.now.net, after)
        try:
            item = palette.new(word, places.received(self.now, place))
        except KeyError:
            self.problem = Problem(f"there is no block {shown(word)}")
            return
        self._insert(item, place)

    def duplicate(self, place: Place) -> None:
        """A copy right after the original."""
        if self._edit(lambda net: edit.duplicate(net, place), place):
            self.select(places.following(place))

    def delete(self, place: Place) -> None:
        """Take a block out; the one that follows is selected."""
        if self._edit(lambda net: edit.delete(net, place), place):
            self._keep_selection()

    def move(self, place: Place, to: int) -> None:
        """To index `to` of its own list."""
        if self._edit(lambda net: edit.move(net, place, to), place):
            self.select((*place[:-1], to))

    def add_branch(self, place: Place) -> None:
        """One more branch of a `parallel`: a copy of its last."""
        self._edit(lambda net: edit.add_branch(net, place), place)

    def delete_branch(self, place: Place) -> None:
        """Without one branch; `place` is the branch's."""
        *outer, branch = place
        self._edit(lambda net: edit.delete_branch(net, tuple(outer), branch), tuple(outer))

    # --- selection ----------------------------------------------------------------------------------------------------

    def select(self, place: Place | None, node: str = "") -> None:
        """Select a block, and one of its nodes or none."""
        self.place, self.node = place, node
        self._keep_selection()

    def select_node(self, identity: str) -> None:
        """Select a node by its path, or a block or a group of nodes inside one by theirs; "" for nothing."""
        self.select(*selection.of_path(self.shown, identity))

    @property
    def selected_id(self) -> str:
        """The path of the selected node, or of the selected block's first expansion; "" for none."""
        if self.node:
            return self.node
        figures = self.shown.blocks.get(self.place) if self.place is not None else None
        return figures.id if figures else ""

    def work_out(self) -> None:
        """Work out what every view of the net shows, and of the one that it is compared with."""
        for found in filter(None, (self.shown, self.compared)):
            found.work_out()

    def keep(self, name: str, of: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives for `of`, made again only when that has changed."""
        kept = self.kept.get(name)
        if kept is None or kept[0] != of:
            kept = self.kept[name] = (of, make())
        return kept[1]

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _edit(self, change: Callable[[Net], Net], place: Place | None = None, parameter: str = "") -> bool:
        """Commit a changed net; whether it went well."""
        self.preview = None
        try:
            net = change(self.now.net)
            found = self.now if net == self.now.net else report.of_net(net)
            length = max(len(found.text), len(found.line))
            if length > MOST_TEXT:  # it could not be read again
                raise NetError(f"the net's text would have {length:,} characters; {MOST_TEXT:,} are allowed")
        except Failure as error:
            where = getattr(error, "place", ()) or place
            own = getattr(error, "parameter", "") or (parameter if where == place else "")
            self.problem = Problem(str(error), where, own)
            return False
        self.problem = None
        if found is not self.now:
            self._commit(found, found.text)
        self._keep_selection()
        return True

    def _read(self, text: str) -> Report | None:
        """The net that a text writes, or None and a problem."""
        try:
            return report.of_text(text)
        except NotationError as error:
            self.draft = text[:_LONGEST_DRAFT]
            self.problem = Problem(str(error), error.place or None, line=error.line)
            return None

    def _open(self, found: Report, text: str, preset: str | None) -> None:
        """Go to another net altogether: nothing is selected, and it is not measured against the one before."""
        self._commit(found, text)
        self.place, self.node = None, ""
        self.preset, self.before, self.open_groups = preset or "", None, frozenset()
        self.link = links.link_of(found, self.preset)

    def _commit(self, found: Report, text: str) -> None:
        """Make a net the current one: one undo step, one link."""
        self.preview = self.draft = self.problem = None
        if found.text == self.now.text:
            self.text = text
        else:
            self.undo = [*self.undo, Past(self.text, self.preset)][-MOST_UNDO:]
            self.redo = []
            self.before, self.now, self.text = self.now, found, text
            self.revision += 1
        self.link = links.link_of(found, self.preset)

    def _show(self, past: Past) -> None:
        """Go to another step of the history."""
        self.preview = self.draft = self.problem = None
        self.before, self.now = self.now, report.of_text(past.text)
        self.text, self.preset = past
        self.revision += 1
        self.link = links.link_of(self.now, self.preset)
        self._keep_selection()

    def _insert(self, item: Item, place: Place) -> None:
        if self._edit(lambda net: edit.insert(net, place, item), place[:-1] or None):
            self.select(place)
        elif self.problem and self.problem.place == place:  # the block that would be there is not there
            self.problem = self.problem._replace(place=None)

    def _keep_selection(self) -> None:
        """Drop what the net on screen no longer has."""
        self.place, self.node = selection.kept(self.shown, self.place, self.node)


def _is_same(past: Past, found: Report) -> bool:
    return report.of_text(past.text).text == found.text
