"""The credentials of a request, and whether they permit it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.fastpix import responses

if TYPE_CHECKING:
    from starlette.requests import Request

    from pulumi_fastpix.sandbox.data.records import AccessToken
    from pulumi_fastpix.sandbox.data.store import Store

READING_METHODS = {"GET", "HEAD"}


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """The token id and secret key in an `Authorization` header, or None if it is not a valid Basic one."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        token_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (token_id, secret) if colon else None


def authorized(request: Request, store: Store) -> AccessToken:
    """The token that the request was sent with, which permits its method.

    Raises:
        RefusalError: 401 for missing or wrong credentials, 403 for a read-only token and a method that may write.
    """
    given = basic_credentials(request.headers.get("authorization", ""))
    token = store.access_tokens.authenticate(*given) if given else None
    if token is None:
        raise responses.unauthorized()
    if token.read_only and request.method not in READING_METHODS:
        raise responses.forbidden()
    return token
