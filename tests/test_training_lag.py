"""Running statistics of batch normalisation, and how long they lag."""

from cnnviz import zoo
from cnnviz.training import lag


def graph(text):
    return zoo.find(text).graph


def test_the_first_value_has_faded_after_so_many_steps():
    needed = lag.steps_to_follow(graph("input(8,8,3); conv_bn(4, 3); classifier(10)"))
    share = 1.0
    for step in range(needed):
        assert share > lag.LEFT, step
        share *= 0.99
    assert share <= lag.LEFT


def test_the_slowest_of_several_counts():
    text = "input(8,8,3); conv(4, 3); bn(momentum=0.5); conv(4, 3); bn(momentum=0.9); classifier(10)"
    assert lag.steps_to_follow(graph(text)) == 44  # 0.9⁴³ = 0.0108, 0.9⁴⁴ = 0.0097


def test_only_short_runs_are_told():
    text = "input(8,8,3); conv_bn(4, 3); classifier(10)"
    assert "450" in lag.note(graph(text), 450)
    assert lag.note(graph(text), 5_000) == ""
    assert lag.note(graph("lenet5"), 10) == ""
