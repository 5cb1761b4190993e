"""Measuring with Keras itself: effective fields that are known, timings that are sane, checks in the middle."""

from contextlib import closing

import numpy as np
import pytest

from cnnviz.keras_service import Errand, KerasService
from cnnviz.labs import field, timing
from cnnviz.report import of_text
from tests.test_keras_service import until

ONE, TWO = "input(24, 24, 8); conv(8, 5, relu)", "input(24, 24, 8); 2 * conv(8, 3, relu)"


@pytest.fixture(scope="module")
def real():
    with closing(KerasService(seconds=120)) as made:
        made.start()
        yield made


def outcome(service, errand):
    service.begin(errand, owner="a")
    assert until(lambda: service.status(errand).word in ("done", "failed"), 240)
    return service.status(errand)


def effective(service, text, node="", weights="equal"):
    """The measured field of a node, as rows, and the rest of the result."""
    found = outcome(service, Errand("field", (text,), (("node", node), ("weights", weights))))
    assert found.word == "done", found.said
    assert found.result["outside"] == 0, "no gradient outside the theoretical field"
    graph = of_text(text).graph
    theory = field.field_of(graph, graph.index[node] if node else graph.outputs[0])
    assert tuple(found.result["rectangle"]) == theory.seen
    return np.array(found.result["rows"]), found.result


def refused(service, errand):
    found = outcome(service, errand)
    assert found.word == "failed"
    return found.said


# --- effective fields -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blocks", ["conv(3, (3, 5))", "conv(3, 3, activation=relu)", "depthwise_conv((3, 5))"])
def test_one_convolution_sees_its_kernel_and_nothing_else(real, blocks):
    height, width = (3, 3) if "relu" in blocks else (3, 5)
    rows, result = effective(real, f"input(9, 11, 2); {blocks}")
    assert rows.tolist() == np.ones((height, width)).tolist()
    assert result["share"] == pytest.approx(np.ceil(0.9 * height * width) / (height * width))


def test_two_small_kernels_weigh_the_middle_as_their_product_does(real):
    rows, result = effective(real, "input(9, 9, 1); 2 * conv(1, 3)")
    line = np.convolve([1, 1, 1], [1, 1, 1])
    assert line.tolist() == [1, 2, 3, 2, 1]
    assert rows == pytest.approx(np.outer(line, line) / 9, abs=1e-4)
    # The middle holds 9 of 81, four pixels 6 each, four 4, four 3: 61; six of the eight with 2 make it 73, over 72.9.
    assert result["share"] == pytest.approx((1 + 4 + 4 + 4 + 6) / 25)


def test_holes_of_a_dilated_kernel_pass_no_gradient(real):
    rows, _ = effective(real, "input(9, 9, 1); conv(1, 3, dilation_rate=2)")
    assert rows.tolist() == np.outer([1, 0, 1, 0, 1], [1, 0, 1, 0, 1]).tolist()


def test_average_pooling_and_an_inner_node(real):
    rows, _ = effective(real, "input(8, 8, 1); avgpool(2); conv(1, 3); flatten(); dense(4)", "conv1")
    assert rows.tolist() == np.ones((6, 6)).tolist()


def test_random_weights_stay_inside_and_gather_in_the_middle(real):
    rows, result = effective(real, "input(32, 32, 3); 6 * conv(8, 3, relu)", weights="random")
    assert rows.shape == (13, 13)
    assert result["draws"] >= 3
    assert rows[4:9, 4:9].mean() > 2 * np.concatenate([rows[0], rows[-1], rows[:, 0], rows[:, -1]]).mean()
    assert result["share"] < 0.9


def test_a_large_field_is_averaged_to_cells(real):
    rows, result = effective(real, "input(200, 300, 1); gap()", weights="random")
    assert result["cell"] == [2, 3]
    assert rows.shape == (100, 100)
    assert rows == pytest.approx(1, abs=1e-3)


def test_a_softmax_has_a_field_too(real):
    rows, _ = effective(real, "input(8, 8, 1); flatten(); dense(5, softmax)", weights="random")
    assert rows.shape == (8, 8)


