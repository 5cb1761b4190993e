"""`python -m benchmarks` runs every benchmark, `python -m benchmarks engine` one of them; options go on to it."""

import importlib
import importlib.util
import sys

PARTS = ("engine", "zoo", "browser", "training")
ALONE = ("load", "memory")  # only by their own word: they take long, or need the other backends


def main(arguments: list[str]) -> int:
    """Run the named benchmark, or all there are."""
    if arguments and not arguments[0].startswith("-"):
        if arguments[0] not in (*PARTS, *ALONE):
            known = ", ".join((*PARTS, *ALONE))
            print(f"benchmarks: there is no {arguments[0][:40]!r}; there are {known}", file=sys.stderr)
            return 2
        return int(importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:]))
    there = [part for part in PARTS if importlib.util.find_spec(f"benchmarks.{part}")]
    failed = 0
    for part in there:
        print(f"--- {part} ---")
        failed |= int(importlib.import_module(f"benchmarks.{part}").main(arguments))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
