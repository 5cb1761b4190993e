"""Networks as text, and settings in links."""

from __future__ import annotations

import dataclasses
import json

from cnnviz import memory, receptive_field, zoo
from cnnviz.labs import kernels, link, reduction, stepping
from cnnviz.notation import NotationError, parse, print_net
from cnnviz.summary import as_json, summarize
from cnnviz.training.settings import Settings
from cnnviz.ui import compare_nets, compare_state, links
from cnnviz.ui.session import Session

from .mutate_data import mutated_bytes
from .target import Target, said


def notation(text: str) -> bool:
    """A text, to the full table and back."""
    try:
        loaded = zoo.find(text)
    except NotationError as error:
        said(str(error))
        return False
    found = summarize(loaded.graph)
    json.dumps(as_json(loaded.net, found), allow_nan=False)
    memory.inference(loaded.graph)
    memory.training(loaded.graph, 2)
    receptive_field.fields(loaded.graph)
    for one_line in (False, True):
        assert parse(print_net(loaded.net, one_line=one_line)) == loaded.net, "what is printed is another net"
    return True


def address(text: str) -> bool:
    """`?net=` of a first visit, and of one that already has a net."""
    visit = Session()
    before = visit.now
    visit.follow(text)
    if visit.problem:
        said(visit.problem.message)
        assert visit.now is before, "a refused link changed the net"
        return False
    links.link_of(visit.now)
    return True


def labs(text: str) -> bool:
    """The link of each lab and of a training: one value for every setting in turn."""
    good = True
    for declared in (kernels.Kernels, compare_state.View, reduction.Settings, stepping.Settings, Settings):
        for field in dataclasses.fields(declared):
            made, wrong = link.read(declared, {field.name: text})
            for line in wrong:
                said(line)
            assert link.read(declared, link.write(made)) == (made, ()), "what is written is read as something else"
            good &= not wrong
    return good


def comparison(text: str) -> bool:
    """A net pasted into Compare."""
    try:
        compare_nets.pasted(text)
    except links.LinkError as error:
        said(str(error))
        return False
    return True


def text_file(data: bytes) -> bool:
    """A file that is opened on the Build page."""
    visit = Session()
    before = visit.now
    visit.open_file(data)
    if visit.problem:
        said(visit.problem.message)
        assert visit.now is before, "a refused file changed the net"
        assert visit.draft is not None
        visit.draft.encode()
        return False
    return True


NOTATIONS = [
    *(row.notation for row in zoo.ROWS),
    "input(8,8,3); 2*[parallel([conv(3,1)],[bn()],merge=add),gap(keepdims=true)]; aux([gap()])",
    "input(8,8,3); reshape([1,1,192]); channel_pad(200); depthwise_conv(3); separable_conv(3,3); dense(3)",
]
_FILES = [text.encode() for text in NOTATIONS[::7]]

DOORS = {
    "notation": Target("a network as text", NOTATIONS, notation),
    "link": Target("?net= of the address", [*zoo.BY_NAME, *(t.replace("\n", ";") for t in NOTATIONS)], address),
    "labs": Target("the settings in an address", ["5", "3x5", "1,2,3", "true", "same", "none", "-1"], labs),
    "compare": Target("a net pasted into Compare", [*zoo.BY_NAME, *NOTATIONS], comparison),
    "text_file": Target(
        "a text file opened on the Build page",
        [*_FILES, b"\xef\xbb\xbf" + _FILES[0], _FILES[0].replace(b"\n", b"\r"), NOTATIONS[0].encode("utf-16")],
        text_file,
        mutated_bytes,
    ),
}
