"""The session: one door for every net, history, links, selection, previews. Pure Python, no Streamlit."""

import pytest

from cnnviz import notation
from cnnviz.ui import block_list, fields, links
from cnnviz.ui.session import START, Session
from cnnviz.zoo import BY_NAME

CLASSIFIER = (5,)  # of the starting net
INCEPTION = (3,)


@pytest.fixture
def session():
    return Session()


def event(session, kind, **rest):
    return {"kind": kind, "revision": session.revision, "seq": 1, **rest}


# --- whole nets and links ---------------------------------------------------------------------------------------------


def test_a_new_visit_shows_a_net_and_leaves_the_address_alone(session):
    assert session.now.total.parameters > 0
    assert session.link is None
    assert session.problem is None


@pytest.mark.parametrize("name", BY_NAME)
def test_every_preset_has_its_name_as_link(session, name):
    session.pick(name)
    assert session.link == name
    assert session.problem is None
    again = Session()
    again.follow(session.link)
    assert again.now.text == session.now.text


def test_the_link_of_an_edited_net_opens_the_same_net(session):
    session.pick("googlenet")
    session.set_parameter((13,), "conv_3x3", 300)
    assert "300" in session.link
    again = Session()
    again.follow(session.link)
    assert again.now.net == session.now.net
    assert again.undo == []


def test_a_link_is_compact():
    session = Session()
    session.pick("resnet50")
    session.set_parameter((0,), "filters", 65)
    assert " " not in session.link


BAD_LINKS = ["conv(", "gogglenet", "", "input(32, 32, 3)", "x" * 20_000, "\ud800", "input(1,1,1);" * 9]


@pytest.mark.parametrize("link", BAD_LINKS)
def test_a_bad_link_says_so_and_leaves_a_working_net(session, link):
    before = session.now
    session.follow(link)
    assert session.problem.of_link
    assert "\n" not in session.problem.message
    assert session.now is before
    session.set_parameter(CLASSIFIER, "classes", 20)
    assert session.problem is None
    assert links.opened(session.link)[0].net == session.now.net


def test_a_misspelt_name_gets_a_suggestion(session):
    session.follow("gogglenet")
    assert "googlenet" in session.problem.message


def test_going_back_in_the_browser_is_undo(session):
    session.pick("lenet5")
    session.pick("vgg16")
    session.follow("lenet5")
    assert session.now.text == BY_NAME["lenet5"].notation
    assert len(session.redo) == 1
    session.follow(None)
    assert session.text == START
    session.follow("lenet5")
    session.follow("vgg16")
    assert session.now.text == BY_NAME["vgg16"].notation
    assert session.redo == []


def test_undo_and_redo_walk_the_same_nets(session):
    texts = [session.now.text]
    for name in ("lenet5", "alexnet", "vgg16"):
        session.pick(name)
        texts.append(session.now.text)
    for text in reversed(texts[:-1]):
        session.step_back()
        assert session.now.text == text
    session.step_back()
    assert session.now.text == texts[0]
    for text in texts[1:]:
        session.step_forward()
        assert session.now.text == text


def test_undo_forgets_the_name_of_a_preset_that_is_gone(session):
    session.pick("lenet5")
    session.step_back()
    assert session.preset == ""
    session.step_forward()
    assert session.preset == "lenet5"


def test_an_edit_after_undo_drops_what_was_undone(session):
    session.pick("lenet5")
    session.step_back()
    session.set_classes(7)
    assert session.redo == []


# --- text -------------------------------------------------------------------------------------------------------------


def test_typing_keeps_the_text_and_a_widget_edit_reprints_it(session):
    typed = "# mine\ninput(28, 28, 1)\nconv( 8, 3 )\nclassifier(10)"
    session.write(typed)
    assert session.text == typed
    session.set_classes(12)
    assert "# mine" not in session.text
    session.step_back()
    assert session.text == typed


def test_a_wrong_text_is_kept_with_its_line_beside_the_last_good_net(session):
    before = session.now
    session.write("input(28, 28, 1)\nconv(8, 3)\nconv(0, 3)")
    assert session.problem.line == 3
    assert "1 to 65,536" in session.problem.message
    assert session.draft.endswith("conv(0, 3)")
    assert session.now is before


# --- edits ------------------------------------------------------------------------------------------------------------


