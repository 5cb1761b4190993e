"""What the worker costs beside the same `model.fit` in a bare script.

Both train the same net on the same pictures in one process, in turns: the bare script gives float arrays to Keras' own
`fit` and nothing else; ours is the worker's, with its batches, progress, stop file, gradient norms, metric lines and a
checkpoint an epoch. Figures are medians of rounds: the ratio of each pair, by the clock and by processor time, and what
an epoch's checkpoint takes. Budget: 3 %.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.table import Row
from cnnviz import notation, zoo
from cnnviz.training import fit
from cnnviz.training.settings import Settings, make

BUDGET = 3  # per cent
ROUNDS = 7
# net, data, pictures drawn, epochs in one turn
CASES = (
    ("tfnotes-lenet5", "digits", 4_000, 4),
    ("tfnotes-baseline", "shapes", 4_000, 2),
    ("cifar-resnet20", "shapes", 1_000, 1),
)


class Turn(NamedTuple):
    """Seconds of one turn: by the clock, of the processors, and of those by the clock the part for checkpoints."""

    clock: float
    processor: float
    checkpoints: float = 0.0


def run(arguments: list[str]) -> list[Row]:
    """Measure, print, and give the rows of the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.training", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--net", help="only this one")
    given, _ = parser.parse_known_args(arguments)
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    print(f"Keras {keras.__version__} on {keras.backend.backend()}, {os.cpu_count()} cores, {given.rounds} rounds\n")
    heading = ("net", "data", "bare epoch", "worker", "processor", "without checkpoints", "checkpoint")
    print("{:<18} {:<8} {:>10} {:>8} {:>10} {:>20} {:>11}".format(*heading))
    rows = [
        measure(net, make({"data": data, "size": size, "device": "cpu"}), epochs, given.rounds)
        for net, data, size, epochs in CASES
        if given.net in (None, net)
    ]
    print(f"\nBudget: {BUDGET} % over the bare script")
    return rows


def measure(net: str, settings: Settings, epochs: int, rounds: int) -> Row:
    """Both in turns, and the medians in one line."""
    with tempfile.TemporaryDirectory(prefix="cnnviz-bench-") as folder:
        ours, theirs = both(net, replace(settings, epochs=1_000), epochs, Path(folder))
        ours(), theirs()  # compile
        pairs = []
        for number in range(rounds):
            first, second = (ours, theirs) if number % 2 else (theirs, ours)
            one, other = first(), second()
            pairs.append((one, other) if number % 2 else (other, one))
    clock, processor, bare = (
        statistics.median(found)
        for found in zip(
            *((our.clock / their.clock, our.processor / their.processor, their.clock) for our, their in pairs),
            strict=True,
        )
    )
    rest = statistics.median((our.clock - our.checkpoints) / their.clock for our, their in pairs)
    kept = statistics.median(our.checkpoints for our, _ in pairs)
    shares = (100 * (ratio - 1) for ratio in (clock, processor, rest))
    line = "{:<18} {:<8} {:>8.2f} s {:>+6.1f} % {:>+8.1f} % {:>+18.1f} % {:>8.0f} ms"
    print(line.format(net, settings.data, bare / epochs, *shares, 1000 * kept / epochs), flush=True)
    ours_taken, theirs_taken = zip(*((our.clock / epochs, their.clock / epochs) for our, their in pairs), strict=True)
    least = 1 / (1 + BUDGET / 100)
    return Row("training", f"{net}, an epoch", ours_taken, "bare fit", theirs_taken, least, paired=True)


def both(net: str, settings: Settings, epochs: int, folder: Path) -> tuple[Callable[[], Turn], Callable[[], Turn]]:
    """Turns of the worker's loop and of the bare one, `epochs` each."""
    from cnnviz.training import batches, callbacks, checkpoints, data, device, fitting, heads
    from cnnviz.training import folder as run_folder

    pictures = data.load(settings, folder)
    fitted = fit.fit(zoo.find(net).net, pictures.x_train.shape[1:], len(pictures.classes))
    graph = fitted.graph
    asked = run_folder.Config(notation.print_net(fitted.net), net, settings)
    run = run_folder.create(asked, folder / "run")
    made = fitting.make(graph, pictures, settings)
    peak = device.Peak(device.settle(settings), settings.backend)
    done = checkpoints.Progress()
    spent = 0.0

    def save(*given: Any) -> None:
        nonlocal spent
        begun = time.perf_counter()
        kept(*given)
        spent += time.perf_counter() - begun

    kept, checkpoints.save = checkpoints.save, save  # type: ignore[assignment]

    def ours() -> Turn:
        nonlocal done, spent
        spent = 0.0
        turn = replace(made, settings=replace(settings, epochs=done.epoch + epochs))
        watch, record = callbacks.together(run, turn, done, peak, lambda: "", lambda line: None)
        found = timed(lambda: fitting.fit(turn, watch, done.epoch))
        done = record.progress
        return found._replace(checkpoints=spent)

    bare = fitting.build(graph, "float32")
    plain = {"learning_rate": fitting.schedule(settings, 1_000 * len(made.training))}
    import keras

    head = heads.target(graph)
    bare.compile(keras.optimizers.Adam(**plain), fitting.loss(head[0], 0.0), metrics=["accuracy"])
    training = whole(made.training)
    validation = whole(batches.validation(pictures, settings, fitting.input_shape(graph)))

    def theirs() -> Turn:
        return timed(
            lambda: bare.fit(
                *training, validation_data=validation, batch_size=settings.batch_size, epochs=epochs, verbose=0
            )
        )

    return ours, theirs


def whole(part: Any) -> tuple[Any, Any]:
    """All batches as two arrays."""
    import numpy as np

    pictures, labels = zip(*(part[index] for index in range(len(part))), strict=True)
    return np.concatenate(pictures), np.concatenate(labels)


def timed(work: Callable[[], object]) -> Turn:
    """How long `work` takes."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Turn(time.perf_counter() - clock, time.process_time() - processor)
