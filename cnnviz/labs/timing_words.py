"""What a measurement says in words: where time and MACs part, and the likely reason.

The reasons are judged from what was counted and from the machine's own speeds, measured in the same process: how much
of the time is the start of calls, how much memory could explain, how near the rest comes to a product of matrices.
"""

from __future__ import annotations

from collections import Counter

from .. import units
from ..declare import sentence
from .timing import Candidate, Measured

ALIKE = 1.2  # times per MAC within this factor count as the same
STARTING = 0.3  # the share of the time from which on starting the operations is the reason
WAITING = 0.3  # the same for memory, of the least time
WELL_DONE = 0.5  # least time / measured time from which on an implementation counts as good
GRADIENT = 3  # passes that forward and backward are in MACs: forward, the weights' gradient, the input's gradient
SCATTER = 0.25  # quartile distance / median from which on it is said


def duration(seconds: float) -> str:
    """Seconds with three digits: 8.42 ms."""
    for factor, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= factor * 0.9995 or name == "µs":
            value = seconds / factor
            break
    return f"{value:.2f} {name}" if value < 9.995 else f"{value:.1f} {name}" if value < 99.95 else f"{value:.0f} {name}"


def times(ratio: float) -> str:
    """A ratio with two or three digits: 0.72 ×, 12 ×."""
    return f"{ratio:.2f} ×" if ratio < 9.95 else f"{ratio:,.0f} ×"


def rate(candidate: Candidate) -> float:
    """MACs a second of the forward pass, 0 where it was not timed."""
    return candidate.work.macs / candidate.forward.median if candidate.forward else 0.0


def device(measured: Measured) -> str:
    """What was measured on, and how."""
    machine = measured.machine
    threads = {0: "", 1: ", one thread"}.get(machine.threads, f", {machine.threads} threads")
    return f"{machine.device}{threads}; {machine.backend}; batch {measured.batch}, float32.{_unused(machine.unused)}"


def _unused(cards: tuple[str, ...]) -> str:
    """Which GPUs of the machine are left alone, equal ones together: " This machine's 2 × NVIDIA L4 are not used …"."""
    if not cards:
        return ""
    named = [f"{number} × {name}" if number > 1 else name for name, number in Counter(cards).items()]
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return f" This machine's {listed} {'is' if len(cards) == 1 else 'are'} not used here."


def speeds(measured: Measured) -> str:
    """The machine's own speeds."""
    machine = measured.machine
    return (
        f"In the same process a product of two matrices runs at {units.si(round(machine.speed))}FLOP/s, memory moves "
        f"{units.si(round(machine.bandwidth))}B/s, and a call that computes nothing takes {duration(machine.start)}: "
        f"below {machine.ridge:.1f} FLOPs per byte an operation waits for memory."
    )


def words(measured: Measured) -> tuple[str, ...]:
    """All that is to be said, a sentence or two a line."""
    timed = [one for one in measured.candidates if one.forward]
    lines = [f"{one.title}: not timed completely. {sentence(one.note)}" for one in measured.candidates if one.note]
    counted = [one for one in timed if one.work.macs]
    if len(counted) > 1:
        lines += _parting(measured, counted)
    lines += _backward(timed)
    lines += _scatter(measured, timed)
    return tuple(lines)


def _parting(measured: Measured, timed: list[Candidate]) -> list[str]:
    """Where time per MAC differs from the best one's, and why."""
    best = max(timed, key=rate)
    apart = [one for one in timed if rate(best) > ALIKE * rate(one)]
    slow = [one for one in apart if _is_clear(one, best)]
    if apart and not slow:
        return ["The times scatter so much that nothing can be said of where they and the MACs part; measure again."]
    if not apart:
        least = min(map(rate, timed))
        return [f"Time follows the MACs: all do {_per_second(least)} to {_per_second(rate(best))} forward."]
    intensity = f"{best.work.intensity:.3g} FLOPs for each byte moved"
    lines = [f"{best.title} gets most out of the machine: {_per_second(rate(best))} forward, {intensity}."]
    by_reason: dict[str, list[str]] = {}
    for one in slow:
        by_reason.setdefault(_reason(measured, one, best), []).append(_fact(one, best))
    return lines + [f"{'; '.join(facts)}. Likely reason: {reason}" for reason, facts in by_reason.items()]


def _is_clear(one: Candidate, best: Candidate) -> bool:
    """Whether the quartiles of the times for a MAC do not overlap."""
    assert one.forward
    assert best.forward
    return one.forward.lower / one.work.macs > best.forward.upper / best.work.macs


def _fact(one: Candidate, best: Candidate) -> str:
    """What is known of a candidate that does fewer MACs a second than the best."""
    assert one.forward
    return (
        f"{one.title} takes {times(rate(best) / rate(one))} the time for each MAC, with {one.work.intensity:.3g} FLOPs "
        f"for each byte ({duration(one.forward.median)}, where the machine's speeds allow {duration(one.least)})"
    )


def _reason(measured: Measured, one: Candidate, best: Candidate) -> str:
    """The likely reason, in words that fit every candidate which has it."""
    assert one.forward
    median, start = one.forward.median, measured.machine.start
    if start > STARTING * median:
        return (
            f"too little to do. A call that computes nothing takes {duration(start)} here already, so that MACs "
            "matter little."
        )
    if one.memory_share > WAITING:
        return (
            "memory traffic. There are fewer FLOPs for each byte than this machine needs to keep computing, so that "
            "it waits for values to be read and written."
        )
    if one.work.intensity * 2 < best.work.intensity:
        return (
            "fewer products share each value that is loaded. Reading, writing and starting operations weigh more "
            "beside the arithmetic, the processor's wide units stay idle part of the time, and libraries optimise such "
            "operations less."
        )
    if one.least < WELL_DONE * median:
        return "how the library computes this operation: neither arithmetic nor memory explains the time."
    return "more, smaller operations, each with maps to write and to read again."


def _backward(timed: list[Candidate]) -> list[str]:
    """Where the gradient costs far more than its MACs."""
    found = [
        f"{one.title} ({times(one.both.median / one.forward.median)})"
        for one in timed
        if one.forward and one.both and one.both.median > 2 * GRADIENT * one.forward.median
    ]
    if not found:
        return []
    line = (
        f"Forward and backward has about {GRADIENT} × the MACs of forward (the pass itself, the weights' gradient, the "
        f"input's gradient), but takes far longer for {', '.join(found)}: the library's gradient of such operations is "
        "less optimised on this device than their forward pass."
    )
    return [line]


def _scatter(measured: Measured, timed: list[Candidate]) -> list[str]:
    """A warning where the times differ much from one repetition to the next."""
    found = [(one.title, way) for one in timed for way in (one.forward, one.both) if way]
    wide = [title for title, way in found if way.upper - way.lower > SCATTER * way.median]
    lines = []
    if wide:
        names = ", ".join(dict.fromkeys(wide))
        lines.append(f"The times of {names} scatter by over {SCATTER:.0%} between the quartiles; measure again.")
    if measured.machine.busy < 0.9:
        share = f"{measured.machine.busy:.0%}"
        lines.append(f"The machine was busy with other work: the process had the processor {share} of the time.")
    return lines


def _per_second(macs: float) -> str:
    return f"{units.si(round(macs))}MAC/s"
