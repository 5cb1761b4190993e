"""Run folders: files of a run, changed, and all that page server and command line make of them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from cnnviz import cli_runs
from cnnviz.labs import link
from cnnviz.training import dispatcher, folder, launcher, lease, process, run_live, run_results, run_views, run_words
from cnnviz.training.bounds import Bounds
from cnnviz.training.folder import FolderError, Run
from cnnviz.ui import assets, train_run

from .. import made_up_runs
from .mutate_data import mutated_json
from .target import Target, place, said

_FILES = ("run.json", "state.json", "environment.json", "metrics.jsonl", "steps.jsonl", "results.json")
_MORE = ("worker.json", "lease.json", "log.txt")


def run_folder(text: str) -> bool:
    """The first line names a file of a run, the rest is put into it; then everything is read."""
    name, _, content = text.partition("\n")
    runs = place("runs")
    run = _fresh(runs, name if name in (*_FILES, *_MORE) else "log.txt", content)
    bounds = Bounds("off", 1, 1_000, 0, 0, runs, place("data"))
    _sent(run_views.rows([run]))  # the table of all runs
    try:
        _watched(run)
        _command_line(run)
    except FolderError as error:
        said(str(error))
        return False
    finally:
        _queue(run, bounds)
    return True


def checkpoint(text: str) -> bool:
    """The first line names a checkpoint's folder; the second is its progress.json, the rest its metrics.jsonl."""
    from cnnviz.training import checkpoints  # loads Keras

    name, progress, lines = (*text.split("\n", 2), "", "")[:3]
    run = _fresh(place("runs"), "log.txt", "")
    name = name.encode("utf-8", "replace").decode().replace("/", "_").replace("\0", "")[:80]
    path = run.path / folder.CHECKPOINTS / (name if name.strip(".") else "epoch-0001")
    path.mkdir(parents=True)
    _write(path / checkpoints.PROGRESS, progress)
    _write(path / folder.METRICS, lines)
    found = checkpoints.progress(run)
    checkpoints.saved(run)
    assert checkpoints.best(found.lines, run.config().settings) in range(found.epoch + 1)
    return found.epoch > 0


def _watched(run: Run) -> None:
    """What the page of one run shows. Raises FolderError."""
    config, status = run_live.config(run), run.status()
    _sent(train_run.payload(run, config, status))
    told = run_live.live(run)
    _sent(told)
    _sent(run_live.live(run, told["next"]["metrics"], told["next"]["steps"], told["next"]["files"]))
    _sent(run_results.of_run(run))
    run_views.csv_of(run).encode()
    run.log_tail().encode()
    for line in (*config.changes, config.title, config.study, config.owner, config.net, run.state().message):
        line.encode()
    run_words.ending(status, run.state()).encode()
    link.write(config.settings)


def _command_line(run: Run) -> None:
    """`runs` and `runs --json`."""
    row = cli_runs.as_json(run)
    if row is not None:
        _sent(row)
        cli_runs.table([row]).encode()


def _queue(run: Run, bounds: Bounds) -> None:
    """What the queue makes of it, short of starting a worker; and stop, resume, train longer."""
    dispatcher._look(bounds)
    process.worker_of(run)
    process.gpu_of(run)
    lease.read(run.path)
    lease.is_alive_elsewhere(run.path)
    for act in (
        lambda: launcher.stop(run),
        lambda: launcher.resume(run, bounds=bounds),
        lambda: launcher.resume(run, 12, bounds, here=True),
    ):
        try:
            act()
        except FolderError as error:
            said(str(error))


def _sent(data: Any) -> None:
    """It can be sent to a browser: no number that JSON lacks, no half of a character."""
    assets.as_json(data).encode()


def _fresh(runs: Path, name: str, content: str) -> Run:
    """A good run with one file changed."""
    shutil.rmtree(runs, ignore_errors=True)
    shutil.copytree(_good(), runs / "some-run")
    path = runs / "some-run" / name
    _write(path, content)
    os.utime(path, (1.7e9, 1.7e9))
    return Run(runs / "some-run")


def _write(path: Path, content: str) -> None:
    path.write_bytes(content.encode("utf-8", "surrogatepass"))


def _good() -> Path:
    """A finished run; made once."""
    path = place("good") / "some-run"
    if not path.exists():
        run = made_up_runs.make(path, "lenet5", epochs=3, title="A run", message="done", changes=("one",), study="six")
        folder.write_json(path / process.RECORD, {"pid": 2**22 + 1, "created": 1.7e9, "booted": 1.7e9, "gpu": "0"})
        folder.write_json(path / lease.LEASE, {"token": "a" * 32, "host": "elsewhere", "pid": 7, "begun": 1.7e9})
        os.utime(path / lease.LEASE, (1.7e9, 1.7e9))  # long ago
        assert run.status() == "finished"
    return path


def _seeds() -> list[str]:
    made = [f"{name}\n{(_good() / name).read_text()}" for name in (*_FILES, *_MORE)]
    for status in ("running", "stopped", "queued", "starting"):
        state = json.loads((_good() / "state.json").read_text()) | {"status": status, "epoch": 2, "updated": 1.7e9}
        made.append(f"state.json\n{json.dumps(state)}")
    asked = json.loads((_good() / "run.json").read_text())
    asked["settings"] |= {"time_limit": 60, "early_stopping": 2, "data": "shapes"}
    return [*made, f"run.json\n{json.dumps(asked)}"]


_PROGRESS = json.dumps({"seconds": 3.5, "waited": 0, "best": 0.5, "ended": 0})
_LINES = "\n".join(
    json.dumps({"epoch": epoch, "val_accuracy": 0.3 * epoch, "val_loss": 1 / epoch}) for epoch in (1, 2)
)

DOORS = {
    "run_folder": Target("a file of a run folder", _seeds(), run_folder, mutated_json),
    "checkpoint": Target(
        "a checkpoint's folder",
        [f"epoch-0002\n{_PROGRESS}\n{_LINES}\n", f"epoch-0001\n{_PROGRESS}\n{_LINES[: _LINES.find(chr(10))]}\n"],
        checkpoint,
        mutated_json,
    ),
}
