"""Signing keys: `/iam/signing-keys`.

Paths, methods, status codes and the names of fields are those of recorded responses.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

import tenacity
from pydantic import BaseModel

from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import DeletedResponse
from pulumi_fastpix.api.models_of_keys import (
    ListedKey,
    NewKey,
    NewKeyResponse,
    PublicKey,
    PublicKeyResponse,
    SigningKeysResponse,
)
from pulumi_fastpix.api.retry import REPLAYED_POST
from pulumi_fastpix.errors import PermissionDeniedError, UnexpectedResponseError

Response = TypeVar("Response", bound=BaseModel)

_PATH = "/iam/signing-keys"
_PURPOSE_OF_CREATE = "create a signing key"
KEYS_PER_PAGE = 50
"""The most that FastPix puts on a page."""


class SigningKeys:
    """The calls for signing keys. Without a deadline, they are repeated until that of the settings."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def attempts_to_create(self, deadline: Deadline) -> Iterator[tenacity.AttemptManager]:
        """For whoever has to know how each attempt ends: see :meth:`BaseClient.attempts`.

        Attempts go on after a lost response: FastPix answers a create that it has carried out with the same key again,
        as long as the `Idempotency-Key` is the same. Its WordPress plugin relies on that.
        """
        return self._client.attempts(REPLAYED_POST, _PURPOSE_OF_CREATE, deadline)

    def create_once(self, idempotency_key: str) -> NewKey:
        """Make a signing key, inside one of :meth:`attempts_to_create`: the only time that its private key is given.

        Args:
            idempotency_key: the same each time the same create is sent; a constant one would give dead keys for ever.

        Raises:
            PermissionDeniedError: the access token may not make keys: that takes an administrator's.
            FastPixError: nothing was made, or it isn't known.
        """
        # Without a deadline: unless its response is waited for, the create is in doubt.
        return self._send(
            "POST", _PATH, NewKeyResponse, _PURPOSE_OF_CREATE, body={}, idempotency_key=idempotency_key
        ).data

    def newest(self, deadline: Deadline | None = None) -> tuple[ListedKey, ...]:
        """The newest keys, fifty at most, newest first."""
        return self._page(1, deadline or self._client.deadline())

    def _page(self, number: int, deadline: Deadline) -> tuple[ListedKey, ...]:
        purpose, query = "list signing keys", {"limit": str(KEYS_PER_PAGE), "offset": str(number)}
        for attempt in self._client.attempts("GET", purpose, deadline):
            with attempt:
                keys = self._send("GET", _PATH, SigningKeysResponse, purpose, query=query, deadline=deadline).data
        return keys

    def every(self) -> dict[str, ListedKey]:
        """All keys of the workspace by their ids, newest first. What is made or deleted meanwhile may be missing."""
        keys: dict[str, ListedKey] = {}
        for number in count(1):
            page = self._page(number, self._client.deadline())
            keys.update((key.id, key) for key in page)
            if len(page) < KEYS_PER_PAGE:
                break
        return keys

    def get(self, key_id: str, deadline: Deadline | None = None) -> PublicKey:
        """The public key.

        Raises:
            NotFoundError: there is no such key.
            FastPixError: it can't be read.
        """
        purpose, deadline = f"read signing key {key_id}", deadline or self._client.deadline()
        for attempt in self._client.attempts("GET", purpose, deadline):
            with attempt:
                key = self._send("GET", _path(key_id), PublicKeyResponse, purpose, deadline=deadline).data
                if key.id != key_id:
                    raise UnexpectedResponseError(
                        f"Could not {purpose}: the response describes another key, {key.id}.", status=200
                    )
        return key

    def delete(self, key_id: str, deadline: Deadline | None = None) -> None:
        """Delete a key: all tokens that were signed with it end at once.

        Raises:
            NotFoundError: there is none; perhaps any more, since an earlier attempt may have deleted it.
            FastPixError: it may still exist.
        """
        purpose, deadline = f"delete signing key {key_id}", deadline or self._client.deadline()
        for attempt in self._client.attempts("DELETE", purpose, deadline):
            with attempt:
                self._send("DELETE", _path(key_id), DeletedResponse, purpose, deadline=deadline)

    def _send(self, method: str, path: str, expected: type[Response], purpose: str, **more: Any) -> Response:
        """One request: a refusal for lack of rights says whose access token has them, by FastPix's documentation."""
        try:
            return self._client.send(method, path, expected, purpose, **more)
        except PermissionDeniedError as error:
            advice = f"Signing keys take an administrator's access token. {self._client.settings.credentials_hint}."
            raise PermissionDeniedError(purpose, error.refusal, advice) from None


def _path(key_id: str) -> str:
    return f"{_PATH}/{quote(key_id, safe='')}"
