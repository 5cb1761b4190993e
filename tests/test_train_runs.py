"""Runs on the Train page: the table, and one run's view."""

from made_up_runs import make, twenty
from streamlit.testing.v1 import AppTest

from cnnviz.training import bounds, folder, run_live, run_views
from cnnviz.ui import visitor
from tests.test_build_page import component_data


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
