"""Training in a real Ray cluster of two nodes on this machine, with the real worker: `python3 start.py ray`.

The nodes have names of their own, so that workers and server see each other as on different machines: by the lease and
not by the lock. Only processes that the cluster here started are ended, by Ray's own record of them.
"""

import os
import socket
import time

import psutil
import pytest

from cnnviz.training import bounds as bounds_of
from cnnviz.training import folder, launcher, lease
from cnnviz.training.dispatcher import dispatch
from cnnviz.training.folder import Config
from cnnviz.training.ray_jobs import RayJobs
from cnnviz.training.ray_queue import WAITS, RayQueue
from cnnviz.training.settings import Settings

ray = pytest.importorskip("ray.cluster_utils", reason="Ray is not installed: pip install -r requirements-ray.txt")

NET = "input(8, 8, 1); conv(4, 3, relu); bn(); dropout(0.2); flatten(); dense(10, softmax)"
SECONDS = 240  # that anything may take on a busy machine


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def add(cluster, name, address, **given):
    """A node of one processor whose machine has that name; Ray takes 127.0.0.1 for any address of the machine."""
    os.environ["CNNVIZ_HOST"] = name
    try:
        port = free_port()  # by default each node's agent takes the same, also when another cluster is there
        return cluster.add_node(num_cpus=1, node_ip_address=address, dashboard_agent_listen_port=port, **given)
    finally:
        os.environ["CNNVIZ_HOST"] = "server"


@pytest.fixture
def cluster(monkeypatch):
    for name in ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CNNVIZ_HOST", "server")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    port = free_port()
    made = ray.Cluster()
    try:
        add(made, "head", "127.0.0.2", include_dashboard=True, dashboard_host="127.0.0.1", dashboard_port=port)
        made.second = add(made, "second", "127.0.0.3")
        made.dashboard = f"http://127.0.0.1:{port}"
        yield made
    finally:
        made.shutdown()


@pytest.fixture
def bounds(cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_LAUNCHER", "ray")
    monkeypatch.setenv("CNNVIZ_RAY_ADDRESS", cluster.dashboard)
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return bounds_of.read()


class Server:
    """A page server's part: it looks at the queue, and counts the workers at each run whenever it does."""

    def __init__(self, bounds):
        self.bounds = bounds
        self.queue = RayQueue(bounds.ray, RayJobs(bounds.ray.address))

    def until(self, true, seconds=SECONDS):
        ends = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < ends, [(run.id, run.state()) for run in folder.listed(self.bounds.runs)]
            dispatch(self.bounds, ray=self.queue)
            for run in folder.listed(self.bounds.runs):
                assert len(workers(run)) <= 1, "a run is trained twice at once"
            time.sleep(0.5)


def workers(run):
    """The processes that hold the run's lock file open."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if str(run.path) in (process.info["cmdline"] or ()):
            try:
                if any(file.path == str(run.path / folder.LOCK) for file in process.open_files()):
                    found.append(process.pid)
            except psutil.Error:
                continue
    return found


def submit(bounds, epochs=1_000):
    settings = Settings(data="digits", epochs=epochs, batch_size=64, device="cpu")
    return launcher.submit(Config(NET, "tiny", settings), bounds)


def test_runs_wait_in_turn_train_on_both_nodes_and_stop(bounds):
    server = Server(bounds)
    runs = [submit(bounds) for _ in range(4)]
    server.until(lambda: sum(run.state().epoch > 0 for run in runs) == 2)
    assert [run.state().status for run in runs[:2]] == ["running"] * 2
    assert {lease.read(run.path).host for run in runs[:2]} == {"head", "second"}
    server.until(lambda: runs[2].state().status == "starting")
    assert runs[2].status() == "starting"
    assert runs[2].state().message == WAITS
    assert runs[3].state().status == "queued", "one run at most waits in Ray"

    assert launcher.stop(runs[2]) == "it will stop within a step"  # Ray has not begun it
    server.until(lambda: runs[2].state().status == "stopped")
    assert runs[2].state().message == "stopped before it began"

    server = Server(bounds)  # the server starts again: all that it needs lies in the folders
    launcher.stop(runs[0])
    server.until(lambda: runs[0].status() == "stopped")
    assert runs[0].state().epoch == len(runs[0].metrics()) > 0
    server.until(lambda: runs[3].state().epoch > 0)

    done = runs[0].state().epoch
    for run in (runs[1], runs[3]):
        launcher.stop(run)
    launcher.resume(runs[0], epochs=done + 2, bounds=bounds)
    server.until(lambda: runs[0].status() == "finished")
    assert [line["epoch"] for line in runs[0].metrics()] == list(range(1, done + 3))
    server.until(lambda: all(run.status() == "stopped" for run in (runs[1], runs[3])))


def test_a_run_goes_on_from_shared_storage_after_its_node_was_killed(bounds, cluster):
    server = Server(bounds)
    runs = [submit(bounds), submit(bounds)]
    server.until(lambda: all(run.state().epoch >= 2 for run in runs))
    lost, kept = sorted(runs, key=lambda run: lease.read(run.path).host != "second")
    assert lease.read(lost.path).host == "second"

    cluster.remove_node(cluster.second, allow_graceful=False)  # SIGKILL to every process of the node
    killed = time.monotonic()
    done = len(lost.metrics())
    server.until(lambda: not workers(lost))
    assert lost.status() == "running", "another machine's worker counts as alive for a while"
    server.until(lambda: lost.state().status == "queued")
    assert time.monotonic() - killed > lease.FRESH / 2
    assert "its machine was lost" in lost.state().message
    assert kept.status() == "running"

    launcher.stop(kept)  # makes room on the node that is left
    server.until(lambda: lost.state().status == "running" and lost.state().epoch > done)
    assert lease.read(lost.path).host == "head"
    assert f"going on after epoch {done}" in lost.log_tail() or f"going on after epoch {done + 1}" in lost.log_tail()
    launcher.stop(lost)
    server.until(lambda: lost.status() == "stopped")
    assert [line["epoch"] for line in lost.metrics()] == list(range(1, lost.state().epoch + 1))
