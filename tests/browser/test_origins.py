"""Web sockets: pages of this server get one, those of other sites are refused at once."""

import http.client
from urllib.parse import urlsplit

import pytest
from streamlit import net_util
from streamlit.web.server import server_util

from cnnviz.ui import security


def opened(server, origin):
    """The status of the answer to a request for a web socket from a page of this origin."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        connection.request(
            "GET",
            "/_stcore/stream",
            headers={
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Protocol": "streamlit",
                "Origin": origin,
            },
        )
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_page_of_this_server_gets_a_web_socket_and_another_sites_does_not(server):
    assert opened(server, server.url.rstrip("/")) == 101
    assert opened(server, "http://elsewhere.example") == 403
    assert opened(server, "null") == 403


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "https://localhost.elsewhere.example:8501", "null", ""])
def test_nobody_is_asked_who_may_come(monkeypatch, origin):
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda *_, **__: pytest.fail("somebody was asked"))
    security.ask_nobody_for_our_address()
    assert not server_util.is_url_from_allowed_origins(origin)
    assert net_util.get_external_ip() == ""
