"""Random nets from every declared block: what we say of each layer is what Keras says, and text and net are one.

CNNVIZ_EXAMPLES sets how many nets are drawn (500 by default).
"""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import notation
from cnnviz.blocks import BLOCKS, MERGES
from cnnviz.net import Aux, Net, Parallel, Repeat, Step, walk
from tests.helpers import assert_agrees
from tests.nets import nets

EXAMPLES = int(os.environ.get("CNNVIZ_EXAMPLES", "500"))


@settings(max_examples=EXAMPLES)
@given(nets())
def test_random_nets_agree_with_keras_and_print_to_themselves(net: Net) -> None:
    text = notation.print_net(net)
    loaded, graph = notation.load(text)
    assert loaded == net
    assert notation.parse(notation.print_net(net, one_line=True)) == net
    assert_agrees(graph)


def _features(net: Net) -> set[str]:
    """What a net has that the property test must meet."""
    found = set()
    if net.input.height % 2 and net.input.width % 2 and net.input.height != net.input.width:
        found.add("odd sides")
    for _, item in walk(net.items):
        if isinstance(item, Step):
            found.add(item.block.word)
            for feature in ("strides", "dilation_rate"):
                if max(getattr(item.block, feature, None) or (1,)) > 1:
                    found.add(feature)
            if getattr(item.block, "groups", 1) > 1:
                found.add("groups")
        elif isinstance(item, Parallel):
            found.add(item.merge)
            if any(isinstance(inner, Parallel) for branch in item.branches for _, inner in walk(branch)):
                found.add("nested parallel")
            if () in item.branches:
                found.add("identity branch")
        else:
            found.add(type(item).__name__)
    return found


def test_random_nets_reach_every_block_and_feature() -> None:
    met: set[str] = set()

    @settings(max_examples=EXAMPLES, derandomize=True, database=None)
    @given(nets())
    def draw(net: Net) -> None:
        met.update(_features(net))

    draw()
    structures = {"odd sides", "strides", "dilation_rate", "groups", "nested parallel", "identity branch"}
    assert met >= {*BLOCKS, *MERGES, Aux.__name__, Repeat.__name__, *structures}


@settings(max_examples=200)
@given(st.lists(nets(), min_size=2, max_size=2))
def test_two_nets_have_one_text_only_if_they_are_equal(pair: list[Net]) -> None:
    one, other = pair
    assert (notation.print_net(one) == notation.print_net(other)) == (one == other)
