"""Training in a Ray cluster: queued runs become Ray's jobs, whose command is the same worker as on one machine.

Every machine of the cluster has this project, its Python and the folders of runs and data under the same paths. Where a
run stands is read from its folder, as ever; Ray is asked only after runs in whose folder no worker shows itself. So a
server that starts again goes on with what it finds, and while Ray does not answer nothing is decided.

A run is never trained twice at once: a worker that finds another's sign of life ends (`lease.py`), whatever Ray and the
servers believe.
"""

from __future__ import annotations

import logging
import re
import secrets
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import launcher, lease, process
from .bounds import Bounds, Ray
from .claim import claim
from .folder import AWAITED, GOING, LOG, STARTING, STOP, Run, State, read_json, write_json
from .patience import Patience
from .ray_jobs import Job, Jobs, RayError, line
from .settings import Settings

RECORD = "ray.json"  # in the run folder: the job's id, and how often its machine was lost
MOST_AT_ONCE = 64
MOST_LOST = 3  # times that a run goes on by itself after a machine was lost, without finishing an epoch in between
LATE = 120.0  # seconds over the operator's bound after which a run is stopped from here
WAITS = "it waits for a place in the Ray cluster"
_PASSED = ("CNNVIZ_", "PYTHON", "KERAS_", "TF_", "XLA_", "JAX_", "TORCH_", "PYTORCH_", "MALLOC_")
_LOG = logging.getLogger(__name__)
_KEPT_BACK = ("CNNVIZ_LAUNCHER", "CNNVIZ_RAY_", "CNNVIZ_HOST", "CNNVIZ_TRAINING")


class RayQueue:
    """What the dispatcher does with runs where they are trained by Ray."""

    def __init__(self, ray: Ray, jobs: Jobs) -> None:
        self._ray, self._jobs = ray, jobs
        self._pending: set[str] = set()  # runs whose jobs wait in Ray
        self._patience = Patience()

    def has_room(self, at_work: Sequence[Run]) -> bool:
        """Whether to submit one more. Raises RayError when Ray does not answer.

        One job at most waits in Ray, so that the order of the queue stays ours, and nothing waits there for long.
        """
        if any(run.id in self._pending for run in at_work):
            return False
        self._jobs.ping()
        return True

    def start(self, run: Run, settings: Settings, bounds: Bounds) -> None:
        """Submit a run whose state was just set to starting, under its claim. Raises OSError.

        Whether Ray took it shows later: a job that Ray does not know is put back into the queue.
        """
        record = _record(run)
        if record["job"]:
            with suppress(RayError):
                self._jobs.stop(record["job"])
        job = f"cnnviz-{run.id}-{secrets.token_hex(4)}"
        record = {**record, "job": job, "said": ""}
        write_json(run.path / RECORD, record)
        (run.path / process.RECORD).unlink(missing_ok=True)
        (run.path / AWAITED).touch()
        run.write_state(replace(run.state(), message=WAITS))
        self._pending.add(run.id)
        try:
            self._jobs.submit(job, command(run, job), variables(settings, bounds, self._ray), self._ray)
        except RayError as error:
            _LOG.warning("training: %s may not have been taken: %s", run.id, error)
            write_json(run.path / RECORD, {**record, "said": str(error)})

    def watch(self, run: Run, bounds: Bounds, ended: Callable[[Run, int], None]) -> None:
        """See after a run that should be at work. Raises RayError when Ray does not answer.

        `ended` gets the exit code of a worker that left no word.
        """
        record = _record(run)
        if not record["job"]:
            return
        if run.is_alive():
            self._pending.discard(run.id)
            self._heed_bounds(run, record["job"], bounds)
            return
        job = self._jobs.job(record["job"])
        if job.status in ("pending", "running"):
            asked = run.is_asked_to_stop() and run.state().status == "starting"
            if asked:
                self._jobs.stop(record["job"])  # while a job is pending Ray only notes it
            if not (asked and job.status == "pending"):
                (self._pending.add if job.status == "pending" else self._pending.discard)(run.id)
                (run.path / AWAITED).touch()
                return
        if job.status == "unknown" and abs(time.time() - run.state().updated) < STARTING:
            return  # it may be on its way
        self._pending.discard(run.id)
        self._settle(run, record, job, ended)

    def _heed_bounds(self, run: Run, job: str, bounds: Bounds) -> None:
        """Stop a worker that takes too long, and end one that was asked to stop and does not."""
        if run.is_asked_to_stop():
            if self._patience.seconds((job, STOP)) >= launcher.TERM_AFTER:
                self._jobs.stop(job)
            return
        begun = lease.read(run.path)
        if bounds.seconds and begun and self._patience.seconds(begun.token) > bounds.seconds + LATE:
            run.ask_to_stop()

    def _settle(self, run: Run, record: dict[str, Any], job: Job, ended: Callable[[Run, int], None]) -> None:
        """A job is over and its worker gone, or never was: say what became of the run, or queue it again."""
        if job.code is not None and not job.was_stopped:
            if run.state().status == "starting":
                _keep(run, self._jobs.log(record["job"]))
            write_json(run.path / RECORD, {**record, "job": ""})
            ended(run, job.code)
            return
        with claim(run):
            state = run.state()
            if state.status not in GOING or run.is_alive():
                return
            state, record = _after(state, record, job, run.is_asked_to_stop())
            write_json(run.path / RECORD, record)
            run.write_state(state)
        launcher.ring(run.path.parent)


