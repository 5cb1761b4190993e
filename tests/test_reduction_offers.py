"""Where a net would gain by a 1×1: hand-derived offers, and for any net that what is offered is what it saves."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from cnnviz import compare, net, report
from cnnviz.graph import GraphError
from cnnviz.labs import reduction_offers
from cnnviz.ui.session import Session
from cnnviz.zoo import ROWS
from tests.nets import nets


def changed(text):
    """The one offer of a net, and the net with it."""
    found = report.of_text(text)
    (offer,) = reduction_offers.offers(found)
    return found, offer, reduction_offers.applied(found, (offer,))


def test_a_convolution_gets_a_one_by_one_of_half_its_break_even_width():
    found, offer, new = changed("input(100, 100, 128)\nconv(32, 5, relu, name=large)")
    assert new.text == "input(100, 100, 128)\nconv(55, 1, relu)\nconv(32, 5, relu, name=large)\n"
    assert offer.limit == 110
    assert 0.49 < new.total.macs / found.total.macs < 0.51
    assert reduction_offers.offers(new) == (), "what is reduced is not offered again"


def test_a_step_lowers_the_width_as_the_one_by_one_works_on_the_larger_map():
    _, offer, new = changed("input(32, 32, 64)\nconv_bn(64, 3, strides=2)")
    assert offer.width == 9 * 64 * 64 * 16**2 // (2 * (64 * 32**2 + 9 * 64 * 16**2))
    assert new.net.items[0].block.strides == (1, 1)


def test_modules_and_residual_blocks():
    _, _, new = changed("input(28, 28, 192)\nnaive_inception(64, 128, 32)\nclassifier(10)")
    assert new.net.items[0].block.word == "inception"
    found, _, new = changed("input(28, 28, 64)\nresidual(64, 2, name=stage)\nclassifier(10)")
    assert new.text.splitlines()[1] == "bottleneck(16, 2, out_filters=64, name=stage)"
    assert new.graph.nodes[new.graph.outputs[0]].shape == found.graph.nodes[found.graph.outputs[0]].shape


def test_a_vgg_block_is_written_out_with_a_one_by_one_where_that_gains():
    """The first convolution reads the picture and stays; 9·64·64·... at 64 channels: 9·64²/(10·64) = 57.6, half 28."""
    _, offer, new = changed("input(32, 32, 3)\nvgg(64, convs=2, name=stem)\nclassifier(10)")
    written = "conv(64, 3, relu)\nconv(28, 1, relu)\nconv(64, 3, relu)\nmaxpool()\n"
    assert new.text.startswith(f"input(32, 32, 3)\n{written}")
    assert (offer.width, offer.limit) == (28, 0)
    _, _, new = changed("input(32, 32, 64)\nvgg(64, convs=3, use_bn=true, use_bias=false, pool_size=1)")
    assert new.text == "input(32, 32, 64)\n3 * [conv_bn(28, 1), conv_bn(64, 3)]\n"


@pytest.mark.parametrize("bn", ["true", "false"])
@pytest.mark.parametrize("pool", [1, 2, 3])
def test_a_vgg_block_written_out_is_the_same_block(bn, pool):
    block = f"vgg(64, convs=3, activation=elu, use_bn={bn}, pool_size={pool}, kernel_initializer=he_normal)"
    found, offer, _ = changed(f"input(32, 32, 64)\n{block}")
    plain = [net.Repeat(item.times, item.items[1:]) if isinstance(item, net.Repeat) else item for item in offer.after]
    same = report.of_net(net.Net(found.net.input, tuple(plain)))
    assert {change.kind for change in compare.compare(found, same).changes} == {"same"}
    assert [node.op for node in same.graph.nodes] == [node.op for node in found.graph.nodes]


def test_a_plain_dense_block_gets_the_one_by_one_of_densenet_b():
    """A layer on c channels: 9·12·c against 48·c + 9·48·12, so from c = 86.4 on it gains."""
    _, offer, new = changed("input(16, 16, 160)\ndense_block(12, 12, bottleneck_width=0, name=second)")
    assert new.text == "input(16, 16, 160)\ndense_block(12, 12, name=second)\n"
    assert offer.saved.macs == 16 * 16 * sum(60 * (160 + 12 * layer) - 9 * 48 * 12 for layer in range(12))


def test_modules_that_are_not_examined_are_counted_and_said():
    module = "naive_inception(16, 8, 8); conv(64, 1)"
    most = reduction_offers.MOST_MODULES
    found = report.of_text(f"input(8, 8, 64); {'; '.join([module] * (most + 2))}")
    assert reduction_offers.unexamined(found) == 2
    assert len(reduction_offers.offers(found)) == most
    assert reduction_offers.unexamined(report.of_text(f"input(8, 8, 64); {most} * [{module.replace(';', ',')}]")) == 0
    page = AppTest.from_function(offers_script)
    page.session_state["text"] = found.text
    page.run()
    assert not page.exception
    assert page.info[0].value.startswith(f"Of its {most + 2} naive Inception modules only the first {most} were")
    assert "the last 2 are not" in page.info[0].value


def offers_script():
    import streamlit

    from cnnviz.ui import reduction_offers, visit

    visit.session().write(streamlit.session_state["text"])
    reduction_offers.show()


def test_a_module_whose_channels_are_needed_keeps_them():
    text = "input(28, 28, 192)\nparallel([naive_inception(64, 128, 32)], [conv(416, 1)], merge=add)\nclassifier(10)"
    _, offer, _ = changed(text)
    assert offer.out == offer.new_out == (28, 28, 416)


@pytest.mark.parametrize(
    "text",
    [
        "input(32, 32, 3)\nconv(64, 3)",  # a picture
        "input(32, 32, 64)\nconv(64, 1)",  # a 1×1 already
        "input(32, 32, 64)\nconv(64, 3, groups=64)",  # each filter reads one channel
        "input(32, 32, 256)\nconv_bn(32, 1)\nconv_bn(64, 3)",  # reduced already
        "input(32, 32, 64)\nvgg(64, convs=2, kernel_size=1)",
        "input(32, 32, 3)\nvgg(64, convs=1)",
        "input(32, 32, 64)\ndense_block(6, 12)",  # its layers have their 1×1
        "input(32, 32, 16)\ndense_block(6, 12, bottleneck_width=0)",  # too few channels to gain
        "input(64, 1, 1)\nflatten()\ndense(10)",
    ],
)
def test_no_offer_where_nothing_gains(text):
    assert reduction_offers.offers(report.of_text(text)) == ()


def assert_offers_hold(found):
    for offer in reduction_offers.offers(found):
        new = reduction_offers.applied(found, (offer,))
        assert offer.saved == tuple(a - b for a, b in zip(found.total, new.total, strict=True))
        assert offer.saved.parameters > 0 < offer.saved.macs
        assert report.of_text(new.text).total == new.total


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_offered_for_a_zoo_net_is_what_it_saves(row):
    assert_offers_hold(report.of_text(row.notation))


WIDE = (
    "input({side},{side},{c});{times} * [conv_bn({c},3,order={order}), conv({c},{kernel},relu,strides={s})];"
    "residual({c},2)"
)


@given(
    st.integers(8, 20), st.integers(24, 70), st.integers(1, 3), st.integers(2, 5), st.integers(1, 2),
    st.sampled_from(("conv_bn_act", "conv_act_bn", "bn_act_conv")),
)  # fmt: skip
def test_what_is_offered_for_repeated_blocks_is_what_the_net_saves(side, channels, times, kernel, step, order):
    text = WIDE.format(side=side, c=channels, times=times, kernel=kernel, s=step, order=order)
    found = report.of_text(text)
    assert_offers_hold(found)
    chosen = reduction_offers.offers(found)
    assume(len(chosen) > 1)
    assert reduction_offers.applied(found, chosen).total.macs < found.total.macs


@given(nets())
def test_offers_hold_for_any_net(drawn):
    try:
        found = report.of_net(drawn)
    except GraphError:
        return
    assert_offers_hold(found)


def test_an_offer_goes_through_the_sessions_door_and_undo_takes_it_back():
    session = Session()
    before = session.now.text
    (offer, *_) = reduction_offers.offers(session.now)
    session.write(reduction_offers.applied(session.now, (offer,)).text)
    assert session.problem is None
    assert session.now.total.macs == report.of_text(before).total.macs - offer.saved.macs
    session.step_back()
    assert session.now.text == before
