"""Runs on the Train page: what is told of them over HTTP, the table, one run's view, its results and its files."""

import asyncio
import csv
import io
import json
import math
import os
import random
from typing import NamedTuple
from urllib.parse import unquote, urlencode

import pytest
from made_up_runs import CIFAR, epoch_line, make, picture, twenty
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from cnnviz.report import of_text
from cnnviz.training import bounds, folder, launcher, run_live, run_results, run_views, run_words, settings
from cnnviz.training.folder import State
from cnnviz.ui import plain_text, runs_route, train_picture, visitor
from tests.test_build_page import component_data


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """An empty folder of runs that pages and routes use."""
    place = tmp_path / "runs"
    place.mkdir()
    monkeypatch.setenv("CNNVIZ_RUNS", str(place))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(visitor, "is_alone", lambda: True)
    return place


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
        asyncio.run(app(scope, receive, send))
        body = b"".join(message.get("body", b"") for message in sent)
        return Answer(sent[0]["status"], body.decode())

    return get


def ask(get, run, told=None):
    """One question, from where the last answer said."""
    at = told["next"] if told else {"metrics": 0, "steps": 0, "files": ""}
    return get(f"/training/{run.id}/live", at).json()


def append(run, *lines):
    with (run.path / folder.METRICS).open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


# --- over HTTP --------------------------------------------------------------------------------------------------------


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


# --- words and rows ---------------------------------------------------------------------------------------------------


def test_a_row_says_best_epoch_and_what_the_net_costs(runs):
    run = make(runs / "one", "tfnotes-lenet5", epochs=4, done=0, status="stopped", data="shapes")
    append(run, *({"epoch": n, "val_accuracy": share} for n, share in enumerate((0.5, 0.75, None, 0.75), 1)))
    row = run_views.row(run)
    total = of_text(run.config().net).total
    assert (row["best"], row["best_epoch"]) == (0.75, 2)
    assert (row["parameters"], row["macs"], row["data"]) == (total.parameters, total.macs, "shapes")
    append(run, {"epoch": 5, "val_accuracy": 0.8})
    assert run_views.row(run)["best"] == 0.8


def test_twenty_rows_can_all_be_shown(runs):
    twenty(runs)
    (runs / "broken").mkdir()
    (runs / "broken" / folder.CONFIG).write_text("{")
    rows = run_views.rows(folder.listed(runs))
    assert len(rows) == 20
    assert {row["status"] for row in rows} == {"queued", "died", "stopped", "failed", "finished"}
    json.dumps(rows, allow_nan=False)


def test_settings_in_short_name_what_differs():
    made = settings.make({"data": "cifar10", "optimizer": "sgd", "learning_rate": 0.1, "flip": True, "epochs": 1})
    assert run_words.short(made) == "cifar10 · sgd · learning rate 0.1 · flip · 1 epoch"
    assert [one.name for one in run_words.settings(made) if one.changed] == [
        "data", "optimizer", "learning rate", "epochs", "flip",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "epoch", "said"),
    [
        ("running", 0, "Epoch 1 of 5"),
        ("stopped", 2, "2 of 5 epochs done; resuming goes on from there"),
        ("died", 0, "No epoch is finished; resuming starts over"),
        ("finished", 3, "3 of 5 epochs done"),
    ],
)
def test_where_a_run_stands_in_words(status, epoch, said):
    config = folder.Config("", "", settings.make({"epochs": 5}))
    assert run_words.status(status, State(epoch=epoch), config) == said


def test_every_status_has_a_title():
    assert set(run_words.TITLES) == {*folder.STATUSES, "died"}


def test_metrics_as_a_file(runs):
    run = make(runs / "one", done=3, nan_from=3)
    rows = [*csv.DictReader(io.StringIO(run_views.csv_of(run)))]
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert float(rows[0]["gradient_norm conv_bn1"]) > 0
    assert (rows[2]["loss"], rows[2]["gradient_norm conv_bn1"]) == ("", "")


@pytest.mark.parametrize("text", ["# a", "[x](http://y)", "a_b_ *c*", ":red[x]", "<b>", "$x$", "1. a", "a\n# b", "|"])
def test_written_texts_stand_as_they_are(text):
    shown = plain_text.escaped(text)
    assert shown.replace("\\", "") == " ".join(text.split())
    assert all(before == "\\" for before, mark in zip(" " + shown, shown, strict=False) if mark in "#[*_:<$|`")


# --- results ----------------------------------------------------------------------------------------------------------


