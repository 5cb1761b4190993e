"""Fitting nets to data: what is changed, what is said, and that every network of the zoo can be fitted."""

import pytest

from cnnviz import notation, zoo
from cnnviz.training.fit import FitError, fit, problems, target
from cnnviz.training.heads import last_word

DIGITS = (8, 8, 1)


def fitted(text, shape=DIGITS, classes=10, **options):
    return fit(notation.parse(text), shape, classes, **options)


def written(net):
    return notation.print_net(net, one_line=True)


@pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
def test_every_network_of_the_zoo_fits_the_digits(row):
    net = zoo.find(row.name).net
    found = fit(net, DIGITS, 10)
    assert found.net.input.height == net.input.height
    assert problems(found.graph, DIGITS, 10) == ()
    assert all(head.loss and head.units == 10 for head in target(found.graph))
    assert fit(found.net, DIGITS, 10).changes == ()
    assert written(notation.parse(written(found.net))) == written(found.net)


def test_what_fits_is_left_alone():
    found = fitted("input(8, 8, 1); conv(4, 3, relu); classifier(10)")
    assert found.changes == ()


def test_channels_and_classes_follow_the_data():
    found = fitted("input(32, 32, 3); conv(4, 3, relu); flatten(); dense(5, softmax)")
    assert written(found.net) == "input(32, 32, 1); conv(4, 3, relu); flatten(); dense(10, softmax)"
    assert found.changes == (
        "input channels 3 → 1: the pictures have 1 channel",
        "last dense: units 5 → 10, one for each class",
    )


def test_the_input_takes_the_size_of_the_pictures_when_they_are_not_resized():
    found = fitted("input(32, 32, 1); conv(4, 3, relu); classifier(10)", resize=False)
    assert found.graph.nodes[0].shape == DIGITS
    assert found.changes == ("input 32×32 → 8×8: the size of the pictures",)


@pytest.mark.parametrize(
    ("end", "becomes"),
    [
        ("conv(4, 3)", "conv(4, 3); classifier(10)"),
        ("gap()", "gap(); dense(10, softmax)"),
        ("flatten(); dense(128, relu)", "flatten(); dense(128, relu); dense(10, softmax)"),
        ("flatten(); dense(5, relu)", "flatten(); dense(10, softmax)"),
        ("flatten(); dense(10, tanh)", "flatten(); dense(10, softmax)"),
        ("flatten(); dense(5)", "flatten(); dense(10)"),
        ("flatten(); dense(5, sigmoid)", "flatten(); dense(10, sigmoid)"),
        ("flatten(); dense(10); activation()", "flatten(); dense(10); activation(softmax)"),
        ("flatten(); dense(10, softmax); activation()", "flatten(); dense(10, softmax)"),
        ("gap(); dense(10, softmax); dropout(0.5)", "gap(); dense(10, softmax); dropout(0.5); dense(10, softmax)"),
        ("classifier(5, output_activation=relu)", "classifier(10)"),
        ("flatten(); rbf(5)", "flatten(); rbf(10)"),
        ("conv(7, 1, relu); gap(); activation(softmax)", "conv(10, 1, relu); gap(); activation(softmax)"),
        ("conv(10, 1); gap()", "conv(10, 1); gap()"),
        ("conv(7, 1); gap()", "conv(7, 1); gap(); dense(10, softmax)"),
        (
            "gap(keepdims=true); conv(7, 1); reshape([7]); activation(softmax)",
            "gap(keepdims=true); conv(10, 1); reshape([10]); activation(softmax)",
        ),
        ("gap(keepdims=true); dense(7, softmax)", "gap(keepdims=true); dense(10, softmax); flatten()"),
        ("parallel([conv(4, 3)], [])", "parallel([conv(4, 3)], []); classifier(10)"),
    ],
)
def test_each_kind_of_end(end, becomes):
    found = fitted(f"input(8, 8, 1); conv(4, 3, relu); {end}")
    assert written(found.net) == f"input(8, 8, 1); conv(4, 3, relu); {becomes}"


def test_a_net_without_weights_gets_a_classifier():
    found = fitted("input(8, 8, 10); maxpool(); gap(); activation(softmax)", (8, 8, 10))
    assert written(found.net).endswith("activation(softmax); dense(10, softmax)")