def _after(state: State, record: dict[str, Any], job: Job, asked: bool) -> tuple[State, dict[str, Any]]:
    """Where a run stands whose job was stopped, found no room, or was lost with its machine; and its record."""
    record = {**record, "job": ""}
    if asked or job.was_stopped:
        said = "stopped before it began" if state.status == "starting" else "stopped; finished epochs are kept"
        return replace(state, status="stopped", message=said), record
    if job.was_late:
        return replace(state, status="queued", message=WAITS), record
    lost = 1 + (record["lost"] if state.epoch <= record["epoch"] else 0)
    word = job.message or record["said"]
    if lost > MOST_LOST:
        said = f"Ray did not take it, or lost its machine, {lost} times without an epoch finished"
        return replace(state, status="failed", message=f"{said}: {word}" if word else said), {**record, "lost": 0}
    said = f"{'Ray did not take it' if record['said'] else 'its machine was lost'}; it waits for another"
    if state.epoch:
        said = f"{said}, to go on after epoch {state.epoch:,}"
    return replace(state, status="queued", message=said), {**record, "lost": lost, "epoch": state.epoch}


def command(run: Run, job: str) -> str:
    """The worker's command for a shell, the same on every machine.

    It does nothing when the run was given up to another job, or stopped, before Ray came to this one.
    """
    root = Path(__file__).resolve().parent.parent.parent  # in the run's folder Python would import what lies there
    is_ours = shlex.join(["grep", "-qsF", job, str(run.path / RECORD)])
    worker = shlex.join([sys.executable, "-m", process.MODULE, str(run.path)])
    return f"{is_ours} || exit 0; cd {shlex.quote(str(root))} && exec {worker}"


def variables(settings: Settings, bounds: Bounds, ray: Ray, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that a worker gets beside its machine's own: nothing that is about this machine."""
    gpu = None if ray.gpus else ""
    here = process.environment(settings, gpu, given)
    passed = {
        name: value
        for name, value in here.items()
        if name.startswith(_PASSED) and not name.startswith(_KEPT_BACK)
    }  # fmt: skip
    if gpu == "" or settings.device == "cpu":
        passed["CUDA_VISIBLE_DEVICES"] = "-1"
    return {**passed, "CNNVIZ_RUNS": str(bounds.runs), "CNNVIZ_DATA": str(bounds.data)}


def _record(run: Run) -> dict[str, Any]:
    """The record of a run's job; a job that is not this run's counts as none."""
    given = read_json(run.path / RECORD) or {}
    job, said, numbers = given.get("job"), given.get("said"), {}
    for name in ("lost", "epoch"):
        value = given.get(name)
        numbers[name] = value if isinstance(value, int) and 0 <= value < 1_000_000 else 0
    is_ours = isinstance(job, str) and re.fullmatch(f"cnnviz-{re.escape(run.id)}-[0-9a-f]{{8}}", job)
    return {"job": job if is_ours else "", "said": line(said) if isinstance(said, str) else "", **numbers}


def _keep(run: Run, printed: str) -> None:
    """Add what a worker printed before it wrote into the run's log itself."""
    with suppress(OSError), (run.path / LOG).open("a", encoding="utf-8") as log:
        log.write(printed[-20_000:])
