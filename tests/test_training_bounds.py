"""What the operator allows: read from the environment, held by launcher, queue and worker; and who is let do what."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnviz.training import bounds, dispatcher, folder, launcher, process, watch
from cnnviz.training.bounds import Bounds, BoundsError
from cnnviz.training.dispatcher import dispatch
from cnnviz.training.folder import Config, FolderError, State
from cnnviz.training.settings import Settings
from cnnviz.ui import training_queue, visitor
from tests.helpers import awaited

NET = "input(8, 8, 1); flatten(); dense(10, softmax)"


@pytest.fixture
def allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "MODULE", "tests.training_stub")
    yield bounds.read({"CNNVIZ_RUNS": str(tmp_path / "runs"), "CNNVIZ_DATA": str(tmp_path / "data")})
    for run in folder.listed(tmp_path / "runs"):
        if worker := process.worker_of(run):
            process.end(worker)


def config(title="work", **settings):
    return Config(NET, title, Settings(**settings))


def until(true, seconds=20.0):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.02)


# --- the environment --------------------------------------------------------------------------------------------------


def test_defaults_are_the_users_own_folders_and_no_bounds():
    found = bounds.read({})
    assert (found.training, found.runs_at_once, found.epochs, found.seconds, found.memory) == ("auto", 0, 1_000, 0, 0)
    assert found.runs.is_absolute()
    assert "cnnviz" in str(found.runs)
    assert "cnnviz" in str(found.data)


def test_the_environment_is_read():
    found = bounds.read({
        "CNNVIZ_TRAINING": " ON ",
        "CNNVIZ_RUNS_AT_ONCE": "3",
        "CNNVIZ_RUN_EPOCHS": "20",
        "CNNVIZ_RUN_SECONDS": "600",
        "CNNVIZ_RUN_MEMORY": "1.5",
        "CNNVIZ_RUNS": "/srv/runs",
        "CNNVIZ_DATA": "/srv/data",
    })  # fmt: skip
    assert found == Bounds("on", 3, 20, 600, 1_500_000_000, Path("/srv/runs"), Path("/srv/data"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CNNVIZ_TRAINING", "yes", "must be on, off or auto, got yes"),
        ("CNNVIZ_RUNS_AT_ONCE", "-1", "must be 0 to 64, got -1"),
        ("CNNVIZ_RUNS_AT_ONCE", "65", "must be 0 to 64"),
        ("CNNVIZ_RUN_EPOCHS", "0", "must be 1 to 1,000"),
        ("CNNVIZ_RUN_EPOCHS", "٣", "must be 1 to 1,000"),
        ("CNNVIZ_RUN_SECONDS", "1e3", "must be 0 to 604,800"),
        ("CNNVIZ_RUN_SECONDS", "9" * 5_000, "must be 0 to 604,800"),
        ("CNNVIZ_RUN_MEMORY", "nan", "must be a number of GB"),
        ("CNNVIZ_RUN_MEMORY", "-2", "must be a number of GB"),
        ("CNNVIZ_RUN_MEMORY", "a lot", "must be a number of GB"),
    ],
)
def test_what_an_operator_writes_wrongly_gets_one_line(name, value, said):
    with pytest.raises(BoundsError, match=f"{name} {said}") as caught:
        bounds.read({name: value})
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("training", "address", "may"),
    [
        ("auto", "localhost", True),
        ("auto", "127.0.0.1", True),
        ("auto", "[::1]", True),
        ("auto", "0.0.0.0", False),
        ("auto", "192.168.1.5", False),
        ("auto", "localhost.example.org", False),
        ("auto", "", False),
        ("auto", None, False),
        ("on", None, True),
        ("off", "localhost", False),
    ],
)
def test_training_is_on_by_default_only_where_this_machine_alone_can_reach_it(training, address, may):
    assert bounds.read({"CNNVIZ_TRAINING": training}).allows(address) is may


@pytest.mark.parametrize(
    ("asked", "given", "lines"),
    [
        ({"epochs": 5, "time_limit": 60}, {"epochs": 5, "time_limit": 60}, 0),
        ({"epochs": 50, "time_limit": 60}, {"epochs": 20, "time_limit": 60}, 1),
        ({"epochs": 5}, {"epochs": 5, "time_limit": 600}, 1),  # no limit is more than any limit
        ({"epochs": 50, "time_limit": 9_000}, {"epochs": 20, "time_limit": 600}, 2),
    ],
)
def test_settings_are_lowered_to_the_bounds_and_said_so(asked, given, lines):
    limits = bounds.read({"CNNVIZ_RUN_EPOCHS": "20", "CNNVIZ_RUN_SECONDS": "600"})
    settings, said = limits.limit(Settings(**asked))
    assert settings == Settings(**given)
    assert len(said) == lines


# --- what holds them --------------------------------------------------------------------------------------------------


def test_a_submitted_run_is_within_the_bounds(allowed):
    run = launcher.submit(config(epochs=50), replace(allowed, epochs=20, seconds=600))
    assert (run.config().settings.epochs, run.config().settings.time_limit) == (20, 600)
    assert run.config().changes == (
        "epochs lowered from 50 to 20, the most that is allowed here",
        "time limit set to 600 seconds, the most that is allowed here",
    )


def test_training_longer_stays_within_the_bounds(allowed):
    run = launcher.submit(config(epochs=5), allowed)
    run.write_state(State("stopped", epoch=5, seconds=700))
    with pytest.raises(FolderError, match="epochs must be at most 20, which the operator allows, got 21"):
        launcher.resume(run, 21, replace(allowed, epochs=20))
    with pytest.raises(FolderError, match="it has trained for the 600 seconds"):
        launcher.resume(run, 9, replace(allowed, seconds=600))
    launcher.resume(run, 20, replace(allowed, epochs=20, seconds=800))
    assert (run.config().settings.epochs, run.config().settings.time_limit) == (20, 800)


def test_a_run_that_holds_too_much_memory_is_ended(allowed):
    few = replace(allowed, memory=200_000_000)
    run = launcher.submit(config("hungry"), few)
    dispatch(few)
    until(lambda: dispatch(few).at_work == 0)
    assert run.status() == "failed"
    assert run.state().message.startswith("it needed more than 0.2 GB of memory, the most that the operator allows")
    assert run.state().epoch == 1  # from there it can be resumed


def test_a_worker_ends_itself_where_no_server_watches_it(allowed, tmp_path):
    run = launcher.submit(config(), allowed)
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom cnnviz.training import watch\n"
        "from cnnviz.training.folder import Run\nwatch._EVERY = 0.02\n"
        "with watch.watched(Run(Path(sys.argv[1])), 1_000_000):\n    time.sleep(30)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(run.path)], capture_output=True, text=True, timeout=25)
    assert done.returncode == 1
    assert run.status() == "failed"
    assert "more than 0.001 GB of memory" in run.state().message


def test_a_worker_whose_command_line_is_gone_is_asked_to_stop(allowed, monkeypatch):
    run = launcher.submit(config(), allowed)
    parents = iter([10, 10])
    monkeypatch.setenv(process.WITH_PARENT, "1")
    monkeypatch.setattr(watch, "_EVERY", 0.01)
    monkeypatch.setattr(
        watch, "os", SimpleNamespace(environ={process.WITH_PARENT: "1"}, getppid=lambda: next(parents, 1))
    )
    with watch.watched(run, 0):
        until(run.is_asked_to_stop)


def test_a_run_that_overstays_its_time_is_asked_to_stop(allowed, monkeypatch):
    monkeypatch.setattr(dispatcher, "LATE", -1e6)
    run = launcher.submit(config(), allowed)
    dispatch(replace(allowed, seconds=600))
    until(lambda: run.state().status in ("running", "stopped"))
    until(lambda: dispatch(replace(allowed, seconds=600)).at_work == 0)
    assert run.status() == "stopped"


# --- servers and visitors ---------------------------------------------------------------------------------------------


def serve(monkeypatch, address):
    monkeypatch.setattr(visitor.config, "get_option", {"server.address": address}.get)


def arrive(monkeypatch, headers=(), cookies=()):
    monkeypatch.setattr(visitor.st, "context", SimpleNamespace(headers=dict(headers), cookies=dict(cookies)))


@pytest.mark.parametrize(
    ("variables", "address", "keeps"),
    [
        ({}, "localhost", True),
        ({}, None, False),
        ({}, "0.0.0.0", False),
        ({"CNNVIZ_TRAINING": "off"}, "localhost", False),
        ({"CNNVIZ_TRAINING": "on"}, None, True),
        ({"CNNVIZ_RUN_EPOCHS": "many"}, "localhost", False),
    ],
)
def test_a_server_keeps_the_queue_only_where_it_may_train(monkeypatch, tmp_path, caplog, variables, address, keeps):
    serve(monkeypatch, address)
    for name, value in {**variables, "CNNVIZ_RUNS": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    queue = training_queue.start()
    assert (queue is not None) is keeps
    if queue:
        queue.close()
    assert ("training is off: CNNVIZ_RUN_EPOCHS" in caplog.text) is ("CNNVIZ_RUN_EPOCHS" in variables)


def test_on_ones_own_machine_everything_is_listed_and_allowed(monkeypatch):
    serve(monkeypatch, "localhost")
    arrive(monkeypatch)
    assert visitor.is_alone()
    assert visitor.owner() == ""
    assert visitor.lists(config())
    assert visitor.may_change(replace(config(), owner="somebody"))
    assert visitor.may_train(bounds.read({}))


def test_on_a_public_server_each_visitor_has_own_runs(monkeypatch):
    serve(monkeypatch, "0.0.0.0")
    ada, bob = "a" * 43, "b" * 43
    arrive(monkeypatch, cookies={visitor.COOKIE: ada})
    run = replace(config(), owner=visitor.owner())
    assert visitor.lists(run)
    assert visitor.may_change(run)
    assert ada not in run.owner
    assert not visitor.may_train(bounds.read({}))
    assert visitor.may_train(bounds.read({"CNNVIZ_TRAINING": "on"}))
    for cookies in (
        {visitor.COOKIE: bob},
        {},
        {visitor.COOKIE: ""},
        {visitor.COOKIE: run.owner},
        {visitor.COOKIE: "é" * 43},
    ):
        arrive(monkeypatch, cookies=cookies)
        assert not visitor.lists(run)
        assert not visitor.may_change(run)
    arrive(monkeypatch)
    assert not visitor.may_change(config())  # a run of the command line has no owner, and neither has this visitor
    assert not visitor.may_train(bounds.read({"CNNVIZ_TRAINING": "on"}))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_whom_a_proxy_passes_on_is_not_on_this_machine(monkeypatch, header):
    serve(monkeypatch, "localhost")
    arrive(monkeypatch, headers={header: "203.0.113.9"})
    assert not visitor.is_alone()
    assert not visitor.may_train(bounds.read({}))
    assert not visitor.may_change(config())


def fetch(path="/", scheme="http", **headers):
    """The headers of the answer that a page server with the cookie gives."""
    kind = b"text/html; charset=utf-8" if path == "/" else b"text/javascript"
    got = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        got.append(message)

    sent = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": scheme, "headers": sent}
    awaited(visitor.VisitorCookie(app)(scope, None, send))
    return {name.decode(): value.decode() for name, value in got[0]["headers"]}


def test_the_page_of_a_public_server_brings_the_cookie_once(monkeypatch):
    serve(monkeypatch, None)
    assert "set-cookie" not in fetch("/script.js")
    first = fetch()
    given, _, attributes = first["set-cookie"].partition("; ")
    assert attributes == "Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    assert first["cache-control"] == "no-store"
    assert visitor.owner_of(given.removeprefix(f"{visitor.COOKIE}="))
    assert "set-cookie" not in fetch(cookie=f"other=1; {given}")
    assert fetch()["set-cookie"] != first["set-cookie"]


def test_the_cookie_stays_on_https_and_a_broken_one_is_replaced(monkeypatch):
    serve(monkeypatch, "0.0.0.0")
    assert fetch(scheme="https")["set-cookie"].endswith("; Secure")
    assert fetch(x_forwarded_proto="https")["set-cookie"].endswith("; Secure")
    for broken in ("x", "../../etc", 'a"b', "é", ""):
        assert "set-cookie" in fetch(cookie=f"{visitor.COOKIE}={broken}")


def test_on_ones_own_machine_there_is_no_cookie(monkeypatch):
    serve(monkeypatch, "localhost")
    assert "set-cookie" not in fetch()
    assert "set-cookie" in fetch(x_forwarded_for="203.0.113.9")
