"""Training in a Ray cluster, with a stand-in for Ray: submitted, waited for, stopped, queued again; and the lease."""

import json
import os
import sys
import threading
import time
from dataclasses import replace

import pytest

from cnnviz.training import bounds as bounds_of
from cnnviz.training import dispatcher, folder, launcher, lease, process, ray_queue
from cnnviz.training.bounds import BoundsError, Ray
from cnnviz.training.folder import AWAITED, Config, FolderError, Run, State
from cnnviz.training.ray_jobs import Job, RayError, RayJobs
from cnnviz.training.ray_queue import MOST_LOST, RECORD, WAITS, RayQueue
from cnnviz.training.settings import Settings

NET = "input(8, 8, 1); flatten(); dense(10, softmax)"
RAY = Ray("http://127.0.0.1:1", 2, 0)


class FakeRay:
    """A cluster that does what the test says: a dictionary of jobs, and what was asked of it."""

    def __init__(self):
        self.jobs, self.commands, self.variables, self.stopped = {}, {}, {}, []
        self.is_away = self.refuses = False

    def ping(self):
        if self.is_away:
            raise RayError("Ray is away")

    def submit(self, id, command, variables, ray):
        self.ping()
        if self.refuses:
            raise RayError("no agent")
        assert id not in self.jobs
        self.jobs[id], self.commands[id], self.variables[id] = Job("pending"), command, variables

    def job(self, id):
        self.ping()
        return self.jobs.get(id, Job("unknown"))

    def stop(self, id):
        self.stopped.append(id)

    def log(self, id):
        return "No module named keras\n"


@pytest.fixture
def bounds(tmp_path):
    found = bounds_of.read({"CNNVIZ_RUNS": str(tmp_path / "runs"), "CNNVIZ_DATA": str(tmp_path / "data")})
    return replace(found, ray=RAY)


@pytest.fixture
def fake():
    return FakeRay()


@pytest.fixture
def look(bounds, fake):
    """One look of the dispatcher at the queue."""
    queue = RayQueue(RAY, fake)
    return lambda: dispatcher.dispatch(bounds, ray=queue)


def submit(bounds):
    return launcher.submit(Config(NET, "tiny", Settings(backend="jax")), bounds)


def job_of(run):
    return json.loads((run.path / RECORD).read_text())["job"]


def elsewhere(run, touched=0.0):
    """A worker of another machine that touched its lease so many seconds ago."""
    (run.path / folder.LOCK).touch()
    (run.path / lease.LEASE).write_text(json.dumps({"token": "theirs", "host": "other", "begun": time.time()}))
    os.utime(run.path / lease.LEASE, (time.time() - touched,) * 2)


def old(path, seconds=300.0):
    """Make what a file says of time, and the file, that much older."""
    given = json.loads(path.read_text())
    path.write_text(json.dumps({**given, "updated": time.time() - seconds}))


# --- the environment --------------------------------------------------------------------------------------------------


def test_training_stays_on_this_machine_unless_asked(monkeypatch):
    assert bounds_of.read({}).ray is None
    assert bounds_of.read({"CNNVIZ_LAUNCHER": "local", "RAY_ADDRESS": "elsewhere"}).ray is None
    monkeypatch.setattr(bounds_of.importlib.util, "find_spec", lambda name: type("Spec", (), {"origin": "there"}))
    asked = {"CNNVIZ_LAUNCHER": "ray", "CNNVIZ_RAY_CPUS": "4", "CNNVIZ_RAY_GPUS": "1"}
    assert bounds_of.read(asked).ray == Ray("http://127.0.0.1:8265", 4, 1)
    assert bounds_of.read({**asked, "RAY_ADDRESS": "https://head:8265/"}).ray.address == "https://head:8265"
    assert "ray" not in sys.modules, "Ray is imported before it is needed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CNNVIZ_LAUNCHER": "slurm"}, "CNNVIZ_LAUNCHER must be local or ray, got slurm"),
        ({"CNNVIZ_RAY_ADDRESS": "10.0.0.1:6379"}, "must be like http://10.0.0.1:8265"),
        ({"CNNVIZ_RAY_ADDRESS": "http://a:1", "RAY_ADDRESS": "http://b:1"}, "differ"),
        ({"CNNVIZ_RAY_CPUS": "0"}, "CNNVIZ_RAY_CPUS must be 1 to 256"),
        ({"CNNVIZ_RAY_GPUS": "all"}, "CNNVIZ_RAY_GPUS must be 0 to 16"),
    ],
)
def test_what_cannot_be_meant_is_one_line(given, said, monkeypatch):
    monkeypatch.setattr(bounds_of.importlib.util, "find_spec", lambda name: type("Spec", (), {"origin": "there"}))
    with pytest.raises(BoundsError, match=said):
        bounds_of.read({"CNNVIZ_LAUNCHER": "ray", **given})


