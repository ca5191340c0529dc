"""Sessions that follow no redirect, and connections that tell whether a request that failed was sent.

All that knows the insides of requests and urllib3 is here.
"""

from __future__ import annotations

import functools
import http.client
import math
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from pulumi_fastpix.api.interruptible import Connections, InterruptibleConnection
from pulumi_fastpix.api.limits import MAX_RESPONSE_BYTES, AttemptTimeout, connect_tls

MOST_IDLE_SECONDS = 2.0
"""A connection that was idle for longer isn't used again.

A NAT or a load balancer on the way may have forgotten it, and resets it at the next byte: a create would be in doubt
then. While there is something to do, connections are idle for less."""


class Session(requests.Session):
    """A session that follows no redirect: it would take the credentials along."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        """None. Asked not to follow any, requests would still look where one leads, and fail if that is malformed."""
        return iter(())


class Adapter(HTTPAdapter):
    """An HTTPAdapter whose connections tell what fails before a request is sent from what fails after it.

    Of the two time-outs given for a request, the one for reading is for the whole attempt.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make direct connections of our kind."""
        super().init_poolmanager(*args, **kwargs)
        self._connections = Connections()
        self._pools = {
            "http": functools.partial(_HTTPConnectionPool, self._connections),
            "https": functools.partial(_HTTPSConnectionPool, self._connections),
        }
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> urllib3.ProxyManager:
        """Make connections of our kind through a proxy, too."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        # A SOCKS proxy's manager is of another class, and its connections know how to reach it.
        if isinstance(manager, urllib3.ProxyManager):
            manager.pool_classes_by_scheme = self._pools  # type: ignore[assignment]  # anything that makes one does
        return manager

    def end_reads(self) -> None:
        """Let the requests under way fail that are reading, or for which no connection has come about yet."""
        self._connections.interrupt()

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request with time-outs that don't begin anew with each part of the response."""
        return super().send(*args, **{**kwargs, "timeout": AttemptTimeout(*kwargs["timeout"])})


class _HTTPConnection(InterruptibleConnection):
    idle_since = math.inf

    @property
    def is_connected(self) -> bool:
        """Asked when the connection is taken from its pool, and closed unless it is true."""
        return super().is_connected and time.monotonic() - self.idle_since <= MOST_IDLE_SECONDS

    def connect(self) -> None:
        try:
            super().connect()
        except TimeoutError as error:
            raise urllib3.exceptions.ConnectTimeoutError from error
        except (OSError, http.client.HTTPException) as error:
            # Also where the TLS handshake failed, or the proxy refused. Left as it is, urllib3 reports that like an
            # error in the middle of a response.
            what = "TLS handshake failed: " if isinstance(error, ssl.SSLError) else ""
            raise urllib3.exceptions.NewConnectionError(self, what + _text(error)) from error


class _HTTPSConnection(_HTTPConnection, urllib3.connection.HTTPSConnection):
    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> ssl.SSLSocket:
        return connect_tls(super()._connect_tls_proxy, hostname, sock)


class _HTTPConnectionPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection

    def __init__(self, connections: Connections, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connections = connections

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        self._connections.add(connection)
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn:
            conn.idle_since = time.monotonic()
        super()._put_conn(conn)


class _HTTPSConnectionPool(_HTTPConnectionPool, urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_BEFORE_SENDING = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_UNUSABLE_ADDRESS = (
    requests.exceptions.InvalidURL,  # also a proxy's
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)


def never_sent(error: Exception) -> bool:
    """Whether a request without a response failed before any of it was sent, so that it can't have been carried out."""
    if isinstance(error, (requests.ConnectTimeout, *_UNUSABLE_ADDRESS)):
        return True
    if not isinstance(error, requests.RequestException):
        # A file of certificates that isn't there. Whatever else it is, it may have happened after sending.
        return isinstance(error, OSError)
    reason = getattr(error.args[0] if error.args else None, "reason", None)  # urllib3's MaxRetryError wraps the cause
    if isinstance(reason, urllib3.exceptions.ProxyError):
        # Behind a proxy a connection that is lost after sending is reported as the proxy's error, too.
        reason = reason.original_error
    return isinstance(reason, _BEFORE_SENDING)


def may_be_unfinished(error: Exception) -> bool:
    """Whether the server of a request without a response may still be at work, as far as the connection tells."""
    return isinstance(error, _OnlyInterimError) or _is_time_out(_innermost(error))


class _OnlyInterimError(requests.ConnectionError):
    """The response is one that the server sends before the response proper."""


@dataclass(frozen=True)
class Received:
    """A response that was read to its end.

    Attributes:
        status: its HTTP status.
        headers: by name, in any case.
        body: decompressed.
        is_redirect: it points to another address.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_redirect: bool


_PIECE_BYTES = 2**14
_COMPRESSED_PIECE_BYTES = 64
"""A piece is decompressed as a whole, to a thousand times its size and more, before its size is known."""


def receive(response: requests.Response) -> Received:
    """Read a response that was asked for with `stream=True`.

    Raises:
        requests.RequestException: it is none, or is incomplete, or too large when decompressed.
    """
    body = bytearray()
    # Left unread, the connection is closed here, and no other request can take the rest for its own response.
    with response:
        if response.status_code < 200:
            # http.client takes every interim response but 100 for a whole one.
            raise _OnlyInterimError(f"there was only an interim response, {response.status_code}")
        compressed = "Content-Encoding" in response.headers
        for piece in response.iter_content(_COMPRESSED_PIECE_BYTES if compressed else _PIECE_BYTES):
            body += piece
            if len(body) > MAX_RESPONSE_BYTES:
                raise requests.ConnectionError(f"it is longer than {MAX_RESPONSE_BYTES} bytes")
    return Received(response.status_code, response.headers, bytes(body), response.is_redirect)


def innermost_reason(error: Exception, seconds: float) -> str:
    """The part of a nested transport error that a person can use, such as "Connection refused".

    Args:
        error: as requests raises it.
        seconds: how long was waited, if it is a time-out.
    """
    if isinstance(error, _UNUSABLE_ADDRESS):
        # Not in its own words: a proxy's address may hold a password.
        return "the address, or that of the proxy, can't be used"
    reason = _innermost(error)
    if _is_time_out(reason):
        return f"timed out after {round(seconds, 2):g} s"
    # urllib3 puts the connection object's repr before its messages.
    return re.sub(r"^.*?object at 0x[0-9a-f]+>[:,] |^_?HTTPS?Connection(Pool)?\(.*?\): ", "", _text(reason))


def _innermost(error: Exception) -> Exception:
    while isinstance(nested := _nested(error), Exception):
        error = nested
    return error


def _nested(error: Exception) -> object:
    return getattr(error, "reason", None) or next((part for part in error.args if isinstance(part, Exception)), None)


def _is_time_out(reason: Exception) -> bool:
    # urllib3 makes its own error for a connection that doesn't come about a time-out.
    timed_out = isinstance(reason, (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError))
    return timed_out and not isinstance(reason, urllib3.exceptions.NewConnectionError)


def _text(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
