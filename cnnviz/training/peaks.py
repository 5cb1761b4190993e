"""The most work a second that GPUs do by their makers' data sheets, dense (without sparsity). Unit: FLOP/s.

A convolution in float32 runs as TF32 on the tensor cores of Ampere and later cards: it is what TensorFlow, PyTorch and
JAX do unless they are told otherwise, so TF32 is what float32 training is held against there. In bfloat16 and float16,
products are added up in float32.
"""

from __future__ import annotations

from typing import NamedTuple

_TERA = 10**12


class Peak(NamedTuple):
    """TFLOP/s of one card; None where it has no such units. `name` is a part of what the driver calls it."""

    name: str
    float32: float
    tf32: float | None
    float16: float | None
    bfloat16: float | None
    source: str


_NVIDIA = "https://www.nvidia.com/content/dam/en-zz/Solutions"
_H100 = "NVIDIA H100 Tensor Core GPU data sheet, half of the figures with sparsity"
_AMPERE = "NVIDIA Ampere GA102 GPU Architecture white paper, appendix A, FP32 accumulation"
_ADA = "NVIDIA Ada GPU Architecture white paper, appendix A, FP32 accumulation"

# The first row whose name is part of the driver's name counts: narrower names stand first.
PEAKS: tuple[Peak, ...] = (
    Peak("H200 NVL", 60, 417.5, 835.5, 835.5, "NVIDIA H200 data sheet, half of the figures with sparsity"),
    Peak("H200", 67, 494.5, 989.5, 989.5, "NVIDIA H200 data sheet, half of the figures with sparsity"),
    Peak("H100 PCIe", 51, 378, 756.5, 756.5, _H100),
    Peak("H100 NVL", 60, 417.5, 835.5, 835.5, _H100),
    Peak("H100", 67, 494.5, 989.5, 989.5, _H100),
    Peak("A100", 19.5, 156, 312, 312, f"{_NVIDIA}/Data-Center/a100/pdf/nvidia-a100-datasheet.pdf"),
    Peak("A10", 31.2, 62.5, 125, 125, f"{_NVIDIA}/Data-Center/a10/pdf/a10-datasheet.pdf"),
    Peak("L40S", 91.6, 183, 362, 362, "NVIDIA L40S data sheet, without sparsity"),
    Peak("L4", 30.3, 60, 121, 121, "NVIDIA L4 data sheet, half of the figures with sparsity"),
    Peak("T4", 8.1, None, 65, None, f"{_NVIDIA}/Data-Center/tesla-t4/t4-tensor-core-datasheet-951643.pdf"),
    Peak("V100-PCIE", 14, None, 112, None, "NVIDIA V100 data sheet"),
    Peak("V100S", 16.4, None, 130, None, "NVIDIA V100 data sheet"),
    Peak("V100", 15.7, None, 125, None, "NVIDIA V100 data sheet"),
    Peak("P100-PCIE", 9.3, None, 18.7, None, "NVIDIA Tesla P100 data sheet"),
    Peak("P100", 10.6, None, 21.2, None, "NVIDIA Tesla P100 data sheet"),
    Peak("RTX 3090", 35.6, 35.6, 71.0, 71.0, _AMPERE),
    Peak("RTX 4090", 82.6, 82.6, 165.2, 165.2, _ADA),
)


def of(name: str) -> Peak | None:
    """The data sheet's figures of the GPU that the driver calls `name`; None where we do not know them."""
    words = f" {' '.join(name.replace('-', ' ').split())} "
    if "Laptop" in words or "Max Q" in words:  # other chips and clocks under the same name
        return None
    return next((peak for peak in PEAKS if f" {peak.name.replace('-', ' ')} " in words), None)


def flops(name: str, number_format: str) -> float | None:
    """The most FLOP/s that a GPU can reach in a number format of the settings; None where it is not known."""
    peak = of(name)
    if peak is None:
        return None
    found = {
        "float32": peak.tf32 or peak.float32,
        "mixed_float16": peak.float16 or peak.float32,
        "mixed_bfloat16": peak.bfloat16 or peak.float32,
    }.get(number_format)
    return found * _TERA if found else None
