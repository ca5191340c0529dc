"""Requests over TLS and through a real proxy: failures before a request was sent, and failures after it."""

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
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import INPUTS
from support.responses import DROPPED, created, listing
from support.scripted_server import ScriptedServer, scripted_server

HOST = "fastpix.example"


class Tunnels(socketserver.ThreadingTCPServer):
    """A proxy that connects each client to one server, by any name; or refuses with a status."""

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
        pass  # one side has closed, as these tests want it


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
