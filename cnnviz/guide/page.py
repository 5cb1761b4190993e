"""What a page of the guide holds besides its text."""

from __future__ import annotations

from typing import NamedTuple

from ..zoo import BY_NAME
from ..zoo.papers import Paper


class Example(NamedTuple):
    """A network to look at. `net` is a row of the zoo or a notation; `opened` are the groups that are unfolded."""

    name: str
    title: str
    net: str
    note: str
    opened: tuple[str, ...] = ()
    picture: bool = True  # also in the documents

    @property
    def notation(self) -> str:
        """The network as text."""
        return BY_NAME[self.net].notation if self.net in BY_NAME else self.net


class Reading(NamedTuple):
    """A paper, where to read in it, and what is said there."""

    paper: Paper
    section: str
    about: str


class Family(NamedTuple):
    """A page: a family of networks, its examples, papers, the questions that belong to it, rows of the zoo.

    `explains` names the families of blocks and operations that the page is about, and single ones of other families.
    """

    name: str
    title: str
    about: str
    explains: tuple[str, ...]
    examples: tuple[Example, ...]
    papers: tuple[Reading, ...]
    questions: tuple[int, ...]
    rows: tuple[str, ...]
