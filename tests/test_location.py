"""What a browser sends that has not heard the server's last word: its old address, its old choices. Neither counts."""

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui import location

SCRIPT = """
import streamlit as st
from cnnviz.ui import location, told

def put(name):
    location.write(location.held() | {"net": name})

location.look("moved" in st.query_params)
held = location.held().get("net")
for name in "abc":
    st.button(name, key=name, on_click=put, args=(name,))
key = told.key("pick", held)
st.selectbox("pick", [*"abc"], index=None, key=key, on_change=told.used(key, put))
st.text(held)
st.text(st.query_params["net"])
"""


@pytest.fixture
def page():
    """A page whose link holds the net "a"; its texts are the net and the address as they are shown."""
    made = AppTest.from_string(SCRIPT)
    made.query_params["net"] = "a"
    made.run()
    assert shown(made) == ["a", "a"]
    return made


def shown(page):
    assert not page.exception
    assert page.selectbox[0].value == page.text[0].value
    return [text.value for text in page.text]


def arrives_with(page, net, **others):
    """The next event comes with this address."""
    page.query_params.clear()
    page.query_params.update({"net": net, **others})
    page.run()


def test_an_address_that_was_just_replaced_is_put_right(page):
    page.button("b").click().run()
    assert shown(page) == ["b", "b"]
    arrives_with(page, "a")
    assert shown(page) == ["b", "b"]
    page.button("c").click().run()
    for late in ("a", "b"):
        arrives_with(page, late)
        assert shown(page) == ["c", "c"]


def test_a_callback_goes_on_from_the_address_as_it_is(page):
    page.button("b").click().run()
    page.query_params["net"] = "a"
    page.selectbox[0].select("c").run()
    assert shown(page) == ["c", "c"]


def test_an_address_is_followed_where_the_visitor_has_gone_there(page, monkeypatch):
    page.button("b").click().run()
    arrives_with(page, "c")  # never replaced: a link
    assert shown(page) == ["c", "c"]
    page.button("b").click().run()
    arrives_with(page, "c", moved="1")
    assert shown(page) == ["c", "c"]
    page.button("b").click().run()
    with monkeypatch.context() as patch:
        patch.setattr(location, "_went_back", lambda: True)
        arrives_with(page, "c")
    assert shown(page) == ["c", "c"]
    page.button("b").click().run()
    monkeypatch.setattr(location, "_ON_THE_WAY", 0)  # by now a browser has heard of the last change
    arrives_with(page, "c")
    assert shown(page) == ["c", "c"]


def test_a_choice_that_the_server_has_changed_does_not_come_back(page):
    unheard = page._tree
    page.button("b").click().run()
    page._tree = unheard
    page.selectbox[0].set_value("a")  # as it still is in the browser
    page.query_params["net"] = "a"
    page.run()
    assert shown(page) == ["b", "b"]


def test_a_widget_that_is_used_keeps_its_key(page):
    keys = [page.selectbox[0].key]
    for name in ("c", "b"):
        page.selectbox[0].select(name).run()
        assert shown(page) == [name, name]
        keys.append(page.selectbox[0].key)
    assert keys == ["pick"] * 3
    page.button("a").click().run()
    assert page.selectbox[0].key == "pick-1"
    page.selectbox[0].select("c").run()
    assert page.selectbox[0].key == "pick-1"
    assert shown(page) == ["c", "c"]
