"""The notation reference, made from the declarations: every block, its parameters, what they take, their defaults."""

from __future__ import annotations

from . import declare
from .blocks import BLOCKS, COMPOSITES
from .declare import Param
from .net import MOST_BLOCKS, MOST_DEPTH, MOST_TIMES
from .notation import MOST_TEXT
from .notation_print import print_value
from .ops import MOST_FILTERS, MOST_SIDE, Input

_HEAD = f"""# Notation

One text says a whole network. It is what links, files, the command line, the zoo and undo hold.

```
input(224, 224, 3)
conv_bn(64, 7, strides=2)
maxpool(3, strides=2, padding=same)
bottleneck(64, 3)
bottleneck(128, 4, strides=2)
bottleneck(256, 6, strides=2)
bottleneck(512, 3, strides=2)
classifier(1000)
```

* A new line or `;` separates blocks. `#` begins a comment.
* Arguments are positional or named: `conv(64, 3)` is `conv(filters=64, kernel_size=3)`. A bare word stands for the
  first parameter that knows it: `maxpool(3, same)` is `maxpool(3, padding=same)`.
* A size is one number or a pair (height, width): `3`, `(1, 7)`. Words are written without quotes; `true`, `false`,
  `none`.
* `n * block(…)` repeats a block, `n * [a(…), b(…)]` a sequence; both are the same as writing it out.
* `parallel([…], […], merge=concat)` reads the same input in every branch and merges the results: `concat` side by
  side along the channels, `add` element by element, `multiply` likewise or by one value a channel. An empty branch
  `[]` is the identity.
* `aux([…])` leaves the trunk and ends in a further output; the trunk goes on unchanged. `aux(1000)` is GoogLeNet's
  head.
* Any block takes `name=`. Without one it is called by its kind and its ordinal among its kind: `vgg1`, `vgg2`.
* The text is parsed, never evaluated. What equals its default is not printed.

Limits: {MOST_TEXT:,} characters, {MOST_BLOCKS} written blocks, nested {MOST_DEPTH} deep, {MOST_TIMES:,}
repetitions, sides up to {MOST_SIDE:,}, {MOST_FILTERS:,} filters or units, 5,000 layers, 10¹² parameters.

Each table lists the parameters in their positional order.
"""


def markdown() -> str:
    """The whole reference as Markdown; `docs/notation.md` holds exactly this."""
    parts = [_HEAD, "## Blocks\n", *map(_section, COMPOSITES), "## Operations\n", _section(Input)]
    parts += [_section(declared) for declared in BLOCKS.values() if declared not in COMPOSITES]
    return "\n".join(parts)


def about(declared: type) -> str:
    """What a block or operation is, in its own words."""
    return " ".join((declared.__doc__ or "").split())


def table(declared: type) -> str:
    """The parameters of a block or operation as a Markdown table, "" when it has none."""
    head = ("| parameter | takes | default | |", "| --- | --- | --- | --- |")
    rows = [_row(param) for param in declare.params(declared)]
    return "\n".join([*head, *rows]) if rows else ""


def _section(declared: type) -> str:
    word, title = getattr(declared, "word"), getattr(declared, "title")  # noqa: B009 (any declared class has both)
    lines = [f"### `{word}`: {title}\n", f"{about(declared)}\n"]
    if declare.params(declared):
        lines += [table(declared), ""]
    return "\n".join(lines)


def _row(param: Param) -> str:
    default = "required" if param.required else f"`{print_value(param, param.default)}`"
    return f"| `{param.name}` | {param.allowed} | {default} | {param.help} |"
