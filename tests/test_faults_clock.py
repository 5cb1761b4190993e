"""The wall clock jumps by a day, forward or back: nothing ends early, nothing waits for ever, nothing is taken away."""

import sys
import time
from contextlib import closing
from dataclasses import replace

import psutil
import pytest

from cnnviz.keras_service import KerasService
from cnnviz.training import folder, launcher, process, store
from cnnviz.training.bounds import Ray, read
from cnnviz.training.dispatcher import dispatch
from cnnviz.training.folder import Config, State
from cnnviz.training.patience import Patience
from cnnviz.training.ray_jobs import Job
from cnnviz.training.ray_queue import RayQueue
from cnnviz.training.settings import Settings
from tests.test_keras_service import STUB, net

NET = "input(8, 8, 1); flatten(); dense(10, softmax)"
DAY = 86_400.0
both_ways = pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])


@pytest.fixture
def clock(monkeypatch):
    """Set the wall clock: what it says from now on is that many seconds off, for psutil too."""
    now, boot = time.time, psutil.boot_time()

    def set_by(seconds):
        monkeypatch.setattr(time, "time", lambda: now() + seconds)
        monkeypatch.setattr(psutil, "boot_time", lambda: boot + seconds)
        if sys.platform == "linux":
            monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: boot + seconds)

    return set_by


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


def until(true, seconds=20.0):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.02)


def submitted(bounds, title="work"):
    return launcher.submit(Config(NET, title, Settings()), bounds)


def started(bounds, title="work"):
    run = submitted(bounds, title)
    assert run in dispatch(bounds).started
    until(lambda: run.state().status == "running")
    return run


# --- patience ---------------------------------------------------------------------------------------------------------


@both_ways
def test_patience_counts_on_a_clock_that_nobody_sets(clock, monkeypatch, jump):
    seconds = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: seconds)
    waiting = Patience(forget=60)
    assert waiting.seconds("a") == 0
    clock(jump)
    seconds += 30
    assert waiting.seconds("a") == 30
    assert waiting.seconds("b") == 0
    seconds += 45
    assert waiting.seconds("a") == 75
    seconds += 61
    assert waiting.seconds("a") == 0, "nobody asked for so long"


# --- runs -------------------------------------------------------------------------------------------------------------


@both_ways
def test_a_worker_that_was_asked_to_stop_gets_its_time(bounds, clock, jump):
    run, waiting = started(bounds, "deaf"), Patience()
    launcher.stop(run)
    dispatch(bounds, patience=waiting)
    clock(jump)
    dispatch(bounds, patience=waiting)
    assert run.status() == "running"


@both_ways
def test_a_worker_that_does_not_answer_is_ended_all_the_same(bounds, clock, monkeypatch, jump):
    run, waiting = started(bounds, "deaf"), Patience()
    launcher.stop(run)
    dispatch(bounds, patience=waiting)
    clock(jump)
    monkeypatch.setattr(launcher, "KILL_AFTER", 0.05)
    until(lambda: dispatch(bounds, patience=waiting).at_work == 0)
    assert run.status() == "stopped"


@both_ways
def test_waiting_for_a_stop_is_not_shortened(bounds, clock, monkeypatch, jump):
    run = started(bounds)
    monkeypatch.setattr(launcher.time, "sleep", lambda seconds: clock(jump))
    assert launcher.stop_and_wait(run, 20.0) == "stopped after 1 epoch"
    assert run.state().message == "stopped as asked"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere psutil tells starts by the clock of then")
@both_ways
def test_a_run_within_its_time_is_not_stopped_and_its_worker_is_known(bounds, clock, jump):
    run = started(bounds)
    before = process.launched(run)
    few = replace(bounds, seconds=600)
    clock(jump)
    dispatch(few)
    assert not run.is_asked_to_stop()
    assert process.launched(run) == before
    assert 0 <= process.age(before) < 600


@both_ways
def test_a_worker_that_is_starting_keeps_its_place(bounds, clock, jump):
    first, second = submitted(bounds, "slow"), submitted(bounds)
    assert dispatch(bounds).started == (first,)
    clock(jump)
    standing = dispatch(bounds)
    assert (standing.queued, standing.at_work) == (1, 1)
    assert (first.path / folder.AWAITED).exists(), "touched by the clock of now, so that pages see it starting"
    assert second.status() == "queued"


@both_ways
def test_a_start_that_failed_is_seen_as_such(bounds, clock, jump):
    run = submitted(bounds)
    run.write_state(State("starting"))
    clock(jump)
    assert run.status() == "died"
    assert launcher.resume(run, bounds=bounds).status() == "queued"


@both_ways
def test_the_queue_goes_on(bounds, clock, jump):
    before = submitted(bounds, "quick")
    clock(jump)
    after = submitted(bounds, "quick")

    def are_over():
        dispatch(bounds)
        return before.status() == after.status() == "finished"

    until(are_over, 60.0)


class SlowRay:
    """A cluster that has taken a job and does not know it yet."""

    def __init__(self):
        self.stopped = []

    def ping(self):
        pass

    def submit(self, *_):
        pass

    def job(self, id):
        return Job("unknown")

    def stop(self, id):
        self.stopped.append(id)


@both_ways
def test_a_job_that_ray_does_not_know_is_not_waited_for_for_ever(bounds, clock, jump):
    allowed = replace(bounds, ray=Ray("http://127.0.0.1:8265", 1, 0))
    queue = RayQueue(allowed.ray, SlowRay())
    run = submitted(allowed)
    dispatch(allowed, ray=queue)
    assert run.state().status == "starting"
    clock(jump)
    dispatch(allowed, ray=queue)
    dispatch(allowed, ray=queue)
    assert "Ray" in run.state().message
    assert run.state().status in ("queued", "starting"), "it is tried again"


@both_ways
def test_what_another_machine_trains_is_never_trained_twice(bounds, clock, monkeypatch, jump):
    """By a clock that is off its worker seems gone; who takes the run over still watches its lease for a while."""
    from cnnviz.training import lease

    monkeypatch.setattr(lease, "STILL", 0.3)
    monkeypatch.setattr(lease, "BEAT", 0.02)
    monkeypatch.setenv("CNNVIZ_HOST", "other")
    run = folder.create(Config(NET, "work", Settings()), bounds.runs / "one", state=State("running"))
    with lease.kept(run.path):
        monkeypatch.setenv("CNNVIZ_HOST", "here")
        clock(jump)
        with pytest.raises(folder.FolderError, match="another machine"), run.hold():
            pass


# --- data -------------------------------------------------------------------------------------------------------------


@both_ways
def test_data_that_is_being_made_is_not_taken_away(tmp_path, clock, jump):
    with store.making(tmp_path) as made:
        (made / "part").write_text("half")
        clock(jump)
        with store.making(tmp_path):
            assert (made / "part").exists()


def test_what_a_killed_process_left_is_taken_away_later(tmp_path, clock, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(store.shutil, "rmtree", lambda *_, **__: None)
        with store.making(tmp_path) as left:
            pass
    gone = left.rename(tmp_path / left.name.replace(str(process.os.getpid()), "999999999"))
    with store.making(tmp_path):
        assert gone.exists(), "it may be of another machine"
    clock(DAY)
    with store.making(tmp_path):
        assert not gone.exists()


# --- Keras ------------------------------------------------------------------------------------------------------------


@both_ways
def test_keras_answers(clock, jump):
    with closing(KerasService(module="keras_stub", environment=STUB, seconds=20)) as service:
        service.wait(net())
        clock(jump)
        assert service.wait(net(3), timeout=60).agrees
        assert service.plot_png(net(4), timeout=60)
