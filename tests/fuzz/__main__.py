"""Try mutated inputs on the doors that strangers use.

    python -m tests.fuzz                         every door, 20,000 inputs each
    python -m tests.fuzz notation -n 1000000     one door
    python -m tests.fuzz notation --guided       guided by coverage, where atheris is installed

Says for each door how many inputs were refused, the longest time of one, and the memory that the process came to hold.
An input that raises, warns, takes over a second or grows the process by over 200 MB is a finding: it is printed, and
the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import time
import traceback
import warnings
from typing import Any, NamedTuple

from . import guided
from .targets import TARGETS, Target

HANG = 1.0  # seconds of the processor: a busy machine makes no hang
_GIVE_UP = 30  # seconds of the processor after which an input is stopped


class Found(NamedTuple):
    """What the inputs to one door came to. Seconds and bytes."""

    inputs: int
    refused: int
    slowest: float
    growth: int
    findings: tuple[str, ...]


class Hang(Exception):
    """An input took so long that it was stopped."""


class Warned(Exception):
    """An input made a library warn, which a server would write into its log."""


def main(arguments: list[str]) -> int:
    """Try the doors that are named, or all."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="DOOR", help=", ".join(TARGETS))
    parser.add_argument("-n", "--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="by coverage, with atheris")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.targets if name not in TARGETS]
    if unknown:
        parser.error(f"there is no door {unknown[0]!r}; there are {', '.join(TARGETS)}")
    if given.guided:
        return guided.run(given.targets[0] if given.targets else "notation", given.inputs, given.seed)
    failed = False
    for name in given.targets or TARGETS:
        found = tried(TARGETS[name], given.inputs, given.seed)
        failed |= bool(found.findings)
        print(
            f"{name:<12} {found.inputs:>9,} inputs, {found.refused / found.inputs:4.0%} refused, "
            f"slowest {found.slowest * 1000:6.0f} ms, grown by {found.growth / 1e6:5.0f} MB, "
            f"{len(found.findings)} findings",
            flush=True,
        )
        for finding in found.findings:
            print(finding, flush=True)
    return int(failed)


def tried(target: Target, inputs: int, seed: int, most_findings: int = 10) -> Found:
    """Try so many mutated inputs on a door."""
    rng = random.Random(seed)
    findings: list[str] = []
    refused, slowest = 0, 0.0
    for given in target.seeds:  # what they need stays: caches and modules are no growth
        target.run(given)
    begun = _memory()
    previous = signal.signal(signal.SIGPROF, _hang)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = _warned
            for number in range(inputs):
                given = target.mutated(target.seeds, rng)
                signal.setitimer(signal.ITIMER_PROF, _GIVE_UP)
                since = time.process_time()
                try:
                    refused += not target.run(given)
                except Exception:
                    findings.append(f"input {number} {given[:500]!r}\n{traceback.format_exc(limit=-6)}")
                finally:
                    signal.setitimer(signal.ITIMER_PROF, 0)
                took = time.process_time() - since
                slowest = max(slowest, took)
                if took > HANG:
                    findings.append(f"input {number} took {took:.1f} s: {given[:500]!r}")
                if number % 1000 == 0 and _memory() - begun > target.growth:
                    findings.append(f"grown by {(_memory() - begun) / 1e6:.0f} MB by input {number}")
                if len(findings) >= most_findings:
                    break
    finally:
        signal.signal(signal.SIGPROF, previous)
    return Found(number + 1, refused, slowest, _memory() - begun, tuple(findings))


def _hang(*_: Any) -> None:
    raise Hang(f"over {_GIVE_UP} s")


def _warned(message: Warning | str, *_: Any) -> None:
    raise Warned(str(message))


def _memory() -> int:
    """The most that the process has held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