def test_a_refused_value_names_its_place_and_parameter(session):
    before = session.now
    session.set_parameter(INCEPTION, "conv_3x3", 0)
    assert session.problem.place == INCEPTION
    assert session.problem.parameter == "conv_3x3"
    assert session.now is before
    assert session.undo == []


def test_shapes_that_do_not_fit_are_refused_where_they_arise(session):
    session.add("flatten", None)
    session.delete((len(session.now.net.items) - 1,))
    session.add("flatten", (0,))
    assert session.problem.place is not None
    assert "needs a map" in session.problem.message


def test_a_drag_is_one_undo_step(session):
    start = session.now
    for value in (70, 80, 90):
        session.show_preview(INCEPTION, "conv_3x3", value)
        assert session.shown is not start
        assert session.now is start
        assert session.compared is start
        assert session.revision == 0
    session.set_parameter(INCEPTION, "conv_3x3", 90)
    assert len(session.undo) == 1
    assert session.preview is None
    assert session.before is start


def test_a_drag_that_is_given_up_changes_nothing(session):
    start = session.now
    session.show_preview(INCEPTION, "conv_3x3", 70)
    session.end_preview()
    assert session.shown is start
    assert session.undo == []


def test_the_input_changes_in_one_gesture(session):
    session.set_parameter((), "size", (64, 48))
    session.set_parameter((), "channels", 1)
    assert session.now.graph.nodes[0].shape == (64, 48, 1)
    session.set_parameter((), "size", 40)
    assert session.now.graph.nodes[0].shape == (40, 40, 1)
    session.set_parameter((), "size", (1, 2, 3))
    assert session.problem


def test_classes_change_in_every_head(session):
    session.pick("googlenet-aux")
    session.set_classes(7)
    assert [session.now.graph.nodes[i].shape for i in session.now.graph.outputs] == [(7,)] * 3
    session.set_classes("many")
    assert session.problem.parameter == "classes"


def test_blocks_are_added_after_the_selected_one_and_fit_what_comes_in(session):
    for word in ("reshape", "channel_pad"):
        session.add(word, (0,) if word == "channel_pad" else None)
        assert session.problem is None, word
    assert session.now.net.items[1].block.word == "channel_pad"
    assert session.now.net.items[-1].block.word == "reshape"


def test_a_block_goes_into_an_empty_branch(session):
    session.write("input(8, 8, 3)\nparallel([conv(4, 1)], [])")
    session.add("conv", (0, 1))
    assert session.now.net.items[0].branches[1][0].block.filters == 64
    assert session.place == (0, 1, 0)


def test_move_duplicate_and_delete_carry_the_selection(session):
    session.select((0,))
    session.move((0,), 2)
    assert session.place == (2,)
    session.duplicate((2,))
    assert session.place == (3,)
    session.delete((3,))
    count = len(session.now.net.items)
    session.select((count - 1,))
    session.delete((count - 1,))
    assert session.place == (count - 2,)


def test_branches_are_added_and_taken_out(session):
    session.write("input(8, 8, 3)\nparallel([conv(4, 1)], [conv(4, 3)])")
    session.add_branch((0,))
    assert len(session.now.net.items[0].branches) == 3
    session.delete_branch((0, 2))
    session.delete_branch((0, 1))
    assert "2 to 64 branches" in session.problem.message
    assert len(session.now.net.items[0].branches) == 2


def test_a_net_too_long_for_its_text_is_refused(session):
    blocks = "\n".join(f"conv(8, 3, relu, name={'a' * 33}{i})" for i in range(260))
    session.write(f"input(8, 8, 3)\n{blocks}")
    assert session.problem is None
    for _ in range(100):
        session.duplicate((0,))
        session.set_parameter((1,), "kernel_initializer", "random_uniform")
        session.set_parameter((1,), "name", f"{'b' * 33}{len(session.now.net.items)}")
    assert session.problem
    assert len(session.now.text) <= notation.MOST_TEXT
    session.step_back()


# --- selection --------------------------------------------------------------------------------------------------------


def test_a_node_selects_the_block_that_made_it(session):
    session.pick("googlenet")
    session.select_node("inception_4d/conv_5x5")
    assert session.now.net.items[session.place[0]].name == "inception_4d"
    assert session.selected_id == "inception_4d/conv_5x5"
    session.select(session.place)
    assert session.selected_id == "inception_4d"


def test_a_group_inside_a_block_can_be_selected(session):
    session.pick("resnet50")
    session.select_node("stage2/block1")
    assert session.selected_id == "stage2/block1"
    session.select_node("nothing/there")
    assert session.selected_id == ""


