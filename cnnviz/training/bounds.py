"""What the operator of a server allows of training, read from environment variables; never from a visitor.

| variable | meaning | default |
| --- | --- | --- |
| CNNVIZ_TRAINING | on, off, or auto: on for a server that only this machine can reach | auto |
| CNNVIZ_RUNS_AT_ONCE | runs that train side by side | one, or one for each GPU |
| CNNVIZ_RUN_EPOCHS | most epochs of one run | 1,000 |
| CNNVIZ_RUN_SECONDS | most seconds of one run; 0 for no bound | 0 |
| CNNVIZ_RUN_MEMORY | most GB that one worker may hold; 0 for what the machine has | 0 |
| CNNVIZ_RUNS | folder of the runs | the user's data folder |
| CNNVIZ_DATA | folder of data sets | the user's cache folder |
| CNNVIZ_LAUNCHER | local, or ray: runs are trained in a Ray cluster | local |
| CNNVIZ_RAY_ADDRESS | the cluster's dashboard, as http://10.0.0.1:8265 | RAY_ADDRESS |
| CNNVIZ_RAY_CPUS, CNNVIZ_RAY_GPUS | processors and GPUs that a run takes in the cluster | 1 and 0 |
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from ..declare import shown
from .settings import Settings


class BoundsError(ValueError):
    """An environment variable holds what it may not; the message is the one line to show."""


@dataclass(frozen=True)
class Ray:
    """A Ray cluster to train in: the address of its dashboard, and what one run takes of it."""

    address: str
    cpus: int
    gpus: int


@dataclass(frozen=True)
class Bounds:
    """The operator's bounds on training. Seconds and bytes; 0 is no bound of its own."""

    training: str
    runs_at_once: int
    epochs: int
    seconds: int
    memory: int
    runs: Path
    data: Path
    ray: Ray | None = None

    def allows(self, address: str | None) -> bool:
        """Whether a server bound to `address` may train."""
        if self.training == "auto":
            return is_loopback(address)
        return self.training == "on"

    def limit(self, settings: Settings) -> tuple[Settings, tuple[str, ...]]:
        """The settings within these bounds, and a line for each that was lowered."""
        said = []
        if settings.epochs > self.epochs:
            said.append(f"epochs lowered from {settings.epochs:,} to {self.epochs:,}, the most that is allowed here")
            settings = replace(settings, epochs=self.epochs)
        if self.seconds and not 0 < settings.time_limit <= self.seconds:
            before = f"lowered from {settings.time_limit:,} to" if settings.time_limit else "set to"
            said.append(f"time limit {before} {self.seconds:,} seconds, the most that is allowed here")
            settings = replace(settings, time_limit=self.seconds)
        return settings, tuple(said)


def read(environment: Mapping[str, str] | None = None) -> Bounds:
    """The bounds that the environment states. Raises BoundsError."""
    given = os.environ if environment is None else environment
    training = given.get("CNNVIZ_TRAINING", "auto").strip().lower()
    if training not in ("on", "off", "auto"):
        raise BoundsError(f"CNNVIZ_TRAINING must be on, off or auto, got {shown(training)}")
    return Bounds(
        training,
        _whole(given, "CNNVIZ_RUNS_AT_ONCE", 0, 64),
        _whole(given, "CNNVIZ_RUN_EPOCHS", 1, 1_000, 1_000),
        _whole(given, "CNNVIZ_RUN_SECONDS", 0, 604_800),
        int(_number(given, "CNNVIZ_RUN_MEMORY") * 1e9),
        Path(given.get("CNNVIZ_RUNS") or Path(platformdirs.user_data_dir("cnnviz", False), "runs")).absolute(),
        Path(given.get("CNNVIZ_DATA") or Path(platformdirs.user_cache_dir("cnnviz", False), "data")).absolute(),
        _ray(given),
    )


def is_loopback(address: str | None) -> bool:
    """Whether only this machine reaches a server bound to `address`; None and "" bind every interface."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _ray(given: Mapping[str, str]) -> Ray | None:
    """The cluster that the environment asks for; None for training on this machine. Raises BoundsError."""
    launcher = given.get("CNNVIZ_LAUNCHER", "").strip().lower() or "local"
    if launcher not in ("local", "ray"):
        raise BoundsError(f"CNNVIZ_LAUNCHER must be local or ray, got {shown(launcher)}")
    if launcher == "local":
        return None
    spec = importlib.util.find_spec("ray")
    if spec is None or spec.origin is None:
        raise BoundsError("CNNVIZ_LAUNCHER=ray needs Ray: pip install -r requirements-ray.txt")
    addresses = {
        text.rstrip("/")
        for name in ("CNNVIZ_RAY_ADDRESS", "RAY_API_SERVER_ADDRESS", "RAY_ADDRESS")
        if (text := given.get(name, "").strip())
    }
    if len(addresses) > 1:
        differ = shown(" and ".join(sorted(addresses)))
        raise BoundsError(f"CNNVIZ_RAY_ADDRESS and Ray's own RAY_ADDRESS differ: {differ}; set one of them")
    address = addresses.pop() if addresses else "http://127.0.0.1:8265"
    if not address.startswith(("http://", "https://")):
        raise BoundsError(
            f"CNNVIZ_RAY_ADDRESS must be like http://10.0.0.1:8265, Ray's dashboard, got {shown(address)}"
        )
    return Ray(address, _whole(given, "CNNVIZ_RAY_CPUS", 1, 256), _whole(given, "CNNVIZ_RAY_GPUS", 0, 16))


def _whole(given: Mapping[str, str], name: str, low: int, high: int, default: int | None = None) -> int:
    text = given.get(name, "").strip()
    if not text:
        return low if default is None else default
    if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
        raise BoundsError(f"{name} must be {low:,} to {high:,}, got {shown(text)}")
    return int(text)


def _number(given: Mapping[str, str], name: str) -> float:
    text = given.get(name, "").strip() or "0"
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e6:
        raise BoundsError(f"{name} must be a number of GB, 0 or more, got {shown(text)}")
    return number
