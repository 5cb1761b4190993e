"""Times nets on the device of the Keras process: forward, and forward with backward, in rounds that go through all.

Runs in the Keras process only. The work comes in short steps; between two of them the process answers other requests,
never during a measurement. What is timed is one compiled TensorFlow graph (`tf.function`, without XLA) for each net and
each way, on random pictures and freshly initialised weights, its first calls apart. Backward gives the gradient of the
sum of the outputs with respect to every trainable weight and to the input.
"""

from __future__ import annotations

import functools
import gc
import math
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import keras_device, keras_model
from .keras_device import Progress
from .keras_refused import Refused
from .labs import timing
from .notation import NotationError, load

MOST_PASS = 1.0  # seconds that one pass may take
MOST_SECONDS = 60.0  # for all repetitions together
_REPETITION = 0.02  # seconds that one repetition shall last: several calls where a call is shorter
_MOST_CALLS = 50
_STEP = 0.1  # seconds after which the process looks for other requests
_SIDE = 768  # of the square matrices whose product gives the speed
_ADDED = 32 * 2**20  # bytes of the arrays whose addition gives the bandwidth; larger than most caches

@dataclass
class _Way:
    """One net one way: its compiled call, how many calls make a repetition, seconds of one call by repetition."""

    call: Callable[[], object]
    calls: int = 1
    once: float = 0.0  # seconds of one call after the first
    seconds: list[float] = field(default_factory=list)


@dataclass
class _Candidate:
    """One net: its two ways, fewer where it is too slow or too large, and then a note of why."""

    text: str
    ways: dict[str, _Way] = field(default_factory=dict)
    note: str = ""


