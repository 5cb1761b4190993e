"""The worker: trains the run in a folder, from its beginning or from its last finished epoch.

    python -m cnnviz.training.worker RUN_FOLDER

Keras is imported only after backend and device are chosen, in the functions below.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import notation
from ..graph import Graph, GraphError
from ..net import NetError
from . import bounds, device, failures, signals, surroundings
from .datasets import DataError
from .device import DeviceError
from .folder import ENVIRONMENT, MODEL, RESULTS, STOP, Config, FolderError, Run, State, write_json
from .watch import watched

Said = Callable[[str], None]
EVALUATION = 20.0  # seconds that the results of a stopped run may take


class Fault(ValueError):
    """The run cannot be trained; the message is the one line to show."""


def main(arguments: list[str]) -> int:
    """Train the run in the folder that is named. 0: it finished or was stopped, 1: it failed, 2: bad input."""
    if len(arguments) != 1:
        print("usage: python -m cnnviz.training.worker RUN_FOLDER", file=sys.stderr)
        return 2
    asked = Run(Path(arguments[0]).absolute())
    try:
        asked.config()
        signals.everything_into_the_log(asked)
    except (FolderError, OSError) as error:
        print(f"cnnviz: {error}", file=sys.stderr)
        return 2
    return run(asked, lambda line: print(f"{time.strftime('%H:%M:%S')} {line}", flush=True))


def run(run: Run, said: Said = print, *, foreground: bool = False) -> int:
    """Train in this process. `said` gets what happens, line by line. 0, 1 when the run failed, 2 when it cannot begin.

    In the foreground nothing but these lines is for the reader; what libraries print goes into the run's log.
    """
    try:
        with (
            run.hold(),
            signals.called_off(run) as why,
            watched(run, bounds.read().memory),
            signals.errors_into_the_log(run) if foreground else contextlib.nullcontext(),
        ):
            return _keep_state(run, said, why)
    except (FolderError, bounds.BoundsError, OSError) as error:
        said(str(error))
        return 2


def _keep_state(run: Run, said: Said, why: Callable[[], str]) -> int:
    """Train, and write down how it ended, whatever comes."""
    before = run.state()
    try:
        asked = run.config()
        config = replace(asked, settings=bounds.read().limit(asked.settings)[0])
    except FolderError as error:
        return _end(run, replace(before, status="failed", message=str(error)), said)
    try:
        run.write_state(replace(before, status="starting", pid=os.getpid(), message=""))
        state = _train(run, config, said, why)
    except (Fault, DataError, DeviceError) as error:
        state = replace(run.state(), status="failed", message=str(error))
    except KeyboardInterrupt:
        state = replace(run.state(), status="stopped", message="interrupted; finished epochs are kept")
    except BaseException as error:  # whatever comes out of the libraries: the reader gets a cause, the log the trace
        os.write(2, traceback.format_exc().encode())
        state = replace(run.state(), status="failed", message=failures.cause(error, config.settings))
    return _end(run, state, said)


def _end(run: Run, state: State, said: Said) -> int:
    said(f"{state.status}: {state.message}" if state.message else state.status)
    try:
        (run.path / STOP).unlink(missing_ok=True)
        run.write_state(state)
    except OSError as error:
        said(f"where it stands cannot be written: {error.strerror or error}")
    return 1 if state.status == "failed" else 0


def _train(run: Run, config: Config, said: Said, why: Callable[[], str]) -> State:
    """All of it: load, build, restore, fit, save, evaluate. Gives the state in which the run ends."""
    settings, graph = config.settings, _graph(config)
    device.prepare(settings)

    import keras

    from . import callbacks, checkpoints, data, fitting, prepare

    used = device.settle(settings)
    keras.utils.clear_session()
    keras.utils.set_random_seed(settings.seed)
    begun = checkpoints.progress(run)
    if begun.epoch >= settings.epochs or begun.ended >= settings.epochs:
        said(f"this run is finished: {begun.epoch:,} epochs; nothing is left to do")
        return replace(
            run.state(), status="finished", epoch=begun.epoch, message=surroundings.finished(begun.epoch, settings)
        )
    pictures = data.load(settings, bounds.read().data)
    peak = device.Peak(used, settings.backend)
    made = fitting.make(graph, pictures, settings)
    before = checkpoints.restore(run, made.model, said)
    if before.ended:  # early stopping ended it; more epochs are wanted now
        before = before._replace(ended=0, waited=0)
    said(surroundings.going(used, before.epoch))
    prepared = prepare.of(pictures, fitting.input_shape(graph)).as_dict()
    write_json(run.path / ENVIRONMENT, surroundings.described(graph, settings, used, peak, pictures.classes, prepared))
    watch, record = callbacks.together(run, made, before, peak, why, said)
    ending = State("finished")
    try:
        run.write_state(watch.state())
        watch.check()
        fitting.fit(made, watch, before.epoch)
    except callbacks.Ended as error:
        ending = State(error.status, message=surroundings.kept(str(error), record.progress.epoch))
        if error.status == "failed" or not record.progress.epoch or why() == signals.TOLD:
            return watch.state(ending.status, ending.message)
    is_finished = ending.status == "finished"
    watch.step = watch.steps if is_finished else 0
    run.write_state(watch.state("evaluating"))
    words = [ending.message or surroundings.finished(record.progress.epoch, settings)]
    words.append(_results(run, made, pictures, record.progress, is_finished))
    return watch.state(ending.status, "; ".join(filter(None, words)))


def _results(run: Run, made: Any, pictures: Any, done: Any, is_finished: bool) -> str:
    """Save the model, and what it gets right and wrong; gives what is to be said of it beside.

    It is the model of the last epoch, with early stopping that of the best.
    """
    from . import checkpoints, evaluation, fitting

    epoch = done.epoch
    if made.settings.early_stopping and is_finished:
        epoch = checkpoints.best(done.lines, made.settings)
    if epoch != done.epoch or not is_finished:
        for number, path in checkpoints.saved(run):
            if number == epoch:
                checkpoints.load(made.model, path)
    fresh = run.path / f".fresh.{MODEL}"
    try:
        fitting.save(made.graph, made.model, fresh)
        fresh.replace(run.path / MODEL)
    finally:
        fresh.unlink(missing_ok=True)
    results = evaluation.evaluate(made, pictures, epoch, None if is_finished else EVALUATION)
    if results is not None:
        write_json(run.path / RESULTS, results)
    return "" if epoch == done.epoch else f"the model is that of epoch {epoch:,}, the best"


def _graph(config: Config) -> Graph:
    try:
        return notation.load(config.net).graph
    except (notation.NotationError, NetError, GraphError) as error:
        raise Fault(f"the net cannot be read: {error}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