def test_auxiliary_heads_are_fitted_each():
    found = fitted(
        "input(32, 32, 1); conv(4, 3); aux(7); aux([gap(), dense(7, relu)]); aux([conv(3, 1)]); "
        "2 * [aux([gap(), dense(7, softmax)]), conv(4, 3)]; classifier(7)"
    )
    assert [head.units for head in target(found.graph)] == [10] * 6
    assert written(found.net) == (
        "input(32, 32, 1); conv(4, 3); aux(10); aux([gap(), dense(10, softmax)]); aux([conv(3, 1), classifier(10)]); "
        "2 * [aux([gap(), dense(10, softmax)]), conv(4, 3)]; classifier(10)"
    )


def test_a_block_that_needs_its_channels_gets_a_bridge():
    found = fitted("input(8, 8, 6); residual(6, shortcut=identity, use_bn=false, name=bridge); classifier(10)")
    assert written(found.net).startswith("input(8, 8, 1); conv(6, 1, name=bridge2); residual(6")
    assert "conv(6, 1) added in front: the net's first block needs 6 channels" in found.changes


def test_a_map_shrunk_to_nothing_says_which_side_works():
    net = "input(32, 32, 1); conv(4, 5, padding=valid); maxpool(); conv(4, 5, padding=valid); maxpool(); classifier(10)"
    with pytest.raises(FitError, match="8×8 are too small .* it needs a side of 16 or more: .* its own 32×32"):
        fitted(net, resize=False)
    assert fitted(net, (16, 16, 1), resize=False).graph
    with pytest.raises(FitError, match="too small"):
        fitted(net, (15, 15, 1), resize=False)


@pytest.mark.parametrize("classes", [0, 1, 10**6])
def test_a_number_of_classes_that_cannot_be_is_refused(classes):
    with pytest.raises(FitError, match="2 to 65,536 classes"):
        fitted("input(8, 8, 1); classifier(10)", classes=classes)


def test_the_readers_question_is_answered():
    graph = notation.load("input(340, 340, 3); conv(64, 3)").graph
    (found,) = problems(graph, (340, 340, 3), 3)
    assert "64 numbers at each of 115,600 places. A label is 3 numbers a picture" in found.what
    assert "(None, 3) and (None, 340, 340, 64) do not match" in found.why
    assert "classifier(3)" in found.remedy


def test_every_problem_is_named():
    graph = notation.load("input(8, 8, 3); conv(4, 3); aux([gap(), dense(5, relu)]); classifier(7)").graph
    found = [problem.what for problem in problems(graph, DIGITS, 5)]
    assert found == [
        "The net takes pictures of 3 channels; these have 1.",
        "The net ends in 7 numbers; the data has 5 classes.",
        "Auxiliary head 1 cannot be trained as it ends: its last activation is relu.",
    ]
    assert problems(notation.load("input(8, 8, 4); gap(); activation(softmax)").graph, (8, 8, 4), 4)


@pytest.mark.parametrize(
    ("end", "loss", "from_logits", "negate"),
    [
        ("dense(3, softmax)", "categorical_crossentropy", False, False),
        ("dense(3)", "categorical_crossentropy", True, False),
        ("dense(3); activation(softmax); reshape([3])", "categorical_crossentropy", False, False),
        ("dense(3); dropout(0.5)", "", False, False),
        ("dense(3, sigmoid)", "binary_crossentropy", False, False),
        ("rbf(3)", "categorical_crossentropy", True, True),
        ("dense(3, relu)", "", False, False),
    ],
)
def test_the_loss_follows_from_the_last_operation(end, loss, from_logits, negate):
    (head,) = target(notation.load(f"input(8, 8, 1); flatten(); {end}").graph)
    assert (head.loss, head.from_logits, head.negate) == (loss, from_logits, negate)
    assert bool(head.why) == bool(head.remedy) == (not loss)


@pytest.mark.parametrize(("activation", "word"), [("softmax", "softmax"), ("relu", "linear")])
def test_means_over_places_are_looked_through(activation, word):
    graph = notation.load(f"input(8, 8, 1); conv(3, 1, {activation}); gap()").graph
    assert last_word(graph, graph.outputs[0]) == word
