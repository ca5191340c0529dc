"""A real server that sends raw bytes piece by piece, with a pause before each: slow, endless, or too much."""

from __future__ import annotations

import socketserver
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat

from support.serving import read_request, serving


@dataclass(frozen=True)
class Drips:
    """Something, and then the same piece for ever."""

    beginning: bytes
    piece: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.beginning
        yield from repeat(self.piece)


class SlowServer(socketserver.ThreadingTCPServer):
    """Answers each request with the same pieces, until the client leaves.

    Args:
        pieces: what to send.
        pause: seconds before each piece.
        speaks_first: don't wait for a request.

    Attributes:
        address: its host and port.
        received: the methods of the requests.
        connections: how many there have been.
    """

    def __init__(self, pieces: Iterable[bytes], *, pause: float = 0.02, speaks_first: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pieces, self.pause, self.speaks_first = pieces, pause, speaks_first
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.received: list[str] = []
        self.connections = 0


class _Handler(socketserver.StreamRequestHandler):
    server: SlowServer

    def handle(self) -> None:
        self.server.connections += 1
        try:
            while self.server.speaks_first or self._request_is_read():
                self._send()
        except OSError:
            pass  # the client has left

    def _request_is_read(self) -> bool:
        method = read_request(self.rfile)
        if method:
            self.server.received.append(method)
        return bool(method)

    def _send(self) -> None:
        for piece in self.server.pieces:
            time.sleep(self.server.pause)
            self.wfile.write(piece)


@contextmanager
def slow_server(
    pieces: Iterable[bytes], *, pause: float = 0.02, speaks_first: bool = False, tls: ssl.SSLContext | None = None
) -> Iterator[SlowServer]:
    """A server that runs until it is left and its clients have left it."""
    server = SlowServer(pieces, pause=pause, speaks_first=speaks_first)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    with serving(server):
        yield server
