"""Disks that are full or may not be written: one calm line where something was to be kept, and all else goes on."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

import cnnviz
from cnnviz import cli, disk
from cnnviz.training import folder, launcher
from cnnviz.training.bounds import read
from cnnviz.training.dispatcher import dispatch
from cnnviz.training.folder import Config, FolderError, Run, State
from cnnviz.training.settings import Settings
from cnnviz.ui import train_actions, train_pictures, train_probe, train_studies, train_tasks, visit, visitor
from tests.test_build_page import NoKeras

ROOT = Path(__file__).parent.parent
NET = "input(8, 8, 1); flatten(); dense(10, softmax)"
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")


def full(*_, **__):
    """What a full disk answers."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/secret/place")


@pytest.fixture
def bounds(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(visitor, "is_alone", lambda: True)
    return read()


def config(title="work", **settings):
    return Config(NET, title, Settings(**settings))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "the disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "the disk is full"),
        (OSError("Unable to write (error message = 'No space left on device')"), "the disk is full"),  # as h5py does
        (OSError("4096 requested and 12 written"), "the disk is full"),  # as numpy does
        (OSError(errno.EROFS, "Read-only file system"), "it may not be written"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("odd"), "odd"),
    ],
)
def test_what_a_disk_refuses_in_words(error, said):
    assert disk.words(error) == said


# --- the command line -------------------------------------------------------------------------------------------------


@needs_full
@pytest.mark.parametrize("what", ["svg", "dot", "code", "csv", "notation"])
def test_an_export_to_a_full_disk_is_one_line(capsys, what):
    assert cli.main(["export", "lenet5", f"--{what}", "/dev/full"]) == 2
    assert capsys.readouterr() == ("", "cnnviz: cannot write /dev/full: the disk is full\n")
    assert os.path.exists("/dev/full")


