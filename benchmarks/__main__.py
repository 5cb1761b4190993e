"""`python -m benchmarks` runs every benchmark, `python -m benchmarks engine` one of them; options go on to it.

Last comes one table of what was measured. Exit code 0 also when budgets were missed; 1 when a benchmark broke, 2 when
there was nothing that could be measured.
"""

import importlib
import sys
import traceback

from benchmarks import table

PARTS = ("engine", "zoo", "costs", "diagram", "browser", "training")
ALONE = ("load", "memory")  # only by their own word: they take long, or need the other backends


def main(arguments: list[str]) -> int:
    """Run the named benchmark, or all there are."""
    parts: tuple[str, ...] = PARTS
    if arguments and not arguments[0].startswith("-"):
        named, *arguments = arguments
        if named in ALONE:
            return int(importlib.import_module(f"benchmarks.{named}").main(arguments))
        if named not in PARTS:
            known = ", ".join((*PARTS, *ALONE))
            print(f"benchmarks: there is no {named[:40]!r}; there are {known}", file=sys.stderr)
            return 2
        parts = (named,)
    return run(parts, arguments)


def run(parts: tuple[str, ...], arguments: list[str]) -> int:
    """Run these one after the other, also past one that breaks, and print the table."""
    rows: list[table.Row] = []
    broken: list[str] = []
    for part in parts:
        print(f"--- {part} ---", flush=True)
        try:
            rows += importlib.import_module(f"benchmarks.{part}").run(arguments)
        except table.Missing as missing:
            print(f"{part}: {missing}")
        except Exception:
            traceback.print_exc()
            broken.append(part)
        print(flush=True)
    if rows:
        print(table.printed(rows))
    if broken:
        print(f"benchmarks: broke, for the reason above: {', '.join(broken)}", file=sys.stderr)
        return 1
    return 0 if rows else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
