"""The panels of the labs that measure, without a browser: what they ask for, what they show while and after."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.keras_service import State, Status
from cnnviz.report import of_text
from cnnviz.ui import field_panel, shared
from tests.test_build_page import component_data
from tests.test_timing_lab import MACHINE


class Fake:
    """A service that keeps what it is asked and says what the test wants."""

    state = State("ready", "")

    def __init__(self):
        self.asked, self.said, self.given_up = [], None, []

    def begin(self, errand, *, owner):
        self.asked.append(errand)
        self.said = Status("working", "round 2 of 9", 0.4)

    def status(self, errand):
        return self.said

    def cancel(self, *, owner):
        self.given_up.append(owner)


@pytest.fixture
def keras(monkeypatch):
    fake = Fake()
    monkeypatch.setattr(shared, "keras", lambda: fake)
    return fake


def timing_script():
    from cnnviz.ui import timing_panel

    timing_panel.show([("one", "input(8, 8, 4); conv(4, 5)"), ("two", "input(8, 8, 4); 2 * conv(4, 3)")], "times")


def too_large_script():
    from cnnviz.ui import timing_panel

    timing_panel.show([("large", "input(512, 512, 64); conv(64, 7)")], "times")


def field_script():
    from cnnviz.ui import field_panel, visit

    field_panel.show(visit.session(), "field")


RESULT = {
    "machine": MACHINE,
    "batch": 1,
    "candidates": [{"forward": [1e-4] * 9, "both": [3e-4] * 9, "note": ""}] * 2,
}


def test_a_click_asks_for_a_timing_and_waits_without_blocking(keras):
    page = AppTest.from_function(timing_script, default_timeout=30).run()
    assert not keras.asked
    page.button(key="times_measure").click().run()
    assert [dict(errand.options) for errand in keras.asked] == [{"batch": 1}]
    assert keras.asked[0].texts[1] == "input(8, 8, 4); 2 * conv(4, 3)"
    told = component_data(page, "cnnviz_errand")
    assert (told["said"], told["share"]) == ("round 2 of 9", 0.4)
    assert told["path"].startswith("/keras-measurement/")


def test_the_result_stands_beside_what_is_counted(keras):
    keras.said = Status("done", "", 1.0, json.loads(json.dumps(RESULT)))
    page = AppTest.from_function(timing_script, default_timeout=30).run()
    assert not page.exception
    told = component_data(page, "cnnviz_timing")
    assert told["device"].startswith("Test processor, one thread")
    assert [row["macs"]["text"] for row in told["rows"]] == ["25.6 k", "18.4 k"]
    assert told["rows"][0]["forward"]["ratio"] == [1, 1, 1]
    assert told["rows"][1]["macs"]["ratio"] == [18 / 25]
    assert "Median of 9 repetitions" in told["rule"]


def test_a_refusal_is_one_line_and_the_button_stays(keras):
    keras.said = Status("failed", "Keras took over 20 seconds and was stopped; it is being restarted")
    page = AppTest.from_function(timing_script, default_timeout=30).run()
    assert [error.value.replace("\\", "") for error in page.error] == [f"Not measured: {keras.said.said}."]
    assert not page.button(key="times_measure").disabled


def test_what_cannot_be_timed_is_said_before_the_click(keras):
    page = AppTest.from_function(too_large_script, default_timeout=30).run()
    assert page.button(key="times_measure").disabled
    assert "52.6 G MACs in one pass" in page.info[0].value.replace("\\", "")


def test_the_field_of_the_last_map_then_of_a_chosen_node(keras):
    page = AppTest.from_function(field_script, default_timeout=30).run()
    assert not page.exception
    told = component_data(page, "cnnviz_field")
    assert told["node"] == "transition1/pool"
    assert told["heat"] is None
    assert len(told["rows"]) == 4
    assert "sees the **whole picture**" in page.markdown[-1].value
    page.selectbox[0].set_value("vgg1/conv1").run()
    told = component_data(page, "cnnviz_field")
    assert (told["node"], told["rows"][0]) == ("vgg1/conv1", [-2, 2])
    assert "sees **5 × 5 px** of the 32×32 picture" in page.markdown[-1].value


def test_the_effective_field_is_asked_for_and_laid_over(keras):
    page = AppTest.from_function(field_script, default_timeout=30).run()
    page.selectbox[0].set_value("vgg1/conv1").run()
    page.button(key="field_measure").click().run()
    assert dict(keras.asked[0].options) == {"node": "vgg1/conv1", "weights": "random"}
    rows = [[0.5] * 5] * 5
    heat = {"rectangle": [14, 14, 5, 5], "cell": [1, 1], "rows": rows}
    keras.said = Status("done", "", 1.0, {**heat, "share": 0.72, "outside": 0.0, "draws": 24, "weights": "random"})
    page.run()
    assert component_data(page, "cnnviz_field")["heat"] == heat
    assert "90 % of the gradient lies in **72.0 %**" in page.markdown[-1].value
    assert "mean over 24 draws" in page.markdown[-1].value


def test_the_selected_node_comes_first(keras):
    page = AppTest.from_function(field_script, default_timeout=30).run()
    page.session_state["session"].select_node("conv_bn1/conv")
    page.run()
    assert component_data(page, "cnnviz_field")["node"] == "conv_bn1/conv"


def test_a_field_at_the_border_of_a_large_net_is_told_in_pixels():
    found = field_panel.field.field_of(of_text("input(64, 48, 1); conv(2, 9)").graph, 1, (0, 0))
    (said,) = field_panel.lines(found, None)
    assert said.startswith("**Theoretical:** one position 1 down, 1 across of 64×48 sees **9 × 9 px** of the 64×48 ")
    assert said.endswith("picture, 5 × 5 of them inside the picture.")
