"""Requests as bytes: what no client library sends, and what those of other languages send."""

from __future__ import annotations

import http.client
import logging
import socket
import struct
import time
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from unit.sandbox.client import connected

if TYPE_CHECKING:
    import pytest

IDS = f"/v1/live/streams/{DEMO_STREAM_ID}/playback-ids"


def answered(sandbox: Sandbox, *sent: bytes) -> http.client.HTTPResponse:
    """The response to a request of these parts, sent as far as the server reads it."""
    with connected(sandbox) as connection:
        for part in sent:
            connection.sendall(part)
        response = http.client.HTTPResponse(connection)
        response.begin()
        response.read()
        return response


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def test_credentials_are_checked_before_the_body_is_read(sandbox: Sandbox) -> None:
    announced = head("POST", IDS, "Content-Length: 1000000000")
    assert answered(sandbox, announced).status == 401
    assert answered(sandbox, announced, b"x" * 100_000).status == 401
    assert answered(sandbox, head("POST", IDS, "Content-Length: 5", "Expect: 100-continue")).status == 401
    assert [request.status for request in sandbox.requests] == [401, 401, 401]


def test_a_body_that_is_too_large_is_refused_before_it_is_complete(sandbox: Sandbox, credentials: str) -> None:
    part = b"x" * 2**16
    announced = head("POST", IDS, credentials, "Content-Length: 1000000000")
    assert answered(sandbox, announced, *[part] * 17).status == 413
    chunk = b"10000\r\n" + part + b"\r\n"
    assert answered(sandbox, head("POST", IDS, credentials, "Transfer-Encoding: chunked"), *[chunk] * 17).status == 413
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1


def test_a_connection_serves_on_after_a_body_that_was_not_read(sandbox: Sandbox, credentials: str) -> None:
    refused = head("POST", IDS, "Content-Length: 100000") + b"x" * 100_000
    with connected(sandbox) as connection:
        for request, status in ((refused, 401), (head("GET", "/v1/live/streams", credentials), 200)):
            connection.sendall(request)
            response = http.client.HTTPResponse(connection)
            response.begin()
            response.read()
            assert response.status == status


def test_a_client_that_offers_http_2_is_served_without_a_word(
    sandbox: Sandbox, credentials: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Java's client offers it with every request; the log's lines would be on the terminal."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA")
    length = "Content-Length: 2"
    assert answered(sandbox, head("POST", IDS, credentials, *offer, length), b"{}").status == 201
    assert caplog.records == []


class TestNoTraceback:
    """The server library would print one on the user's terminal."""

    def test_after_a_dropped_connection_whose_body_was_not_read(
        self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        sandbox.faults.add(Fault(kind="drop"))
        with connected(sandbox) as connection:
            connection.sendall(head("POST", IDS, "Content-Length: 100000") + b"x" * 100_000)
            assert received(connection) == b""
        sandbox.close()
        assert caplog.records == []

    def test_after_a_fault_that_drops_a_client_who_has_left(
        self, sandbox: Sandbox, credentials: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        sandbox.faults.add(Fault(kind="latency", seconds=0.2), Fault(kind="drop"))
        connection = connected(sandbox)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(head("GET", IDS, credentials))
        while not sandbox.requests:
            time.sleep(0.005)
        connection.close()
        while sandbox.requests[0].outcome == "in progress":
            time.sleep(0.005)
        sandbox.close()
        assert caplog.records == []

    def test_after_a_success_that_a_fault_would_send_to_connect(
        self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        sandbox.faults.add(Fault(kind="status", status=299))
        assert answered(sandbox, head("CONNECT", "x:1")).status == 404
        assert caplog.records == []

    def test_after_bytes_that_follow_the_last_request_of_a_connection(
        self, sandbox: Sandbox, credentials: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        sandbox.faults.add(Fault(kind="latency", seconds=0.2))
        with connected(sandbox) as connection:
            connection.sendall(head("HEAD", "/v1/live/streams", credentials, "Connection: close"))
            while not sandbox.requests:
                time.sleep(0.005)
            connection.sendall(b"more")
            assert b" 400 Bad Request" in received(connection)
        sandbox.close()
        assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def received(connection: socket.socket) -> bytes:
    """All bytes until the server closes or resets the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)
