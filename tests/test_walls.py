"""The walls of the house: which room may load what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cnnviz"
HEAVY = ("streamlit", "keras", "tensorflow", "torch", "jax")

# Rooms that may load Keras, because they run in a process of their own.
KERAS_ROOMS = {"keras_model", "keras_custom", "keras_worker", "keras_timing", "keras_field", "keras_device"} | {
    f"training.{name}"
    for name in ("batches", "callbacks", "checkpoints", "evaluation", "feeding", "fitting", "norms", "schedule")
}


def modules():
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in PACKAGE.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    )


def loaded_by(statement):
    """Which of the heavy packages a fresh interpreter has loaded after `statement`."""
    code = f"import sys\n{statement}\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return ast.literal_eval(found.stdout.strip().splitlines()[-1])


def test_pure_rooms_load_neither_streamlit_nor_keras():
    pure = [name for name in modules() if ".ui." not in name and name.removeprefix("cnnviz.") not in KERAS_ROOMS]
    assert "cnnviz.costs" in pure
    assert "cnnviz.keras_service" in pure
    assert loaded_by("\n".join(f"import {name}" for name in pure)) == []


def test_the_page_server_never_loads_keras():
    pages = [name for name in modules() if ".ui." in name]
    loaded = loaded_by("\n".join(f"import {name}" for name in pages))
    assert set(loaded) <= {"streamlit"}


@pytest.mark.parametrize("path", [*PACKAGE.rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"], ids=str)
def test_nothing_that_strangers_send_is_evaluated_or_unpickled(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    assert not called & {"eval", "exec", "compile", "__import__"}
    assert not imported & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


# Imports point one way: a room may import those above it in this list, and itself.
FLOORS = ("declare", "ops", "graph", "blocks", "net", "notation", "zoo")


@pytest.mark.parametrize("room", FLOORS)
def test_imports_point_one_way(room):
    above = FLOORS[FLOORS.index(room) + 1 :]
    files = [PACKAGE / f"{room}.py"] if (PACKAGE / f"{room}.py").exists() else list((PACKAGE / room).rglob("*.py"))
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                target = (node.module or node.names[0].name).split(".")[0]
                assert target not in above, f"{path.name} imports {target}"
