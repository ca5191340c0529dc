"""Sessions that follow no redirect, and connections that tell whether a request that failed was sent.

All that knows the insides of requests and urllib3 is here.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
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
            # middle of an answer.
            what = "TLS handshake failed: " if isinstance(error, ssl.SSLError) else ""
            raise urllib3.exceptions.NewConnectionError(self, f"{what}{error}") from error


class _HTTPSConnectionPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_BEFORE_SENDING = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


def never_sent(error: Exception) -> bool:
    """Whether a request failed before any of it was sent, so that it can't have been carried out."""
    # ValueError: requests refused to begin, for an address or a proxy that it can't use.
    if not isinstance(error, requests.RequestException) or isinstance(error, (requests.ConnectTimeout, ValueError)):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)  # urllib3's MaxRetryError wraps the cause
    if isinstance(reason, urllib3.exceptions.ProxyError):
        # Behind a proxy also a connection that is lost after sending is reported as the proxy's error.
        reason = reason.original_error
    return isinstance(reason, _BEFORE_SENDING)


def innermost_reason(error: Exception) -> str:
    """The part of a nested transport error that a person can use, such as "Connection refused"."""
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