def test_results_add_up(runs):
    run = make(runs / "one", classes=CIFAR)
    found = run_results.of_run(run)
    assert found["pictures"] == 400
    assert found["accuracy"] == found["right"] / 400
    assert len(found["mistakes"]) == 12
    assert found["mistakes"][0]["picture"]


@pytest.mark.parametrize(
    "given",
    [
        {}, {"classes": ["a"], "confusion": [[1, 2]]}, {"classes": ["a"], "confusion": [["1"]]},
        {"classes": ["a"], "confusion": [[-1]]}, {"classes": ["a"], "confusion": [[True]]},
        {"classes": "ab", "confusion": [[1, 0], [0, 1]]}, {"classes": [], "confusion": []},
    ],
)  # fmt: skip
def test_results_that_are_none_are_not_shown(runs, given):
    run = make(runs / "one", done=1, status="stopped")
    folder.write_json(run.path / folder.RESULTS, given)
    assert run_results.of_run(run) is None


def test_mistakes_hold_only_pictures_of_the_right_kind(runs):
    run = make(runs / "one", done=1, status="stopped")
    mistakes = [
        {"true": 0, "predicted": 1, "confidence": math.nan, "picture": "javascript:alert(1)"},
        {"true": 0, "predicted": 5, "confidence": 1, "picture": ""},
        {"true": "0", "predicted": 1},
        {"true": 1, "predicted": 0, "confidence": 0.5, "picture": picture(1)},
        "x",
    ]
    text = json.dumps({"classes": ["a", "b"], "confusion": [[1, 1], [1, 1]], "mistakes": mistakes})
    (run.path / folder.RESULTS).write_text(text)
    found = run_results.of_run(run)["mistakes"]
    shown = [(one["true"], one["confidence"], bool(one["picture"])) for one in found]
    assert shown == [(0, None, False), (1, 0.5, True)]


@pytest.mark.parametrize(
    ("out", "wrong", "code", "said"),
    [
        (b'noise\n{"classes": [["cat", 0.75], ["dog", 0.25]]}\n', b"noise", 0, [("cat", 0.75), ("dog", 0.25)]),
        (b"", b"noise\nthere is no trained model yet\n", 2, "The net cannot be asked: there is no trained model yet."),
        (b"", b"Traceback (most recent call last):\nKeyError: 1", 1, "its process ended without a word"),
        (b"", b"", -9, "its process ended without a word"),
        (b"not json", b"", 0, "The net's answer cannot be read."),
        (b'{"classes": [1]}', b"", 0, "The net's answer cannot be read."),
    ],
)
def test_what_the_process_says_of_a_picture(out, wrong, code, said):
    found = train_picture.told(out, wrong, code)
    assert [tuple(guess) for guess in found] == said if isinstance(said, list) else said in found


# --- pages ------------------------------------------------------------------------------------------------------------


def runs_script():
    from cnnviz.ui import train_runs

    train_runs.show()


def run_script():
    import streamlit as st

    from cnnviz.ui import train_run

    if "run" in st.query_params:
        train_run.show(st.query_params["run"])


def open_run(name):
    page = AppTest.from_function(run_script, default_timeout=60)
    page.query_params["run"] = name
    return page.run()


def texts(page):
    return " ".join(element.value for element in [*page.markdown, *page.caption, *page.error, *page.warning])


def test_the_table_lists_the_runs_newest_first(runs):
    twenty(runs)
    page = AppTest.from_function(runs_script, default_timeout=60).run()
    assert not page.exception
    told = component_data(page, "cnnviz_train_runs")
    assert len(told["rows"]) == 20
    assert told["studies"] == ["The course's six networks", "Degradation"] or set(told["studies"]) == {
        "Degradation", "The course's six networks",
    }  # fmt: skip
    assert told["path"] == "/training/live"


def test_without_runs_the_page_says_how_to_begin(runs):
    page = AppTest.from_function(runs_script, default_timeout=60).run()
    assert not page.exception
    assert "No run yet" in page.info[0].value
    assert page.button(key="runs_to_new")


def test_on_a_public_server_only_own_runs_are_listed(runs, monkeypatch):
    make(runs / "mine", owner="me")
    make(runs / "theirs", owner="them")
    make(runs / "nobodys")
    monkeypatch.setattr(visitor, "is_alone", lambda: False)
    monkeypatch.setattr(visitor, "owner", lambda: "me")
    page = AppTest.from_function(runs_script, default_timeout=60).run()
    assert [row["id"] for row in component_data(page, "cnnviz_train_runs")["rows"]] == ["mine"]
    theirs = open_run("theirs")
    assert not theirs.exception
    keys = {button.key for button in theirs.button}
    assert "run_clone" in keys
    assert not keys & {"run_resume", "run_stop", "run_delete_it", "run_train_on"}