def steps(
    texts: Sequence[str], batch: int = 1, repetitions: int = timing.REPETITIONS, most_bytes: int = timing.MOST_BYTES
) -> Generator[Progress, None, dict[str, Any]]:
    """Time the nets of `texts`; gives progress after each step and returns all that was measured.

    `most_bytes` is what one net may need. Raises Refused when nothing can be timed.
    """
    if problem := timing.problem(texts, batch):
        raise Refused(problem)
    if repetitions < timing.LEAST_REPETITIONS:
        raise Refused(f"at least {timing.LEAST_REPETITIONS} repetitions are needed, got {repetitions}")
    keras_device.need_tensorflow()
    candidates = [_Candidate(text) for text in texts]
    for number, candidate in enumerate(candidates):
        yield _progress(f"building and warming up candidate {number + 1} of {len(texts)}", 0.3 * number / len(texts))
        yield from _prepare(candidate, batch, most_bytes // len(texts), 0.3 * number / len(texts))
    yield _progress("measuring the machine's own speed", 0.3)
    machine = {**keras_device.described(), **_speeds()}
    busy = yield from _rounds(candidates, repetitions)
    return {
        "machine": {**machine, "busy": busy},
        "batch": batch,
        "candidates": [
            {**{way: _seconds(candidate, way) for way in ("forward", "both")}, "note": candidate.note}
            for candidate in candidates
        ],
    }


def _prepare(candidate: _Candidate, batch: int, most_bytes: int, share: float) -> Generator[Progress, None, None]:
    """Build one net and make its first calls."""
    import tensorflow as tf

    try:
        graph = load(candidate.text).graph
    except NotationError as error:
        candidate.note = str(error)
        return
    if note := timing.refusal(graph, batch, most_bytes):
        candidate.note = note
        return
    said = _progress(f"first calls of {candidate.text[:60]}", share)
    model = keras_model.build(graph)
    yield from keras_device.paced(keras_model.fill(model), said)
    picture = tf.random.stateless_normal((batch, *graph.nodes[0].shape), seed=(1, 2))
    for name, title, function in (
        ("forward", "forward", _forward(model)),
        ("both", "forward and backward", _both(model)),
    ):
        yield said
        call = functools.partial(function.get_concrete_function(picture), picture)
        for most in (2 * MOST_PASS, MOST_PASS):  # the first call also prepares
            yield said
            once = _timed(call, 1)
            if once > most:
                candidate.note = f"{title} takes {once:.1f} s here for one pass; at most {MOST_PASS:g} s are timed"
                return
        calls = min(_MOST_CALLS, max(1, math.ceil(_REPETITION / max(once, 1e-6))))
        yield said
        candidate.ways[name] = _Way(call, calls, _timed(call, calls))


def _forward(model: Any) -> Any:
    """The compiled forward pass at inference."""
    import tensorflow as tf

    return tf.function(lambda x: model(x, training=False))


def _both(model: Any) -> Any:
    """The compiled forward pass in training and the gradient of the sum of its outputs."""
    import tensorflow as tf

    weights = [weight.value for weight in model.trainable_weights]

    @tf.function
    def compiled(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = tf.nest.flatten(model(x, training=True))
            total = tf.add_n([tf.reduce_sum(output) for output in outputs])
        return tape.gradient(total, [x, *weights])

    return compiled


def _rounds(candidates: list[_Candidate], repetitions: int) -> Generator[Progress, None, float]:
    """Measure in rounds: each goes once through all nets, so that a drift of the machine meets all alike.

    Gives the share of the time in which this process had the processor.
    """
    ways = [way for candidate in candidates for way in candidate.ways.values()]
    if not ways:
        notes = " ".join(dict.fromkeys(candidate.note for candidate in candidates))
        raise Refused(f"nothing is timed: {notes}")
    expected = repetitions * sum(way.calls * way.once for way in ways)
    if expected > MOST_SECONDS:
        raise Refused(
            f"this would take about {expected:,.0f} s; at most {MOST_SECONDS:g} s are measured. "
            "Take a smaller map, fewer channels or fewer candidates"
        )
    wall = used = since = 0.0
    for round_ in range(repetitions):
        order = ways[round_ % len(ways) :] + ways[: round_ % len(ways)]
        for way in order:
            if since > _STEP:
                yield _progress(f"round {round_ + 1} of {repetitions}", 0.35 + 0.65 * round_ / repetitions)
                since = 0.0
                way.call()  # what was answered meanwhile has taken the caches
            processor = time.process_time()
            seconds = _timed(way.call, way.calls)
            used += time.process_time() - processor
            wall += seconds * way.calls
            since += seconds * way.calls
            way.seconds.append(seconds)
    return min(1.0, used / wall)


def _timed(call: Callable[[], object], calls: int) -> float:
    """Seconds of one call, the mean over `calls` in a row."""
    keras_device.synchronise()
    collecting = gc.isenabled()
    gc.disable()
    begun = time.perf_counter()
    for _ in range(calls):
        call()
    keras_device.synchronise()
    seconds = (time.perf_counter() - begun) / calls
    if collecting:
        gc.enable()
    return seconds


def _speeds() -> dict[str, float]:
    """What the machine can do in this process: FLOP/s, bytes/s and seconds of an almost empty call; the best of a few.

    Speed is a product of two square float32 matrices (2·n³ FLOPs), bandwidth an array added to another in its place
    (both read, one written).
    """
    import tensorflow as tf

    square = tf.random.stateless_normal((_SIDE, _SIDE), seed=(3, 4))
    long, sums = tf.ones((_ADDED // 4,)), tf.Variable(tf.ones((_ADDED // 4,)))
    one = tf.zeros((1, 1))
    product, nothing = tf.function(lambda x: x @ x), tf.function(lambda x: x + 1.0)

    def best(call: Callable[[], object], calls: int = 1) -> float:
        call()
        return min(_timed(call, calls) for _ in range(7))

    return {
        "speed": 2 * _SIDE**3 / best(lambda: product(square)),
        "bandwidth": 3 * _ADDED / best(lambda: sums.assign_add(long)),
        "start": best(lambda: nothing(one), 20),
    }


def _seconds(candidate: _Candidate, way: str) -> list[float]:
    return candidate.ways[way].seconds if way in candidate.ways else []


def _progress(said: str, share: float) -> Progress:
    return {"said": said, "share": share}
