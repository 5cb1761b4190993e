"""Fuzzing guided by coverage: atheris watches which lines of cnnviz an input reaches, and keeps what reaches new ones.

atheris is no requirement of the tests: `pip install atheris` where it has a wheel. Half of its mutations are its own,
of bytes; the other half are those of the door, which know words and brackets.
"""

from __future__ import annotations

import importlib
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

HANG = 1.0  # seconds of the processor
_STUCK = 900  # seconds by the clock after which the fuzzer ends by itself


class TooSlow(Exception):
    """An input took over a second of the processor."""


class Warned(Exception):
    """An input made a library warn."""


def run(name: str, inputs: int, seed: int) -> int:
    """Try inputs on one door; ends the process with the fuzzer's own exit code."""
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        print("tests.fuzz: --guided needs atheris: pip install atheris", file=sys.stderr)
        return 2
    for module in [*sys.modules]:
        if module.split(".")[0] == "cnnviz" or module.startswith("tests.fuzz.doors"):
            del sys.modules[module]  # to be loaded again with counters in it
    del sys.modules["tests.fuzz.targets"]
    with atheris.instrument_imports(include=["cnnviz"]):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    is_text = isinstance(target.seeds[0], str)
    for given in target.seeds:  # what is loaded late is loaded now
        target.run(given)

    def warned(message: Warning | str, *_: Any) -> None:
        raise Warned(str(message))

    warnings.simplefilter("always")
    warnings.showwarning = warned

    def one(data: bytes) -> None:
        since = time.process_time()
        target.run(_text(data) if is_text else data)
        if (took := time.process_time() - since) > HANG:
            raise TooSlow(f"{took:.1f} s")

    def mutated(data: bytes, most: int, number: int) -> bytes:
        if number % 2:
            return bytes(atheris.Mutate(data, most))
        made = target.mutated([_text(data) if is_text else data], random.Random(number))
        return _bytes(made)[:most]

    with tempfile.TemporaryDirectory() as folder:
        for number, given in enumerate(target.seeds):
            Path(folder, str(number)).write_bytes(_bytes(given))
        options = [f"-runs={inputs}", f"-seed={seed}", f"-timeout={_STUCK}", "-rss_limit_mb=2048", "-max_len=16000"]
        options += ["-verbosity=0", "-print_final_stats=1", f"-artifact_prefix={tempfile.gettempdir()}/cnnviz-{name}-"]
        atheris.Setup([sys.argv[0], *options, folder], one, custom_mutator=mutated)
        atheris.Fuzz()
    return 0


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(given: str | bytes) -> bytes:
    if isinstance(given, bytes):
        return given
    try:
        return given.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return given.encode("utf-8", "surrogatepass")
