"""What an attempt's time-out leaves alone, how it is shared by addresses, and how large a response may be."""

from __future__ import annotations

import gzip
import json
import socket
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api import connections
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.retry import outcome_unknown
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.responses import listing
from support.slow_server import Drips, slow_server

CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
MIB = b"x" * 1024 * 1024


def in_pieces(body: bytes, pieces: int) -> list[bytes]:
    """A whole response, its head first."""
    size = -(-len(body) // pieces)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    return [head, *(body[place : place + size] for place in range(0, len(body), size))]


def settings(address: str, seconds: float) -> Settings:
    return Settings("token", "secret-key", f"http://{address}/v1", timeout_seconds=seconds)


def test_a_large_list_may_be_slow_as_long_as_it_ends_in_time() -> None:
    ids = [f"{number:08}-0000-4000-8000-000000000000" for number in range(10_000)]
    body = json.dumps(listing(*ids).body).encode()
    with (
        slow_server(in_pieces(body, 50), pause=0.03) as server,
        Client(settings(server.address, 4)) as client,
    ):
        began = time.monotonic()
        assert len(client.live_streams.get(DEMO_STREAM_ID).playback_ids) == 10_000
        assert time.monotonic() - began > 1.5


def test_the_time_out_of_one_response_is_not_that_of_the_next_one_on_its_connection() -> None:
    """Each takes most of the time-out, in 32 threads that share their connections."""
    body = json.dumps(listing("p").body).encode()
    with (
        slow_server(in_pieces(body, 5), pause=0.5) as server,
        Client(settings(server.address, 5)) as client,
        ThreadPoolExecutor(32) as threads,
    ):
        reads = [threads.submit(client.live_streams.get, DEMO_STREAM_ID) for _ in range(96)]
        assert [read.result().playback_ids[0].id for read in reads] == ["p"] * 96
        assert server.received == ["GET"] * 96
        assert server.connections <= 32


def test_all_addresses_of_a_host_share_the_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as sockets:
        listening = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listening.getsockname()
        # With its queue full, it lets no other connection come about.
        for _ in range(4):
            client = sockets.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(address)
        found = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *rest: found(host, *rest) * (8 if host == "localhost" else 1)
        )
        with Client(settings(f"localhost:{address[1]}", 1)) as client_of_fastpix:
            began = time.monotonic()
            with pytest.raises(errors.NotReachedError, match="Nothing was sent"):
                client_of_fastpix.live_streams.get(DEMO_STREAM_ID, client_of_fastpix.deadline(0.001))
            assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "response",
    [
        Drips(b"HTTP/1.1 ", MIB),
        Drips(b"HTTP/1.1 201 Created\r\nX: ", MIB),
        Drips(b"HTTP/1.1 201 Created\r\n", b"X: x\r\n" * 1000),
        Drips(b"HTTP/1.1 100 Continue\r\n", b"X: x\r\n" * 1000),
        Drips(b"HTTP/1.1 201 Created\r\n\r\n", MIB),
        Drips(CHUNKED, b"0" * len(MIB)),
        Drips(CHUNKED + b"2;x=", MIB),
        Drips(CHUNKED + b"0\r\nX: ", MIB),
        Drips(CHUNKED + b"0\r\n", b"X: " + b"x" * 1000 + b"\r\n"),
    ],
    ids=["status", "header", "headers", "interim", "body", "size of a chunk", "extension", "trailer", "trailers"],
)
def test_a_response_that_is_too_large_is_incomplete_and_a_create_in_doubt(response: Drips) -> None:
    with (
        slow_server(response, pause=0) as server,
        Client(settings(server.address, 30)) as client,
        # Some limits are of http.client and of newer versions of urllib3.
        pytest.raises(errors.NoResponseError, match=r"longer than|more than|exceeded maximum") as raised,
    ):
        client.playback_ids.create(DEMO_STREAM_ID, "public", "key")
    assert outcome_unknown(raised.value)
    assert server.received == ["POST"]


def test_a_small_response_that_is_large_when_decompressed_is_given_up_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By our own pieces with the oldest urllib3 allowed; newer versions see to it themselves."""
    monkeypatch.setattr(connections, "MAX_RESPONSE_BYTES", len(MIB))
    compressed = gzip.compress(bytes(32 * len(MIB)))
    assert len(compressed) < len(MIB)
    response = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(compressed)
    with slow_server([response + compressed], pause=0) as server, Client(settings(server.address, 30)) as client:
        tracemalloc.start()
        try:
            with pytest.raises(errors.NoResponseError, match="longer than"):
                client.live_streams.get(DEMO_STREAM_ID, client.deadline(0.001))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 4 * len(MIB)
