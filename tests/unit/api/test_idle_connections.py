"""A connection that was idle may be forgotten on the way, and is reset at the next byte: none is used again."""

from __future__ import annotations

import io
import json
import socket
import socketserver
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import PLAYBACK_ID
from support.responses import DELETED, created, listing
from support.serving import read_request, serving

FORGOTTEN_AFTER_SECONDS = 3.5
REPLIES = {"GET": listing(PLAYBACK_ID), "POST": created(PLAYBACK_ID), "DELETE": DELETED}
CALLS: tuple[Callable[[Client], object], ...] = (
    lambda client: client.live_streams.get(DEMO_STREAM_ID),
    lambda client: client.playback_ids.create(DEMO_STREAM_ID, "public", "key"),
    lambda client: client.playback_ids.delete(DEMO_STREAM_ID, PLAYBACK_ID),
)


class ForgetfulServer(socketserver.ThreadingTCPServer):
    """Resets a connection on which something arrives after it was idle for long.

    Attributes:
        received: the methods of the requests.
        connections: how many there have been.
        resets: how many connections were reset.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[str] = []
        self.connections = self.resets = 0

    @property
    def settings(self) -> Settings:
        return Settings("token", "secret-key", f"http://127.0.0.1:{self.server_address[1]}/v1")


class _Handler(socketserver.StreamRequestHandler):
    server: ForgetfulServer
    rfile: io.BufferedReader
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.server.connections += 1
        idle_since = time.monotonic()
        while self.rfile.peek(1):
            if time.monotonic() - idle_since > FORGOTTEN_AFTER_SECONDS:
                self.server.resets += 1
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                socket.close(self.connection.detach())
                return
            self._respond()
            idle_since = time.monotonic()

    def _respond(self) -> None:
        method = read_request(self.rfile)
        self.server.received.append(method)
        body = json.dumps(REPLIES[method].body).encode()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


@pytest.fixture
def server() -> Iterator[ForgetfulServer]:
    server = ForgetfulServer()
    with serving(server):
        yield server


def test_no_request_meets_a_connection_that_was_forgotten_while_it_was_idle(server: ForgetfulServer) -> None:
    with ExitStack() as open_clients:
        clients = [open_clients.enter_context(Client(server.settings)) for _ in CALLS]
        for client in clients:
            client.live_streams.get(DEMO_STREAM_ID)
        time.sleep(FORGOTTEN_AFTER_SECONDS + 0.5)
        for client, call in zip(clients, CALLS, strict=True):
            call(client)
        assert server.received == ["GET", "GET", "GET", "GET", "POST", "DELETE"]
        assert server.resets == 0
        assert server.connections == 2 * len(CALLS)


def test_connections_are_used_again_while_there_is_something_to_do(server: ForgetfulServer) -> None:
    with Client(server.settings) as client:
        for _ in range(10):
            for call in CALLS:
                call(client)
        assert server.connections < 5
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda number: CALLS[number % len(CALLS)](client), range(240)))
        assert server.connections < 40
    assert len(server.received) == 270
