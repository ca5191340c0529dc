"""Over TLS and through a proxy that is really one: what failed before a request was sent, and what after it."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.scripted_server import Reply, ScriptedServer, scripted_server
from support.still_clock import StillClock

HOST = "fastpix.example"
INPUTS = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}
DROPPED = Reply(None)
MADE = Reply(201, {"success": True, "data": {"id": "made", "accessPolicy": "public"}})


def listing(*playback_ids: str) -> Reply:
    listed = [{"id": playback_id, "accessPolicy": "public"} for playback_id in playback_ids]
    return Reply(200, {"success": True, "data": {"streamId": DEMO_STREAM_ID, "playbackIds": listed}})


class Tunnels(socketserver.ThreadingTCPServer):
    """Connects whoever asks to one server, under whatever name; or refuses, with a status."""

    daemon_threads = True

    def __init__(self, target: tuple[str, int], refusal: bytes | None) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.target, self.refusal = target, refusal


class _Tunnel(socketserver.StreamRequestHandler):
    server: Tunnels

    def handle(self) -> None:
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        if self.server.refusal:
            self.wfile.write(b"HTTP/1.1 " + self.server.refusal + b"\r\n\r\n")
            return
        with socket.create_connection(self.server.target) as target:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            answers = threading.Thread(target=_copy, args=(target, self.connection))
            answers.start()
            _copy(self.connection, target)
            answers.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one side is gone, as these tests want it


@contextmanager
def proxy(server: ScriptedServer, refusal: bytes | None = None) -> Iterator[str]:
    address = urlsplit(server.base_url)
    with Tunnels((str(address.hostname), int(address.port or 0)), refusal) as tunnels:
        thread = threading.Thread(target=tunnels.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{tunnels.server_address[1]}"
        finally:
            tunnels.shutdown()
            thread.join()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    with scripted_server(tls) as server:
        server.on("GET", listing(), listing("made"))
        yield server


@pytest.fixture
def lifecycle() -> Iterator[Lifecycle]:
    client = Client(Settings("id", "secret-key", f"https://{HOST}/v1"), StillClock())
    yield LivePlaybackIdLifecycle(Workspace(client))
    client.close()


def test_an_answer_that_is_lost_behind_a_proxy_is_not_taken_for_a_request_that_was_never_sent(
    server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("POST", DROPPED, MADE)
    with proxy(server) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        assert lifecycle.create(INPUTS).id == "made"
    assert [request.method for request in server.received].count("POST") == 1


@pytest.mark.parametrize("refusal", [b"407 Proxy Authentication Required", b"502 Bad Gateway"])
def test_a_proxy_that_refuses_sends_nothing(
    refusal: bytes, server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(server, refusal) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        with pytest.raises(errors.NotReachedError, match=f"Tunnel connection failed: {refusal.decode()}"):
            lifecycle.create(INPUTS)
    assert server.received == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no-such-host.invalid:3128"])
def test_a_proxy_that_is_not_there_sends_nothing(
    address: str, server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(errors.NotReachedError) as raised:
        lifecycle.create(INPUTS)
    assert "Connection(" not in str(raised.value)
    assert server.received == []


@pytest.mark.parametrize("address", ["http://user:hush@127.0.0.1:99999", "http://user:hush/or/so@127.0.0.1:1"])
def test_the_address_of_a_proxy_that_cannot_be_used_is_not_shown(
    address: str, server: ScriptedServer, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(errors.NotReachedError, match="or that of the proxy, can't be used") as raised:
        lifecycle.create(INPUTS)
    assert "hush" not in str(raised.value)
    assert server.received == []
