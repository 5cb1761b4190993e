"""Two tabs: on one net each is a visit of its own; on one run one may come too late, which is said calmly."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.training import folder, launcher, run_views
from cnnviz.training.bounds import read
from cnnviz.training.folder import Config, FolderError, State
from cnnviz.training.settings import Settings
from cnnviz.ui import block_list, diagram, shared, visitor
from tests.made_up_runs import make
from tests.test_build_page import NoKeras, link_of, net_of
from tests.test_train_runs import open_run, texts

PAGE = Path(__file__).parent.parent / "cnnviz" / "ui" / "navigation.py"
NET = "input(8, 8, 1); flatten(); dense(10, softmax)"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(visitor, "is_alone", lambda: True)
    return tmp_path / "runs"


def tab(link):
    page = AppTest.from_file(str(PAGE), default_timeout=30)
    page.query_params["net"] = link
    return page.run()


# --- one net ----------------------------------------------------------------------------------------------------------


def test_two_tabs_on_one_net_do_not_change_each_other(monkeypatch):
    monkeypatch.setattr(shared, "keras", NoKeras)
    first, second = tab("lenet5"), tab("lenet5")
    original = net_of(second).text
    here = first.session_state["session"]
    assert block_list.handle(here, {"kind": "set", "name": "classes", "value": 7, "revision": here.revision, "seq": 1})
    first.query_params["net"] = here.link
    first.run()
    second.run()
    assert not first.exception
    assert not second.exception
    assert net_of(first).text != original
    assert (net_of(second).text, link_of(second)) == (original, "lenet5")
    assert second.session_state["session"].undo == []

    # the link of the first, opened in the second, is one undo step there
    second.query_params["net"] = here.link
    second.run()
    assert net_of(second).text == net_of(first).text
    second.button(key="undo").click().run()
    assert net_of(second).text == original
    assert net_of(first).text != original


def test_what_was_meant_for_another_tabs_net_is_dropped(monkeypatch):
    """An event carries the revision of the drawing that it was sent from; a tab at another one takes nothing."""
    monkeypatch.setattr(shared, "keras", NoKeras)
    first, second = (tab("lenet5").session_state["session"] for _ in range(2))
    for classes in (7, 8, 9):
        first.set_classes(classes)
    event = {"kind": "delete", "place": [1], "revision": first.revision, "seq": 1}
    before = second.now
    assert not block_list.handle(second, event)
    assert diagram.parse_event({"type": "select", "id": "conv1", "revision": first.revision}, second.revision) is None
    assert second.now is before
    assert second.problem is None, "nobody is told of what nobody did"


# --- one run ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["stop", "resume", "delete_it", "clone"])
def test_what_another_tab_has_deleted_is_said(runs, act):
    kind = {"stop": "queued", "resume": "stopped"}.get(act, "finished")
    run = make(runs / "one", status=kind, done=0 if kind == "queued" else 2)
    page = open_run("one")
    launcher.delete(run)
    page.button(key=f"run_{act}").click().run()
    assert not page.exception
    assert "there is no run" in texts(page).lower()
    assert page.button(key="run_to_all")
    assert folder.listed(runs) == []


def test_a_run_that_is_deleted_while_it_is_drawn_is_said(runs, monkeypatch):
    run = make(runs / "one")
    before = run_views.environment

    def deleted(run):
        shutil.rmtree(run.path, ignore_errors=True)
        return before(run)

    monkeypatch.setattr(run_views, "environment", deleted)
    page = open_run("one")
    assert not page.exception
    assert "holds no run" in texts(page)
    assert run.path == runs / "one"


def test_a_run_that_another_tab_resumed_is_not_resumed_twice(runs):
    run = make(runs / "one", status="stopped", done=2)
    first, second = open_run("one"), open_run("one")
    first.button(key="run_resume").click().run()
    second.button(key="run_resume").click().run()
    assert not first.exception
    assert not second.exception
    assert run.status() == "queued"
    assert "cannot be resumed: it is queued" in second.error[0].value.replace("\\", "")
    assert second.button(key="run_stop"), "the page shows where the run is now"


def test_a_run_that_another_tab_stopped_stays_stopped(runs):
    run = make(runs / "one", status="queued", done=0)
    first, second = open_run("one"), open_run("one")
    first.button(key="run_stop").click().run()
    second.button(key="run_stop").click().run()
    assert not second.exception
    assert not second.error
    assert run.status() == "stopped"


def refused(does, run, together):
    """What stood in the way of an act that many begin together."""
    together.wait()
    try:
        does(run)
    except (FolderError, OSError) as error:
        return error
    return None


def test_everything_at_once_on_one_run_leaves_it_whole_or_gone(runs):
    """Whoever comes too late gets one line; nobody else's run is touched."""
    bounds, together = read(), threading.Barrier(6)
    other = launcher.submit(Config(NET, "other", Settings()), bounds)
    for _ in range(10):
        run = launcher.submit(Config(NET, "one", Settings()), bounds)
        run.write_state(State("stopped", epoch=1))
        acts = [launcher.stop, launcher.resume, launcher.delete] * 2
        with ThreadPoolExecutor(len(acts)) as pool:
            said = [*filter(None, pool.map(lambda does, run=run: refused(does, run, together), acts))]
        assert all(isinstance(error, FolderError) and "\n" not in str(error) for error in said), said
        assert not run.path.exists(), "nothing was at it, so it was deleted"
        assert folder.listed(runs) == [other]
    assert other.status() == "queued"
    assert not list(runs.glob(f"{launcher.GONE}*"))
