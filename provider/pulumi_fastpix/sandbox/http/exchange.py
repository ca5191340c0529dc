"""One request and what comes of it, as values: the common language of the API, the faults and the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from pulumi_fastpix.sandbox.http.request_log import Outcome

ABORT = "pulumi_fastpix.sandbox.abort"
"""Key in an ASGI scope's `extensions`: a callable without arguments that drops the connection at once.

The sandbox's own server provides it. Whoever drives the application without that server provides one, or
cannot use faults that drop connections. The application sends nothing more after calling it and returns.
"""


BODILESS = {204, 205, 304}
"""Statuses whose answers have no body in HTTP."""


@dataclass(frozen=True)
class Answer:
    """A complete HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    outcome: Outcome = "answered"

    def with_body(self, body: bytes) -> Answer:
        """The same answer with another body."""
        headers = tuple((name, value) for name, value in self.headers if name.lower() != "content-length")
        return replace(self, headers=headers, body=body)


@dataclass(frozen=True)
class Dropped:
    """The connection is dropped, after half of the `partial` answer if there is one."""

    outcome: Outcome
    partial: Answer | None = None


@dataclass(frozen=True)
class KeptWaiting:
    """The client gets no answer and keeps its connection for as long as it likes."""

    outcome: Outcome


async def ask(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
    """Have an ASGI application answer a request whose body has been read."""
    status = 0
    headers: tuple[tuple[str, str], ...] = ()
    chunks: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
        else:
            chunks.append(message.get("body", b""))

    await app(dict(scope), receive, send)
    return Answer(status, headers, b"".join(chunks))


async def read_body(receive: Receive) -> bytes | None:
    """The request's body, or None when the client left before it was complete."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def deliver(answer: Answer, send: Send) -> None:
    """Send a complete answer."""
    if answer.status in BODILESS:
        answer = replace(answer, body=b"")
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


async def deliver_half(answer: Answer, send: Send) -> None:
    """Send the headers, which promise the whole body, and half of the body."""
    await send(_start(answer))
    half = answer.body[: len(answer.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})


def _start(answer: Answer) -> Message:
    headers = dict(answer.headers)
    lower = {name.lower() for name in headers}
    if "content-length" not in lower:
        headers["content-length"] = str(len(answer.body))
    if "server" not in lower:
        headers["server"] = "pulumi-fastpix-sandbox"
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": answer.status, "headers": encoded}
