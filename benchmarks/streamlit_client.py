"""A visitor without a browser: speaks Streamlit's protocol over a web socket, and edits the net on the Build page."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, NamedTuple
from urllib.parse import quote

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # the widget that takes in a component's events
LARGEST = 64 * 2**20  # bytes of one message


class Update(NamedTuple):
    """The answer to an edit: seconds until the run that shows it has ended, messages and bytes until then."""

    seconds: float
    messages: int
    size: int


class Visitor:
    """One session on the Build page."""

    def __init__(self, url: str, net: str) -> None:
        """`url` is that of the server, as http://localhost:8501/; `net` what `?net=` holds."""
        self._server = url.rstrip("/").removeprefix("http://")
        self._query = f"net={quote(net)}"
        self._page = self._list = self._fragment = ""
        self.revision = 0
        self._rows: list[dict[str, Any]] = []

    async def arrive(self) -> Update:
        """Open the page; the answer to its first run."""
        self._socket = await websockets.connect(
            f"ws://{self._server}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(f"http://{self._server}"),
            max_size=LARGEST,
            open_timeout=60,
            ping_interval=None,
        )
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.context_info.url = f"http://{self._server}/"
        return await self._send(message, -1)

    async def edit(self, filters: int) -> Update:
        """Give the net's first convolution so many filters, as a change in the block list does."""
        event = {
            "kind": "set",
            "place": [0],
            "name": "filters",
            "value": filters,
            "revision": self.revision,
            "seq": self.revision + 1,
        }
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash, rerun.fragment_id = self._query, self._page, self._fragment
        rerun.context_info.url = f"http://{self._server}/"
        rerun.widget_states.widgets.add(id=self._list, json_value="{}")
        state = rerun.widget_states.widgets.add()
        state.id = _TRIGGERS.format(self._list)
        state.json_trigger_value = json.dumps([{"event": "event", "value": event}])
        return await self._send(message, self.revision)

    async def leave(self) -> None:
        """Close the page."""
        await self._socket.close()

    async def _send(self, message: BackMsg, before: int) -> Update:
        begun = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        messages = size = 0
        while True:
            data = await asyncio.wait_for(self._socket.recv(), 120)
            assert isinstance(data, bytes)
            messages, size = messages + 1, size + len(data)
            answer = ForwardMsg()
            answer.ParseFromString(data)
            # An edit may end one run and begin another: the page is there when one that shows the edit has ended.
            if self._take(answer) and self.revision > before:
                return Update(time.perf_counter() - begun, messages, size)

    def _take(self, answer: ForwardMsg) -> bool:
        """Note what an answer says; whether it is the last one of a run."""
        match answer.WhichOneof("type"):
            case "new_session":
                self._page = answer.new_session.page_script_hash or self._page
            case "page_info_changed":
                self._query = answer.page_info_changed.query_string
            case "delta":
                made = answer.delta.new_element.bidi_component
                if made.component_name.endswith("block_list"):
                    self._list, self._fragment = made.id, answer.delta.fragment_id
                    [told] = json.loads(made.json)
                    self.revision = json.loads(told)["revision"]
            case "script_finished":
                return True
        return False
