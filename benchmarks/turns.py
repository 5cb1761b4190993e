"""Ours and its peers in turns, so that all meet the same machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from benchmarks.child import PeerFailed, repeated

WARM_UP = "cifar-densenet-40-12"  # a small net, not counted

Ask = Callable[[str], float]  # a net → the peer's seconds; raises PeerFailed


class Turns(NamedTuple):
    """Seconds of every measurement: ours, each peer's by its title, and why a peer has none."""

    ours: list[float]
    theirs: dict[str, list[float]]
    why: dict[str, str]


def take(net: str, rounds: int, ours: Callable[[], object], peers: Mapping[str, Ask | None]) -> Turns:
    """Measure the net `rounds` times, after a small one as warm-up; None stands for a peer that is not installed."""
    why = {title: "not installed" for title, ask in peers.items() if ask is None}
    found = Turns([], {title: [] for title in peers}, why)
    ours()  # brings our code into memory
    _ask_all(WARM_UP, peers, found)
    for _ in range(rounds):
        found.ours.extend(repeated(ours))
        for title, took in _ask_all(net, peers, found).items():
            found.theirs[title].append(took)
    return found


def _ask_all(net: str, peers: Mapping[str, Ask | None], found: Turns) -> dict[str, float]:
    """What each peer takes; one that fails says so and is not asked again."""
    taken = {}
    for title, ask in peers.items():
        if ask and title not in found.why:
            try:
                taken[title] = ask(net)
            except PeerFailed as error:
                found.why[title] = "failed"
                print(f"{title} failed: {error}", flush=True)
    return taken
