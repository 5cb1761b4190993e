"""Edits of a net: each gives the net that the same change in the text gives."""

import pytest

from cnnviz import edit
from cnnviz.net import NetError, Step, walk
from cnnviz.notation import parse
from cnnviz.ops import BatchNorm

TEXT = "input(8, 8, 3); conv(4, 3); 2 * [bn(), parallel([], [conv(5, 1)])]; aux([gap(), dense(6)]); classifier(7)"


@pytest.fixture
def net():
    return parse(TEXT)


def changed(old, new):
    assert old in TEXT
    return parse(TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("apply", "old", "new"),
    [
        (lambda n: edit.set_parameter(n, (0,), "filters", 9), "conv(4, 3)", "conv(9, 3)"),
        (lambda n: edit.set_parameter(n, (0,), "kernel_size", 5), "conv(4, 3)", "conv(4, 5)"),
        (lambda n: edit.set_parameter(n, (0,), "name", "stem"), "conv(4, 3)", "conv(4, 3, name=stem)"),
        (lambda n: edit.set_parameter(n, (1,), "times", 5), "2 * [", "5 * ["),
        (lambda n: edit.set_parameter(n, (1, 1), "merge", "add"), "[conv(5, 1)])", "[conv(5, 1)], merge=add)"),
        (lambda n: edit.set_parameter(n, (1, 1, 1, 0), "filters", 8), "conv(5, 1)", "conv(8, 1)"),
        (lambda n: edit.set_parameter(n, (2, 1), "units", 8), "dense(6)", "dense(8)"),
        (lambda n: edit.insert(n, (1, 1, 0, 0), Step(BatchNorm())), "parallel([]", "parallel([bn()]"),
        (lambda n: edit.insert(n, (4,), Step(BatchNorm())), "classifier(7)", "classifier(7); bn()"),
        (lambda n: edit.delete(n, (2,)), "aux([gap(), dense(6)]); ", ""),
        (lambda n: edit.delete(n, (1, 0)), "bn(), ", ""),
        (lambda n: edit.duplicate(n, (0,)), "conv(4, 3)", "conv(4, 3); conv(4, 3)"),
        (lambda n: edit.move(n, (1, 0), 1), "[bn(), parallel([], [conv(5, 1)])]", "[parallel([], [conv(5, 1)]), bn()]"),
        (lambda n: edit.set_input(n, 16, 12, 1), "input(8, 8, 3)", "input(16, 12, 1)"),
    ],
)
def test_edit(net, apply, old, new):
    assert apply(net) == changed(old, new)
    assert net == parse(TEXT), "the old net is untouched"


def test_classes_are_set_in_every_head(net):
    assert edit.classes(net) == 7
    assert edit.set_classes(net, 10) == parse(
        TEXT.replace("dense(6)", "dense(10)").replace("classifier(7)", "classifier(10)")
    )


def test_classes_in_other_endings():
    assert edit.classes(parse("input(8, 8, 3); gap(); dense(4); activation(softmax)")) == 4
    assert edit.classes(parse("input(8, 8, 3); conv(4, 3)")) is None
    with pytest.raises(NetError, match="does not end in a classifier or dense layer"):
        edit.set_classes(parse("input(8, 8, 3); conv(4, 3)"), 10)


def test_a_duplicate_takes_a_name_of_its_own():
    twice = edit.duplicate(parse("input(8, 8, 3); bn(name=a)"), (0,))
    assert twice == parse("input(8, 8, 3); bn(name=a); bn()")
    twice.to_graph()


def test_every_place_can_be_found(net):
    for place, item in walk(net.items):
        assert edit.item_at(net, place) is item
        assert edit.replace(net, place, item) == net


@pytest.mark.parametrize("place", [(), (9,), (-1,), (0, 0), (1, 5), (1, 1, 7, 0), (1, 1, 0, 0), (1, 1, 1)])
def test_places_that_are_not_there(net, place):
    with pytest.raises(NetError, match="there is no block at this place"):
        edit.delete(net, place)


@pytest.mark.parametrize(
    ("place", "name", "value", "message"),
    [
        ((0,), "filters", 0, "conv: filters must be 1 to 65,536, got 0"),
        ((0,), "filters", "many", "conv: filters must be 1 to 65,536, got many"),
        ((0,), "depth", 3, "conv: no parameter depth"),
        ((1,), "filters", 3, "this block has no parameter filters"),
        ((1,), "times", 0, "a repetition takes 1 to 1,000 times, got 0"),
        ((1, 1), "merge", "mean", "merge must be one of concat, add, multiply, got mean"),
        ((0,), "name", "a b", "name must start with a letter"),
        ((0,), "name", 3, "name must start with a letter"),
    ],
)
def test_wrong_values(net, place, name, value, message):
    with pytest.raises(NetError, match=message):
        edit.set_parameter(net, place, name, value)


def test_the_last_block_stays():
    with pytest.raises(NetError, match="the net has no blocks"):
        edit.delete(parse("input(8, 8, 3); bn()"), (0,))
