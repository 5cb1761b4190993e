"""Make the documents of the guided tour and their pictures: docs/families, docs/questions.md, docs/images/families.

    python -m docs.make_guide            write them
    python -m docs.make_guide --check    say which are not up to date; the exit code is 1 when there are any

Run it from the project's folder. The texts are in cnnviz/guide/text.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cnnviz.guide import documents

DOCS = Path(__file__).resolve().parent
MADE = ("families/*.md", "images/families/*.svg", "questions.md")


def main(arguments: list[str]) -> int:
    """Write what differs, or only say so."""
    check = arguments == ["--check"]
    wanted = documents.documents() | documents.pictures()
    stale = stale_files(wanted)
    for name in stale:
        print(f"{'not up to date: ' if check else ''}docs/{name}")
        if check:
            continue
        path = DOCS / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
        else:
            path.unlink()
    return 1 if check and stale else 0


def stale_files(wanted: dict[str, str]) -> list[str]:
    """The files under docs/ that are missing, differ, or should not be there."""
    there = {path.relative_to(DOCS).as_posix(): path for pattern in MADE for path in DOCS.glob(pattern)}
    return sorted(
        name
        for name in wanted.keys() | there.keys()
        if name not in wanted or name not in there or there[name].read_text(encoding="utf-8") != wanted[name]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
