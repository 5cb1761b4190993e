"""What is said of training runs: a row of the table, settings and statuses in words, results, files, own pictures."""

import csv
import io
import json
import math

import pytest
from made_up_runs import CIFAR, append, make, picture, twenty

from cnnviz.report import of_text
from cnnviz.training import folder, run_results, run_views, run_words, settings
from cnnviz.training.folder import State
from cnnviz.ui import plain_text, train_picture

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
        (
            b"",
            b"noise\nthere is no trained model yet\n",
            2,
            "The picture cannot be classified: there is no trained model yet.",
        ),
        (b"", b"Traceback (most recent call last):\nKeyError: 1", 1, "its process ended and gave no reason"),
        (b"", b"", -9, "its process ended and gave no reason"),
        (b"not json", b"", 0, "The net's answer cannot be read."),
        (b'{"classes": [1]}', b"", 0, "The net's answer cannot be read."),
    ],
)
def test_what_the_process_says_of_a_picture(out, wrong, code, said):
    found = train_picture.told(out, wrong, code)
    assert [tuple(guess) for guess in found] == said if isinstance(said, list) else said in found
