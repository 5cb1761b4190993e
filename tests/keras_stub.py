"""A Keras worker with a stand-in for Keras: it starts at once, and the name of a net's last block says what to do.

    sleep   take units / 100 seconds       die    end the process
    grow    take units MB of memory        talk   print and read where the pipes were
    fail    raise an error                 full    raise the error of a full disk
    spawn   start a program that hangs, whose process id goes to the file CNNVIZ_TEST_CHILD, and wait for it

`parameters` of its answers counts the builds of the process; its warm-up net is the first. A measurement takes a step
for each of its nets, `repeat` times over, and returns how many nets were built meanwhile.
"""

import errno
import os
import subprocess
import sys
import time
import types
from collections import namedtuple

import cnnviz
from cnnviz import keras_worker
from cnnviz.notation import load

Agreement = namedtuple("Agreement", "agrees layers parameters trainable differences")
builds = 0
held = []


class GraphvizMissing(RuntimeError):
    """As in keras_model."""


def build(graph):
    global builds
    builds += 1
    node = graph.nodes[-1]
    if node.id == "sleep":
        time.sleep(node.op.units / 100)
    elif node.id == "die":
        os._exit(3)
    elif node.id == "grow":
        held.append(b"x" * (node.op.units * 10**6))
        time.sleep(60)
    elif node.id == "talk":
        os.write(1, b"to the descriptor\n")
        print("to the stream", flush=True)
        assert os.read(0, 10) == b""
    elif node.id == "fail":
        raise ValueError("two lines\nof trouble")
    elif node.id == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/somewhere")
    elif node.id == "spawn":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        with open(os.environ["CNNVIZ_TEST_CHILD"], "w") as file:
            file.write(str(child.pid))
        child.wait()
    return graph


def plot_png(model, path, **options):
    with open(path, "w") as file:
        file.write(f"{len(model.nodes)} nodes at {options['dpi']} dpi")


def save_keras(graph, path):
    with open(path, "wb") as file:
        file.write(b"PK, half of it")
        file.flush()
        build(graph)


def steps(texts, repeat=1):
    before = builds
    for number in range(repeat * len(texts)):
        yield {"said": f"step {number + 1}", "share": number / (repeat * len(texts))}
        build(load(texts[number % len(texts)]).graph)
    return {"builds": builds - before, "first": before}


stand_in = types.ModuleType("cnnviz.keras_model")
stand_in.GraphvizMissing = GraphvizMissing
stand_in.build = build
stand_in.check = lambda graph, model: Agreement(True, len(model.nodes) - 1, builds, 0, ())
stand_in.summary_text = lambda model: f"summary of {len(model.nodes)} nodes"
stand_in.plot_png = plot_png
stand_in.save_keras = save_keras
sys.modules["cnnviz.keras_model"] = cnnviz.keras_model = stand_in
measuring = types.ModuleType("cnnviz.keras_timing")
measuring.steps = steps
sys.modules["cnnviz.keras_timing"] = measuring

if os.environ.get("STUB_MISSING"):

    def _warm_worker():
        raise ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow")

    keras_worker._warm_worker = _warm_worker

keras_worker.main()
