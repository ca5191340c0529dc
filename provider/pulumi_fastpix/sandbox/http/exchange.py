"""Requests and responses over ASGI, the interface between a Python web server and its application."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.faults.endings import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope, Send

ABORT = "pulumi_fastpix.sandbox.abort"
"""Key in an ASGI scope's `extensions`: a callable without arguments that drops the connection at once.

The sandbox's own server provides it. A test that runs the application without that server provides one too, or
cannot use faults that drop connections. After calling it the application sends nothing more and returns.
"""

# Responses with these statuses have no body in HTTP.
_BODILESS = {204, 205, 304}


async def respond(app: ASGIApp, scope: Scope) -> Response:
    """The response of an ASGI application that does not read the request's body."""
    status = 0
    headers: tuple[tuple[str, str], ...] = ()
    chunks: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
        else:
            chunks.append(message.get("body", b""))

    await app(dict(scope), receive, send)
    return Response(status, headers, b"".join(chunks))


async def deliver(response: Response, send: Send) -> None:
    """Send a complete response."""
    if response.status in _BODILESS:
        response = replace(response, body=b"")
    await send(_start(response))
    await send({"type": "http.response.body", "body": response.body})


async def deliver_half(response: Response, send: Send) -> None:
    """Send the headers, which announce the whole body, and half of the body."""
    await send(_start(response))
    half = response.body[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})


def _start(response: Response) -> Message:
    headers = dict(response.headers)
    lower = {name.lower() for name in headers}
    if "content-length" not in lower:
        headers["content-length"] = str(len(response.body))
    if "server" not in lower:
        headers["server"] = "pulumi-fastpix-sandbox"
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": response.status, "headers": encoded}
