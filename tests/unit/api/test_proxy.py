"""Requests over TLS and through a real proxy: failures before a request was sent, and failures after it."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import INPUTS
from support.responses import DROPPED, created, listing
from support.scripted_server import Reply, ScriptedServer, scripted_server
from support.serving import serving

HOST = "fastpix.example"


class Tunnels(socketserver.ThreadingTCPServer):
    """A proxy that connects each client to one server, by any name, after a pause; or refuses with a status."""

    daemon_threads = True

    def __init__(self, target: tuple[str, int], refusal: bytes | None, pause: float) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.target, self.refusal, self.pause = target, refusal, pause


class _Tunnel(socketserver.StreamRequestHandler):
    server: Tunnels

    def handle(self) -> None:
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        if self.server.refusal:
            self.wfile.write(b"HTTP/1.1 " + self.server.refusal + b"\r\n\r\n")
            return
        time.sleep(self.server.pause)
        with socket.create_connection(self.server.target) as target:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            responses = threading.Thread(target=_copy, args=(target, self.connection))
            responses.start()
            _copy(self.connection, target)
            responses.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one side has closed, as these tests want it


@contextmanager
def proxy(
    server: ScriptedServer, refusal: bytes | None = None, pause: float = 0, tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    address = urlsplit(server.base_url)
    tunnels = Tunnels((str(address.hostname), int(address.port or 0)), refusal, pause)
    if tls is not None:
        tunnels.socket = tls.wrap_socket(tunnels.socket, server_side=True)
    with serving(tunnels):
        yield f"http{'s' if tls else ''}://127.0.0.1:{tunnels.server_address[1]}"


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What servers and the proxy show their clients, who trust it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "127.0.0.1").configure_cert(tls)
    return tls


@pytest.fixture
def server(tls: ssl.SSLContext) -> Iterator[ScriptedServer]:
    with scripted_server(tls) as server:
        server.on("GET", listing(), listing("made"))
        yield server


@pytest.fixture
def settings() -> Settings:
    return Settings("token", "secret-key", f"https://{HOST}/v1")


def test_a_create_whose_response_is_lost_behind_a_proxy_is_in_doubt(
    server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("POST", DROPPED, created("made"))
    with proxy(server) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        assert lifecycle.create(INPUTS).id == "made"
    assert [request.method for request in server.received].count("POST") == 1


def test_a_proxy_may_be_connected_over_tls_itself(
    server: ScriptedServer, tls: ssl.SSLContext, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("POST", created("made"))
    with proxy(server, tls=tls) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        assert lifecycle.create(INPUTS).id == "made"


@pytest.mark.parametrize("tls_of_proxy", [False, True])
def test_reading_through_a_proxy_ends_when_pulumi_is_interrupted(
    tls_of_proxy: bool,
    server: ScriptedServer,
    tls: ssl.SSLContext,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.on("GET", Reply(None, drips=b" " * 20_000))
    with (
        proxy(server, tls=tls if tls_of_proxy else None) as address,
        Client(replace(settings, timeout_seconds=120)) as client,
        ThreadPoolExecutor() as threads,
    ):
        monkeypatch.setenv("HTTPS_PROXY", address)
        call = threads.submit(client.live_streams.get, DEMO_STREAM_ID)
        while not server.received:
            time.sleep(0.01)
        time.sleep(0.2)
        client.cancel()
        with pytest.raises(errors.CancelledError, match="interrupted"):
            call.result(20)


def test_a_response_has_as_much_time_as_connecting_through_the_proxy_has_left(
    server: ScriptedServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("POST", Reply(None, drips=b" " * 20_000))
    with proxy(server, pause=1.7) as address, Client(replace(settings, timeout_seconds=2)) as client:
        monkeypatch.setenv("HTTPS_PROXY", address)
        began = time.monotonic()
        with pytest.raises(errors.NoResponseError, match=r"\(timed out after 2 s\)"):
            client.playback_ids.create(DEMO_STREAM_ID, "public", "key")
        assert time.monotonic() - began < 3
    assert [request.method for request in server.received] == ["POST"]


def test_a_proxy_that_speaks_no_http_means_that_nothing_was_sent(
    server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(server, b"so what?") as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        with pytest.raises(errors.NotReachedError, match="so what"):
            lifecycle.create(INPUTS)
    assert server.received == []


@pytest.mark.parametrize("refusal", [b"407 Proxy Authentication Required", b"502 Bad Gateway"])
def test_a_refusal_by_the_proxy_means_that_nothing_was_sent(
    refusal: bytes, server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(server, refusal) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        with pytest.raises(errors.NotReachedError, match=f"Tunnel connection failed: {refusal.decode()}"):
            lifecycle.create(INPUTS)
    assert server.received == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no-such-host.invalid:3128"])
def test_an_unreachable_proxy_means_that_nothing_was_sent(
    address: str, server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(errors.NotReachedError) as raised:
        lifecycle.create(INPUTS)
    assert "Connection(" not in str(raised.value)
    assert server.received == []


@pytest.mark.parametrize("address", ["http://user:hush@127.0.0.1:99999", "http://user:hush/or/so@127.0.0.1:1"])
def test_an_invalid_address_of_a_proxy_is_not_shown(
    address: str, server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(errors.NotReachedError, match="or that of the proxy, can't be used") as raised:
        lifecycle.create(INPUTS)
    assert "hush" not in str(raised.value)
    assert server.received == []
