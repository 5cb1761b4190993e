"""Counted work beside measured time: bytes moved and intensity by hand, quartiles, limits, and what the words say."""

import pytest
from hypothesis import given, settings

from cnnviz import report
from cnnviz.labs import timing, timing_words
from cnnviz.labs.timing import Machine, Spread
from cnnviz.net import Net
from cnnviz.summary import summarize
from tests import nets

ONE, TWO = "input(8, 8, 4); conv(4, 5)", "input(8, 8, 4); 2 * conv(4, 3)"
MACHINE = {
    "device": "Test processor",
    "threads": 1,
    "unused": [],
    "backend": "Keras on a test",
    "speed": 1e9,
    "bandwidth": 1e9,
    "start": 1e-6,
    "busy": 1.0,
}


def measured(rows, **machine):
    """A measurement of [(title, notation, forward seconds, factor of both)], each nine times with some spread."""
    spread = [0.98, 0.99, 0.99, 1.0, 1.0, 1.0, 1.01, 1.01, 1.02]
    result = {
        "machine": {**MACHINE, **machine},
        "batch": 1,
        "candidates": [
            {"forward": [s * f for s in spread], "both": [s * f * both for s in spread], "note": ""}
            for _, _, f, both in rows
        ],
    }
    return timing.measured([row[0] for row in rows], [row[1] for row in rows], result)


def graph(text):
    return report.of_text(text).graph


def test_bytes_moved_by_hand():
    # 8·8·4 = 256 values in and out, 5·5·4·4 weights and 4 biases, 4 bytes each.
    assert timing.moved(graph(ONE)) == (0, 4 * (256 + 256 + 404))
    assert timing.moved(graph(ONE), batch=10) == (0, 4 * (2560 + 2560 + 404))
    # Two inputs of an addition are both read; flatten moves nothing.
    text = "input(8, 8, 4); parallel([conv(4, 1)], [], merge=add); flatten(); dense(2)"
    by_node = dict(zip((node.id for node in graph(text).nodes), timing.moved(graph(text)), strict=True))
    assert by_node["parallel1/add"] == 4 * 3 * 256
    assert by_node["flatten1"] == 0
    assert by_node["dense1"] == 4 * (256 + 2 + 514)


def test_intensity_by_hand():
    work = timing.work_of(graph("input(8, 8, 4); conv(4, 5, use_bias=False)"))
    assert work.macs == 8 * 8 * 4 * 5 * 5 * 4
    assert work.intensity == pytest.approx(2 * 25600 / (4 * (512 + 400)))
    assert timing.work_of(graph(ONE), batch=3).macs == 3 * 25600


@settings(max_examples=60)
@given(nets.nets())
def test_counted_work_is_the_summarys(net: Net):
    found = report.of_net(net).graph
    total = summarize(found).total
    work = timing.work_of(found, 2)
    assert (work.macs, work.parameters) == (2 * total.macs, total.parameters)
    assert work.flops >= 2 * work.macs
    assert work.moved == sum(timing.moved(found, 2))


def test_the_median_lies_between_the_quartiles():
    assert timing.spread([5.0, 1.0, 2.0, 4.0, 3.0]) == Spread(2.0, 3.0, 4.0, 5)


def test_the_least_time_is_the_rooflines():
    machine = Machine(**{**MACHINE, "unused": ()})
    text = "input(8, 8, 4); conv(4, 5, use_bias=False); dropout(0.5)"
    seconds, waiting = timing.least_seconds(graph(text), machine)
    assert seconds == pytest.approx(51200e-9), "51,200 FLOPs at 1 GFLOP/s, 3,648 bytes are quicker"
    assert waiting == 0
    slow_memory = machine._replace(bandwidth=1e7)
    assert timing.least_seconds(graph(text), slow_memory) == pytest.approx((3648e-7, 1.0))


@pytest.mark.parametrize(
    ("texts", "batch", "said"),
    [
        ((), 1, "there is nothing to time"),
        ((ONE,) * 9, 1, "at most 8 candidates are timed at once, got 9"),
        ((ONE,), 65, "the batch must be 1 to 64, got 65"),
        (("input(512, 512, 64); conv(64, 7)",), 1, "nothing is timed: it has 52.6 G MACs in one pass; at most 6.00 G"),
        (("input(8, 8, 1); 301 * conv(1, 1)",), 1, "it has 301 layers; at most 300 are allowed"),
        (("input(96, 96, 1); flatten(); dense(16384)",), 1, "it needs about 1.13 GiB to run; at most 763 MiB"),
        (("input(8, 8, 1); cnv(1)",), 1, "there is no block cnv"),
    ],
)
def test_what_is_not_timed_is_said(texts, batch, said):
    assert said in timing.problem(texts, batch)


