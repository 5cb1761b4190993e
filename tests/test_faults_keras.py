"""Keras' process or Graphviz fails in the middle of an export: one calm line, nothing is left, the next one works."""

import os
import shutil
import stat
import threading
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import cli, keras_graphviz
from cnnviz.keras_refused import Refused
from cnnviz.keras_service import KerasError, KerasService
from cnnviz.ui import exports, shared
from tests.test_keras_service import STUB, net, until

PAGE = Path(__file__).parent.parent / "cnnviz" / "ui" / "navigation.py"
EXPORTS = ("plot_png", "keras_file")


def stub(**settings):
    """A service on the stand-in of keras_stub.py."""
    environment = {**STUB, **settings.pop("environment", {})}
    return closing(KerasService(module="keras_stub", environment=environment, **settings))


@pytest.fixture
def left(tmp_path, monkeypatch):
    """The folder that temporary files go to in this test."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


@pytest.fixture
def graphviz(tmp_path, monkeypatch):
    """Put a `dot` of the test's own first on the path."""

    def put(script):
        program = tmp_path / "bin" / "dot"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return put


# --- the process ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("export", "block", "units", "limits", "said"),
    [
        ("plot_png", "die", 2, {}, "Keras stopped (exit code 3)"),
        ("keras_file", "die", 2, {}, "Keras stopped (exit code 3)"),
        ("plot_png", "sleep", 6000, {"seconds": 0.5}, "Keras took over 0.5 seconds and was stopped"),
        ("keras_file", "sleep", 6000, {"seconds": 0.5}, "Keras took over 0.5 seconds and was stopped"),
        ("keras_file", "grow", 250, {"memory": 200 * 10**6}, "Keras needed over 0.2 GB of memory and was stopped"),
    ],
    ids=["ended, drawing", "ended, saving", "hung, drawing", "hung, saving", "out of memory"],
)
def test_a_process_that_fails_in_an_export_is_replaced(left, export, block, units, limits, said):
    with stub(**limits) as service:
        make = getattr(service, export)
        service.wait(net())
        before = service.pid
        with pytest.raises(KerasError) as refused:
            make(net(units, block))
        assert str(refused.value) == f"{said}; it is being restarted"
        assert make(net())
        assert service.pid != before
        assert service.wait(net(3)).agrees
    assert not list(left.iterdir()), "half a file is none"


def test_a_process_killed_in_an_export_is_replaced(left):
    with stub() as service:
        service.wait(net())
        old = service.pid

        def kill():
            until(lambda: list(left.glob("*/net.keras")))
            psutil.Process(old).kill()

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(KerasError, match=r"^Keras stopped \(signal 9\); it is being restarted$"):
            service.keras_file(net(6000, "sleep"))
        killer.join()
        assert service.keras_file(net()).startswith(b"PK")
    assert not list(left.iterdir())


def test_what_the_process_has_started_ends_with_it(tmp_path):
    note = tmp_path / "child"
    with stub(seconds=2.0, environment={"CNNVIZ_TEST_CHILD": str(note)}) as service:
        with pytest.raises(KerasError, match="took over 2 seconds"):
            service.plot_png(net(2, "spawn"))
        child = int(note.read_text())
        assert until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE, 10)
        assert service.plot_png(net())


@pytest.mark.parametrize("export", EXPORTS)
def test_a_disk_full_for_the_process_is_one_line_and_no_reason_to_replace_it(export):
    with stub() as service:
        service.wait(net())
        before = service.pid
        with pytest.raises(KerasError, match=r"^the file cannot be written: the disk is full$"):
            getattr(service, export)(net(2, "full"))
        assert getattr(service, export)(net())
        assert service.pid == before


@pytest.mark.parametrize("export", EXPORTS)
def test_no_place_for_temporary_files(tmp_path, monkeypatch, export):
    with stub() as service:
        service.wait(net())
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
        with pytest.raises(KerasError, match=r"^there is no place for the file: No such file or directory$"):
            getattr(service, export)(net())
        monkeypatch.undo()
        assert getattr(service, export)(net())


# --- on the page ------------------------------------------------------------------------------------------------------