@pytest.mark.parametrize("what", ["png", "keras"])
def test_an_export_by_keras_to_a_full_disk_leaves_no_half_file(capsys, tmp_path, monkeypatch, what):
    def half(graph, path):
        Path(path).write_bytes(b"half")
        full()

    stand_in = SimpleNamespace(GraphvizMissing=RuntimeError, build=full, plot_png=full, save_keras=half)
    monkeypatch.setattr(cli, "_keras_model", lambda: stand_in)
    file = tmp_path / f"net.{what}"
    assert cli.main(["export", NET, f"--{what}", str(file)]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert not file.exists()
    file.write_bytes(b"older")  # what was there is not taken away
    assert cli.main(["export", NET, f"--{what}", str(file)]) == 2
    assert file.exists()


@needs_full
def test_a_table_that_cannot_be_printed_is_one_line():
    with open("/dev/full", "w") as nowhere:
        command = [sys.executable, "-m", "cnnviz", "summary", "lenet5"]
        made = subprocess.run(command, cwd=ROOT, stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False)
    assert (made.returncode, made.stderr) == (1, "cnnviz: this cannot go on: the disk is full\n")


def test_a_machine_without_keras_or_memory_is_one_line(capsys, monkeypatch):
    monkeypatch.delattr(cnnviz, "keras_model", raising=False)
    monkeypatch.setitem(sys.modules, "cnnviz.keras_model", None)
    assert cli.main(["check", NET]) == 2
    assert "which is not installed" in capsys.readouterr().err

    def greedy(*_):
        raise MemoryError

    monkeypatch.setattr(cli, "_keras_model", lambda: SimpleNamespace(build=greedy, check=greedy))
    assert cli.main(["check", NET]) == 1
    assert capsys.readouterr().err == "cnnviz: there is not enough memory for this\n"


# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_launch_on_a_full_disk_leaves_no_half_run(bounds, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_json", full)
        with pytest.raises(FolderError, match=r"^cannot make the run folder .*: the disk is full$"):
            launcher.submit(config(), bounds)
    assert folder.listed(bounds.runs) == []
    assert not [path for path in bounds.runs.glob("*") if path.is_dir()], "nothing half-made is left"
    assert launcher.submit(config(), bounds).status() == "queued"


def test_what_cannot_be_written_down_leaves_a_run_as_it_was(bounds, monkeypatch):
    run = launcher.submit(config(), bounds)
    run.write_state(State("stopped", epoch=1))
    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_json", full)
        with pytest.raises(FolderError, match="the disk is full"):
            launcher.resume(run, bounds=bounds)
        assert run.status() == "stopped"
        launcher.delete(run)  # this makes room
    assert folder.listed(bounds.runs) == []


def test_the_queue_goes_on_after_a_run_that_cannot_be_started(bounds, monkeypatch):
    run = launcher.submit(config(), bounds)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_json", full)
        assert dispatch(bounds).started == ()
    assert run.status() == "queued", "it waits for room"
    with monkeypatch.context() as patch:
        patch.setattr("cnnviz.training.process.launch", full)
        assert dispatch(bounds).started == ()
    assert run.status() == "failed"
    assert run.state().message == "the worker could not be started: the disk is full"


def page(drawn, **state):
    """A page that is drawn by one function."""
    made = AppTest.from_function(drawn, default_timeout=30)
    for name, value in state.items():
        made.session_state[name] = value
    return made.run()


@pytest.mark.parametrize("act", ["stop", "resume", "delete"])
def test_an_act_on_a_run_that_the_disk_refuses_is_said_on_the_page(bounds, monkeypatch, act):
    run = launcher.submit(config(), bounds)
    if act == "resume":
        run.write_state(State("stopped", epoch=1))

    def drawn():
        import streamlit as st

        from cnnviz.ui import train_actions

        run = st.session_state["shown"]
        train_actions.show(run, run.config(), run.status())

    made = page(drawn, shown=run)
    monkeypatch.setattr(folder, "write_json", full)
    monkeypatch.setattr(launcher, "_move", lambda run, gone: full())
    made.button(key="run_delete_it" if act == "delete" else f"run_{act}").click().run()
    assert not made.exception
    assert made.error[0].value.replace("\\", "").endswith("he disk is full.")
    assert "secret" not in made.error[0].value
    assert run.path.is_dir()
    assert train_actions._SAID not in made.session_state, "said once"


def test_a_study_that_the_disk_refuses_halfway_is_taken_back(bounds, monkeypatch):
    made = [launcher.submit(config(), bounds) for _ in range(2)]
    monkeypatch.setattr(folder, "write_json", full)
    for run in made:
        train_studies._take_back(run)
    assert folder.listed(bounds.runs) == []


# --- uploads and jobs of the Train page -------------------------------------------------------------------------------


@pytest.fixture
def state(monkeypatch):
    """A visitor's session state, for callbacks."""
    held = {}
    stand_in = SimpleNamespace(session_state=held)
    monkeypatch.setattr(train_pictures, "st", stand_in)
    monkeypatch.setattr(train_probe, "st", stand_in)
    monkeypatch.setattr(visit, "identity", lambda: "me")
    return held


def test_an_upload_that_cannot_be_kept_is_said(bounds, state, monkeypatch):
    monkeypatch.setattr(train_pictures.tempfile, "mkstemp", full)
    train_pictures._begin_zip(b"PK", bounds.data)
    assert state[train_pictures._REFUSED] == "the file cannot be kept while it is read: the disk is full"


def test_an_upload_whose_reading_cannot_begin_leaves_no_file(bounds, state, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(train_pictures, "tasks", train_tasks.Tasks)
    monkeypatch.setattr(train_tasks.tempfile, "mkdtemp", full)
    train_pictures._begin_zip(b"PK", bounds.data)
    assert state[train_pictures._REFUSED] == "the pictures cannot be read now: the disk is full"
    assert not list(tmp_path.glob("cnnviz-pictures-*"))


def test_a_probe_that_has_no_room_is_said(bounds, state, monkeypatch):
    monkeypatch.setattr(train_probe.tempfile, "mkdtemp", full)
    train_probe._begin(config(), ("this",), "probe me")
    assert state[train_probe._KEPT][("this",)].refused == "no steps could be timed: the disk is full"


def test_the_build_page_needs_no_disk(monkeypatch):
    """A page is drawn and edited where no temporary file can be made."""
    from cnnviz.ui import shared

    monkeypatch.setattr(shared, "keras", NoKeras)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    made = AppTest(str(ROOT / "cnnviz" / "ui" / "navigation.py"), default_timeout=30)
    made.query_params["net"] = "lenet5"
    made.run()
    assert not made.exception
    assert made.session_state["session"].preset == "lenet5"


def test_a_run_keeps_its_last_word_on_a_full_disk(tmp_path, monkeypatch):
    run = folder.create(config(), tmp_path / "run", state=State("running", epoch=1))
    monkeypatch.setattr("json.dump", full)
    with pytest.raises(OSError, match="No space"):
        run.write_state(State("running", epoch=2))
    assert Run(run.path).state().epoch == 1
    assert not [path for path in run.path.iterdir() if path.name.startswith(".state")]