def test_without_ray_the_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(bounds_of.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BoundsError, match="pip install -r requirements-ray.txt"):
        bounds_of.read({"CNNVIZ_LAUNCHER": "ray"})


def test_a_worker_gets_nothing_that_is_about_this_machine(bounds):
    given = {"PATH": "/here", "HOME": "/me", "CUDA_VISIBLE_DEVICES": "3", "SECRET": "x", "CNNVIZ_HOST": "here",
             "CNNVIZ_LAUNCHER": "ray", "CNNVIZ_RAY_ADDRESS": "x", "CNNVIZ_RUN_MEMORY": "4"}  # fmt: skip
    cpu = ray_queue.variables(Settings(backend="jax"), bounds, RAY, given)
    assert (cpu["KERAS_BACKEND"], cpu["CNNVIZ_RUN_MEMORY"], cpu["CUDA_VISIBLE_DEVICES"]) == ("jax", "4", "-1")
    assert (cpu["CNNVIZ_RUNS"], cpu["CNNVIZ_DATA"]) == (str(bounds.runs), str(bounds.data))
    assert not {"PATH", "HOME", "SECRET", "CNNVIZ_HOST", "CNNVIZ_LAUNCHER", "CNNVIZ_RAY_ADDRESS"} & set(cpu)
    gpu = ray_queue.variables(Settings(), bounds, Ray("", 1, 1), given)
    assert "CUDA_VISIBLE_DEVICES" not in gpu, "Ray says which GPU a worker may see"


# --- the queue --------------------------------------------------------------------------------------------------------


def test_one_run_at_a_time_waits_in_ray_and_the_others_here(bounds, fake, look):
    runs = [submit(bounds) for _ in range(3)]
    look()
    look()
    assert len(fake.jobs) == 1
    first = next(run for run in runs if run.state().status == "starting")
    assert (first.state().message, first.status()) == (WAITS, "starting")
    command = fake.commands[job_of(first)]
    assert f"{sys.executable} -m {process.MODULE} {first.path}" in command

    fake.jobs[job_of(first)] = Job("running")
    look()
    assert sum(run.state().status == "starting" for run in runs) == 2


def test_a_run_that_waits_long_in_ray_has_not_died(bounds, look):
    run = submit(bounds)
    look()
    old(run.path / folder.STATE)
    look()
    assert run.status() == "starting"
    os.utime(run.path / AWAITED, (1, 1))  # nobody looks any more
    assert run.status() == "died"


def test_the_queue_of_ray_may_be_away(bounds, fake, look):
    run = submit(bounds)
    fake.is_away = True
    with pytest.raises(RayError):
        look()
    assert run.state().status == "queued"


def test_what_ray_did_not_take_is_queued_again_a_few_times(bounds, fake, look):
    run = submit(bounds)
    fake.refuses = True
    for _ in range(MOST_LOST):
        look()
        assert run.state().status == "starting", "it may still be on its way"
        old(run.path / folder.STATE)
        look()  # queued again, and begun anew in the same look or the next
    look()
    old(run.path / folder.STATE)
    look()
    assert run.state().status == "failed"
    assert "no agent" in run.state().message