def test_the_page_says_why_a_file_could_not_be_made(monkeypatch):
    with stub() as service:
        monkeypatch.setattr(shared, "keras", lambda: service)
        page = AppTest.from_file(str(PAGE), default_timeout=30).run()
        session, refused = page.session_state["session"], []
        keras_model = next(export for export in exports.EXPORTS if export.ending == "keras")
        monkeypatch.setattr(service, "keras_file", lambda text: KerasService.keras_file(service, net(2, "die")))
        with pytest.raises(KerasError):
            exports._maker(keras_model, session, service, refused)()
        page.session_state[exports._REFUSED] = refused

        def drawn():
            import streamlit as st

            from cnnviz.ui import exports

            exports._why_not(st.session_state["said"])

        shown = AppTest.from_function(drawn)
        shown.session_state["said"] = refused
        shown.run()
        assert not shown.exception
        assert [error.value.replace("\\", "") for error in shown.error] == [
            "Keras model: Keras stopped (exit code 3); it is being restarted. The net on screen is as it was."
        ]
        monkeypatch.undo()
        assert exports._maker(keras_model, session, service, refused)()
        assert refused == [], "said once"


# --- Graphviz ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    from cnnviz import keras_model
    from tests.helpers import graph_of

    return keras_model.build(graph_of("input(8, 8, 1); conv(4, 3)"))


@pytest.mark.parametrize(
    ("script", "seconds", "said"),
    [
        ("sleep 60", 0.3, "Graphviz took over 0.3 seconds to draw this net and was stopped; everything else works"),
        ("sleep 60 & wait", 0.3, "Graphviz took over 0.3 seconds to draw this net and was stopped"),
        ("echo trouble; exit 7", 30, "Graphviz could not draw this net: it ended with code 7; everything else works"),
        ("kill -9 $$", 30, "Graphviz could not draw this net: it ended with code -9"),
    ],
    ids=["hangs", "hangs with a child", "fails", "is killed"],
)
def test_graphviz_that_does_not_draw_is_one_line(model, graphviz, capsys, script, seconds, said):
    from cnnviz import keras_model

    graphviz(script)
    before = set(psutil.Process().children(recursive=True))  # a browser of other tests may be among them
    with pytest.raises(Refused) as refused:
        keras_model.plot_png(model, seconds=seconds)
    assert str(refused.value).startswith(said)
    assert capsys.readouterr().out == "", "pydot's own words are not for the reader"
    left = set(psutil.Process().children(recursive=True)) - before
    assert not [each for each in left if each.name() in {"sh", "dot", "sleep"}], "nothing is left running"


def test_where_right_angles_crash_graphviz_lines_have_corners(model, graphviz, tmp_path):
    from cnnviz import keras_model

    real, crashed = shutil.which("dot"), tmp_path / "crashed"
    crash = f'if grep -q splines=ortho "$last"; then touch {crashed}; exit 134; fi'
    graphviz(f'for last; do :; done\n{crash}\nexec {real} "$@"')
    assert keras_model.plot_png(model).startswith(b"\x89PNG")
    assert crashed.exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [("sleep 60", "took over 0.3 seconds"), ("exit 1", "ended with code 1"), (None, "which is not installed")],
    ids=["hangs", "fails", "missing"],
)
def test_graphviz_on_the_command_line(graphviz, tmp_path, monkeypatch, capfd, script, said):
    if script is None:
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        graphviz(script)
    monkeypatch.setattr(cli, "_DRAWING", 0.3 if script == "sleep 60" else 30.0)
    picture = tmp_path / "net.png"
    assert cli.main(["export", "input(8, 8, 1); conv(4, 3)", "--png", str(picture)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("cnnviz: ")
    assert err.count("\n") == 1
    assert said in err
    assert not picture.exists()


def test_a_page_without_graphviz_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(exports.shutil, "which", lambda name: None)
    plot = next(export for export in exports.EXPORTS if export.needs == "dot")
    with stub() as service:
        assert exports._missing(plot, service) == exports.NO_DOT
        assert all(exports._missing(export, service) == "" for export in exports.EXPORTS if export.needs != "dot")


def test_what_is_not_about_graphviz_passes_through():
    with pytest.raises(ValueError, match="other"), keras_graphviz.bounded(30):
        raise ValueError("other")
