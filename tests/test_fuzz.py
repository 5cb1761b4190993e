"""A short round of hostile input on each door, and what longer ones have found; `python -m tests.fuzz` has those."""

import ast
import io
import json
import os
import random
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from cnnviz import cli, notation, notation_syntax
from cnnviz.notation import NotationError
from cnnviz.training import folder, pictures, run_live, run_results
from cnnviz.training.datasets import DataError
from cnnviz.training.folder import FolderError
from cnnviz.ui import assets, train_picture
from cnnviz.ui.plain_text import escaped
from cnnviz.ui.session import Session
from tests import made_up_runs
from tests.fuzz.__main__ import tried
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS, Target

ROOT = Path(__file__).parent.parent
SHORT = [name for name in TARGETS if name != "checkpoint"]  # that one loads Keras


@pytest.mark.parametrize("name", SHORT)
def test_mutated_input_is_taken_or_refused_in_one_line(name):
    found = tried(TARGETS[name], 300, seed=7)
    assert found.findings == ()
    assert found.inputs == 300
    assert found.refused or name == "run_folder", "there most files can be lost, and a run is still a run"


def test_what_raises_is_a_finding():
    def fails(text: str) -> bool:
        if text != "good":
            raise ZeroDivisionError(text)
        return True

    found = tried(Target("a door that breaks", ["good"], fails), 50, seed=1, most_findings=3)
    assert len(found.findings) == 3
    assert "ZeroDivisionError" in found.findings[0]


def test_what_takes_long_is_a_finding():
    def slow(text: str) -> bool:
        if text != "good":
            begun = time.process_time()
            while time.process_time() - begun < 1.05:
                pass
        return True

    found = tried(Target("a slow door", ["good"], slow), 1, seed=1)
    assert "took" in found.findings[0]


def test_mutations_follow_from_the_seed_and_change_the_text():
    seeds = TARGETS["notation"].seeds
    one, two = ([mutated(seeds, random.Random(seed)) for seed in range(200)] for _ in range(2))
    assert one == two
    assert sum(text in seeds for text in one) < 20


def test_what_warns_is_a_finding():
    def warns(text: str) -> bool:
        if text != "good":
            warnings.warn("odd", SyntaxWarning, stacklevel=1)
        return True

    found = tried(Target("a door that warns", ["good"], warns), 20, seed=1, most_findings=1)
    assert "Warned: odd" in found.findings[0]


# --- what was found, and mended ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["3if", ".5if", "1.5or", "x.5in", "..7for", "1e5and", "0x1else", "1_0not", "2.is"])
def test_a_letter_after_a_number_makes_no_warning(number):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(NotationError, match="a letter follows a number"):
            notation.load(f"input(8, 8, 3); conv({number} 2)")
    assert warned == []


@pytest.mark.parametrize("text", ["0.5e-3", ".5", "1.5E2", "5e1", "1_0.5"])
def test_numbers_are_still_numbers(text):
    assert not notation_syntax._GLUED.search(f"dropout({text}) conv1")


def test_a_text_file_may_begin_with_a_byte_order_mark():
    visit = Session()
    visit.open_file(b"\xef\xbb\xbfinput(8, 8, 3); gap()")
    assert visit.problem is None
    assert visit.now.net.input.height == 8


