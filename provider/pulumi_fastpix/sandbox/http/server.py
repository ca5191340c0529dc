"""Serves the application on loopback: uvicorn, on a thread of its own.

It adds three things for which uvicorn has no setting: the application can drop its client's connection, the
start reports success or failure, and the stop does not wait for clients.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pulumi_fastpix.sandbox.errors import PortError
from pulumi_fastpix.sandbox.http.exchange import ABORT

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = "127.0.0.1"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def listen(port: int, *, or_any: bool = False) -> socket.socket:
    """A socket that listens on loopback, at this port or, with `or_any`, at a free one if this port is in use.

    Raises:
        PortError: the port cannot be used, and `or_any` is false.
    """
    try:
        return _listener(port)
    except (OSError, OverflowError) as error:
        if or_any:
            return _listener(0)
        raise PortError(
            f"The sandbox cannot listen on port {port} ({error}). Name another port, or no port to get a free one."
        ) from error


def _listener(port: int) -> socket.socket:
    # The protocol is given because asyncio sets TCP_NODELAY only on sockets with an explicit one. Without
    # it each response, written as headers and body, waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows the option would share a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


class ServerThread:
    """Serves the application on the socket from construction until `stop()`."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._server = _Server(
            uvicorn.Config(
                app,
                http=_AbortableProtocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # A client on this machine is recognised by its connection, never by a header it sends.
                proxy_headers=False,
                # Long, so that no client reuses a connection just when it is closed for being idle.
                timeout_keep_alive=300,
            )
        )
        self._thread = threading.Thread(target=self._run, args=(listener,), name="fastpix-sandbox", daemon=True)
        self._thread.start()
        self._loop = self._server.running.result()

    def _run(self, listener: socket.socket) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[listener]))
        except BaseException as error:
            if self._server.running.done():
                raise
            self._server.running.set_exception(error)

    def stop(self) -> None:
        """Drop all connections and stop serving; returns when the port is free."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: it was stopped before
            self._loop.call_soon_threadsafe(self._server.stop_now.set)
        self._thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.running: Future[asyncio.AbstractEventLoop] = Future()

    async def main_loop(self) -> None:
        self.stop_now = asyncio.Event()
        self.running.set_result(asyncio.get_running_loop())
        while not await self.on_tick(0):  # which sets the Date header
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.stop_now.wait(), timeout=1)
                break

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Replaces uvicorn's own, which waits for clients to finish: a tenth of a second and more.
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for task in self.server_state.tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol):
                connection.transport.abort()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)
        for server in self.servers:
            await server.wait_closed()


class _AbortableProtocol(H11Protocol):
    """HTTP/1.1 with a callable for the application that drops the connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app: Any = self.app

        async def app_that_may_abort(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = self._abort
            # Cancelled means that the server stops, for which uvicorn would print a traceback.
            with contextlib.suppress(asyncio.CancelledError):
                await app(scope, receive, send)
            if self.transport.is_closing():
                # Wait until uvicorn has noticed the loss: it would log an error about a missing response.
                while (await receive())["type"] != "http.disconnect":
                    pass

        self.app = app_that_may_abort

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: a client such as Java's offers HTTP/2 with each request, and goes on with HTTP/1.1."""

    def send_400_response(self, msg: str) -> None:
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            # After a HEAD, whose response has no body, uvicorn cannot send this one.
            self.transport.close()

    def _abort(self) -> None:
        if not self.cycle.response_started and not self.transport.is_closing():
            # A reset, as from a crashed server. Not after half a response: it could overtake the bytes already sent.
            connection: socket.socket = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()
