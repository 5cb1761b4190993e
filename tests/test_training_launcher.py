"""The queue of runs, with a stand-in for the worker: submit, dispatch, stop, resume, delete, and what dies in it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cnnviz import notation
from cnnviz.training import datasets, dispatcher, folder, launcher, process, studies
from cnnviz.training.bounds import read
from cnnviz.training.dispatcher import Dispatcher, dispatch
from cnnviz.training.folder import Config, FolderError, Run, State
from cnnviz.training.settings import Settings
from cnnviz.training.studies import STUDIES, StudyError

NET = "input(8, 8, 1); flatten(); dense(10, softmax)"


@pytest.fixture
def bounds(tmp_path, monkeypatch):
    """Bounds with folders of the test's own; the stand-in is the worker, and none is left running."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(process, "MODULE", "tests.training_stub")
    yield read()
    for run in folder.listed(tmp_path / "runs"):
        worker = process.worker_of(run)
        if worker:
            process.end(worker)


def config(title="work", owner="", **settings):
    return Config(NET, title, Settings(**settings), owner=owner)


def until(true, seconds=20.0):
    """Wait until something holds; a test that waits in vain fails."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.02)


def started(bounds, title="work", **settings):
    """A run with its worker at work."""
    run = launcher.submit(config(title, **settings), bounds)
    assert run in dispatch(bounds).started
    until(lambda: run.state().status == "running")
    return run


def test_a_run_goes_from_the_queue_to_its_end(bounds, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "password")
    run = launcher.submit(config("quick"), bounds)
    assert run.status() == "queued"
    assert dispatch(bounds).started == (run,)
    until(lambda: run.status() == "finished")
    seen = json.loads((run.path / "seen.json").read_text())
    assert seen["SECRET_TOKEN"] is None
    assert seen["KERAS_BACKEND"] == "tensorflow"
    assert seen["nice"] > 0
    assert seen["session"] != os.getsid(0)  # Ctrl-C and the end of the server do not reach it
    assert run.log_tail().startswith("hello from the worker")
    until(lambda: dispatch(bounds) == (0, 0, ()))


def test_one_after_the_other_in_order_of_creation(bounds):
    runs = [launcher.submit(config(), bounds) for _ in range(3)]
    order = []
    for _ in runs:
        started = dispatch(bounds).started
        assert len(started) == 1
        assert dispatch(bounds).started == ()
        order += started
        until(lambda run=started[0]: run.state().status == "running")
        launcher.stop(started[0])
        until(lambda run=started[0]: run.status() == "stopped")
    assert order == runs


def test_as_many_at_once_as_the_operator_allows(bounds):
    runs = [launcher.submit(config(), bounds) for _ in range(3)]
    standing = dispatch(replace(bounds, runs_at_once=2))
    assert (standing.queued, standing.at_work, standing.started) == (1, 2, tuple(runs[:2]))


def test_each_gpu_gets_a_run_and_cpu_runs_get_none(bounds):
    for settings in ({}, {}, {"device": "cpu"}):
        launcher.submit(config(**settings), bounds)
    runs = dispatch(replace(bounds, runs_at_once=3), gpus=("4", "7")).started
    assert len(runs) == 3
    until(lambda: all((run.path / "seen.json").exists() for run in runs))
    until(lambda: all(run.state().status == "running" for run in runs))
    given = [json.loads((run.path / "seen.json").read_text())["CUDA_VISIBLE_DEVICES"] for run in runs]
    assert given == ["4", "7", "-1"]
    assert len(dispatch(bounds, gpus=("4", "7")).started) == 0  # by default as many as there are GPUs


def test_many_dispatchers_start_a_run_once(bounds):
    for _ in range(4):
        launcher.submit(config("quick"), bounds)
    with ThreadPoolExecutor(8) as pool:
        looks = list(pool.map(lambda _: dispatch(replace(bounds, runs_at_once=4)), range(24)))
    begun = [run for look in looks for run in look.started]
    until(lambda: all(run.status() == "finished" for run in folder.listed(bounds.runs)))
    assert len(begun) == len(set(begun)) == 4
    assert all(run.log_tail().count("hello") == 1 for run in begun)


def test_stopping_a_run_that_waits_and_one_at_work(bounds):
    run = started(bounds)
    waiting = launcher.submit(config(), bounds)
    assert "will not begin" in launcher.stop(waiting)
    assert waiting.status() == "stopped"
    assert launcher.stop_and_wait(run) == "stopped after 1 epoch"
    assert "is not being trained: stopped" in launcher.stop(run)
    assert dispatch(bounds).started == ()


def test_a_worker_that_does_not_answer_is_ended(bounds):
    run = started(bounds, "deaf")
    worker = process.worker_of(run)
    said = launcher.stop_and_wait(run, 0.2, 0.2)
    assert said == "stopped after 1 epoch"
    assert "was ended" in run.state().message
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def test_the_queue_ends_what_was_asked_to_stop_long_ago(bounds, monkeypatch):
    run = started(bounds, "deaf")
    launcher.stop(run)
    dispatch(bounds)
    assert run.status() == "running"
    monkeypatch.setattr(launcher, "KILL_AFTER", 0.0)
    dispatch(bounds)
    assert run.status() == "stopped"


@pytest.mark.parametrize("record", [True, False], ids=["launched", "by its word"])
def test_no_other_process_is_ever_taken_for_the_worker(bounds, record):
    run = launcher.submit(config(), bounds)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60) # cnnviz"])
    try:
        run.write_state(State("running", pid=other.pid))
        if record:
            created = psutil.Process(other.pid).create_time()
            folder.write_json(run.path / process.RECORD, {"pid": other.pid, "created": created, "gpu": None})
        assert process.worker_of(run) is None
        with run.hold():  # somebody is at it: not that one
            assert process.worker_of(run) is None
            launcher.end_worker(run, "stopped", "")
        assert other.poll() is None
        for pid in (0, 1, -1, os.getpid(), 2**40, True):
            run.write_state(State("running", pid=pid))
            assert process.worker_of(run) is None
    finally:
        other.kill()
        other.wait()


def test_a_killed_worker_is_known_as_dead_and_can_be_resumed(bounds):
    run = started(bounds)
    os.kill(run.state().pid, signal.SIGKILL)
    until(lambda: run.status() == "died")
    until(lambda: "signal 9" in run.state().message)
    assert launcher.resume(run).status() == "queued"
    assert run.state().epoch == 1
    assert dispatch(bounds).started == (run,)
    until(lambda: run.state().status == "running")


def test_a_worker_that_does_not_come_up_has_failed_with_its_last_words(bounds):
    run = launcher.submit(config("crash"), bounds)
    dispatch(bounds)
    until(lambda: run.status() == "failed")
    assert run.state().message.endswith("(exit code 3): ModuleNotFoundError: no module named keras")


def test_a_start_that_nobody_saw_fail_is_death_after_a_while(bounds):
    run = launcher.submit(config(), bounds)
    state = {**vars(State("starting")), "updated": time.time() - folder.STARTING - 1}
    folder.write_json(run.path / folder.STATE, state)
    assert run.status() == "died"
    assert dispatch(bounds) == (0, 0, ())  # it takes nobody's place


def test_a_run_whose_configuration_is_broken_fails_and_the_queue_goes_on(bounds):
    broken, sound = (launcher.submit(config("quick"), bounds) for _ in range(2))
    (broken.path / "run.json").write_text('{"version": 1, "settings": {"epochs": -1}}')
    assert dispatch(bounds).started == (sound,)
    assert broken.status() == "failed"
    assert "epochs must be 1 to 1,000" in broken.state().message


def test_training_longer(bounds):
    run = launcher.submit(config("quick", epochs=2), bounds)
    dispatch(bounds)
    until(lambda: run.status() == "finished")
    with pytest.raises(FolderError, match="is finished: 2 epochs; give more epochs"):
        launcher.resume(run)
    with pytest.raises(FolderError, match="epochs must be more than the 2 that are done, got 2"):
        launcher.resume(run, 2)
    with pytest.raises(FolderError, match="epochs must be 1 to 1,000, got 5000"):
        launcher.resume(run, 5000)
    launcher.resume(run, 5)
    assert (run.status(), run.config().settings.epochs, run.state().epoch) == ("queued", 5, 2)
    assert run.config().net == NET


def test_a_run_that_reached_its_time_limit_gets_as_long_again(bounds):
    run = launcher.submit(config(time_limit=30, epochs=9), bounds)
    run.write_state(State("stopped", epoch=3, seconds=31.5))
    launcher.resume(run)
    assert run.config().settings.time_limit == 61


def test_a_run_at_work_is_neither_resumed_nor_deleted(bounds):
    run = started(bounds)
    with pytest.raises(FolderError, match="cannot be resumed: it is running"):
        launcher.resume(run)
    with pytest.raises(FolderError, match="is being trained; stop it first"):
        launcher.delete(run)
    launcher.stop_and_wait(run)
    launcher.resume(run)
    assert not run.is_asked_to_stop()
    launcher.delete(run)
    assert not run.path.exists()
    assert [path.name for path in bounds.runs.iterdir() if path.name.startswith(".deleted")] == []
    assert dispatch(bounds) == (0, 0, ())
    for do in (launcher.delete, launcher.stop, launcher.resume):
        with pytest.raises(FolderError, match="there is no run"):
            do(run)


def test_a_full_queue(bounds, monkeypatch):
    for owner in ("ada", "bob"):
        launcher.submit(config(owner=owner), bounds)
    monkeypatch.setattr(launcher, "MOST_QUEUED", 2)
    launcher.submit(config(owner="bob"), bounds)
    with pytest.raises(FolderError, match="3 runs are waiting already"):
        launcher.submit(config(owner="bob"), bounds)
    launcher.submit(config(owner="ada"), bounds)
    monkeypatch.setattr(launcher, "MOST_WAITING", 4)
    with pytest.raises(FolderError, match="waiting already"):
        launcher.submit(config(owner="eve"), bounds)


def test_the_thread_keeps_the_queue_and_its_end_leaves_training_alone(bounds, monkeypatch):
    monkeypatch.setattr(dispatcher, "LOOK", 0.02)
    monkeypatch.setattr(dispatcher, "visible_gpus", lambda: ())
    left = bounds.runs / ".deleted-0123"
    left.mkdir(parents=True)
    keeper = Dispatcher(bounds)
    keeper.start()
    runs = [launcher.submit(config(title), bounds) for title in ("quick", "work")]
    until(lambda: runs[0].status() == "finished" and runs[1].state().status == "running")
    keeper.close()
    assert not left.exists()
    assert not any(thread.name == "training" for thread in threading.enumerate())
    assert runs[1].status() == "running"
    launcher.stop_and_wait(runs[1])


def test_an_idle_thread_looks_at_one_file_only(bounds, monkeypatch):
    looks = []
    monkeypatch.setattr(dispatcher, "LOOK", 0.005)
    monkeypatch.setattr(dispatcher, "dispatch", lambda *_: looks.append(1) or dispatcher.Standing(0, 0, ()))
    keeper = Dispatcher(bounds)
    keeper.start()
    until(lambda: looks)
    time.sleep(0.2)
    assert len(looks) == 1
    keeper.close()


def test_an_unwritable_runs_folder_gets_one_line(bounds, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="cannot make the run folder"):
        launcher.submit(config(), replace(bounds, runs=tmp_path / "file" / "runs"))
    assert dispatch(replace(bounds, runs=tmp_path / "file")) == (0, 0, ())


@pytest.mark.parametrize("name", ["../data", "a/b", "..", ".", "", "A", "x" * 80, "no-such-run", ".queue", "\x00"])
def test_names_lead_nowhere_else(bounds, name):
    launcher.submit(config(), bounds)
    with pytest.raises(FolderError, match="there is no run"):
        folder.find(bounds.runs, name)


def test_links_lead_nowhere_else(bounds, tmp_path):
    run = launcher.submit(config(), bounds)
    elsewhere = tmp_path / "elsewhere"
    run.path.rename(elsewhere)
    (bounds.runs / "link").symlink_to(elsewhere)
    assert folder.listed(bounds.runs) == []
    with pytest.raises(FolderError, match="there is no run"):
        folder.find(bounds.runs, "link")
    with pytest.raises(FolderError, match="holds no run"):
        launcher.delete(Run(bounds.runs / "link"))
    assert elsewhere.is_dir()


# --- studies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_every_net_of_a_study_fits_the_data(study, data):
    settings = studies.settings_of(study, {"data": data, "seed": 7})
    configs = studies.runs_of(study, settings, owner="ada")
    assert [config.title for config in configs] == list(study.nets)
    assert {(config.study, config.owner) for config in configs} == {(study.title, "ada")}
    for config in configs:
        own = study.own.get(config.title, {}) if data == study.values["data"] else {}
        assert config.settings == replace(settings, **own)
    for config in configs:
        graph = notation.load(config.net).graph
        assert graph.nodes[0].shape == (32, 32, datasets.DATASETS[data].shape[2])
        assert graph.nodes[graph.outputs[0]].shape == (10,)


def test_any_nets_make_a_study():
    study = studies.custom(["lenet5", NET, " lenet5 "])
    configs = studies.runs_of(study, Settings())
    assert [config.title for config in configs] == ["lenet5", NET]
    for nets in ([], [NET.replace("10", str(number)) for number in range(10, 35)]):
        with pytest.raises(StudyError, match="a study takes 1 to 24 different nets"):
            studies.custom(nets)
    with pytest.raises(StudyError, match="resnet5.*did you mean"):
        studies.runs_of(studies.custom(["resnet5"]), Settings())
    with pytest.raises(StudyError, match="must be downloaded first"):
        studies.runs_of(study, Settings(data="cifar10"), data_folder=Path("/nowhere"))
    with pytest.raises(StudyError, match="there is no study x"):
        studies.find("x")


def test_what_a_net_needs_otherwise_gives_way_to_what_is_chosen():
    study = STUDIES["course"]
    for given, rate in (({}, 0.0003), ({"learning_rate": 0.01}, 0.01), ({"data": "digits"}, 0.001)):
        configs = studies.runs_of(study, studies.settings_of(study, given))
        (vgg,) = [config for config in configs if config.title == "tfnotes-vgg16"]
        assert vgg.settings.learning_rate == rate
