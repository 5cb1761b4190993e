"""Text ⇄ Net: canonical printing, reading, and the one clear message for everything that is no net."""

import pytest

from cnnviz import zoo
from cnnviz.net import Aux, Net, NetError, Parallel, Repeat, Step
from cnnviz.notation import MOST_TEXT, NotationError, load, parse, print_net
from cnnviz.ops import Conv, Flatten, Input


@pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
def test_zoo_is_canonical(row):
    net = parse(row.notation)
    assert print_net(net) == row.notation
    assert parse(print_net(net, one_line=True)) == net


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("conv(64, 3, same)", "conv(64, 3)"),
        ("conv(64, (3, 3), relu, 2)", "conv(64, 3, relu, strides=2)"),
        ("conv(filters=64, kernel_size=(1, 7), padding='valid')", "conv(64, (1, 7), padding=valid)"),
        ("maxpool(3, 2, same)", "maxpool(3, strides=2, padding=same)"),
        ("maxpool(2, strides=none)", "maxpool()"),
        ("bn(epsilon=0.00001, scale=False)", "bn(epsilon=1e-05, scale=false)"),
        (
            "zeropad((3, 3, 3, 3)); zeropad((0, 1, 0, 1)); zeropad((1, 2))",
            "zeropad(3); zeropad((0, 1, 0, 1)); zeropad((1, 2))",
        ),
        ("3 * [conv(8, 3)]", "3 * conv(8, 3)"),
        ("2 * [conv(8, 3), 2 * bn()]", "2 * [conv(8, 3), 2 * bn()]"),
        ("2 * [2 * conv(8, 3)]", "2 * [2 * conv(8, 3)]"),
        ("parallel([], [conv(3, 1)], merge=add, name=skip)", "parallel([], [conv(3, 1)], merge=add, name=skip)"),
        ("aux([gap(), dense(2)]); aux(5, 4)", "aux([gap(), dense(2)]); aux(5, pool_size=4)"),
        ("classifier(7, flatten, [64, 32])", "classifier(7, flatten, [64, 32])"),
        ("classifier(7, units=[64])", "classifier(7, units=[64])"),
        ("  conv(8, 3)  # the stem\n\n\t bn()", "conv(8, 3); bn()"),
        ("conv(8,\n  3,\n)", "conv(8, 3)"),
    ],
)
def test_what_is_typed_prints_canonically(typed, canonical):
    net = parse(f"input(32, 32, 3)\n{typed}")
    assert print_net(net, one_line=True) == f"input(32, 32, 3); {canonical}"
    assert parse(print_net(net)) == net


def test_long_branches_stand_on_lines_of_their_own():
    net = parse("input(8, 8, 3)\nparallel(" + ", ".join(["[conv(64, 3, relu), bn()]"] * 6) + ")")
    text = print_net(net)
    assert text.count("\n") == 9
    assert parse(text) == net