def test_stopping_a_run_that_waits_in_ray_gives_its_job_up(bounds, fake, look, tmp_path):
    run = submit(bounds)
    look()
    job = job_of(run)
    launcher.stop(run)
    look()
    assert (run.state().status, run.state().message) == ("stopped", "stopped before it began")
    assert fake.stopped == [job]
    assert job_of(run) == ""
    marked = fake.commands[job].replace(f"exec {sys.executable}", f"touch {tmp_path / 'trained'}; true")
    assert os.system(marked) == 0
    assert not (tmp_path / "trained").exists(), "Ray comes to the job later: it must do nothing"


def test_the_command_of_the_present_job_does_train(bounds, fake, look, tmp_path):
    run = submit(bounds)
    look()
    os.system(fake.commands[job_of(run)].replace(f"exec {sys.executable}", f"touch {tmp_path / 'trained'}; true"))
    assert (tmp_path / "trained").exists()


def test_a_lost_machine_queues_its_run_again_but_not_while_it_shows_life(bounds, fake, look):
    run = submit(bounds)
    look()
    lost = job_of(run)
    run.write_state(State("running", epoch=2, pid=1))
    elsewhere(run)
    fake.jobs[lost] = Job("ended", message="the node died")
    look()
    assert run.status() == "running", "a worker that touches its lease is at it, whatever Ray says"
    elsewhere(run, touched=lease.FRESH + 10)
    assert run.status() == "died"
    look()
    assert run.state().status == "queued"
    assert "its machine was lost; it waits for another, to go on after epoch 2" in run.state().message
    look()
    assert job_of(run) not in ("", lost)


def test_a_machine_lost_again_and_again_is_given_up_unless_epochs_were_finished(bounds, fake, look):
    run = submit(bounds)
    for epoch in (0, 0, 1, 1, 1, 1):
        assert run.state().status == "queued"
        look()
        fake.jobs[job_of(run)] = Job("ended", message="the node died")
        run.write_state(State("running", epoch=epoch))
        (run.path / AWAITED).unlink()
        queue = RayQueue(RAY, fake)
        queue.watch(run, bounds, lambda *_: None)
    assert run.state().status == "failed"
    assert "the node died" in run.state().message


def test_a_worker_that_ended_by_itself_is_not_begun_again(bounds, fake, look):
    run = submit(bounds)
    look()
    fake.jobs[job_of(run)] = Job("ended", code=1)
    look()
    assert run.state().status == "failed"
    assert "No module named keras" in run.state().message
    look()
    assert len(fake.jobs) == 1


def test_no_room_in_rays_time_waits_on(bounds, fake, look):
    run = submit(bounds)
    look()
    fake.jobs[job_of(run)] = Job("ended", was_late=True)
    look()
    assert run.state().status == "queued" or job_of(run) in fake.jobs
    assert json.loads((run.path / RECORD).read_text())["lost"] == 0


def test_a_worker_that_does_not_heed_is_ended_through_ray(bounds, fake, look, monkeypatch):
    run = submit(bounds)
    look()
    run.write_state(State("running", epoch=1, pid=1))
    elsewhere(run)
    launcher.stop(run)
    look()
    assert fake.stopped == []
    monkeypatch.setattr(launcher, "TERM_AFTER", 0.0)
    look()
    assert fake.stopped == [job_of(run)]


@pytest.mark.parametrize("job", ["cnnviz-other-run-00000000", "cnnviz-tiny/../../api", 7, None])
def test_a_record_that_names_another_job_counts_as_none(bounds, fake, look, job):
    run = submit(bounds)
    look()
    (run.path / RECORD).write_text(json.dumps({"job": job, "lost": "many"}))
    fake.jobs.clear()
    old(run.path / folder.STATE)
    look()
    assert run.state().status == "starting", "nothing is asked, nothing decided"


