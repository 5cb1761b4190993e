"""Predicted against measured memory of a training step, by each backend's own figure, on the CPU.

    python -m benchmarks memory [--backends jax,torch] [--nets lenet5,…] [--batches 32,128]

Every measurement runs in a process of its own, for each backend that is installed beside this Python. What is asked:
JAX's compiler what the compiled step allocates, PyTorch's profiler the most that was allocated during two steps,
TensorFlow's allocator its peak. Weights and optimizer slots count in all three; the libraries themselves do not.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys

from cnnviz import memory_step, zoo

NETS = ("lenet5", "tfnotes-baseline", "tfnotes-vgg16", "tfnotes-resnet18", "cifar-densenet-40-12")
BATCHES = (32, 128)
WAYS = {"tensorflow": "tensorflow", "jax": "xla_cpu", "torch": "torch"}
_SECONDS = 900  # for one measurement


def main(arguments: list[str]) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks memory")
    parser.add_argument("--backends", default=",".join(WAYS))
    parser.add_argument("--nets", default=",".join(NETS))
    parser.add_argument("--batches", default=",".join(map(str, BATCHES)))
    parser.add_argument("--format", default="float32", choices=("float32", "mixed_float16", "mixed_bfloat16"))
    parser.add_argument("--one", action="store_true", help="measure one step here and print its bytes")
    options = parser.parse_args(arguments)
    backends, nets = options.backends.split(","), options.nets.split(",")
    batches = [int(size) for size in options.batches.split(",")]
    if options.one:
        print(measured(backends[0], nets[0], batches[0], options.format))
        return 0
    print(f"{'backend':<11}{'net':<24}{'batch':>6}{'predicted':>12}{'measured':>12}{'error':>8}")
    failed = 0
    for backend in backends:
        if importlib.util.find_spec(backend) is None:
            print(f"{backend:<11}not installed: pip install -r requirements-backends.txt")
            continue
        for net in nets:
            for batch in batches:
                failed |= _row(backend, net, batch, options.format)
    return failed


def _row(backend: str, net: str, batch: int, number_format: str) -> int:
    """Predict, measure in a process of its own, print. 1 where the measurement failed."""
    step = memory_step.step(zoo.find(net).graph, batch, number_format, backend=WAYS[backend])
    command = [sys.executable, "-m", "benchmarks", "memory", "--one", "--backends", backend, "--nets", net]
    command += ["--batches", str(batch), "--format", number_format]
    own = {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
    own |= {"TF_CPU_ALLOCATOR_USE_BFC": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}  # that allocator counts what it gives
    try:
        ran = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=_SECONDS)
        found = int(ran.stdout.split()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        print(f"{backend:<11}{net:<24}{batch:>6}   could not be measured")
        return 1
    error = 100 * (step.total - found) / found
    sizes = f"{step.total / 1e6:>9,.1f} MB{found / 1e6:>9,.1f} MB"
    print(f"{backend:<11}{net:<24}{batch:>6}{sizes}{error:>+6.0f} %", flush=True)
    return 0


# --- in the process of its own ----------------------------------------------------------------------------------------


def measured(backend: str, net: str, batch: int, number_format: str) -> int:
    """Bytes of a training step with Adam, weights and slots included, by the backend's own figure."""
    import keras
    import numpy as np

    from cnnviz import keras_model

    keras.config.set_dtype_policy(number_format)
    graph = zoo.find(net).graph
    model = keras_model.build(graph, deferred=False)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    shape = graph.nodes[0].shape
    pictures = np.random.default_rng(1).random((batch, *shape), dtype=np.float32)
    labels = np.eye(graph.nodes[graph.outputs[0]].shape[0], dtype=np.float32)[[0] * batch]
    return {"jax": _jax, "torch": _torch, "tensorflow": _tensorflow}[backend](model, pictures, labels)


def _jax(model, pictures, labels) -> int:
    import jax

    model._symbolic_build(data_batch=(pictures, labels))
    kinds = (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )
    state = tuple([variable.value for variable in kind] for kind in kinds)
    lowered = jax.jit(model.train_step, donate_argnums=0).lower(state, (pictures, labels, None))
    found = lowered.compile().memory_analysis()
    held = found.argument_size_in_bytes + found.output_size_in_bytes - found.alias_size_in_bytes
    return int(held + found.temp_size_in_bytes)


def _torch(model, pictures, labels) -> int:
    from torch.profiler import ProfilerActivity, profile

    model.train_on_batch(pictures, labels)
    held = sum(variable.value.nbytes for variable in (*model.variables, *model.optimizer.variables))
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        for _ in range(2):  # the second frees what the first one made
            model.train_on_batch(pictures, labels)
    events = [event for event in seen.profiler.kineto_results.events() if event.name() == "[memory]"]
    live = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        live += event.nbytes()
        most = max(most, live)
    return int(held + most)


def _tensorflow(model, pictures, labels) -> int:
    import tensorflow as tf

    model.train_on_batch(pictures, labels)
    tf.config.experimental.reset_memory_stats("CPU:0")
    for _ in range(2):
        model.train_on_batch(pictures, labels)
    return int(tf.config.experimental.get_memory_info("CPU:0")["peak"])
