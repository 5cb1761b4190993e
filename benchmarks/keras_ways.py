"""Keras, TensorFlow and visualkeras as peers, in one process: `python -m benchmarks.keras_ways` answers child.py."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.child import Facts, Ready, Way, serve
from cnnviz.graph import Graph


def load() -> Ready:
    """Bring Keras and TensorFlow into memory."""
    import keras
    import tensorflow

    from cnnviz import keras_model

    folder = tempfile.TemporaryDirectory(prefix="cnnviz-bench-")  # goes with the process
    ordinary = partial(keras_model.build, deferred=False)

    def built_and_told(graph: Graph) -> Any:
        model = ordinary(graph)
        _tell(model)
        return model

    def drawn(draw: Callable[..., object], file: str, **options: Any) -> Way:
        def prepare(graph: Graph) -> Callable[[], Path]:
            model, path = keras_model.build(graph), Path(folder.name, file)
            path.unlink(missing_ok=True)
            return lambda: (draw(model, to_file=str(path), **options), path)[1]

        return Way(prepare, lambda path: {"bytes": path.stat().st_size})

    # Graphviz's own right-angled edges end in an error on nets as deep as ResNet-152 (2.43); these do not.
    plot = partial(keras.utils.plot_model, show_shapes=True, show_layer_names=True, splines="polyline")
    versions = f"Keras {keras.__version__}, TensorFlow {tensorflow.__version__}"
    ways = {
        "deferred": Way(lambda graph: partial(keras_model.build, graph), _counted),
        "ordinary": Way(lambda graph: partial(built_and_told, graph), _counted),
        "summary": Way(lambda graph: partial(_tell, ordinary(graph)), _counted),
        "profiler": Way(lambda graph: partial(_profile, ordinary(graph)), _profiled),
        "plot_png": drawn(plot, "plot.png"),
        "plot_svg": drawn(plot, "plot.svg"),
    }
    if importlib.util.find_spec("visualkeras"):
        import visualkeras

        ways |= {
            "visualkeras_graph": drawn(visualkeras.graph_view, "graph.png"),
            "visualkeras_layered": drawn(visualkeras.layered_view, "layered.png"),
        }
    return Ready(versions, ways, keras.utils.clear_session)


def _tell(model: Any) -> Any:
    """The table that Keras prints, dropped."""
    model.summary(print_fn=lambda line, **_: None)
    return model


def _counted(model: Any) -> Facts:
    return {"parameters": model.count_params()}


def _profile(model: Any) -> Any:
    """All float operations of one image, by TensorFlow's profiler: the model traced once, then profiled."""
    import tensorflow as tf

    tool = tf.compat.v1.profiler
    image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    traced = tf.function(lambda pictures: model(pictures, training=False)).get_concrete_function(image)
    options = tool.ProfileOptionBuilder(tool.ProfileOptionBuilder.float_operation()).with_empty_output().build()
    return tool.profile(traced.graph, cmd="op", options=options)


def _profiled(told: Any) -> Facts:
    """Its total, and the multiply-adds of convolutions and dense layers, which it counts as two operations each."""
    kinds, at = {}, told
    while at.children:
        at = at.children[0]
        kinds[at.name] = at.float_ops
    macs = sum(kinds.get(name, 0) for name in ("Conv2D", "DepthwiseConv2dNative", "MatMul")) // 2
    return {"multiply-adds": macs, "reported": told.total_float_ops}


if __name__ == "__main__":
    sys.exit(serve(load))