def test_structure():
    net = parse("input(8, 8, 3); 2 * [conv(3, 3), parallel([], [flatten()])]; aux([flatten()])")
    assert net == Net(
        Input(8, 8, 3),
        (
            Repeat(2, (Step(Conv(3, (3, 3))), Parallel(((), (Step(Flatten()),))))),
            Aux((Step(Flatten()),)),
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no net here; begin with input"),
        ("# only a comment", "there is no net here"),
        ("conv(3, 3)", "a net begins with input"),
        ("input(32, 32, 3)", "the net has no blocks"),
        ("input(32, 32)", "input: channels is missing"),
        ("input(0, 32, 3); gap()", "input: height must be 1 to 4,096, got 0"),
        ("input(8, 8, 3)\nvgg(64, convs=40)", "line 2: vgg: convs must be 1 to 16, got 40"),
        ("input(8, 8, 3)\n\ncov(3)", r"line 3: there is no block cov \(did you mean conv\?\)"),
        ("input(8, 8, 3); zzz()", "there is no block zzz; there are "),
        ("input(8, 8, 3); flatten", r"a block is written with brackets, flatten\(\)"),
        ("input(8, 8, 3); conv(3, 3).x", "a block is written like"),
        ("input(8, 8, 3); x = 3", "a net is a list of blocks"),
        ("input(8, 8, 3); conv(3, 3, 3, 3, 3)", "conv: activation must be one of"),
        ("input(8, 8, 3); flatten(3)", "flatten: takes no arguments"),
        ("input(8, 8, 3); activation(relu, 2)", "activation: takes at most 1 argument$"),
        ("input(8, 8, 3); conv(3, 3, filters=4)", "conv: filters is given twice"),
        ("input(8, 8, 3); conv(3, kernel_size=__import__('os'))", "kernel_size must be"),
        ("input(8, 8, 3); conv(3, *[3])", "kernel_size must be"),
        ("input(8, 8, 3); conv(**x)", "no parameter"),
        ("input(8, 8, 3); 0 * bn()", "a repetition takes 1 to 1,000 times, got 0"),
        ("input(8, 8, 3); bn() * 3", "a repetition is written n"),
        ("input(8, 8, 3); 3 * []", "a repetition needs at least one block"),
        ("input(8, 8, 3); parallel([bn()])", "parallel: needs 2 to 64 branches, got 1"),
        ("input(8, 8, 3); parallel([bn()], bn())", "parallel: a branch must be a list"),
        (
            "input(8, 8, 3); parallel([], [], merge=ad)",
            r"merge must be one of concat, add, multiply, got ad \(did you mean add\?\)",
        ),
        ("input(8, 8, 3); aux([aux([bn()])])", "an auxiliary head cannot stand inside another"),
        ("input(8, 8, 3); bn(name=a); bn(name=a)", "the name a is used twice"),
        ("input(8, 8, 3); bn(name='a b')", "name must start with a letter"),
        ("input(8, 8, 3); input(8, 8, 3)", "input: stands once"),
        (
            "input(8, 8, 3)\nparallel([conv(3, 1)], [conv(4, 1)], merge=add)",
            "line 2: parallel1/add: add needs branches",
        ),
        ("input(8, 8, 3)\n2 * [bn(),\nconv(8, 9, padding=valid)]", "line 3: conv1: a 9×9 window does not fit"),
        ("input(8, 8, 3); conv(1000000000, 3)", "filters must be 1 to 65,536, got 1000000000"),
        ("input(8, 8, 3); 1000 * [1000 * [1000 * conv(8, 3)]]", "the net has over 5,000 layers"),
        ("input(8, 8, 3); 30 * parallel([], [])", "channels up to 65,536"),
        ("input(4096, 4096, 3); flatten(); dense(65536)", "parameters; at most 1,000,000,000,000"),
        ("input(8, 8, 3); " + "bn();" * 401, "over 400 written blocks"),
        ("input(8, 8, 3); " + "2*[" * 13 + "bn()" + "]" * 13, "nested over 12 deep"),
        ("input(8, 8, 3); " + "(" * 9_000, "brackets are nested over 40 deep"),
        ("input(8, 8, 3); conv(" + "[" * 9_000 + ")", "brackets are nested over 40 deep"),
        ("input(8, 8, 3); conv(" + "-" * 9_000 + "1)", "too many signs"),
        ("input(8, 8, 3); conv(" + "- " * 4_000 + "1)", "too many signs"),
        ("input(8, 8, 3); " + "2*" * 5_000 + "bn()", "too many signs"),
        ("input(8, 8, 3); conv(3, 3" + "." + "a." * 5_000 + "b)", "."),
        ("input(8, 8, 3); " + "not " * 3_000 + "bn()", "."),
        ("input(8, 8, 3); conv(" + "9" * 5_000 + ")", "too many digits"),
        ("input(8, 8, 3); dropout(1e999)", "rate must be a number from 0 to 0.99, got inf"),
        ("x" * 100_000, "the text has 100,000 characters; at most 16,000"),
        ("input(8, 8, 3); bn(\ud800)", r"the character U\+D800 is not allowed"),
        ("input(8, 8, 3); bn(\x00)", r"the character U\+0000 is not allowed"),
        ("input(8, 8, 3); bn(\x0c)", r"the character U\+000C is not allowed"),
        ("input(٣, 8, 3); bn()", r"the character ٣ \(U\+0663\) is not allowed"),
        ("input(8, 8, 3); ｂｎ()", "is not allowed outside comments"),
        ("input(8, 8, 3); bn(", "this cannot be read: '\\(' was never closed"),
        ("input(8, 8, 3); bn(]", r"this cannot be read: '\]' does not match '\('"),
        ("input(8, 8, 3); bn())", r"this cannot be read: unmatched '\)'"),
        ("input(8, 8, 3); lambda(3)", "a block is written like conv"),
        ("input(8, 8, 3)\nconv 64", "line 2: this cannot be read: a block is written like conv"),
        ("input(8, 8, 3)\nif conv(64, 3)", "a block is written like conv"),
        ("input(8, 8, 3); conv(64 3)", "a comma is missing between two values"),
        ("input(8, 8, 3); conv(filters=64, 3)", "a value without a name stands behind a named one; put it first"),
        ("input(8, 8, 3); conv(64, 3=2)", "a name before = is that of a parameter, as in"),
        ("input(8, 8, 3); True = 1", "a name before = is that of a parameter, as in"),
        ("input(8, 8, 3); conv(64, 03)", "a number begins with 0; write 3 for 03"),
        ("input(8, 8, 3); bn(name='a)", "a quotation mark is never closed; words need none"),
        ("input(8, 8, 3)\nconv(8, 3if 1 else 2)", "line 2: a letter follows a number at once: 3i"),
        ("input(8, 8, 3); conv(0x10, 3)", "a letter follows a number at once: 0x"),
        ("input(8, 8, 3)\nconv(8, 3, name=__import__)", "name must start with a letter"),
    ],
)
def test_bad_texts_get_one_clear_message_at_once(text, message):
    with pytest.raises(NotationError, match=message) as caught:
        load(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_nets_made_by_hand_keep_the_same_limits():
    with pytest.raises(NetError, match="conv: filters must be 1 to 65,536, got 0"):
        Net(Input(8, 8, 3), (Step(Conv(0, (1, 1))),))
    with pytest.raises(NetError, match="cannot stand as a block"):
        Net(Input(8, 8, 3), (Step(Input(8, 8, 3)),))


def test_comments_may_hold_anything():
    assert parse("input(8, 8, 3) # é ( [ \ud800\nbn()") == parse("input(8, 8, 3); bn()")


def test_the_longest_text_is_read():
    text = "input(8, 8, 3); bn() #"
    assert parse(text.ljust(MOST_TEXT, "x"))


@pytest.mark.parametrize("link", [".a", "()", "[0]", "+a", "-a", "(1)"])
def test_a_chain_without_end_is_refused_in_one_line(link):
    for text in ("input(8, 8, 3); a" + link * 4_000, "a" + link * 4_000, "input(8, 8, 3); conv(a" + link * 3_900 + ")"):
        with pytest.raises(NotationError) as refused:
            load(text[:16_000])
        assert len(str(refused.value)) < 400
        assert "\n" not in str(refused.value)
