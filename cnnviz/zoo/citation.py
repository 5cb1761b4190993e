"""A paper as it is cited: BibTeX to copy, and a line to read."""

from __future__ import annotations

import re

from .papers import Paper

# What BibTeX would read as a command.
_SPECIAL = re.compile(r"[&%$#_<>]")
_MATH = {"<": r"$<$", ">": r"$>$"}


def bibtex(paper: Paper) -> str:
    """The entry for a bibliography. A journal's is an article, a conference's a paper in proceedings."""
    kind, venue = _kind(paper)
    fields = {
        "author": " and ".join(_last_name_first(name) for name in paper.authors.split(", ")),
        "title": "{" + paper.title + "}",
        **venue,
        "year": str(paper.year if kind == "misc" else _printed(paper)),
    }
    if paper.arxiv:
        fields |= {"eprint": paper.arxiv, "archivePrefix": "arXiv"}
    lines = [f"  {name} = {{{_escaped(value)}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{paper.key},", *lines, "}"]) + "\n"


def line(paper: Paper) -> str:
    """The paper in one line: authors, title, venue, year."""
    year = "" if str(_printed(paper)) in paper.venue else f", {paper.year}"
    return f"{paper.authors}. {paper.title}. {paper.venue}{year}."


def link(paper: Paper) -> str:
    """The paper's page at arXiv, or "" when it is not there."""
    return f"https://arxiv.org/abs/{paper.arxiv}" if paper.arxiv else ""


_JOURNAL = re.compile(r"(?P<journal>.+) (?P<volume>\d+)\((?P<number>\d+)\)")
_CONFERENCE_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def _kind(paper: Paper) -> tuple[str, dict[str, str]]:
    if journal := _JOURNAL.fullmatch(paper.venue):
        return "article", journal.groupdict()
    if paper.venue == "arXiv":
        return "misc", {}
    return "inproceedings", {"booktitle": paper.venue}


def _printed(paper: Paper) -> int:
    """The year in print: a conference often follows the preprint by a year."""
    found = _CONFERENCE_YEAR.search(paper.venue)
    return int(found.group()) if found else paper.year


def _last_name_first(name: str) -> str:
    """ "L. van der Maaten" → "van der Maaten, L."."""
    words = name.split(" ")
    initials = [word for word in words if word.endswith(".")]
    return f"{' '.join(words[len(initials) :])}, {' '.join(initials)}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: _MATH.get(match.group(), "\\" + match.group()), text)
