"""Sessions that follow no redirect, and connections that tell whether a request that failed was sent.

All that knows the insides of requests and urllib3 is here.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter


class Session(requests.Session):
    """A session that follows no redirect: it would take the credentials along."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        """None. Asked not to follow any, requests would still look where one leads, and fail if that is malformed."""
        return iter(())


class Adapter(HTTPAdapter):
    """An HTTPAdapter whose connections tell what fails before a request is sent from what fails after it."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make direct connections of our kind."""
        super().init_poolmanager(*args, **kwargs)
        _tell_connecting(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> urllib3.ProxyManager:
        """Make connections of our kind through a proxy, too."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        _tell_connecting(manager)
        return manager


def _tell_connecting(manager: urllib3.PoolManager) -> None:
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "https": _HTTPSConnectionPool}


class _HTTPSConnection(urllib3.connection.HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            # The TLS handshake failed, or the proxy refused. Left as it is, urllib3 reports it like an error in the
            # middle of a response.
            what = "TLS handshake failed: " if isinstance(error, ssl.SSLError) else ""
            raise urllib3.exceptions.NewConnectionError(self, f"{what}{error}") from error


class _HTTPSConnectionPool(urllib3.HTTPSConnectionPool):
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


MAX_BODY_BYTES = 32 * 1024 * 1024
"""A stream with ten thousand playback IDs takes about one MiB."""
_PIECE_BYTES = 16
"""A piece is waited for until it is whole, so it is small: a server may send byte by byte.

Ten thousand playback IDs, in pieces like that, take a tenth of a second."""


def receive(response: requests.Response, seconds: float) -> Received:
    """Read a response that was asked for with `stream=True`.

    Args:
        response: its beginning.
        seconds: how long the rest may take.

    Raises:
        requests.RequestException: it is none, or doesn't end in time.
    """
    ends = time.monotonic() + seconds
    body = bytearray()
    # Left unread, the connection is closed here, and no other request can take the rest for its own response.
    with response:
        if response.status_code < 200:
            # http.client takes every interim response but 100 for a whole one.
            raise requests.ConnectionError(f"there was only an interim response, {response.status_code}")
        for piece in response.iter_content(_PIECE_BYTES):
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise requests.ConnectionError(f"the response is longer than {MAX_BODY_BYTES} bytes")
            if time.monotonic() > ends:
                raise requests.ReadTimeout(f"the response did not end within {seconds:.0f} s")
    return Received(response.status_code, response.headers, bytes(body), response.is_redirect)


def innermost_reason(error: Exception) -> str:
    """The part of a nested transport error that a person can use, such as "Connection refused"."""
    if isinstance(error, _UNUSABLE_ADDRESS):
        # Not in its own words: a proxy's address may hold a password.
        return "the address, or that of the proxy, can't be used"
    reason: object = error
    while isinstance(reason, Exception):
        nested = getattr(reason, "reason", None) or next(
            (argument for argument in reason.args if isinstance(argument, Exception)), None
        )
        if nested is None:
            break
        reason = nested
    # urllib3 puts the connection object's repr before its messages.
    return re.sub(r"^.*?object at 0x[0-9a-f]+>[:,] |^_?HTTPS?Connection(Pool)?\(.*?\): ", "", str(reason))