def test_one_candidate_that_can_be_timed_is_enough():
    assert timing.problem((ONE, "input(512, 512, 64); conv(64, 7)")) == ""


def test_a_candidate_that_was_not_timed_keeps_its_counts_and_says_why():
    result = {"machine": MACHINE, "batch": 1, "candidates": [{"forward": [], "both": [], "note": "it is too large"}]}
    found = timing.measured(["One"], [ONE], result)
    assert found.candidates[0].forward is None
    assert found.candidates[0].work.macs == 25600
    assert timing_words.words(found) == ("One: not timed completely. It is too large.",)


def test_time_that_follows_the_macs_is_said_so():
    found = measured([("5×5", ONE, 25.6e-3, 3), ("two 3×3", TWO, 18.6e-3, 3)])
    assert timing_words.words(found) == ("Time follows the MACs: all do 991 kMAC/s to 1.00 MMAC/s forward.",)


def test_times_that_scatter_too_much_say_nothing():
    rows = [("5×5", ONE, 1e-4, 3), ("two 3×3", TWO, 1e-4, 3)]
    found = measured(rows)
    wide = found.candidates[1]._replace(forward=Spread(5e-5, 1e-4, 2e-4, 9))
    said = " ".join(timing_words.words(found._replace(candidates=(found.candidates[0], wide))))
    assert "scatter so much that nothing can be said" in said
    assert "Likely reason" not in said
    assert "Likely reason" in reasons(rows)


def reasons(rows, **machine):
    return " ".join(timing_words.words(measured(rows, **machine)))


def test_the_reason_is_the_start_of_calls_where_a_net_is_small():
    small = ("1×1", "input(8, 8, 4); conv(4, 1)", 2e-5, 3)
    assert "too little to do. A call that computes nothing takes 10.0 µs" in reasons(
        [("5×5", ONE, 60e-6, 3), small], start=1e-5
    )


def test_the_reason_is_memory_where_the_roofline_says_so():
    depthwise = ("depthwise", "input(8, 8, 4); depthwise_conv(3); bn()", 4e-4, 3)
    said = reasons([("5×5", ONE, 60e-6, 3), depthwise], bandwidth=1e7)
    assert "Likely reason: memory traffic" in said


def test_the_reason_is_the_operation_where_neither_explains_it():
    said = reasons([("5×5", ONE, 60e-6, 3), ("grouped", "input(8, 8, 4); conv(4, 5, groups=4)", 3e-4, 3)])
    assert "Likely reason: fewer products share each value that is loaded" in said
    assert "grouped takes 20 × the time for each MAC, with " in said


def test_candidates_with_one_reason_share_a_line():
    grouped = "input(8, 8, 4); conv(4, 5, groups=4)"
    said = timing_words.words(measured([("5×5", ONE, 60e-6, 3), ("a", grouped, 3e-4, 3), ("b", grouped, 4e-4, 3)]))
    assert len(said) == 2
    assert said[1].startswith("a takes 20 ×")
    assert "; b takes 27 ×" in said[1]
    assert said[1].count("Likely reason") == 1


def test_a_gradient_that_costs_far_more_than_its_macs_is_said():
    assert "takes far longer for 5×5 (90 ×)" in reasons([("5×5", ONE, 1e-4, 90)])


def test_a_busy_machine_is_said():
    assert "had the processor 40% of the time" in reasons([("5×5", ONE, 1e-4, 3)], busy=0.4)


def test_the_device_and_a_gpu_that_is_not_used_are_named():
    found = measured([("5×5", ONE, 1e-4, 3)], unused=["NVIDIA H100"])
    assert timing_words.device(found).startswith("Test processor, one thread; Keras on a test; batch 1, float32. ")
    assert "This machine's NVIDIA H100 is not used here." in timing_words.device(found)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.00842, "8.42 ms"), (1.5, "1.50 s"), (0.0000123, "12.3 µs"), (0.99996, "1.00 s"), (0.25, "250 ms")],
)
def test_durations(seconds, text):
    assert timing_words.duration(seconds) == text
