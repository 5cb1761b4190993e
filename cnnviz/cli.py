"""The command line: the same rooms, for scripts and for checks by anyone.

NET is a preset's name, a file that holds a notation, or a notation. Exit code 0; 1 when `check` finds a difference or a
training fails; 2 with one clear line on standard error for bad input.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from . import __version__, cli_runs, cli_training, disk, keras_refused, zoo
from .cli_foreground import Failed
from .cli_input import Refused, load
from .declare import shown
from .notation import Loaded, NotationError, print_net
from .summary import as_csv, as_json, as_text, summarize
from .zoo import figures

_DRAWING = 300.0  # seconds that Graphviz may take for one picture


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message} (see python -m cnnviz --help)")


def main(argv: list[str]) -> int:
    """Run one command; gives the exit code."""
    try:
        arguments = _parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except (Refused, NotationError) as error:
        print(f"cnnviz: {error}", file=sys.stderr)
        return 2
    except Failed as error:
        print(f"cnnviz: training failed: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (the reader went away; nothing more can be said)
        return 0
    except MemoryError:
        print("cnnviz: there is not enough memory for this", file=sys.stderr)
        return 1
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (where it went, nothing more can be written)
        print(f"cnnviz: this cannot go on: {disk.words(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cnnviz: stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="cnnviz", description="Costs, checks, exports and training of convolutional networks.")
    parser.add_argument("--version", action="version", version=f"cnnviz {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    net = "a preset's name, a file that holds a notation, or a notation"

    summary = commands.add_parser("summary", help="layers and totals")
    summary.add_argument("net", metavar="NET", help=net)
    summary.add_argument("--json", action="store_true", help="for machines")
    summary.set_defaults(run=_summary)

    listing = commands.add_parser("zoo", help="the networks there are")
    listing.add_argument("--json", action="store_true", help="for machines")
    listing.set_defaults(run=_zoo)

    export = commands.add_parser("export", help="write pictures, code and tables")
    export.add_argument("net", metavar="NET", help=net)
    for name, (_, about) in _EXPORTS.items():
        export.add_argument(f"--{name}", metavar="FILE", help=about)
    export.set_defaults(run=_export)

    check = commands.add_parser("check", help="build the Keras model and compare every layer")
    check.add_argument("net", metavar="NET", help=net)
    check.set_defaults(run=_check)

    cli_training.add_to(commands)
    cli_runs.add_to(commands)
    return parser


def _summary(arguments: argparse.Namespace) -> int:
    net, graph = load(arguments.net)
    found = summarize(graph)
    print(json.dumps(as_json(net, found), separators=(",", ":")) if arguments.json else as_text(found))
    return 0


def _zoo(arguments: argparse.Namespace) -> int:
    rows = figures.overview()
    if arguments.json:
        print(json.dumps([_row_as_json(found) for found in rows], separators=(",", ":")))
        return 0
    names, titles = (max(len(getattr(found.row, column)) for found in rows) for column in ("name", "title"))
    for found in rows:
        print(
            f"{found.row.name:{names}}  {found.row.title:{titles}}  {found.row.paper.year}  "
            f"{found.parameters:>13,} parameters  {found.macs:>15,} MACs"
        )
    return 0


def _row_as_json(found: figures.Overview) -> dict[str, Any]:
    """A network of the zoo as plain data. `published` holds each figure beside ours under the same convention."""
    row = found.row
    return {
        "name": row.name,
        "title": row.title,
        "family": row.family,
        "notation": row.notation,
        "paper": row.paper._asdict(),
        "section": row.section,
        "source": row.source.name if row.source else None,
        "original": row.original or None,
        "as_in": row.as_in or None,
        "published": [
            {**figure.published._asdict(), "ours": figure.ours, "met": figure.met} for figure in figures.compared(row)
        ],
        "top5": row.top5._asdict() if row.top5 else None,
        "deviations": row.deviations,
        "input": list(found.input),
        "params": found.parameters,
        "trainable_params": found.trainable,
        "macs": found.macs,
        "depth": found.depth,
    }


def _check(arguments: argparse.Namespace) -> int:
    graph = load(arguments.net).graph
    keras_model = _keras_model()
    agreement = keras_model.check(graph, keras_model.build(graph))
    for difference in agreement.differences:
        print(difference)
    found = summarize(graph)
    if agreement.differences:
        print(f"Keras does not agree: {len(agreement.differences)} differences")
        return 1
    print(
        f"Keras agrees: {len(found.layers):,} layers, {found.total.parameters:,} parameters; "
        "name, output shape and parameters of every layer"
    )
    return 0


def _export(arguments: argparse.Namespace) -> int:
    wanted = {name: getattr(arguments, name) for name in _EXPORTS if getattr(arguments, name)}
    if not wanted:
        raise Refused("export: say what to write with " + ", ".join(f"--{name} FILE" for name in _EXPORTS))
    loaded = load(arguments.net)
    for name, file in wanted.items():
        is_new = not os.path.lexists(file)
        try:
            _EXPORTS[name][0](loaded, Path(file), arguments.net)
        except OSError as error:
            if is_new:
                with contextlib.suppress(OSError):
                    os.unlink(file)  # half a file is none
            raise Refused(f"cannot write {shown(file)}: {disk.words(error)}") from None
        print(f"wrote {file}")
    return 0


def _export_png(loaded: Loaded, path: Path, name: str) -> None:
    keras_model = _keras_model()
    try:
        picture = keras_model.plot_png(keras_model.build(loaded.graph), seconds=_DRAWING)
    except (keras_model.GraphvizMissing, keras_refused.Refused) as error:
        raise Refused(str(error)) from None
    path.write_bytes(picture)


def _export_keras(loaded: Loaded, path: Path, name: str) -> None:
    if path.suffix != ".keras":
        raise Refused(f"a Keras file ends in .keras, got {shown(path.name)}")
    _keras_model().save_keras(loaded.graph, path)


def _export_svg(loaded: Loaded, path: Path, name: str) -> None:
    from .costs import node_costs
    from .draw.scene import scene
    from .draw.svg import svg

    path.write_text(svg(scene(loaded.graph, node_costs(loaded.graph), frozenset())), encoding="utf-8")


def _export_dot(loaded: Loaded, path: Path, name: str) -> None:
    from .draw.dot import dot

    path.write_text(dot(loaded.graph), encoding="utf-8")


def _export_code(loaded: Loaded, path: Path, name: str) -> None:
    from .codegen import source

    title = zoo.BY_NAME[name.strip()].title if name.strip() in zoo.BY_NAME else "network"
    path.write_text(source(loaded.graph, loaded.net, title), encoding="utf-8")


def _export_csv(loaded: Loaded, path: Path, name: str) -> None:
    path.write_text(as_csv(summarize(loaded.graph)), encoding="utf-8")


def _export_notation(loaded: Loaded, path: Path, name: str) -> None:
    path.write_text(print_net(loaded.net), encoding="utf-8")


# What can be written: option → (how, help). Keras is imported only by those that need it.
_EXPORTS: dict[str, tuple[Callable[[Loaded, Path, str], None], str]] = {
    "png": (_export_png, "picture by Keras' plot_model; needs Graphviz"),
    "svg": (_export_svg, "our diagram, folded to blocks"),
    "dot": (_export_dot, "the graph for Graphviz"),
    "code": (_export_code, "Python source that builds the same Keras model"),
    "keras": (_export_keras, "a fresh model with initial weights"),
    "csv": (_export_csv, "the table of layers"),
    "notation": (_export_notation, "the net as text"),
}


def _keras_model() -> ModuleType:
    """The Keras room, imported late: it loads TensorFlow, on the CPU and without its log."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    try:
        with _quiet():
            from . import keras_model
    except ModuleNotFoundError as error:
        raise Refused(f"this needs {error.name}, which is not installed: pip install -r requirements.txt") from None
    return keras_model


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what native libraries write to standard error off the terminal; errors of Python still come through."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
