"""Serves the sandbox's application over real sockets on loopback: uvicorn, on a thread of its own.

Three things uvicorn has no setting for: an application that may drop its client's connection, a start
that reports back, and a stop that does not wait.
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

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pulumi_fastpix.sandbox.errors import PortError
from pulumi_fastpix.sandbox.http.exchange import ABORT

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = "127.0.0.1"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def listen(port: int, *, or_any: bool = False) -> socket.socket:
    """A socket that listens on loopback, at the port if it is free, else (`or_any`) at one the kernel gives.

    Raises:
        PortError: the port cannot be had, and no other will do.
    """
    try:
        return _listener(port)
    except (OSError, OverflowError) as error:
        if or_any:
            return _listener(0)
        raise PortError(
            f"The sandbox cannot listen on port {port} ({error}). Name another port, or none to be given a free one."
        ) from error


def _listener(port: int) -> socket.socket:
    # The protocol is spelt out because asyncio sets TCP_NODELAY only on sockets that name theirs: without
    # it each answer, written as headers and body, waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere the option means sharing a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


class ServerThread:
    """The application, served on that socket from now until `stop()`."""

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
                # Whoever is on this machine is known by the connection, and not by what a request says.
                proxy_headers=False,
                # Long, so that a client does not meet a connection closed for idleness by chance.
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
        with contextlib.suppress(RuntimeError):  # the loop is closed: stopped before
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
        # Without uvicorn's courtesies, which take a tenth of a second and more: whoever stops a sandbox
        # is done with it.
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
    """HTTP/1.1, with a way for the application to drop the connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app: Any = self.app

        async def app_that_may_abort(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = self._abort
            # Cancelled means that the server stops; uvicorn would print a traceback for it.
            with contextlib.suppress(asyncio.CancelledError):
                await app(scope, receive, send)
            if self.transport.is_closing():
                # Or else uvicorn, not yet told of the loss, would find the answer missing and complain.
                await receive()

        self.app = app_that_may_abort

    def _abort(self) -> None:
        if not self.cycle.response_started:
            # A reset, as from a crashed server. Not in mid-answer: it could overtake what was sent.
            connection: socket.socket = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()
