"""The diagram: folding, layout, scene, SVG and DOT, on every network of the zoo and on random ones."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nets import nets

from cnnviz import notation, zoo
from cnnviz.costs import node_costs
from cnnviz.draw.dot import dot
from cnnviz.draw.folding import everything, fold, reveal, toggle, tree
from cnnviz.draw.scene import drawn, scene
from cnnviz.draw.series_parallel import Size, place
from cnnviz.draw.svg import svg
from cnnviz.graph import Graph

HOSTILE = '"><script>alert(1)</script>&amp;\x00\x1b\ud800\\'
GRAPHS = {name: notation.load(row.notation)[1] for name, row in zoo.BY_NAME.items()}


def scene_of(graph: Graph, opened: frozenset[str] = frozenset()) -> dict:
    return scene(graph, node_costs(graph), opened)


@pytest.fixture(params=GRAPHS)
def graph(request) -> Graph:
    return GRAPHS[request.param]


@st.composite
def graphs_with_open_groups(draw) -> tuple[Graph, frozenset[str]]:
    graph = draw(nets()).to_graph()
    groups = sorted(everything(graph))
    return graph, frozenset(draw(st.sets(st.sampled_from(groups)) if groups else st.just(set())))


def sumprod(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


# --- what a drawing must keep to --------------------------------------------------------------------------------------


def check(drawn: dict, graph: Graph, opened: frozenset[str]) -> None:
    """Boxes apart, frames nested, edges from box to box past everything else."""
    frames = {frame["id"]: frame for frame in drawn["frames"]}
    boxes = {node["id"]: node for node in drawn["nodes"]}
    assert sorted(frames) == sorted(path for path in opened if inside_open(path, opened, graph))
    for things in (list(boxes.values()), list(frames.values())):
        for thing in things:
            assert thing["x"] >= 0
            assert thing["y"] >= 0
            assert thing["x"] + thing["w"] <= drawn["width"]
            assert thing["y"] + thing["h"] <= drawn["height"]
    assert_apart(list(boxes.values()))
    for path, frame in frames.items():
        for inner in (*boxes.values(), *frames.values()):
            if inner["id"].startswith(path + "/"):
                assert contains(frame, inner), (path, inner["id"])
            elif not path.startswith(inner["id"] + "/") and inner is not frame:
                assert not overlap(frame, inner), (path, inner["id"])
    for edge in drawn["edges"]:
        check_edge(edge, boxes, frames)


def inside_open(path: str, opened: frozenset[str], graph: Graph) -> bool:
    parent = tree(graph).parent
    while path := parent.get(path, ""):
        if path not in opened:
            return False
    return True


def overlap(a: dict, b: dict) -> bool:
    across = a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"]
    return across and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def contains(outer: dict, inner: dict) -> bool:
    return (
        outer["x"] <= inner["x"]
        and outer["y"] <= inner["y"]
        and inner["x"] + inner["w"] <= outer["x"] + outer["w"]
        and inner["y"] + inner["h"] <= outer["y"] + outer["h"]
    )


def assert_apart(boxes: list[dict]) -> None:
    boxes = sorted(boxes, key=lambda box: box["y"])
    for i, box in enumerate(boxes):
        for other in boxes[i + 1 :]:
            if other["y"] >= box["y"] + box["h"]:
                break
            assert not overlap(box, other), (box["id"], other["id"])


def points_of(path: str) -> list[tuple[float, float]]:
    """Points along SVG path data of M, L and C, eight on each curve."""
    points: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        n = [float(number) for number in numbers.split()]
        if command == "C":
            x, y = points[-1]
            for k in range(1, 9):
                t = k / 8
                weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                xs, ys = (x, n[0], n[2], n[4]), (y, n[1], n[3], n[5])
                points.append((sumprod(weights, xs), sumprod(weights, ys)))
        else:
            points.append((n[0], n[1]))
    return points


def check_edge(edge: dict, boxes: dict[str, dict], frames: dict[str, dict]) -> None:
    source, target = edge["id"].split(">")
    a, b = boxes[source], boxes[target]
    points = points_of(edge["d"])
    assert points[0] == pytest.approx((a["spine"], a["y"] + a["h"]), abs=0.11)
    assert points[-1] == pytest.approx((b["spine"], b["y"]), abs=0.11)
    assert all(above[1] <= below[1] for above, below in pairwise(points)), edge
    around = [path for path in frames if source.startswith(path + "/") or target.startswith(path + "/")]
    strangers = [box for path, box in boxes.items() if path not in (source, target)]
    strangers += [frame for path, frame in frames.items() if path not in around]
    low, high = points[0][1], points[-1][1]
    strangers = [box for box in strangers if box["y"] < high and box["y"] + box["h"] > low]
    for first, second in pairwise(points):
        for box in strangers:
            assert not crosses(first, second, box), (edge["id"], box["id"])


def crosses(first: tuple[float, float], second: tuple[float, float], box: dict) -> bool:
    """Whether a short or upright piece of an edge has an inner point in a box."""
    for t in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = (p + (q - p) * t for p, q in zip(first, second, strict=True))
        if box["x"] + 0.5 < x < box["x"] + box["w"] - 0.5 and box["y"] + 0.5 < y < box["y"] + box["h"] - 0.5:
            return True
    upright = abs(first[0] - second[0]) < 0.5 and box["x"] < first[0] < box["x"] + box["w"]
    return upright and first[1] < box["y"] and second[1] > box["y"] + box["h"]


# --- folding ----------------------------------------------------------------------------------------------------------


@given(graphs_with_open_groups())
def test_what_is_in_sight_holds_every_node_once(drawn):
    graph, opened = drawn
    folded = fold(graph, opened)
    covered = sorted(index for item in folded.items.values() for index in range(item.start, item.stop))
    assert covered == list(range(len(graph.nodes)))


def test_every_path_prefix_of_two_members_is_a_group():
    graph = GRAPHS["resnet50"]
    prefixes = {node.id.rpartition("/")[0] for node in graph.nodes} - {""}
    assert prefixes < everything(graph)
    assert {"stage3", "stage3/block1"} <= everything(graph)


def test_a_group_of_one_member_gives_place_to_it():
    graph = notation.load("input(8, 8, 3)\nparallel([conv(4, 1)], [bn(), conv(4, 3)])")[1]
    groups = tree(graph).groups
    assert set(groups) == {"", "parallel1", "parallel1/branch2"}
    assert groups["parallel1"].members == ("parallel1/branch1/conv1", "parallel1/branch2", "parallel1/concat")


def test_unknown_groups_are_ignored():
    graph = GRAPHS["googlenet"]
    assert fold(graph, frozenset({"nowhere", "conv1", "", "inception_3a/pool"})) == fold(graph, frozenset())
    assert toggle(graph, frozenset({"gone"}), "nowhere") == frozenset()


def test_toggle_opens_and_closes():
    graph = GRAPHS["googlenet"]
    opened = toggle(graph, frozenset(), "inception_3a")
    assert opened == {"inception_3a"}
    assert toggle(graph, opened, "inception_3a") == frozenset()


def test_reveal_opens_what_hides_a_node():
    graph = GRAPHS["resnet50"]
    opened = reveal(graph, frozenset({"stage5"}), "stage3/block2/conv1")
    assert opened == {"stage5", "stage3", "stage3/block2"}
    assert "stage3/block2/conv1" in fold(graph, opened).items


# --- layout and scene -------------------------------------------------------------------------------------------------


def test_folded_networks_are_drawn_properly(graph):
    check(scene_of(graph), graph, frozenset())


def test_unfolded_networks_are_drawn_properly(graph):
    opened = everything(graph)
    drawn = scene_of(graph, opened)
    assert {node["id"] for node in drawn["nodes"]} == {node.id for node in graph.nodes}
    check(drawn, graph, opened)


@given(graphs_with_open_groups())
def test_random_nets_are_drawn_properly(drawn):
    graph, opened = drawn
    check(scene_of(graph, opened), graph, opened)


@given(st.integers(1, 9), st.data())
def test_what_is_not_series_parallel_is_placed_without_overlap(count, data):
    pairs = [(a, b) for b in range(count + 1) for a in range(-1, b)]
    edges = sorted(data.draw(st.sets(st.sampled_from(pairs))))
    edges += [(-1, b) for b in range(count) if all(edge[1] != b for edge in edges)]
    sizes = [Size(30, 30, 20 + 7 * (i % 3)) for i in range(count)]
    block = place(list(range(count)), edges, sizes)
    assert sorted(block.spots) == list(range(count))
    boxes = [
        {"id": i, "x": x - 30, "y": y, "w": 60, "h": sizes[i].height} for i, (x, y) in sorted(block.spots.items())
    ]
    assert_apart(boxes)
    for a, b in edges:
        top = block.spots[a][1] + sizes[a].height if a >= 0 else 0
        bottom = block.spots[b][1] if b < count else block.height
        ys = [top, *(y for _, y in block.vias.get((a, b), ())), bottom]
        assert ys == sorted(ys)


def test_the_main_line_is_straight():
    """No sideways drift: what every path passes stands on one line, auxiliary heads beside it."""
    drawn = scene_of(GRAPHS["googlenet-aux"], frozenset({"inception_3a", "aux1"}))
    spines = {node["id"]: node["spine"] for node in drawn["nodes"]}
    beside = [p for p in spines if p.startswith(("aux", "inception_3a/")) and not p.endswith("concat")]
    assert {x for path, x in spines.items() if path not in beside} == {drawn["trunk"]}
    assert all(spines[path] > drawn["trunk"] for path in beside if path.startswith("aux"))


def test_the_same_drawing_each_time():
    """Also in another process, whose sets come in another order."""
    text = (
        "import json; from cnnviz import costs, notation, zoo; from cnnviz.draw import folding, scene\n"
        "g = notation.load(zoo.BY_NAME['googlenet-aux'].notation)[1]\n"
        "print(json.dumps(scene.scene(g, costs.node_costs(g), folding.everything(g))))"
    )
    other = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    graph = GRAPHS["googlenet-aux"]
    assert json.loads(other.stdout) == scene_of(graph, everything(graph))


def test_a_scene_is_plain_data_and_says_what_its_boxes_are():
    drawn = scene_of(GRAPHS["googlenet"], frozenset({"inception_4d"}))
    assert json.loads(json.dumps(drawn)) == drawn
    nodes = {node["id"]: node for node in drawn["nodes"]}
    conv, group = nodes["inception_4d/conv_5x5"], nodes["inception_3a"]
    assert (conv["title"], conv["subtitle"], conv["family"]) == ("Conv 5×5", "14×14×64", "convolution")
    assert (conv["kind"], conv["foldable"], conv["block"]) == ("node", False, "inception_4d")
    assert (group["title"], group["subtitle"], group["family"]) == ("Inception 3a", "28×28×256", "inception")
    assert (group["kind"], group["foldable"], group["block"]) == ("group", True, "inception_3a")
    assert drawn["frames"][0]["note"] == "605 k parameters · 119 M MACs"
    assert ["inception_3a/pool", "Max pool 3×3"] in drawn["hidden"]
    assert len(drawn["nodes"]) + len(drawn["hidden"]) == len(GRAPHS["googlenet"].nodes) + sum(
        node["foldable"] for node in drawn["nodes"]
    )


def test_a_bar_is_the_share_of_the_box_that_takes_most(graph):
    costs = node_costs(graph)
    for opened in (frozenset(), everything(graph)):
        drawn = scene_of(graph, opened)
        work = [
            sum(cost.macs for node, cost in zip(graph.nodes, costs, strict=True) if f"{node.id}/".startswith(f"{box}/"))
            for box in (node["id"] for node in drawn["nodes"])
        ]
        assert sum(work) == sum(cost.macs for cost in costs)
        assert [node["bar"] for node in drawn["nodes"]] == [round(one / (max(work) or 1), 3) for one in work]


def test_closing_a_group_changes_nothing_above_it():
    graph = GRAPHS["googlenet"]
    above = [
        {node["id"]: (node["spine"] - drawn["trunk"], node["y"]) for node in drawn["nodes"]}
        for drawn in (scene_of(graph), scene_of(graph, frozenset({"inception_4d"})))
    ]
    ids = list(above[0])[: list(above[0]).index("inception_4d")]
    assert [above[0][path] for path in ids] == [above[1][path] for path in ids]


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_svg_is_well_formed_and_complete(graph, theme):
    for opened in (frozenset(), everything(graph)):
        drawn = scene_of(graph, opened)
        root = ElementTree.fromstring(svg(drawn, theme))
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        for thing in (*drawn["nodes"], *drawn["frames"]):
            assert thing["title"] in texts
        assert float(root.get("width")) == drawn["width"]


def test_svg_escapes_hostile_names():
    drawn = scene_of(GRAPHS["vgg16"], frozenset({"vgg1"}))
    for thing in (*drawn["nodes"], *drawn["frames"]):
        for key in ("title", "id", "note"):
            thing[key] = HOSTILE
    text = svg(drawn, title=HOSTILE)
    root = ElementTree.fromstring(text.encode())
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert "<script" not in text


needs_dot = pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz' dot is not installed")


def drawn_by_graphviz(text: str) -> ElementTree.Element:
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return ElementTree.fromstring(done.stdout)


def classes(root: ElementTree.Element) -> list[str]:
    return [element.get("class", "") for element in root.iter("{http://www.w3.org/2000/svg}g")]


@needs_dot
@pytest.mark.parametrize("name", ["lenet5", "googlenet-aux", "resnet50"])
def test_dot_is_accepted_and_complete(name):
    graph = GRAPHS[name]
    for opened in (frozenset(), everything(graph), None):
        folded = fold(graph, everything(graph) if opened is None else opened)
        found = classes(drawn_by_graphviz(dot(graph, opened)))
        assert found.count("node") == len(folded.items)
        assert found.count("edge") == len(folded.edges)
        assert found.count("cluster") == len(folded.levels) - 1


@needs_dot
def test_dot_escapes_hostile_names():
    graph = GRAPHS["lenet5"]
    tail = HOSTILE.replace("/", "")
    nodes = [node._replace(id=f"{node.id}{tail}{i}") for i, node in enumerate(graph.nodes)]
    hostile = Graph(tuple(nodes), graph.outputs, graph.spans)
    found = classes(drawn_by_graphviz(dot(hostile, frozenset({"classifier1"}))))
    assert found.count("node") == len(graph.nodes)


@pytest.mark.parametrize("opened", [False, True], ids=["folded", "unfolded"])
def test_a_sketch_taken_over_gives_the_same_scene(opened):
    """An edit that moves nothing, one that makes boxes wider, one that adds a box."""
    text = "input(32, 32, 3); conv(8, 3); inception(8, 8, 8, 8, 8, 8); vgg(8, convs=2); dense(4)"
    sketch = None
    for change in ("", "conv(8, 3)>conv(9, 3)", "conv(8, 3)>separable_conv(8, 3)", "dense(4)>bn(); dense(4)"):
        old, _, new = change.partition(">")
        graph = notation.load(text.replace(old, new) if change else text).graph
        groups = everything(graph) if opened else frozenset()
        found, sketch = drawn(graph, node_costs(graph), groups, sketch)
        assert found == scene(graph, node_costs(graph), groups)
