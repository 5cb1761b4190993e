"""The tour as documents: the Markdown files under docs/ and their pictures, for readers without the app."""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise
from typing import NamedTuple

from .. import reference
from ..blocks import Block
from ..draw.scene import Scene, scene
from ..draw.svg import svg
from ..draw.theme import Mode
from ..zoo import BY_NAME
from . import read
from .families import FAMILIES
from .figures import report_of
from .page import Example, Family, Reading
from .tour import NAMES, QUESTIONS, blocks, titled

COMMAND = "python -m docs.make_guide"
MODES: tuple[Mode, ...] = ("light", "dark")
_WIDTH = 120  # of the lines
_SIDE_BY_SIDE = 1_000  # pixels that pictures in one row may take together


class Picture(NamedTuple):
    """An example drawn: where its file lies under docs/, for each mode."""

    example: Example
    drawn: Scene

    def path(self, mode: Mode) -> str:
        return f"images/families/{self.example.name}-{mode}.svg"


def documents() -> dict[str, str]:
    """All documents: path under docs/ → text. Raises FigureError when a number cannot be worked out."""
    pages = {f"families/{family.name}.md": _family(family) for family in FAMILIES}
    return {"families/README.md": _index(), **pages, "questions.md": _questions()}


def pictures() -> dict[str, str]:
    """All pictures of the documents: path under docs/ → SVG."""
    found = (drawn(example) for family in FAMILIES for example in family.examples if example.picture)
    return {picture.path(mode): svg(picture.drawn, mode, picture.example.title) for picture in found for mode in MODES}


def drawn(example: Example) -> Picture:
    """An example's diagram, unfolded as it says."""
    found = report_of(example.net)
    return Picture(example, scene(found.graph, found.costs, frozenset(example.opened)))


def citation(reading: Reading) -> str:
    """A paper with the place to read, as one line of Markdown."""
    paper = reading.paper
    title = f"[{paper.title}](https://arxiv.org/abs/{paper.arxiv})" if paper.arxiv else f"*{paper.title}*"
    section = reading.section[0].upper() + reading.section[1:]
    where = section if section.startswith(("Table", "Figure")) else f"Section {section}"
    return f"{paper.authors}, {title}, {paper.venue}. {where}: {reading.about}."


# --- the files --------------------------------------------------------------------------------------------------------


def _index() -> str:
    text = read.text("index")
    listed = [f"{number}. [{f.title}]({f.name}.md): {f.about}." for number, f in enumerate(FAMILIES, 1)]
    listed.append(f"{len(listed) + 1}. [{titled(QUESTIONS)}](../questions.md): all seventeen, answered.")
    return _document("index", text.title, [text.idea, "\n".join(listed), "In the app the tour is the page *Guide*."])


def _family(family: Family) -> str:
    text = read.text(family.name)
    parts = [_local(text.idea), *_shown(family), _local(text.rest), "## Parameters", *map(_parameters, blocks(family))]
    parts += ["## Papers", "\n".join(f"* {citation(reading)}" for reading in family.papers)]
    asked = [q for q in read.questions() if q.number in family.questions]
    if asked:
        parts += ["## Readers asked", "\n".join(f"* [{q.title}](../questions.md#q{q.number})" for q in asked)]
    rows = ", ".join(f"`{name}` ({BY_NAME[name].title})" for name in family.rows)
    parts += ["## In the zoo", f"{rows}. `python -m cnnviz summary {family.rows[0]}` prints the layers of the first."]
    return _document(family.name, text.title, [*parts, "---", _neighbours(family.name)])


def _questions() -> str:
    parts = [read.text(QUESTIONS).idea]
    for question in read.questions():
        answer = read.linked(question.answer, "[{title}](families/{name}.md)")
        parts += [f'<a name="q{question.number}"></a>', f"## {question.number}. {question.title}", answer]
    return _document(QUESTIONS, titled(QUESTIONS), [*parts, "---", "[All pages of the tour](families/README.md)"])


def _document(name: str, title: str, parts: list[str]) -> str:
    note = f"<!-- Made from cnnviz/guide/text/{name}.md by `{COMMAND}`. -->"
    body = "\n\n".join(_wrapped(part) for part in parts)
    return f"{note}\n\n# {title}\n\n{body}\n"


def _local(markdown: str) -> str:
    return read.linked(markdown, "[{title}]({name}.md)").replace(f"({QUESTIONS}.md)", f"(../{QUESTIONS}.md)")


def _neighbours(name: str) -> str:
    links = ["[All pages](README.md)"]
    for before, after in pairwise(NAMES):
        if name == after:
            links.insert(0, f"Before: {_local(f'[[{before}]]')}")
        if name == before:
            links.append(f"Next: {_local(f'[[{after}]]')}")
    return " · ".join(links)


def _shown(family: Family) -> list[str]:
    """The pictures, side by side where they fit, each with its title and what it shows."""
    rows: list[list[Picture]] = []
    for picture in (drawn(example) for example in family.examples if example.picture):
        if rows and sum(p.drawn["width"] for p in (*rows[-1], picture)) <= _SIDE_BY_SIDE:
            rows[-1].append(picture)
        else:
            rows.append([picture])
    return [_table(row) for row in rows]


def _table(row: list[Picture]) -> str:
    cells = (
        [f"**{p.example.title}**" for p in row],
        [":---:" for _ in row],
        [_image(p) for p in row],
        [p.example.note for p in row],
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _image(picture: Picture) -> str:
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="../{picture.path("dark")}">'
        f'<img alt="{picture.example.title}" src="../{picture.path("light")}"></picture>'
    )


def _parameters(block: type[Block]) -> str:
    title = f"<code>{block.word}</code>: {block.title}"
    return f"<details><summary>{title}</summary>\n\n{reference.about(block)}\n\n{reference.table(block)}\n\n</details>"


def _wrapped(part: str) -> str:
    """Paragraphs and list items with lines of even length; tables, quotes and headings as they are."""
    blocks = part.split("\n\n")
    return "\n\n".join(block if re.match(r"[|#<>\-\d]", block) else _filled(block) for block in blocks)


def _filled(block: str) -> str:
    items = re.split(r"\n(?=\* )", block)
    return "\n".join(
        textwrap.fill(
            re.sub(r"[ \n]+", " ", item.strip()),
            _WIDTH,
            subsequent_indent="  " if item.startswith("* ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for item in items
    )
