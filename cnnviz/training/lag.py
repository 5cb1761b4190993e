"""Why validation can lag behind training in a short run: batch normalisation's running statistics.

Training normalises with the statistics of the batch, validation with running ones: running ← m·running + (1 − m)·batch.
After n steps the first value, which says nothing of the data, still counts for mⁿ.
"""

from __future__ import annotations

from math import ceil, log

from ..graph import Graph
from ..ops import BatchNorm

LEFT = 0.01  # share of the first value that no longer matters


def steps_to_follow(graph: Graph) -> int:
    """Steps until the first value of every running statistic counts for at most LEFT; 0 without batch normalisation."""
    slow = [node.op.momentum for node in graph.nodes if isinstance(node.op, BatchNorm) and 0 < node.op.momentum < 1]
    return ceil(log(LEFT) / log(max(slow))) if slow else 0


def note(graph: Graph, steps: int) -> str:
    """A sentence for a run of so many steps in all, "" where the statistics have time enough."""
    needed = steps_to_follow(graph)
    if steps >= 2 * needed:
        return ""
    return (
        f"Batch normalisation: validation uses running statistics, which take about {needed:,} steps to follow. "
        f"This run has {steps:,}, so its validation accuracy can lie far below its training accuracy for a while; more "
        "epochs, a smaller batch or a momentum below 0.99 let it catch up sooner."
    )
