"""A request that the API works on, and the check that lets it in: its credentials come before its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from pulumi_fastpix.sandbox.data.patience import in_one_transaction
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.credentials import authorized

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.signing_keys import KeyPair
    from pulumi_fastpix.sandbox.data.store import Store

_LARGEST_BODY = 2**20
"""In bytes, far more than any request to FastPix's live API needs."""


class ClientLeftError(Exception):
    """The client closed the connection before its request was complete."""


@dataclass(frozen=True)
class Call:
    """A request with valid credentials.

    Attributes:
        request: the request.
        body: its whole body.
        workspace: the workspace that the credentials belong to.
        not_listed_yet: how many of the newest a list lacks: of the playback IDs of a stream, or of streams.
        key_pair: what a new signing key is made of; None for every other request.
    """

    request: Request
    body: bytes
    workspace: str
    not_listed_yet: int = 0
    key_pair: KeyPair | None = None


async def let_in(scope: Scope, receive: Receive, store: Store, clock: Clock) -> Call:
    """The call, once the request's credentials are known to be valid and its body was read.

    Raises:
        RefusalError: 401 or 403 for its credentials; 413 for a body that is too large. The rest of the body is unread.
        ClientLeftError: the client closed the connection.
        DataFileError: the data file cannot be used, or another process has it locked.
    """
    request = Request(scope)
    token = await in_one_transaction(store, clock, lambda: authorized(request, store), writing=False)
    return Call(request, await _read_body(receive), token.workspace)


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        body += message.get("body", b"")
        if len(body) > _LARGEST_BODY:
            raise responses.too_large()
        if not message.get("more_body", False):
            return bytes(body)
