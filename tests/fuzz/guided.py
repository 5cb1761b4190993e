"""Fuzzing guided by coverage: atheris watches which lines of cnnviz an input reaches, and keeps what reaches new ones.

atheris is no requirement of the tests: `pip install atheris` where it has a wheel.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any


def run(name: str, inputs: int, seed: int) -> int:
    """Try inputs on one door; ends the process with the fuzzer's own exit code."""
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        print("tests.fuzz: --guided needs atheris: pip install atheris", file=sys.stderr)
        return 2
    for module in [module for module in sys.modules if module.split(".")[0] == "cnnviz"]:
        del sys.modules[module]  # to be loaded again with counters in it
    del sys.modules["tests.fuzz.targets"]
    with atheris.instrument_imports(include=["cnnviz"]):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]

    def one(data: bytes) -> None:
        target.run(data.decode("utf-8", "surrogateescape"))

    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(target.seeds):
            Path(folder, str(number)).write_bytes(text.encode("utf-8", "surrogateescape"))
        options = [f"-runs={inputs}", f"-seed={seed}", "-timeout=2", "-rss_limit_mb=2048", "-max_len=16000"]
        atheris.Setup([sys.argv[0], *options, folder], one)
        atheris.Fuzz()
    return 0
