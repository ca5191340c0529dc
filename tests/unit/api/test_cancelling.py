"""Ctrl-C ends waiting and reading at once; what was sent and changes something is waited for."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import PLAYBACK_ID
from support.responses import DELETED, DROPPED, created, error, listing, throttled
from support.scripted_server import Reply, ScriptedServer
from support.slow_server import Drips, SlowServer, slow_server

AT_ONCE = 20.0
"""Seconds. Without an end each call here would go on for much longer: two minutes."""

Call = Callable[[Client], object]
CALLS: dict[str, Call] = {
    "GET": lambda client: client.live_streams.get(DEMO_STREAM_ID),
    "POST": lambda client: client.playback_ids.create(DEMO_STREAM_ID, "public", "key"),
    "DELETE": lambda client: client.playback_ids.delete(DEMO_STREAM_ID, PLAYBACK_ID),
}
NOTHING_NEW = "Pulumi was interrupted, so nothing new is sent. Run it again."


@pytest.fixture
def settings(server: ScriptedServer) -> Settings:
    return Settings("token", "secret-key", server.base_url, timeout_seconds=120)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    """On the system's clock."""
    with Client(settings) as client:
        yield client


class NothingAtFirst:
    """No response to the first request, and then the same to each, after which the client closes the connection."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece.replace(b"HTTP/1.1", b"HTTP/1.0") for piece in pieces]
        self._is_first = True

    def __iter__(self) -> Iterator[bytes]:
        is_first, self._is_first = self._is_first, False
        return iter(()) if is_first else iter(self._pieces)


@contextmanager
def under_way(client: Client, calls: list[Call], until: Callable[[], bool]) -> Iterator[list[Future[object]]]:
    """The calls, each on a thread of its own, when the condition holds; none goes on when this is left."""
    with ThreadPoolExecutor(len(calls)) as threads:
        futures = [threads.submit(call, client) for call in calls]
        wait_until(until)
        yield futures


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def http(status: int, body: object) -> list[bytes]:
    text = json.dumps(body).encode()
    return [b"HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%s" % (status, len(text), text)]


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("reply", [throttled("60"), replace(throttled("60"), body=b"slow down")], ids=["429", "page"])
def test_a_wait_that_was_asked_for_ends(reply: Reply, method: str, server: ScriptedServer, settings: Settings) -> None:
    server.on(method, reply)
    waiting: list[str] = []
    with (
        Client(settings, report=waiting.append) as client,
        under_way(client, [CALLS[method]] * 8, lambda: len(waiting) == 8) as calls,
    ):
        client.cancel()
        for call in calls:
            with pytest.raises(errors.CancelledError, match=f"answered 429 .*{NOTHING_NEW}"):
                call.result(AT_ONCE)
    assert len(server.received) == 8


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("reply", [error(503, "out"), DROPPED], ids=["503", "dropped"])
def test_an_outage_is_not_waited_out(reply: Reply, method: str, server: ScriptedServer, client: Client) -> None:
    server.on(method, reply)
    with under_way(client, [CALLS[method]], lambda: len(server.received) > 2) as (call,):
        client.cancel()
        with pytest.raises(errors.CancelledError, match=NOTHING_NEW):
            call.result(AT_ONCE)


def test_a_server_that_cannot_be_reached_is_not_waited_for(settings: Settings) -> None:
    with Client(replace(settings, base_url="http://127.0.0.1:1/v1")) as client:
        ends = time.monotonic() + 1
        with under_way(client, list(CALLS.values()), lambda: time.monotonic() > ends) as calls:
            client.cancel()
            for call in calls:
                with pytest.raises(errors.CancelledError, match=f"Nothing was sent. {NOTHING_NEW}"):
                    call.result(AT_ONCE)


@pytest.mark.parametrize("pieces", [(), Drips(b"HTTP/1.1 200 OK\r\n\r\n", b" ")], ids=["no response", "dripping"])
def test_reading_ends_although_the_server_takes_its_time(pieces: tuple[bytes, ...], settings: Settings) -> None:
    with slow_server(pieces) as server, Client(replace(settings, base_url=f"http://{server.address}/v1")) as client:
        with under_way(client, [CALLS["GET"]] * 8, lambda: len(server.received) == 8) as calls:
            client.cancel()
            for call in calls:
                with pytest.raises(errors.CancelledError, match=NOTHING_NEW):
                    call.result(AT_ONCE)
        assert server.received == ["GET"] * 8


@pytest.mark.parametrize("method", CALLS)
def test_a_connection_that_does_not_come_about_is_not_waited_for(method: str, settings: Settings) -> None:
    with ExitStack() as sockets:
        listening = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        # With its queue full, it lets no other connection come about.
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        ends = time.monotonic() + 1
        with (
            Client(replace(settings, base_url=base_url)) as client,
            under_way(client, [CALLS[method]], lambda: time.monotonic() > ends) as (call,),
        ):
            client.cancel()
            with pytest.raises(errors.CancelledError, match=f"Nothing was sent. {NOTHING_NEW}"):
                call.result(AT_ONCE)


@pytest.mark.parametrize("method", CALLS)
def test_a_tls_handshake_is_not_waited_for(method: str, settings: Settings) -> None:
    with (
        slow_server((), speaks_first=False) as server,
        Client(replace(settings, base_url=f"https://{server.address}/v1")) as client,
        under_way(client, [CALLS[method]], lambda: server.connections == 1) as (call,),
    ):
        time.sleep(0.2)
        client.cancel()
        with pytest.raises(errors.CancelledError, match=f"Nothing was sent. {NOTHING_NEW}"):
            call.result(AT_ONCE)


@pytest.mark.parametrize(
    ("method", "pieces"),
    [("POST", http(201, created("made").body)), ("DELETE", http(200, DELETED.body))],
)
def test_the_response_to_a_change_is_waited_for(method: str, pieces: list[bytes], settings: Settings) -> None:
    """A connection that was used for reading before is that of a change then."""

    def sent(server: SlowServer) -> Callable[[], bool]:
        return lambda: server.received == ["GET", method]

    with (
        slow_server(http(200, listing(PLAYBACK_ID).body), pause=0) as server,
        Client(replace(settings, base_url=f"http://{server.address}/v1")) as client,
    ):
        client.live_streams.get(DEMO_STREAM_ID)
        server.pieces, server.pause = pieces, 1.0
        with under_way(client, [CALLS[method]], sent(server)) as (call,):
            client.cancel()
            assert not call.done()
            call.result(AT_ONCE)
        assert server.connections == 1


def test_nothing_new_is_begun(server: ScriptedServer, client: Client) -> None:
    client.cancel()
    for call in CALLS.values():
        with pytest.raises(errors.CancelledError, match=f"Did not .*: {NOTHING_NEW}"):
            call(client)
    assert server.received == []


def test_whoever_has_to_find_something_out_goes_on_reading(settings: Settings) -> None:
    """A list that is under way then is lost, and read again."""

    def read(client: Client) -> object:
        deadline = client.deadline()
        deadline.ends_with_cancel = False
        return client.live_streams.get(DEMO_STREAM_ID, deadline)

    pieces = NothingAtFirst(http(200, listing(PLAYBACK_ID).body))
    with slow_server(pieces) as server, Client(replace(settings, base_url=f"http://{server.address}/v1")) as client:
        with under_way(client, [read], lambda: server.received == ["GET"]) as (call,):
            client.cancel()
            call.result(AT_ONCE)
        assert server.received == ["GET", "GET"]