def test_rays_client_is_asked_in_its_own_words():
    class Client:
        def get_job_info(self, id):
            if id == "gone":
                raise RuntimeError("Request failed with status code 404: Job gone does not exist.")
            status = type("Status", (), {"value": {"late": "FAILED", "mine": "STOPPED"}.get(id, "PENDING")})
            error = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT" if id == "late" else None
            said = {"status": status, "driver_exit_code": None, "error_type": error, "message": "a\nb"}
            return type("Info", (), said)

        def stop_job(self, id):
            raise ConnectionError("Failed to connect")

    jobs = RayJobs("http://127.0.0.1:1")
    jobs._client = Client()
    assert jobs.job("gone").status == "unknown"
    assert jobs.job("new") == Job("pending")
    assert jobs.job("late") == Job("ended", None, True, False, "a b")
    assert jobs.job("mine").was_stopped
    with pytest.raises(RayError, match="Ray at http://127.0.0.1:1: Failed to connect"):
        jobs.stop("new")


# --- the lease --------------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(lease, "STILL", 0.4)
    monkeypatch.setattr(lease, "BEAT", 0.05)


def test_the_lease_is_touched_while_held_and_gone_after(tmp_path, quick):
    run = Run(tmp_path)
    with run.hold():
        os.utime(tmp_path / lease.LEASE, (1, 1))
        ends = time.monotonic() + 10
        while lease.read(tmp_path).touched < 2:
            assert time.monotonic() < ends
            time.sleep(0.02)
        assert lease.read(tmp_path).host == lease.host()
    assert lease.read(tmp_path) is None


def test_nobody_takes_a_run_that_another_machine_touches(tmp_path, quick):
    elsewhere(Run(tmp_path), touched=10_000)  # by our clock long dead; the clocks disagree
    done = threading.Event()

    def touch():
        for step in range(1, 1_000):
            if done.wait(0.02):
                return
            os.utime(tmp_path / lease.LEASE, (step, step))

    thread = threading.Thread(target=touch)
    thread.start()
    try:
        with pytest.raises(FolderError, match="is being trained by another machine \\(other\\)"), Run(tmp_path).hold():
            pytest.fail("two workers at one run")
    finally:
        done.set()
        thread.join()


def test_a_lease_that_lies_still_is_taken_over_and_its_holder_ends(tmp_path, quick):
    run, lost = Run(tmp_path), []
    elsewhere(run)
    with run.hold():
        assert lease.read(tmp_path).token != "theirs"
    told = threading.Event()
    with lease.kept(tmp_path, lambda why: (lost.append(why), told.set())):
        (tmp_path / lease.LEASE).unlink()
        elsewhere(run)
        assert told.wait(10)
    assert lost == ["another worker has taken this run over; this one ends"]
    assert lease.read(tmp_path).token == "theirs", "another's lease stays"


def test_after_a_kill_on_this_machine_nobody_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(lease, "STILL", 1_000)
    (tmp_path / lease.LEASE).write_text(json.dumps({"token": "dead", "host": lease.host()}))
    (tmp_path / folder.LOCK).touch()
    assert not Run(tmp_path).is_alive()
    with Run(tmp_path).hold():
        assert Run(tmp_path).is_alive()


def test_a_worker_ends_that_cannot_reach_its_run(tmp_path, quick, monkeypatch):
    monkeypatch.setattr(lease, "GIVE_UP", 0.2)
    lost, told = [], threading.Event()
    with lease.kept(tmp_path, lambda why: (lost.append(why), told.set())):
        (tmp_path / lease.LEASE).unlink()
        assert told.wait(10)
    assert "could not be reached" in lost[0]


def test_a_broken_lease_is_nobodys(tmp_path):
    (tmp_path / lease.LEASE).write_bytes(b"\xff[[[")
    assert lease.read(tmp_path).host == ""
    (tmp_path / lease.LEASE).write_text('{"begun": "soon", "host": 7}')
    assert lease.read(tmp_path).host == "7"
