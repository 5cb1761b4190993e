"""What is told of training runs over HTTP."""

import json
import os
import random
from typing import NamedTuple
from urllib.parse import unquote, urlencode

import pytest
from made_up_runs import append, epoch_line, make
from starlette.applications import Starlette

from cnnviz.training import folder, launcher
from cnnviz.ui import runs_route
from tests.helpers import awaited


class Answer(NamedTuple):
    status: int
    text: str

    def json(self):
        return json.loads(self.text)


@pytest.fixture
def get(runs):
    """Ask the routes without a server."""
    app = Starlette(routes=[*runs_route.routes()])

    def get(path, params=()):
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        query = urlencode(params, doseq=True).encode()
        scope = {"type": "http", "method": "GET", "path": unquote(path), "query_string": query, "headers": []}
        awaited(app(scope, receive, send))
        body = b"".join(message.get("body", b"") for message in sent)
        return Answer(sent[0]["status"], body.decode())

    return get


def ask(get, run, told=None):
    """One question, from where the last answer said."""
    at = told["next"] if told else {"metrics": 0, "steps": 0, "files": ""}
    return get(f"/training/{run.id}/live", at).json()


def test_each_line_is_told_once(runs, get):
    run = make(runs / "one", done=3, status="stopped")
    first = ask(get, run)
    assert [line["epoch"] for line in first["metrics"]] == [1, 2, 3]
    assert first["fresh"] == ["metrics", "steps"]
    second = ask(get, run, first)
    assert (second["metrics"], second["steps"], second["fresh"]) == ([], [], [])
    with (run.path / folder.METRICS).open("a") as file:
        file.write('{"epoch": 4, "loss": 1.5, "val_acc')  # the worker is still writing
    third = ask(get, run, second)
    assert third["metrics"] == []
    with (run.path / folder.METRICS).open("a") as file:
        file.write('uracy": 0.25}\n')
    assert ask(get, run, third)["metrics"] == [{"epoch": 4, "loss": 1.5, "val_accuracy": 0.25}]


def test_a_file_that_was_written_anew_is_told_from_its_beginning(runs, get):
    """Resuming writes metrics.jsonl anew: epochs after the last checkpoint are gone from it."""
    run = make(runs / "one", done=3, status="stopped")
    first = ask(get, run)
    lines = (run.path / folder.METRICS).read_text().splitlines(keepends=True)
    made = run.path / "made"
    made.write_text("".join(lines[:2]))
    made.replace(run.path / folder.METRICS)
    append(run, {"epoch": 3, "loss": 9.0, "padding": "x" * 5000})  # longer than before
    second = ask(get, run, first)
    assert second["fresh"] == ["metrics"]
    assert [line["epoch"] for line in second["metrics"]] == [1, 2, 3]
    assert second["metrics"][2] == {"epoch": 3, "loss": 9.0}


def test_what_is_no_number_is_told_as_none_and_broken_lines_are_passed_over(runs, get):
    run = make(runs / "one", done=0, status="stopped")
    (run.path / folder.METRICS).write_text(
        '{"epoch": 1, "loss": NaN, "val_loss": Infinity, "accuracy": "0.9", "gradient_norms": {"a": NaN, "b": 1e-9}}\n'
        "nonsense\n[1]\n"
        '{"epoch": -4, "loss": 1}\n{"epoch": 2.5}\n{"loss": 3}\n{"epoch": true}\n'
        '{"epoch": 2, "loss": 0.123456789, "gradient_norms": 7, "other": 1}\n'
    )
    told = ask(get, run)["metrics"]
    assert told[0] == {
        "epoch": 1, "loss": None, "val_loss": None, "accuracy": None, "gradient_norms": {"a": None, "b": 1e-9},
    }  # fmt: skip
    assert told[1:] == [{"epoch": 2, "loss": 0.123457}]


def test_a_long_run_comes_in_parts_and_whole(runs, get):
    run = make(runs / "long", "cifar-plain20", epochs=600, done=0, status="stopped")
    blocks = [f"stage/block{at}" for at in range(60)]
    numbers = random.Random(1)
    append(run, *(epoch_line(n, 600, 0.9, numbers, blocks, 0.0, False) for n in range(1, 601)))
    seen, told, asked = [], None, 0
    while told is None or told["more"]:
        told = ask(get, run, told)
        seen += [line["epoch"] for line in told["metrics"]]
        asked += 1
    assert seen == [*range(1, 601)]
    assert asked > 1
    assert not ask(get, run, told)["metrics"]


def test_steps_of_a_long_run_are_thinned_for_who_comes_anew(runs, get):
    run = make(runs / "long", done=0, status="stopped")
    with (run.path / folder.STEPS).open("w") as file:
        file.writelines(json.dumps({"epoch": 1, "step": at, "steps": 9000}) + "\n" for at in range(1, 9001))
    first = ask(get, run)
    assert 300 <= len(first["steps"]) <= 600
    assert first["steps"][-1]["step"] == 9000
    with (run.path / folder.STEPS).open("a") as file:
        file.write('{"epoch": 1, "step": 9001, "steps": 9000}\n')
    assert [step["step"] for step in ask(get, run, first)["steps"]] == [9001]


@pytest.mark.parametrize("bad", ["-5", "999999999", "x", "", "1e3", "9" * 40, "²"])
def test_bytes_that_nobody_was_told_begin_at_the_beginning(runs, get, bad):
    run = make(runs / "one", done=2, status="stopped")
    told = get(f"/training/{run.id}/live", {"metrics": bad, "steps": bad}).json()
    assert [line["epoch"] for line in told["metrics"]] == [1, 2]


@pytest.mark.parametrize("name", ["none", "..", "..%2F..%2Fetc", "A", ".hidden", "x" * 300, "link"])
def test_what_is_no_run_is_said_and_nothing_else_is_read(runs, get, name):
    make(runs.parent / "outside", done=1, status="stopped")
    os.symlink(runs.parent / "outside", runs / "link")
    answer = get(f"/training/{name}/live")
    assert answer.status == 404
    assert "epoch" not in answer.text
    several = get("/training/live", {"run": f"{name},0,0,"}).json()["runs"]
    assert [told["status"] for told in several.values()] == ["deleted"]


def test_several_runs_in_one_answer_without_their_gradients(runs, get):
    for name in ("a", "b"):
        make(runs / name, done=2, status="stopped")
    told = get("/training/live", {"run": ["a,0,0,", "b", "c"]}).json()
    assert [len(told["runs"][name]["metrics"]) for name in "ab"] == [2, 2]
    assert "gradient_norms" not in told["runs"]["a"]["metrics"][0]
    assert told["runs"]["c"]["status"] == "deleted"
    make(runs / "d", done=0, status="queued")
    assert get("/training/live").json()["changed"] != told["changed"]


def test_a_run_at_work_whose_worker_is_gone_is_told_as_such(runs, get):
    run = make(runs / "one", done=2, epochs=5, status="running")
    assert ask(get, run)["status"] == "died"
    with run.hold():
        told = ask(get, run)
        assert (told["status"], told["words"]) == ("running", "Epoch 3 of 5")
        assert told["state"] == {"epoch": 2, "step": 12, "steps": 45, "epochs": 5, "seconds": 6.0}


def test_longer_training_is_seen_at_once(runs, get):
    """The configuration is kept in memory; a changed file is read anew."""
    run = make(runs / "one", epochs=3)
    assert ask(get, run)["state"]["epochs"] == 3
    launcher.resume(run, epochs=7)
    told = ask(get, run)
    assert (told["status"], told["state"]["epochs"]) == ("queued", 7)
