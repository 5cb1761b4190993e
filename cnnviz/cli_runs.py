"""`python -m cnnviz runs`, `resume` and `stop`: the runs that there are. Keras is imported only to train."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from . import cli_foreground
from .cli_input import Refused, limits
from .declare import shown
from .notation import NotationError, load
from .summary import summarize
from .training import folder, launcher, run_views
from .training.folder import CONFIG, GOING, FolderError, Run

HEADS = ("run", "data", "status", "epochs", "best", "MACs", "parameters", "seconds", "begun")


def add_to(commands: Any) -> None:
    """Add the commands `runs`, `resume` and `stop`."""
    listing = commands.add_parser("runs", help="the training runs there are")
    listing.add_argument("--json", action="store_true", help="for machines")
    listing.add_argument("--runs-dir", metavar="DIR", help="where to look; the runs folder if left out")
    listing.set_defaults(run=_runs)

    resume = commands.add_parser("resume", help="go on with a run from its last finished epoch, here and now")
    resume.add_argument("dir", metavar="DIR", help="the run's folder, or its name below the runs folder")
    resume.add_argument("--epochs", metavar="N", help="how many epochs in all, to train longer")
    resume.set_defaults(run=_resume)

    stop = commands.add_parser("stop", help="stop a run; its finished epochs are kept")
    stop.add_argument("dir", metavar="DIR", help="the run's folder, or its name below the runs folder")
    stop.set_defaults(run=_stop)


def find(text: str, runs: Path) -> Run:
    """The run in a folder, or of that name below the runs folder. Raises Refused."""
    try:
        path = Path(text).resolve()
        if (path / CONFIG).is_file():
            return Run(path)
        if path.exists() and not folder.NAME.fullmatch(text):
            raise Refused(f"{shown(text)} holds no run: it has no {CONFIG}")
        return folder.find(runs, text)
    except (FolderError, OSError, ValueError, RuntimeError):
        raise Refused(f"there is no run {shown(text)}, neither as a folder nor by that name in {runs}") from None


def _runs(arguments: argparse.Namespace) -> int:
    place = Path(arguments.runs_dir).absolute() if arguments.runs_dir else limits().runs
    if arguments.runs_dir and not place.is_dir():
        raise Refused(f"there is no folder {shown(arguments.runs_dir)}")
    rows = [row for run in folder.listed(place) if (row := as_json(run))]
    if arguments.json:
        print(json.dumps(rows, separators=(",", ":")))
    elif rows:
        print(table(rows))
    else:
        print(f"no runs in {place}; start one with: python -m cnnviz train NET")
    return 0


def as_json(run: Run) -> dict[str, Any] | None:
    """A run as plain data; None where the folder cannot be read. Seconds of training, best validation accuracy."""
    try:
        config = run.config()
    except FolderError:
        return None
    state, best = run.state(), run_views.best(run)
    return {
        "id": run.id,
        "path": str(run.path),
        "title": config.title,
        "study": config.study,
        "data": config.settings.data,
        "status": run.status(),
        "message": state.message,
        "epoch": best.epochs,
        "epochs": config.settings.epochs,
        "val_accuracy": best.accuracy,
        "accuracy": best.training,
        "seconds": state.seconds,
        "created": config.created,
        **_costs(config.net),
    }


def _costs(text: str) -> dict[str, Any]:
    try:
        total = summarize(load(text).graph).total
    except NotationError:
        return {"params": None, "macs": None}
    return {"params": total.parameters, "macs": total.macs}


def table(rows: list[dict[str, Any]]) -> str:
    """Runs for people: a line each."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADS))]
    right = {3, 4, 5, 6, 7}
    return "\n".join(
        "  ".join(
            f"{cell:{'>' if column in right else '<'}{widths[column]}}" for column, cell in enumerate(line)
        ).rstrip()
        for line in cells
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["id"],
        row["data"],
        row["status"],
        f"{row['epoch']:,}/{row['epochs']:,}",
        "" if row["val_accuracy"] is None else f"{row['val_accuracy']:.1%}",
        "" if row["macs"] is None else f"{row['macs']:,}",
        "" if row["params"] is None else f"{row['params']:,}",
        f"{row['seconds']:,.0f}",
        time.strftime("%Y-%m-%d %H:%M", time.localtime(row["created"])),
    )


def _resume(arguments: argparse.Namespace) -> int:
    allowed = limits()
    run = find(arguments.dir, allowed.runs)
    try:
        if run.status() == "finished" and arguments.epochs is None:
            print(f"{run.id} is finished: {run.state().epoch:,} epochs; train longer with --epochs N")
            return 0
        launcher.resume(run, _epochs(arguments.epochs), allowed, here=True)
    except FolderError as error:
        raise Refused(str(error)) from None
    return cli_foreground.train(run)


def _epochs(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refused(f"epochs must be 1 to 1,000, got {shown(text)}") from None


def _stop(arguments: argparse.Namespace) -> int:
    run = find(arguments.dir, limits().runs)
    try:
        if run.status() in GOING:
            print(f"{run.id} is stopping ...", flush=True)
        print(f"{run.id}: {launcher.stop_and_wait(run)}")
    except (FolderError, OSError) as error:
        raise Refused(str(error)) from None
    return 0
