"""torchinfo and fvcore as peers, in one process: `python -m benchmarks.torch_ways` answers child.py."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from benchmarks.child import Facts, Ready, Way, serve
from cnnviz.graph import Graph


def load() -> Ready:
    """Bring PyTorch and what is installed beside it into memory."""
    import torch

    from benchmarks.torch_model import FromGraph

    def built(graph: Graph, device: str) -> tuple[Any, Any]:
        """The model, and one picture for it. On the device `meta` tensors have a shape and nothing else."""
        height, width, channels = graph.nodes[0].shape
        with torch.device(device):
            return FromGraph(graph).eval(), torch.zeros(1, channels, height, width)

    ways, there = {}, [name for name in ("torch", "torchinfo", "fvcore") if importlib.util.find_spec(name)]
    if "torchinfo" in there:
        ways |= {
            "torchinfo": Way(lambda graph: _torchinfo(*built(graph, "cpu")), _summed),
            "torchinfo_meta": Way(lambda graph: _torchinfo(*built(graph, "meta")), _summed),
        }
    if "fvcore" in there:
        ways["fvcore"] = Way(lambda graph: _fvcore(*built(graph, "cpu")), _by_operator)
    return Ready(", ".join(f"{name} {version(name)}" for name in there), ways)


def _torchinfo(model: Any, picture: Any) -> Callable[[], Any]:
    import torchinfo

    def work() -> Any:
        told = torchinfo.summary(model, input_data=picture, device=picture.device, mode="eval", verbose=0)
        str(told)  # the table
        return told

    return work


def _summed(told: Any) -> Facts:
    """torchinfo counts a bias as one multiply-add for each place, and batch normalisation as one for each channel."""
    layers = [(row.module, row.macs, row.output_size) for row in told.summary_list if row.is_leaf_layer]
    macs = 0
    for module, counted, shape in layers:
        if type(module).__name__ in ("Conv2d", "Linear"):
            places = shape[2] * shape[3] if len(shape) == 4 else 1
            macs += counted - (module.bias.numel() * places if module.bias is not None else 0)
    return {"trainable parameters": told.total_params, "multiply-adds": macs, "reported": told.total_mult_adds}


def _fvcore(model: Any, picture: Any) -> Callable[[], Any]:
    from fvcore.nn import FlopCountAnalysis, flop_count_table

    def work() -> Any:
        told = FlopCountAnalysis(model, picture).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        flop_count_table(told)
        return told, sum(weight.numel() for weight in model.parameters())

    return work


def _by_operator(found: Any) -> Facts:
    told, trainable = found
    by_operator = told.by_operator()
    macs = by_operator["conv"] + by_operator["linear"]
    return {"trainable parameters": trainable, "multiply-adds": int(macs), "reported": int(told.total())}


if __name__ == "__main__":
    sys.exit(serve(load))
