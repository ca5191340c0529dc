"""Connections on which another thread ends what nothing depends on: connecting, and waiting for what a GET reads.

To shut a socket down wakes the thread that waits for it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any
from weakref import WeakSet

import urllib3

from pulumi_fastpix.api.limits import LimitedConnection


class InterruptibleConnection(LimitedConnection):
    """A connection whose request fails when :meth:`interrupt` is called, unless it may have changed something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lock = threading.Lock()
        self._is_connecting = False
        self._method = ""
        self._handle: socket.socket | None = None
        self._is_interrupted = False

    def connect(self) -> None:
        """Connect.

        Raises:
            OSError: it didn't come about, perhaps because it was interrupted.
        """
        with self._lock:
            self._is_connecting = True
        try:
            super().connect()
        finally:
            with self._lock:
                self._is_connecting = False
                self._close_handle()
                # For TLS inside of the TLS of a proxy, it is the outer one.
                self._handle = getattr(self.sock, "socket", self.sock)
        # Shut down when all was done, it would fail only after something was sent.
        self._refuse_if_interrupted()

    def request(self, method: str, *args: Any, **kwargs: Any) -> None:
        """Send a request.

        Raises:
            urllib3.exceptions.NewConnectionError: it was interrupted, and nothing was sent.
        """
        with self._lock:
            self._method = method
        try:
            self._refuse_if_interrupted()
        except OSError as error:
            raise urllib3.exceptions.NewConnectionError(self, str(error)) from error
        super().request(method, *args, **kwargs)

    def close(self) -> None:
        """Close the socket. A request on it connects anew."""
        super().close()
        # The handle stays: a response whose length isn't known is read when the connection is closed already.
        with self._lock:
            self._is_interrupted = False

    def interrupt(self) -> None:
        """Called by another thread: let connecting fail, and a GET, and nothing else."""
        with self._lock:
            if self._is_connecting or self._method == "GET":
                self._is_interrupted = True
                if self._handle is not None:
                    with contextlib.suppress(OSError):
                        # Not as an SSLSocket, which would take its TLS away from the thread that is using it.
                        socket.socket.shutdown(self._handle, socket.SHUT_RDWR)

    def _before_connecting(self, sock: socket.socket) -> None:
        with self._lock:
            self._close_handle()
            # Another one, since a TLS handshake takes the socket over before it is done.
            self._handle = sock.dup()
        self._refuse_if_interrupted()

    def _close_handle(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._handle = None

    def _refuse_if_interrupted(self) -> None:
        if self._is_interrupted:
            raise ConnectionAbortedError("interrupted")


class Connections:
    """The connections that exist. Safe for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: WeakSet[InterruptibleConnection] = WeakSet()

    def add(self, connection: InterruptibleConnection) -> None:
        """Count in a new one, as long as it exists."""
        with self._lock:
            self._all.add(connection)

    def interrupt(self) -> None:
        """Interrupt what may be interrupted on each."""
        with self._lock:
            every = list(self._all)
        for connection in every:
            connection.interrupt()
