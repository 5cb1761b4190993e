"""What is compared and its link, without a browser: everything that can be pasted, everything that can be wrong."""

import json
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import zoo
from cnnviz.compare import compare
from cnnviz.labs import measures, waterfall
from cnnviz.layer_changes import layer_changes
from cnnviz.report import of_text
from cnnviz.ui import compare_nets, compare_payload, comparison, rooms
from cnnviz.ui.compare_nets import Nets, of_zoo, pasted
from cnnviz.ui.links import LinkError
from cnnviz.ui.session import Session

SCRIPT = Path(__file__).parent.parent / "cnnviz" / "ui" / "navigation.py"
OWN = "input(32,32,3);conv(8,3);gap();dense(10,softmax)"
MOVED = ("input(16,16,8);bn();conv(8,3);conv(9,5);gap()", "input(16,16,8);conv(8,3);conv(9,5);bn();gap()")


# --- what can be pasted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "resnet18",
        "  resnet18\n",
        "?net=resnet18",
        "net=resnet18",
        "http://localhost:8501/?net=resnet18",
        "localhost:8501/?net=resnet18",
        "https://example.org/zoo?row=resnet18",
        "https://example.org/compare?a=resnet18&b=vgg16",
        "/zoo?row=resnet18",
        f"https://example.org/?net={quote(zoo.BY_NAME['resnet18'].notation)}",
        zoo.BY_NAME["resnet18"].notation,
    ],
)
def test_a_net_can_be_pasted_in_every_form(text):
    slot = pasted(text)
    assert (slot.title, slot.preset, slot.link) == ("ResNet-18", "resnet18", "resnet18")


@pytest.mark.parametrize(
    "text", [OWN, OWN.replace(";", "\n"), f"?net={OWN}", f"http://localhost:8501/?net={quote(OWN)}"]
)
def test_a_notation_can_be_pasted_in_every_form(text):
    slot = pasted(text)
    assert slot.link == OWN
    assert slot.title == "Own net, 3 blocks"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing here"),
        ("resent18", "did you mean resnet18?"),
        ("https://example.org/", "holds no network"),
        ("https://example.org/?net=", "holds no network"),
        ("?net=nothing-like-it", "there is none called nothing-like-it"),
        ("http://[?net=x", "no link that can be read"),
        ("input(32,32,3);conv(8,99999999)", "kernel_size must be"),
        ("input(32,32,3);conv(8,3", ""),
        ("input(32,32,3);" + "(" * 300, ""),
        ("x" * 300_000, "300,000 characters"),
        ("input(8,8,3);" + "conv(8,3);" * 3_000, ""),
        ("=" * 50 + "?" + "&a=" * 60, ""),
        ("\x00\ud800", ""),
    ],
)
def test_what_is_no_net_gets_one_line(text, said):
    with pytest.raises(LinkError) as error:
        pasted(text)
    assert said in str(error.value)
    assert 0 < len(str(error.value)) < 400
    assert "\n" not in str(error.value)


# --- the slots and their link -----------------------------------------------------------------------------------------


def test_the_net_in_build_is_followed_and_what_was_is_not():
    session = Session()
    nets = Nets([*compare_nets.default(session)][:2])
    session.pick("vgg16")
    nets.refresh(session)
    assert nets.slots[0].report is session.now
    assert nets.slots[0].title == "In Build: VGG-16"
    before = compare_nets.of_past(session.undo[-1])
    session.pick("resnet18")
    assert before.title == "Earlier in Build: Own net, 6 blocks"
    assert [slot.title for slot in compare_nets.default(session)][:2] == [
        "In Build: ResNet-18",
        "Earlier in Build: VGG-16",
    ]


def test_a_link_brings_the_same_nets_back():
    session = Session()
    session.work = "flops"
    nets = Nets([of_zoo("resnet18"), pasted(OWN), compare_nets.of_build(session), of_zoo("vgg16")])
    link = nets.written(session)
    there, other = Nets([]), Session()
    there.follow(link, other)
    assert not there.problems
    assert other.work == "flops"
    assert [slot.report.text for slot in there.slots] == [slot.report.text for slot in nets.slots]
    assert there.written(other) == link


def test_a_bad_link_says_what_is_wrong_and_the_rest_stands():
    session, nets = Session(), Nets([])
    nets.follow({"a": "resent18", "b": "vgg16", "c": "input(", "count": "watts"}, session)
    assert [slot.title for slot in nets.slots] == ["VGG-16", f"In Build: {'Own net, 6 blocks'}"]
    assert len(nets.problems) == 3
    assert nets.problems[0].startswith("Net A of this link: ")
    assert "did you mean resnet18?" in nets.problems[0]
    assert nets.problems[2].startswith("count must be one of macs, flops, operations")
    assert session.work == "macs"


def test_two_nets_always_stay():
    nets = Nets([of_zoo("vgg16"), of_zoo("vgg19"), of_zoo("vgg11")])
    nets.remove(1)
    nets.remove(0)
    assert [slot.preset for slot in nets.slots] == ["vgg16", "vgg11"]
    for _ in range(5):
        nets.put(len(nets.slots), of_zoo("vgg13"))
    assert len(nets.slots) == 4


