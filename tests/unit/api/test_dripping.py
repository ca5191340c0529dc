"""An attempt ends within the time-out, whatever arrives byte by byte; a create that was sent is in doubt."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.retry import outcome_unknown
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.slow_server import Drips, SlowServer, slow_server

SECONDS = 0.4
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
TLS_RECORD = b"\x16\x03\x03\x40\x00"
"""It begins one of 16 KiB."""

# Each is attempted once.
CALLS: dict[str, Callable[[Client], object]] = {
    "GET": lambda client: client.live_streams.get(DEMO_STREAM_ID, client.deadline(0.001)),
    "POST": lambda client: client.playback_ids.create(DEMO_STREAM_ID, "public", "key", client.deadline(0.001)),
}
RESPONSES: dict[str, Iterable[bytes]] = {
    "nothing at all": (),
    "a status line": Drips(b"HTTP/1.1 200 ", b"O"),
    "interim responses": Drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a header of an interim response": Drips(b"HTTP/1.1 100 Continue\r\nX: ", b"x"),
    "a header": Drips(OK + b"X: ", b"x"),
    "a body with a length": Drips(OK + b"Content-Length: 20000\r\n\r\n", b" "),
    "a body without a length": Drips(OK + b"\r\n", b" "),
    "a compressed body": Drips(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], b"\0\0\0\xff\xff"),
    "the size of a chunk": Drips(CHUNKED, b"0"),
    "an extension of a chunk": Drips(CHUNKED + b"2;x=", b"x"),
    "chunks": Drips(CHUNKED, b"1\r\n \r\n"),
    "a trailer": Drips(CHUNKED + b"2\r\n{}\r\n0\r\nX: ", b"x"),
    "trailers": Drips(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: x\r\n"),
}
ANSWERS_OF_A_PROXY: dict[str, Iterable[bytes]] = {
    "nothing at all": (),
    "a status line": Drips(b"HTTP/1.1 200 ", b"O"),
    "a header": Drips(OK + b"X: ", b"x"),
    "the TLS handshake": Drips(OK + b"\r\n", TLS_RECORD),
}


@pytest.fixture
def use_proxy(monkeypatch: pytest.MonkeyPatch) -> Callable[[SlowServer, str], None]:
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return lambda server, scheme: monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://{server.address}")


@contextmanager
def client_of(base_url: str, seconds: float = SECONDS) -> Iterator[Client]:
    """A client whose attempts end in time, on the system's clock."""
    with Client(Settings("token", "secret-key", base_url, timeout_seconds=seconds)) as client:
        began = time.monotonic()
        yield client
        assert time.monotonic() - began < seconds + 1


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("pieces", RESPONSES.values(), ids=RESPONSES)
def test_a_response_has_to_end_in_time_whatever_part_of_it_is_slow(pieces: Iterable[bytes], method: str) -> None:
    with (
        slow_server(pieces) as server,
        client_of(f"http://{server.address}/v1") as client,
        pytest.raises(errors.NoResponseError, match=r"received \(timed out after 0.4 s\)") as raised,
    ):
        CALLS[method](client)
    assert outcome_unknown(raised.value)
    assert raised.value.is_unfinished
    assert server.received == [method]


@pytest.mark.parametrize("method", CALLS)
def test_of_endless_early_hints_the_first_one_fails_the_attempt(method: str) -> None:
    with (
        slow_server(Drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")) as server,
        client_of(f"http://{server.address}/v1") as client,
        pytest.raises(errors.NoResponseError, match="only an interim response, 103") as raised,
    ):
        CALLS[method](client)
    assert outcome_unknown(raised.value)
    assert raised.value.is_unfinished
    assert server.received == [method]


@pytest.mark.parametrize("method", CALLS)
def test_interim_responses_without_a_pause_have_to_end_in_time_too(method: str) -> None:
    with (
        slow_server(Drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), pause=0) as server,
        client_of(f"http://{server.address}/v1") as client,
        pytest.raises(errors.NoResponseError) as raised,
    ):
        CALLS[method](client)
    assert outcome_unknown(raised.value)
    assert raised.value.is_unfinished
    assert server.received == [method]


@pytest.mark.parametrize("method", CALLS)
def test_a_tls_handshake_has_to_end_in_time(method: str) -> None:
    with (
        slow_server(Drips(b"", TLS_RECORD), speaks_first=True) as server,
        client_of(f"https://{server.address}/v1") as client,
        pytest.raises(errors.NotReachedError, match=r"\(timed out after 0.4 s\). Nothing was sent"),
    ):
        CALLS[method](client)


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("pieces", ANSWERS_OF_A_PROXY.values(), ids=ANSWERS_OF_A_PROXY)
def test_a_proxy_has_to_connect_in_time(
    pieces: Iterable[bytes], method: str, use_proxy: Callable[[SlowServer, str], None]
) -> None:
    with slow_server(pieces) as server:
        use_proxy(server, "http")
        with (
            client_of("https://fastpix.example/v1") as client,
            pytest.raises(errors.NotReachedError, match=r"\(timed out after 0.4 s\). Nothing was sent"),
        ):
            CALLS[method](client)
    assert server.received == ["CONNECT"]


def test_tls_inside_of_the_tls_of_a_proxy_has_to_connect_in_time(
    use_proxy: Callable[[SlowServer, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    with slow_server(ANSWERS_OF_A_PROXY["the TLS handshake"], tls=tls) as server:
        use_proxy(server, "https")
        with (
            client_of("https://fastpix.example/v1") as client,
            pytest.raises(errors.NotReachedError, match=r"\(timed out after 0.4 s\). Nothing was sent"),
        ):
            CALLS["POST"](client)
    assert server.received == ["CONNECT"]


def test_the_parts_of_connecting_share_the_time(use_proxy: Callable[[SlowServer, str], None]) -> None:
    """The answer of the proxy takes most of it, so little is left to the TLS handshake."""
    with slow_server([OK, b"\r\n", *[TLS_RECORD] * 20], pause=0.9) as server:
        use_proxy(server, "http")
        with (
            client_of("https://fastpix.example/v1", 2.2) as client,
            pytest.raises(errors.NotReachedError, match=r"\(timed out after 2.2 s\)"),
        ):
            CALLS["POST"](client)
