"""Work for the Keras process that takes seconds: measurements, done in short steps so that checks go in between.

An errand is known by what it asks, so that equal ones are done once. They wait in a row; the first gets one step after
the other whenever nothing shorter waits. A newer errand of an owner takes the place of its older one, also of one that
has begun. Every method is called with the service's lock held.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from .keras_keeper import Job

MOST_WAITING = 50
MOST_KEPT = 64  # results and refusals
STEP_SECONDS = 20.0  # that one step may take before the process is stopped; mostly it takes a tenth of a second
ATTEMPTS = 2  # of an errand whose process was replaced for another's sake

Word = Literal["waiting", "working", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Errand:
    """What is asked: `do` names the kind of work, `texts` the nets in notation, `options` the rest."""

    do: Literal["time", "field"]
    texts: tuple[str, ...]
    options: tuple[tuple[str, Any], ...] = ()


class Status(NamedTuple):
    """How far an errand is: what is done just now or why it failed in words, the share done, at the end its result."""

    word: Word
    said: str = ""
    share: float = 0.0
    result: Mapping[str, Any] | None = None


@dataclass(slots=True)
class _Row:
    """An errand that waits or has begun; `number` is what the process knows it by once it has."""

    errand: Errand
    number: int = 0
    attempts: int = 0
    status: Status = Status("waiting", "waiting for its turn")


class Errands:
    """The errands of one service."""

    def __init__(self) -> None:
        self._rows: OrderedDict[Hashable, _Row] = OrderedDict()  # by owner
        self._kept: OrderedDict[Errand, Status] = OrderedDict()
        self._last = 0  # the number of the errand that began last
        self._left = False  # the process still holds what an errand that was given up has built

    @property
    def waiting(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._rows) or self._left

    def begin(self, errand: Errand, owner: Hashable) -> None:
        """Take an errand on, also one that has been done before. One that is under way goes on."""
        if self._row(errand) is not None:
            return
        self._kept.pop(errand, None)
        self.cancel(owner)
        if len(self._rows) >= MOST_WAITING:
            self.fail(errand, "Keras is busy with other measurements; try again in a minute")
        else:
            self._rows[owner] = _Row(errand)

    def fail(self, errand: Errand, reason: str) -> None:
        """Say why an errand is not done."""
        self._keep(errand, Status("failed", reason))

    def cancel(self, owner: Hashable) -> None:
        """Give up what an owner has asked."""
        row = self._rows.pop(owner, None)
        self._left = self._left or (row is not None and row.number != 0)

    def status(self, errand: Errand) -> Status | None:
        """How far an errand is; None for one that is not known."""
        row = self._row(errand)
        return self._kept.get(errand) if row is None else row.status

    def next(self) -> Job | None:
        """The next step."""
        row = next(iter(self._rows.values()), None)
        if row is None:
            left, self._left = self._left, False
            return Job("step", "", {"errand": 0}, seconds=STEP_SECONDS) if left else None
        options: dict[str, Any] = {"errand": row.number}
        if not row.number:
            self._last = row.number = self._last + 1
            row.attempts += 1
            row.status = Status("working", "beginning")
            self._left = False  # a new one takes the place of what is held
            begin = {"do": row.errand.do, "texts": row.errand.texts, **dict(row.errand.options)}
            options = {"errand": row.number, "begin": begin}
        return Job("step", "", options, seconds=STEP_SECONDS)

    def finish(self, job: Job, given: Mapping[str, Any]) -> None:
        """What came of a step."""
        number = job.options["errand"]
        owner = next((owner for owner, row in self._rows.items() if row.number == number and number), None)
        if owner is None:
            return  # it was given up meanwhile
        row = self._rows[owner]
        if "progress" in given:
            progress = given["progress"]
            row.status = Status("working", str(progress["said"]), float(progress["share"]))
        elif "lost" in given and row.attempts < ATTEMPTS:
            row.number, row.status = 0, Status("waiting", "Keras was restarted; beginning again")
        else:
            del self._rows[owner]
            if "result" in given:
                self._keep(row.errand, Status("done", "", 1.0, given["result"]))
            else:
                lost = "Keras was restarted in the middle of it; try again"
                self.fail(row.errand, str(given.get("error", lost)))

    def refuse(self, reason: str) -> None:
        """Give everything up, for this reason."""
        for row in self._rows.values():
            self.fail(row.errand, reason)
        self._rows.clear()
        self._left = False

    def _row(self, errand: Errand) -> _Row | None:
        return next((row for row in self._rows.values() if row.errand == errand), None)

    def _keep(self, errand: Errand, status: Status) -> None:
        self._kept[errand] = status
        self._kept.move_to_end(errand)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