# --- what the components are told -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [MOVED, ("vgg16", "tfnotes-vgg16"), ("resnet18", "resnet50")])
@pytest.mark.parametrize("work", ["macs", "operations"])
def test_the_tables_and_charts_of_any_two_nets_are_plain_data(pair, work):
    slots = [pasted(text) for text in pair]
    reports = (slots[0].report, slots[1].report)
    found = compare(*reports)
    layers = layer_changes(found, *reports)
    sides = [(slot.title, slot.report) for slot in slots]
    blocks = comparison.payload(found, *sides, work)
    by_layer = comparison.layer_payload(layers, found, *sides, work)
    assert [row["kind"] for row in blocks["rows"]] == [change.kind for change in found.changes]
    assert blocks["total"] == by_layer["total"]
    for key in measures.KEYS:
        measure = measures.measure(key, work)
        numbers = [measures.values(net, key, work) for net in reports]
        fall = waterfall.of_blocks(found, *numbers)
        for data in (
            compare_payload.waterfall(fall, measure, slots, (0, 1)),
            compare_payload.stages(slots, measure, work),
            compare_payload.layers(slots, measure, work),
        ):
            json.dumps(data, allow_nan=False)


def test_a_moved_block_is_shown_at_both_places_and_counted_once():
    left, right = (of_text(text.replace(";", "\n")) for text in MOVED)
    data = comparison.payload(compare(left, right), ("A", left), ("B", right))
    gone, come = [row for row in data["rows"] if row["kind"] == "moved"]
    assert gone["elsewhere"] == ("", "moved: now block 3")
    assert come["elsewhere"] == ("was block 1", "")
    assert gone["difference"] == []
    assert come["difference"][0]["text"] == "+4"  # four numbers for one channel more


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page():
    found = AppTest.from_file(str(SCRIPT), default_timeout=60)
    found.switch_page(rooms.COMPARE)
    return found


def errors(page):
    assert not page.exception
    return [error.value.replace("\\", "") for error in page.error]


def titles(page):
    return [slot.title for slot in page.session_state["compare_nets"].slots]


def test_the_first_visit_compares_what_is_in_build(page):
    page.run()
    assert errors(page) == []
    assert titles(page) == ["In Build: Own net, 6 blocks", "ResNet-20 for CIFAR-10"]
    assert not {"a", "b"} & {*page.query_params}


@pytest.mark.parametrize("show", ["difference", "stages", "layers", "zoo"])
@pytest.mark.parametrize("measure", measures.KEYS)
def test_every_view_of_four_nets_can_be_linked_to(page, show, measure):
    nets = {"a": "vgg16", "b": "resnet18", "c": OWN, "d": "mobilenet"}
    for key, value in {**nets, "show": show, "measure": measure, "by": "layers", "left": "d", "right": "c"}.items():
        page.query_params[key] = value
    page.run()
    assert errors(page) == []
    assert titles(page) == ["VGG-16", "ResNet-18", "Own net, 3 blocks", "MobileNet"]


def test_a_bad_link_shows_what_is_wrong_and_a_working_page(page):
    page.query_params["a"] = "resnet50"
    page.query_params["b"] = "resent18"
    page.query_params["measure"] = "price"
    page.query_params["right"] = "z"
    page.run()
    found = errors(page)
    assert len(found) == 3
    assert "did you mean resnet18?" in found[0]
    assert titles(page) == ["ResNet-50", "In Build: Own net, 6 blocks"]
    page.selectbox(key="compare_net_b").select("vgg16").run()
    assert titles(page) == ["ResNet-50", "VGG-16"]
    assert not any("resnet18" in line for line in errors(page))
    assert page.query_params["b"] in ("vgg16", ["vgg16"])


def test_a_net_is_added_swapped_and_removed(page):
    page.run()
    page.selectbox(key="compare_net_b").select("vgg16").run()
    page.button(key="compare_swap").click().run()
    assert titles(page) == ["VGG-16", "In Build: Own net, 6 blocks"]
    page.selectbox(key="compare_net_c").select("vgg19").run()
    assert titles(page)[2] == "VGG-19"
    page.button(key="compare_remove_a").click().run()
    assert titles(page) == ["In Build: Own net, 6 blocks", "VGG-19"]
    assert errors(page) == []


def test_an_earlier_state_of_build_can_stand_beside_the_current_one(page):
    page.run()
    page.session_state["session"].pick("resnet50")
    page.run()
    page.selectbox(key="compare_net_b").select("undo:1").run()
    assert titles(page) == ["In Build: ResNet-50", "Earlier in Build: Own net, 6 blocks"]
    assert errors(page) == []


def test_the_way_to_count_is_the_sessions_and_stands_in_the_link(page):
    page.run()
    page.button_group(key="compare_work").set_value("flops").run()
    assert page.session_state["session"].work == "flops"
    held = page.query_params["count"]
    assert held in ("flops", ["flops"])


def test_the_link_to_share_leads_to_the_same_nets():
    nets = Nets([of_zoo("resnet18"), pasted(OWN)])
    from urllib.parse import urlencode

    asked = {key: value[0] for key, value in parse_qs(urlsplit("?" + urlencode(nets.written(Session()))).query).items()}
    there = Nets([])
    there.follow(asked, Session())
    assert [slot.link for slot in there.slots] == ["resnet18", OWN]


@pytest.mark.parametrize(
    ("right", "rows", "said"),
    [
        ("400 * [conv(3, 1), bn()]; gap(); dense(2)", 600, "; the first 600 of these stand here, all layers in the"),
        ("700 * conv(2, 3); gap(); dense(3)", 1, "1 of 703 layers differ; the 702 that are the same are not listed"),
    ],
)
def test_a_table_of_layers_that_is_cut_says_so(right, rows, said):
    nets = [of_text(f"input(8, 8, 2); {text}") for text in ("700 * conv(2, 3); gap(); dense(2)", right)]
    found = compare(*nets)
    data = comparison.layer_payload(layer_changes(found, *nets), found, ("A", nets[0]), ("B", nets[1]), "macs")
    assert len(data["rows"]) == rows
    assert said in data["said"]
    assert data["said"].endswith("in the exported file")
