"""What `?net=` holds, in both directions."""

from __future__ import annotations

from .. import report
from ..declare import shown, suggestion
from ..notation import NotationError
from ..report import Report
from ..zoo import BY_NAME, ROWS


class LinkError(ValueError):
    """A link holds no network; the message says what is wrong, in one sentence."""


def link_of(found: Report, preset: str = "") -> str:
    """The link to a net: the name of the preset that it is, or its notation in one line without spaces.

    Two rows may hold one net, a paper's and a tutorial's: `preset`, the one it was opened as, goes before the others.
    """
    rows = [BY_NAME[preset], *ROWS] if preset in BY_NAME else ROWS
    for row in rows:
        if row.notation == found.text:
            return row.name
    return found.line.replace("; ", ";").replace(", ", ",")


def opened(link: str) -> tuple[Report, str]:
    """The net that a link holds, and its text. Raises LinkError."""
    text = BY_NAME[link].notation if link in BY_NAME else link
    try:
        return report.of_text(text), text
    except NotationError as error:
        raise LinkError(f"This link holds no network: {_reason(link, error)}") from None


def _reason(link: str, error: NotationError) -> str:
    """A link is one line, so its number says nothing; a single word was meant as a name."""
    if "(" in link or len(link) > 40:
        return str(error).removeprefix("line 1: ")
    return f"there is none called {shown(link)}{suggestion(link, BY_NAME)}"