def test_every_kind_of_run_has_a_page(runs):
    for run in twenty(runs)[9:]:
        page = open_run(run.id)
        assert not page.exception, run.id
        told = component_data(page, "cnnviz_train_run")
        assert told["path"] == f"/training/{run.id}/live"


def test_a_failed_run_says_why_first(runs):
    make(runs / "one", status="failed", done=0, message="out of memory: 4,096 pictures need 9.1 GiB; try [256]")
    page = open_run("one")
    assert page.error[0].value == r"Out of memory\: 4,096 pictures need 9\.1 GiB; try \[256\]\."
    assert "Log of the worker" in [expander.label for expander in page.expander]
    assert page.button(key="run_resume")


def test_a_run_whose_worker_died_can_be_resumed(runs):
    run = make(runs / "one", status="running", done=2, epochs=5)
    page = open_run("one")
    assert "Its process is gone" in page.warning[0].value
    page.button(key="run_resume").click().run()
    assert not page.exception
    assert run.status() == "queued"
    assert component_data(page, "cnnviz_train_run")["status"] == "queued"


def test_a_run_at_work_is_stopped_by_a_click(runs):
    run = make(runs / "one", status="running", done=1)
    with run.hold():
        page = open_run("one")
        assert not run.is_asked_to_stop()
        page.button(key="run_stop").click().run()
        assert not page.exception
        assert run.is_asked_to_stop()
        assert page.button(key="run_stop").disabled


def test_a_finished_run_can_be_trained_longer_but_not_beyond_the_bounds(runs, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUN_EPOCHS", "12")
    run = make(runs / "one", epochs=10)
    page = open_run("one")
    epochs = page.number_input(key="run_epochs")
    assert (epochs.value, epochs.max) == (12, 12)
    page.button(key="run_train_on").click().run()
    assert not page.exception
    assert (run.status(), run.config().settings.epochs) == ("queued", 12)


def test_deleting_asks_once(runs):
    run = make(runs / "one")
    page = open_run("one")
    page.button(key="run_delete_it").click().run()
    assert not page.exception
    assert not run.path.exists()
    assert bounds.read().runs.is_dir()


def test_settings_of_a_run_can_be_used_again(runs):
    make(runs / "one", "tfnotes-lenet5", epochs=3, flip=True)
    page = open_run("one")
    page.button(key="run_clone").click().run()
    assert not page.exception
    assert (page.query_params["epochs"], page.query_params["flip"]) == (["3"], ["1"]) or "run" not in page.query_params


def test_a_run_that_is_gone_is_said(runs):
    page = open_run("gone-1122-abc")
    assert "there is no run" in page.error[0].value.lower()


def test_titles_are_shown_as_they_were_written(runs):
    make(runs / "one", title="# <b>x</b> [a](http://b) :red[c]")
    page = open_run("one")
    assert r"\# \<b\>x\</b\> \[a\]\(http\://b\) \:red\[c\]" in texts(page)


def test_settings_changes_and_net_can_be_unfolded(runs):
    make(runs / "one", changes=("input: 224×224×3 became 32×32×1",), optimizer="sgd")
    page = open_run("one")
    labels = [expander.label for expander in page.expander]
    assert "What was changed to make net and data fit (1)" in labels
    assert "Settings (1 not at their defaults)" in labels
    assert "became 32×32×1" in texts(page)


def test_memory_on_a_cpu_is_that_of_the_whole_process_and_on_a_gpu_what_was_given_out(runs):
    run = make(runs / "one", epochs=1)
    on_cpu = run_views.environment(run)
    assert on_cpu["before"] == 640_000_000
    given = folder.read_json(run.path / folder.ENVIRONMENT)
    folder.write_json(run.path / folder.ENVIRONMENT, {**given, "kind": "gpu"})
    on_gpu = run_views.environment(run)
    assert on_gpu["before"] == 0
    assert 0 < on_gpu["predicted"] < 100_000_000 < on_cpu["predicted"]
    folder.write_json(run.path / folder.ENVIRONMENT, {"kind": [], "baseline_memory": "x", "peak_flops": -1})
    assert run_views.environment(run)["predicted"] is None


def test_numbers_are_told_short():
    assert run_live.number(1 / 3) == 0.333333
    assert run_live.number(float("inf")) is None
    assert run_live.number(True) is None
    assert run_live.number(10**30) is None