def test_a_zip_with_a_file_that_has_no_name_is_refused(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(zipfile.ZipInfo(""), b"x")
    with pytest.raises(DataError, match="there are no pictures"):
        pictures.take_zip(file, tmp_path)


@pytest.mark.parametrize(
    "given",
    [
        {"created": 10**400},
        {"created": float("inf")},
        {"created": float("nan")},
        {"created": -1},
        {"title": "\ud800 half a character"},
        {"changes": ["\udfff"]},
        {"study": "\ud800", "owner": "\ud800"},
    ],
)
def test_what_a_run_says_of_itself_can_be_sent(tmp_path, given):
    run = made_up_runs.make(tmp_path / "run", epochs=1)
    asked = json.loads((run.path / folder.CONFIG).read_text())
    (run.path / folder.CONFIG).write_text(json.dumps({**asked, **given}))
    config = run.config()
    assets.as_json(vars(config) | {"settings": ""}).encode()
    assert config.created == 0 or "created" not in given


@pytest.mark.parametrize("epoch", [10**400, -1, 10**12, float("inf"), "x", [3]])
def test_a_count_that_cannot_be_is_a_state_that_cannot_be_read(tmp_path, epoch):
    run = made_up_runs.make(tmp_path / "run", epochs=1)
    state = json.loads((run.path / folder.STATE).read_text())
    (run.path / folder.STATE).write_text(json.dumps({**state, "epoch": epoch}))
    assert run.state() == folder.State("failed", message="state.json cannot be read")
    run_live.live(run)


def test_why_a_run_cannot_be_read_is_one_short_line(tmp_path):
    run = made_up_runs.make(tmp_path / "run", epochs=1)
    asked = json.loads((run.path / folder.CONFIG).read_text())
    for wrong in ({"created": "x" * 90_000}, {"settings": "ab"}, {"settings": {"y" * 90_000: 1}}):
        (run.path / folder.CONFIG).write_text(json.dumps({**asked, **wrong}))
        with pytest.raises(FolderError) as error:
            run.config()
        assert len(str(error.value)) < 900


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of a Unix")
def test_a_run_folder_leads_nowhere_else(tmp_path):
    (tmp_path / "secret").write_text('{"secret": 1}')
    run = made_up_runs.make(tmp_path / "run", epochs=1)
    for name in (folder.LOG, folder.RESULTS, folder.METRICS, folder.MODEL):
        (run.path / name).unlink()
        (run.path / name).symlink_to(tmp_path / "secret")
    assert run.log_tail() == ""
    assert run.results() is None
    assert run_results.of_run(run) is None
    assert run.metrics() == []
    assert run.model() is None
    (run.path / folder.LOG).unlink()
    os.mkfifo(run.path / folder.LOG)
    assert run.log_tail() == "", "a pipe is not waited for"


def test_runs_for_machines_are_json_whatever_was_measured(tmp_path, capsys):
    run = made_up_runs.make(tmp_path / "run", epochs=2)
    line = {"epoch": 3, "val_accuracy": float("nan"), "accuracy": [10**400]}
    with (run.path / folder.METRICS).open("a") as file:
        file.write(json.dumps(line) + "\n" + json.dumps({**line, "val_accuracy": 10**400}) + "\n")
    for options in (["--json"], []):
        assert cli.main(["runs", "--runs-dir", str(tmp_path), *options]) == 0

    def refused(text):
        raise AssertionError(text)

    json.loads(capsys.readouterr().out.splitlines()[0], parse_constant=refused)


@pytest.mark.parametrize("share", ["NaN", "Infinity", "-1", "1" + "0" * 400, '"x"', "2"])
def test_an_answer_that_is_no_share_is_not_shown(share):
    said = f'{{"classes": [["circle", {share}]]}}'
    assert train_picture.told(said.encode(), b"", 0) == "The net's answer cannot be read."


def test_no_text_of_a_visitor_becomes_a_link():
    assert escaped("there is no block [log in](https://a.b)") == r"there is no block \[log in\]\(https\://a\.b\)"


PAGES = sorted([*ROOT.glob("cnnviz/ui/*.py"), *ROOT.glob("pages/*.py")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_messages_are_fixed_texts_or_escaped(path):
    """st.error and st.warning draw Markdown: what is put into them is escaped."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("st.error", "st.warning"):
            for part in _parts(call.args[0]):
                said = ast.unparse(part)
                assert isinstance(part, ast.Constant) or said.isupper() or "escaped(" in said, ast.unparse(call)


def _parts(node: ast.expr) -> list[ast.expr]:
    """What a text is put together from."""
    match node:
        case ast.JoinedStr():
            return [part for value in node.values for part in _parts(value)]
        case ast.FormattedValue():
            return [node.value]
        case ast.BinOp():
            return [*_parts(node.left), *_parts(node.right)]
        case ast.IfExp():
            return [*_parts(node.body), *_parts(node.orelse)]
    return [node]
