"""A real HTTP server that sends the responses of a test's script, word for word, and records the requests.

For responses that FastPix shouldn't send: the sandbox is for those that it does send.
"""

from __future__ import annotations

import contextlib
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.serving import serving


@dataclass(frozen=True)
class Reply:
    """One response. A body that isn't bytes is sent as JSON; with the status None the connection is dropped.

    `verbatim` is sent in place of everything else, and the connection is left open. `drips` is sent as the body, one
    byte after the other.
    """

    status: int | None
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    verbatim: bytes = b""
    drips: bytes = b""


@dataclass(frozen=True)
class Received:
    """One request that reached the server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class ScriptedServer:
    """Sends its replies in turn, and the last one for ever: one script for each method and pattern of paths.

    Of several scripts that fit a request, the one set last is used.
    """

    def __init__(self, address: str) -> None:
        self.base_url = f"{address}/v1"
        self.received: list[Received] = []
        self._scripts: dict[tuple[str, str], list[Reply]] = {}

    def on(self, method: str, *replies: Reply, path: str = "*") -> None:
        others = {key: script for key, script in self._scripts.items() if key != (method, path)}
        self._scripts = {(method, path): list(replies), **others}

    def take(self, request: Received) -> Reply:
        self.received.append(request)
        script = next(
            replies
            for (method, path), replies in self._scripts.items()
            if method == request.method and fnmatchcase(request.path, path)
        )
        return script.pop(0) if len(script) > 1 else script[0]


@contextmanager
def scripted_server(tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            reply = script.take(Received(self.command, self.path, dict(self.headers), body))
            if reply.verbatim:
                self.wfile.write(reply.verbatim)
                return
            if reply.drips:
                self.close_connection = True
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                with contextlib.suppress(OSError):
                    for place in range(len(reply.drips)):
                        self.wfile.write(reply.drips[place : place + 1])
                        time.sleep(0.02)
                return
            if reply.status is None:
                self.close_connection = True
                return
            payload = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json;charset=UTF-8", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_DELETE = respond  # noqa: N815  # the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    script = ScriptedServer(f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}")
    with serving(server):
        yield script