def test_a_selection_that_is_gone_is_dropped(session):
    session.pick("googlenet")
    session.select_node("inception_4d/conv_5x5")
    session.step_back()
    assert session.selected_id in {"", *(figures.id for figures in session.now.blocks.values())}


# --- what a browser sends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        None,
        7,
        "set",
        [],
        {},
        {"kind": "set"},
        {"kind": ["set"]},
        {"kind": "set", "place": "3", "name": "conv_3x3", "value": 5},
        {"kind": "set", "place": [3.0], "name": "conv_3x3", "value": 5},
        {"kind": "set", "place": [-1], "name": "classes", "value": 5},
        {"kind": "set", "place": [3] * 100, "name": "classes", "value": 5},
        {"kind": "set", "place": [3], "name": "__class__", "value": 5},
        {"kind": "set", "place": [3], "name": "word", "value": "conv"},
        {"kind": "set", "place": [3], "name": ["conv_3x3"], "value": 5},
        {"kind": "set", "place": [3], "name": "conv_3x3", "value": {"a": 1}},
        {"kind": "set", "place": [3], "name": "conv_3x3", "value": float("nan")},
        {"kind": "set", "place": [3], "name": "conv_3x3", "value": 1e300},
        {"kind": "set", "place": [3], "name": "conv_3x3", "value": "9" * 5000},
        {"kind": "set", "place": [3], "name": "conv_3x3", "value": [[1]]},
        {"kind": "set", "place": [3], "name": "name", "value": 5},
        {"kind": "set", "place": [3], "name": "name", "value": "no spaces"},
        {"kind": "set", "place": [], "name": "size", "value": [0, 0]},
        {"kind": "set", "place": [], "name": "words", "value": 1},
        {"kind": "set", "name": "classes", "value": {}},
        {"kind": "preview", "place": [3], "name": "conv_3x3", "value": True},
        {"kind": "move", "place": [99], "to": 1},
        {"kind": "move", "place": [0], "to": "1"},
        {"kind": "delete", "place": [0, 0, 0]},
        {"kind": "delete", "place": []},
        {"kind": "duplicate", "place": [77]},
        {"kind": "add_branch", "place": [0]},
        {"kind": "delete_branch", "place": [0]},
        {"kind": "add", "word": "eval", "place": None},
        {"kind": "add", "word": {}, "place": None},
    ],
)
def test_what_cannot_be_meant_changes_nothing(session, sent):
    before = session.now
    if isinstance(sent, dict):
        sent = {"revision": session.revision, "seq": 1, **sent}
    block_list.handle(session, sent)
    assert session.now is before


def test_a_stale_event_is_refused(session):
    stale = event(session, "set", place=[3], name="conv_3x3", value=100)
    session.set_classes(11)
    before = session.now
    assert not block_list.handle(session, stale)
    assert session.now is before
    assert block_list.handle(session, event(session, "set", place=[3], name="conv_3x3", value=100))
    assert session.now.net.items[3].block.conv_3x3 == 100


@pytest.mark.parametrize(
    ("sent", "value"),
    [(3, (3, 3)), ([3, 5], (3, 5)), (3.0, (3, 3))],
)
def test_a_size_is_one_number_or_two(session, sent, value):
    block_list.handle(session, event(session, "set", place=[0], name="kernel_size", value=sent))
    assert session.now.net.items[0].block.kernel_size == value


def test_every_written_item_and_branch_has_a_row(session):
    session.write("input(8, 8, 3)\n2 * [conv(4, 1), bn()]\nparallel([conv(4, 1)], [])\naux([gap(), dense(2)])")
    assert session.problem is None
    found = [tuple(row["place"]) for row in block_list.rows(session.now, "macs")]
    assert found == [(0,), (0, 0), (0, 1), (1,), (1, 0), (1, 0, 0), (1, 1), (2,), (2, 0), (2, 1)]


def test_the_shares_of_the_trunk_add_up(session):
    session.pick("resnet50")
    costs = [figures.cost.macs for place, figures in session.now.blocks.items() if len(place) == 1]
    assert sum(costs) == session.now.total.macs


def test_every_field_takes_back_the_value_that_it_shows(session):
    session.pick("resnet50")
    for item in session.now.net.items:
        for field in fields.of_item(item):
            sent = [*field.value] if isinstance(field.value, tuple) else field.value
            assert fields.value_of(item, field.name, sent) == field.value
