"""The guide's texts as they are read: numbers worked out, split into the idea and the rest, questions one by one."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import NamedTuple

from .figures import resolve
from .tour import NAMES, titled

FOLDER = Path(__file__).resolve().parent / "text"

_PAGE_LINK = re.compile(r"\[\[(\w+)\]\]")


class Text(NamedTuple):
    """A page's text: `idea` up to the first heading, `rest` from there on. Markdown, with [[page]] for links."""

    title: str
    idea: str
    rest: str


class Question(NamedTuple):
    """A reader's question and its answer. `pages` are those that the answer points to."""

    number: int
    title: str
    answer: str

    @property
    def pages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_PAGE_LINK.findall(self.answer)))


@functools.cache
def source(name: str) -> tuple[dict[str, str], str]:
    """A text as written: the networks that its head names, and what follows."""
    head, mark, body = (FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("# ")
    return dict(re.findall(r'^(\w+) = "(.+)"$', head, re.MULTILINE)), mark + body


@functools.cache
def text(name: str) -> Text:
    """A page's text with its numbers. Raises FigureError when one cannot be worked out."""
    nets, written = source(name)
    title, _, body = resolve(written, nets).removeprefix("# ").partition("\n")
    idea, heading, rest = body.partition("\n## ")
    return Text(title.strip(), idea.strip(), f"## {rest.strip()}" if heading else "")


@functools.cache
def questions() -> tuple[Question, ...]:
    """All questions in order."""
    found = re.findall(r"^## (\d+)\. (.+?)\n(.*?)(?=^## |\Z)", text("questions").rest + "\n", re.MULTILINE | re.DOTALL)
    return tuple(Question(int(number), title.strip(), answer.strip()) for number, title, answer in found)


def linked(markdown: str, link: str = "*{title}*") -> str:
    """The text with its [[page]] marks as `link` says, in which {title} and {name} are put in. Raises KeyError."""

    def put(found: re.Match[str]) -> str:
        if found[1] not in NAMES:
            raise KeyError(f"there is no page {found[1]}")
        return link.format(name=found[1], title=titled(found[1]))

    return _PAGE_LINK.sub(put, markdown)