def test_a_field_that_cannot_be_measured_is_refused_in_words(real):
    asked = {"node": "nothing"}, {"node": "input"}, {"weights": "none"}
    said = [refused(real, Errand("field", ("input(8, 8, 1); conv(2, 3)",), tuple(one.items()))) for one in asked]
    assert "this net has no node nothing" in said[0]
    assert "the input sees itself" in said[1]
    assert "weights must be one of random, equal" in said[2]
    large = "input(512, 512, 64); conv(64, 7)"
    assert "not measured: it has 52.6 G MACs in one pass; at most 20.0 G" in refused(real, Errand("field", (large,)))
    softmax = Errand("field", ("input(8, 8, 1); conv(2, 3, softmax)",), (("weights", "equal"),))
    assert "pass no gradient; take random weights" in refused(real, softmax)


# --- timings ----------------------------------------------------------------------------------------------------------


def test_a_timing_has_repetitions_a_spread_and_names_its_device(real):
    texts = (ONE, TWO, "input(32, 32, 3); vgg(8, convs=2)")
    found = outcome(real, Errand("time", texts, (("batch", 2), ("repetitions", 5))))
    assert found.word == "done", found.said
    measured = timing.measured(["one", "two", "block"], texts, found.result)
    for candidate in measured.candidates:
        for spread in (candidate.forward, candidate.both):
            assert spread.repetitions == 5
            assert 0 < spread.lower <= spread.median <= spread.upper
        assert candidate.note == ""
    machine = measured.machine
    assert machine.device
    assert "TensorFlow" in machine.backend
    assert machine.threads == 1
    assert min(machine.speed, machine.bandwidth, machine.start, machine.busy) > 0
    assert machine.busy <= 1


def test_nets_with_heads_dropout_and_normalisation_are_timed(real):
    text = "input(16, 16, 3); conv_bn(4, 3); aux([gap(), dense(3)]); dropout(0.5); flatten(); dense(3, softmax)"
    found = outcome(real, Errand("time", (text,), (("repetitions", 5),)))
    assert found.word == "done", found.said
    assert len(found.result["candidates"][0]["both"]) == 5


def test_one_candidate_that_is_too_large_leaves_the_others_timed(real):
    large = "input(512, 512, 64); conv(64, 7)"
    found = outcome(real, Errand("time", (ONE, large), (("repetitions", 5),)))
    assert [len(one["forward"]) for one in found.result["candidates"]] == [5, 0]
    assert "52.6 G MACs" in found.result["candidates"][1]["note"]


def test_timings_that_cannot_be_are_refused_in_words(real):
    assert "nothing is timed" in refused(real, Errand("time", ("input(512, 512, 64); conv(64, 7)",)))
    assert "at least 5 repetitions are needed, got 2" in refused(real, Errand("time", (ONE,), (("repetitions", 2),)))
    assert "batch must be 1 to 64, got 0" in refused(real, Errand("time", (ONE,), (("batch", 0),)))


def test_an_edit_is_checked_in_the_middle_of_a_timing(real):
    long = Errand("time", (ONE, TWO), (("repetitions", 300),))
    real.begin(long, owner="timing")
    assert until(lambda: "round" in real.status(long).said, 180), real.status(long)
    for filters in (5, 6, 7):
        assert real.wait(f"input(16, 16, 3); conv_bn({filters}, 3)").agrees
        assert real.status(long).word == "working"
    real.cancel(owner="timing")


def test_a_deferred_model_that_is_filled_has_the_values_of_its_initialisers(real):
    from cnnviz import keras_model

    graph = of_text("input(16, 16, 3); conv_bn(64, 3); dropout(0.5); flatten(); dense(10)").graph
    filled, ordinary = keras_model.build(graph), keras_model.build(graph, deferred=False)
    assert len(list(keras_model.fill(filled))) == len(filled.variables)
    for one, other in zip(filled.weights, ordinary.weights, strict=True):
        assert one.shape == other.shape
        assert np.std(one) == pytest.approx(np.std(other), rel=0.2)
    assert filled(np.ones((1, 16, 16, 3))).shape == (1, 10)
