"""The Train page without a browser: the link, settings, fitting, launch, studies, and all that may stand in the way."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz import report
from cnnviz.training import bounds, folder
from cnnviz.training.devices import Device
from cnnviz.training.settings import PRESETS, Settings
from cnnviz.ui import shared, train_before, train_sheets, train_state, train_tasks
from cnnviz.ui.train_tasks import Busy, Progress, Task, Tasks
from cnnviz.zoo import BY_NAME
from tests.test_build_page import SCRIPT, NoKeras, component_data

TRAIN = str(SCRIPT.parent.parent.parent / "pages" / "train.py")
LARGE = Device("cpu", "a processor", 16 * 2**30, 12 * 2**30, 2)


@pytest.fixture
def visit(monkeypatch, tmp_path):
    """Follow a link to the page as a new visitor."""
    monkeypatch.setattr(shared, "keras", NoKeras)
    monkeypatch.setattr(train_before, "_found", lambda: (LARGE,))
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CNNVIZ_TRAINING", raising=False)

    def follow(**asked):
        page = AppTest.from_file(str(SCRIPT), default_timeout=30)
        page.run()
        page.switch_page(TRAIN)
        for name, value in asked.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return follow


def told(page):
    """All texts on the page."""
    kinds = (page.markdown, page.caption, page.info, page.error, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def runs():
    return folder.listed(bounds.read().runs)


def link_of(page):
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


# --- the link ---------------------------------------------------------------------------------------------------------


def test_a_first_visit_begins_with_the_net_in_build_and_leaves_the_address_alone(visit):
    page = visit()
    assert page.selectbox(key="train_net_pick").value == "build"
    assert link_of(page) == {}
    assert not page.error
    assert not page.button(key="train_launch_button").disabled


def test_a_link_brings_net_data_and_settings(visit):
    page = visit(
        net="tfnotes-baseline", data="shapes", epochs="7", learning_rate="0.0005", optimizer="sgd", flip="true"
    )
    assert page.selectbox(key="train_net_pick").value == "tfnotes-baseline"
    assert page.number_input(key="training_epochs").value == 7
    assert page.number_input(key="training_learning_rate").value == 0.0005
    assert page.number_input(key="training_learning_rate").proto.format == "%g"  # not 0.00
    assert "mirror" in page.expander[2].label
    assert not page.error


def test_what_a_link_gets_wrong_is_said_and_the_rest_is_taken(visit):
    page = visit(net="no-such-net", epochs="0", batch_size="64")
    said = [error.value.replace("\\", "") for error in page.error]
    assert any("Epochs must be 1 to 1,000, got 0" in line for line in said)
    assert any("no-such-net" in line for line in said)
    assert page.number_input(key="training_batch_size").value == 64
    assert page.selectbox(key="train_net_pick").value == "build"


def test_a_change_writes_the_link_beside_the_net(visit):
    page = visit(net="tfnotes-baseline")
    page.number_input(key="training_epochs").set_value(3).run()
    assert link_of(page) == {"net": "tfnotes-baseline", "epochs": "3"}


def test_a_net_is_picked(visit):
    page = visit(epochs="3")
    page.selectbox(key="train_net_pick").set_value("lenet5").run()
    assert link_of(page) == {"net": "lenet5", "epochs": "3"}
    assert "61.7 k" in told(page)


def test_a_view_and_back_to_the_new_run_as_it_was(visit):
    page = visit(net="lenet5", epochs="3")
    page.button_group(key="train_views").set_value("studies").run()
    assert link_of(page) == {"view": "studies"}
    page.button_group(key="train_views").set_value("new").run()
    assert link_of(page) == {"net": "lenet5", "epochs": "3"}
    assert page.number_input(key="training_epochs").value == 3


def test_what_is_shared_leaves_own_pictures_out():
    made = Settings(data="pictures", pictures="0" * 64, epochs=3)
    slot = train_state.of_zoo("lenet5")
    link = train_state.address(slot, made, train_state.View())
    assert link.endswith("?net=lenet5&epochs=3")


def test_build_hands_its_net_over(monkeypatch, visit):
    page = AppTest.from_file(str(SCRIPT), default_timeout=30)
    page.query_params["net"] = "cifar-resnet20"
    page.run()
    page.button(key="train_this").click().run()
    assert not page.exception
    assert link_of(page) == {"net": "cifar-resnet20", "view": "new"}
    assert page.selectbox(key="train_net_pick").value == "build"
    assert "ResNet-20" in page.selectbox(key="train_net_pick").options[0]


# --- settings ---------------------------------------------------------------------------------------------------------


def test_a_preset_sets_how_to_learn_and_leaves_data_and_machine(visit):
    page = visit(data="shapes", seed="5")
    page.button_group(key="train_preset").set_value("resnet").run()
    now = page.session_state["lab_training"].settings
    assert now == Settings(data="shapes", seed=5, **PRESETS["resnet"].values)
    assert page.button_group(key="train_preset").value == "resnet"


def test_themes_say_what_they_are_set_to(visit):
    page = visit(warmup="0.1", early_stopping="5", rotation="15", weight_decay="0.0001", number_format="mixed_float16")
    labels = " | ".join(expander.label for expander in page.expander)
    for words in ("warm-up 10 %", "after 5 epochs", "turn 15°", "weight decay 0.0001", "mixed, float16"):
        assert words in labels


# --- fitting ----------------------------------------------------------------------------------------------------------


def test_what_fitting_changes_is_listed_before_it_is_done(visit):
    page = visit(net="resnet18", data="digits")
    said = told(page)
    assert "channels 3 → 1" in said
    assert "1,000 → 10" in said
    assert "8×8 → 224×224" in said
    page.button_group(key="training_page_fit").set_value("net").run()
    assert "224×224 → 8×8" in told(page)
    assert link_of(page)["fit"] == "net"


def test_a_net_that_cannot_take_such_small_pictures_says_so(visit):
    page = visit(net="alexnet", data="digits", fit="net")
    assert any("cannot be trained on this data" in error.value for error in page.error)
    assert page.button(key="train_launch_button").disabled


# --- data -------------------------------------------------------------------------------------------------------------


def test_samples_and_balance_of_every_class(visit):
    page = visit(data="digits")
    data = component_data(page, "cnnviz_train_samples")
    assert [line["title"] for line in data["lines"]] == [str(digit) for digit in range(10)]
    assert sum(int(line["text"].replace(",", "")) for line in data["lines"]) == 1797
    assert max(line["share"] for line in data["lines"]) == 1


def test_a_sheet_holds_the_pictures_where_it_says():
    rows = {"a": np.full((2, 4, 4, 1), 10, np.uint8), "b": np.full((3, 4, 4, 1), 200, np.uint8)}
    sheet = train_sheets.sheet(rows)
    made = np.asarray(Image.open(io.BytesIO(base64.b64decode(sheet.url.partition(",")[2]))))
    assert (sheet.height, sheet.width, sheet.columns, sheet.rows) == (4, 4, 3, (("a", 2), ("b", 3)))
    assert (made[:4, :8] == 10).all()
    assert (made[:4, 8:] == 0).all()
    assert (made[4:] == 200).all()


def test_data_that_is_not_here_is_offered_for_download(visit):
    page = visit(data="cifar10")
    assert "170 MB" in page.button(key="train_download").label
    assert page.button(key="train_launch_button").disabled


def test_a_download_that_failed_says_why(visit, tmp_path):
    (tmp_path / "data").mkdir()
    said = {"done": 0, "message": "MNIST cannot be downloaded: no connection to storage.example (offline)"}
    (tmp_path / "data" / "mnist.download.json").write_text(json.dumps(said))
    page = visit(data="mnist")
    assert any("no connection" in error.value for error in page.error)
    assert page.button(key="train_download").label.startswith("Try again")


def test_own_pictures_are_asked_for_and_no_setting_until_given(visit):
    page = visit()
    page.button_group(key="train_data_pick").set_value("pictures").run()
    assert not page.exception
    assert not page.error
    assert link_of(page) == {}
    assert page.text_input(key="train_folder")
    assert page.button(key="train_launch_button").disabled
    page.text_input(key="train_folder").set_value("/no/such/folder").run()
    page.button(key="train_folder_take").click().run()
    assert any("There is no folder" in error.value for error in page.error)


def test_own_pictures_from_a_folder(visit, tmp_path):
    for label, shade in (("cat", 30), ("dog", 220)):
        (tmp_path / "given" / label).mkdir(parents=True)
        for number in range(6):
            Image.new("RGB", (20, 16), (shade, number * 20, 90)).save(tmp_path / "given" / label / f"{number}.png")
    page = visit(epochs="2")
    page.button_group(key="train_data_pick").set_value("pictures").run()
    page.text_input(key="train_folder").set_value(str(tmp_path / "given")).run()
    page.button(key="train_folder_take").click().run()
    ends = time.monotonic() + 60
    while "pictures" not in link_of(page) and time.monotonic() < ends:
        time.sleep(0.2)
        page.run()
    assert link_of(page)["data"] == "pictures"
    assert {line["title"] for line in component_data(page, "cnnviz_train_samples")["lines"]} == {"cat", "dog"}
    assert "10 → 2" in told(page)
    assert not page.button(key="train_launch_button").disabled


def test_pictures_that_are_gone_are_asked_for_again(visit):
    page = visit(data="pictures", pictures="a" * 64)
    assert not page.exception
    assert page.text_input(key="train_folder")
    assert page.button(key="train_launch_button").disabled


# --- launch -----------------------------------------------------------------------------------------------------------


def test_launch_queues_the_fitted_net_and_turns_to_the_run(visit):
    page = visit(net="lenet5", data="shapes", size="500", epochs="2")
    page.button(key="train_launch_button").click().run()
    [run] = runs()
    assert link_of(page) == {"run": run.id}
    config = run.config()
    assert config.title == BY_NAME["lenet5"].title
    assert config.settings == Settings(data="shapes", size=500, epochs=2)
    assert report.of_text(config.net).graph.nodes[0].shape == (32, 32, 3)
    assert any("channels 1 → 3" in change for change in config.changes)
    assert run.state().status == "queued"


def test_where_training_is_off_everything_else_works(visit, monkeypatch):
    monkeypatch.setenv("CNNVIZ_TRAINING", "off")
    page = visit(net="lenet5", data="shapes")
    assert not [button for button in page.button if button.key == "train_launch_button"]
    assert "training itself is off here" in told(page)
    page.number_input(key="training_epochs").set_value(3).run()
    assert link_of(page)["epochs"] == "3"


def test_operator_settings_that_cannot_be_read_are_one_line(visit, monkeypatch):
    monkeypatch.setenv("CNNVIZ_TRAINING", "perhaps")
    page = visit()
    assert any("CNNVIZ_TRAINING must be on, off or auto" in error.value.replace("\\", "") for error in page.error)


def test_the_operators_bounds_are_said_before_launch(visit, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUN_EPOCHS", "4")
    page = visit(net="lenet5", data="shapes", epochs="9")
    assert "lowered from 9 to 4" in told(page)
    page.button(key="train_launch_button").click().run()
    assert runs()[0].config().settings.epochs == 4


def test_a_gpu_that_is_not_there_is_said(visit):
    page = visit(device="gpu")
    assert any("No GPU was found" in error.value for error in page.error)
    assert page.button(key="train_launch_button").disabled


def test_a_run_that_does_not_exist_says_so(visit):
    page = visit(run="no-such-run")
    assert any("no-such-run" in error.value.replace("\\", "") for error in page.error)
    page.button_group(key="train_views").set_value("new").run()
    assert "run" not in link_of(page)


def test_a_full_disk_is_one_line(visit, tmp_path, monkeypatch):
    (tmp_path / "runs").write_text("a file where the folder should be")
    page = visit(net="lenet5", data="shapes")
    page.button(key="train_launch_button").click().run()
    assert not page.exception
    assert any("cannot make the run folder" in error.value.lower() for error in page.error)


# --- studies ----------------------------------------------------------------------------------------------------------


def test_a_study_is_launched_in_one_click_and_stands_above(visit):
    page = visit(view="studies")
    assert "TensorFlow Notes" in told(page)
    page.button(key="train_study_launch_degradation").click().run()
    made = [run.config() for run in runs()]
    assert len(made) == 4
    assert {config.study for config in made} == {"Degradation of plain networks"}
    assert len({config.settings for config in made}) == 1
    assert "Launched" in told(page)
    page.button(key="train_launched_go_0").click().run()
    assert link_of(page)["view"] == "runs"
    assert sorted(link_of(page)["runs"].split(",")) == sorted(run.id for run in runs())


def test_any_nets_are_a_study_with_the_settings_of_a_new_run(visit):
    page = visit(view="studies", data="shapes", epochs="2")
    page.multiselect(key="train_study_nets").set_value(["lenet5", "the net in Build"]).run()
    page.button(key="train_study_launch_custom").click().run()
    made = [run.config() for run in runs()]
    assert {config.study for config in made} == {"My study"}
    assert len(made) == 2


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_ends_with_what_it_said_and_too_many_are_refused(tmp_path):
    kept = Tasks()
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    arguments = ("cnnviz.training.pictures", str(tmp_path / "empty.zip"), str(tmp_path / "data"))
    job = Task("one", "pictures", arguments, 60, lambda lines: Progress(share=0.5))
    kept.begin(job)
    kept.begin(job)  # the same one
    kept.begin(job._replace(key="two"))
    with pytest.raises(Busy):
        kept.begin(job._replace(key="three"))
    ends = time.monotonic() + 60
    while (kept.is_running("one") or kept.is_running("two")) and time.monotonic() < ends:
        time.sleep(0.05)
    ended = kept.ended("one")
    assert ended is not None
    assert ended.code == 2
    assert ended.complaint
    assert kept.told(train_tasks.token_of("one"))["over"]
    assert kept.told("no such token") == {"over": True, "share": 0.0, "said": ""}
    kept.cancel("one")
    kept.cancel("two")
    assert kept.ended("one") is None
