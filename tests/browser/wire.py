"""A way to a server that can be cut, and on which its answers can be made to wait."""

from __future__ import annotations

import select
import socket
import threading


class Wire:
    """A way to a server that can be cut: each connection to its port goes on to the server's.

    While `holds` is true, what the server says on a web socket waits; the handshake and other requests go through.
    """

    def __init__(self, to: int) -> None:
        self.holds = False
        self._to, self._pairs = to, list[tuple[socket.socket, socket.socket]]()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> int:
        """Close all connections at once; how many there were. New ones are taken."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                end.close()
        return len(pairs)

    def close(self) -> None:
        self._door.close()
        self.cut()

    def _answer(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            self._pairs.append((near, far))
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other, is_web_socket = {near: far, far: near}, False
        try:
            while True:
                held = self.holds and is_web_socket
                for end in select.select([near] if held else [near, far], [], [], 0.2)[0]:
                    data = end.recv(65_536)
                    if not data:
                        raise OSError
                    is_web_socket |= end is far and data.startswith(b"HTTP/1.1 101")
                    other[end].sendall(data)
        except (OSError, ValueError):  # ValueError: it was cut
            near.close()
            far.close()
