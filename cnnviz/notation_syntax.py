"""Text → Python's syntax tree, within bounds; and why a text cannot be read, in the words of the notation."""

from __future__ import annotations

import ast
import re

from .declare import shown
from .graph import Place

MOST_TEXT = 16_000
MOST_BRACKETS = 40

_ODD = re.compile(r"[^A-Za-z0-9_ \t\n()\[\],;=.*+'\"-]")
# Python reads 3if as 3 if, with a warning in the log; here a number ends where its digits end.
_GLUED = re.compile(r"(?<![A-Za-z0-9_])(?>[0-9][0-9_.]*(?:[eE][-+]?[0-9]+)?)[A-Za-z_]")
_CHAIN = re.compile(r"(?:[^,;\n()\[\]]*\*){5}|[-+](?:[ \t]*[-+]){2}")

# Part of what the parser says → what it comes from, and what is right. The first that fits is taken.
_REASONS = (
    ("integer string", "a number has too many digits"),
    ("leading zeros", "a number begins with 0; write 3 for 03"),
    ("forgot a comma", "a comma is missing between two values"),
    ("follows keyword", "a value without a name stands behind a named one; put it first, or name it too"),
    ("unpacking", "a value without a name stands behind a named one; put it first, or name it too"),
    ("assign", "a name before = is that of a parameter, as in conv(64, kernel_size=3)"),
    ("unterminated", "a quotation mark is never closed; words need none"),
    ("literal", "a number is not written in digits; write 64 or 0.5"),
)
_BRACKETS = ("was never closed", "unmatched", "does not match opening")
_OTHERWISE = "a block is written like conv(64, 3); a new line or ; stands between blocks"


class NotationError(ValueError):
    """The text is no net: the message names line, block and parameter, what was wrong, and what is allowed.

    `line` counts from 1, 0 when the text has no lines to speak of; `place` is the block, where one was recognised.
    """

    def __init__(self, message: str, line: int = 1, place: Place = ()) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line
        self.place = place


def tree_of(text: str) -> ast.Module:
    """Python's syntax tree of a text that is bounded in length, characters and nesting beforehand."""
    if len(text) > MOST_TEXT:
        raise NotationError(f"the text has {len(text):,} characters; at most {MOST_TEXT:,} are allowed")
    lines = [line.split("#", 1)[0].strip() for line in text.replace("\r\n", "\n").split("\n")]
    plain = "\n".join(lines)
    odd = _ODD.search(plain)
    if odd:
        character = odd.group()
        named = f"{character} (U+{ord(character):04X})" if character.isprintable() else f"U+{ord(character):04X}"
        raise NotationError(
            f"the character {named} is not allowed outside comments", plain[: odd.start()].count("\n") + 1
        )
    glued = _GLUED.search(plain)
    if glued:
        raise NotationError(
            f"a letter follows a number at once: {shown(glued.group())}; write them apart",
            plain[: glued.start()].count("\n") + 1,
        )
    chain = _CHAIN.search(plain)
    if chain:
        raise NotationError(
            "too many signs or * in a row; at most 2 signs or 4 * are read", plain[: chain.start()].count("\n") + 1
        )
    _check_brackets(plain)
    try:
        return ast.parse(plain)
    except SyntaxError as error:
        raise NotationError(f"this cannot be read: {_why(error.msg)}", max(error.lineno or 1, 1)) from None
    except (RecursionError, MemoryError, ValueError):
        raise NotationError("this is nested too deep to be read") from None


def _check_brackets(text: str) -> None:
    depth = 0
    for i, character in enumerate(text):
        if character in "([":
            depth += 1
            if depth > MOST_BRACKETS:
                raise NotationError(f"brackets are nested over {MOST_BRACKETS} deep", text[:i].count("\n") + 1)
        elif character in ")]":
            depth -= 1


def _why(said: str) -> str:
    """The reason in words. `said` is the message of a SyntaxError; what it says of brackets is kept."""
    if any(part in said for part in _BRACKETS):
        return said.replace("closing parenthesis ", "").replace("opening parenthesis ", "")
    return next((reason for part, reason in _REASONS if part in said), _OTHERWISE)
