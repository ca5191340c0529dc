"""FastPix's live-stream API: routes, credentials, status codes. Knows no faults: it does what it is asked."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from pulumi_fastpix.sandbox.fastpix import answers
from pulumi_fastpix.sandbox.fastpix.answers import RefusalError
from pulumi_fastpix.sandbox.fastpix.live_streams import StreamOperations
from pulumi_fastpix.sandbox.fastpix.playback_ids import PlaybackIdOperations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import AccessToken
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

Operation: TypeAlias = "Callable[[Request, str], Awaitable[Response]]"


def live_stream_api(store: Store, switches: Switches) -> Starlette:
    """The API as an ASGI application, at its real path below the host: `/v1/live/streams`."""
    of_streams, of_playback_ids = StreamOperations(store, switches), PlaybackIdOperations(store, switches)

    def route(method: str, path: str, operation: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                token = authorized(request, store)
                return await operation(request, token.workspace)
            except RefusalError as refusal:
                return refusal.response

        return Route(path, endpoint, methods=[method])

    streams = "/v1/live/streams"
    stream = streams + "/{stream_id}"
    playback_ids = stream + "/playback-ids"
    playback_id = playback_ids + "/{playback_id}"
    api = Starlette(
        routes=[
            route("POST", streams, of_streams.create),
            route("GET", streams, of_streams.list),
            route("GET", stream, of_streams.read),
            route("DELETE", stream, of_streams.delete),
            route("POST", playback_ids, of_playback_ids.create),
            route("DELETE", playback_ids, of_playback_ids.delete),
            route("GET", playback_id, of_playback_ids.read),
            route("PATCH", playback_id + "/domains", of_playback_ids.restrict_domains),
            route("PATCH", playback_id + "/user-agents", of_playback_ids.restrict_user_agents),
        ],
        exception_handlers={HTTPException: _no_such_route},
    )
    # A redirect to a path without the slash would hide a wrong base URL.
    api.router.redirect_slashes = False
    return api


def credentials(authorization: str) -> tuple[str, str] | None:
    """Token id and secret key of a Basic `Authorization` header, or None when it is nothing of the sort."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        token_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (token_id, secret) if colon else None


def authorized(request: Request, store: Store) -> AccessToken:
    """The token that the request may use for what it wants.

    Raises:
        RefusalError: 401 for no or wrong credentials, 403 for a token that may only read.
    """
    given = credentials(request.headers.get("authorization", ""))
    token = store.access_tokens.authenticate(*given) if given else None
    if token is None:
        raise answers.unauthorized()
    if token.read_only and request.method != "GET":
        raise answers.forbidden()
    return token


async def _no_such_route(request: Request, error: Exception) -> Response:
    # Deliberately not FastPix's envelope: a wrong base URL must not look like a missing stream.
    status = error.status_code if isinstance(error, HTTPException) else 500
    allowed = getattr(error, "headers", None)
    problem = (
        f"The sandbox has no {request.method} {request.url.path}. It serves FastPix's live streams and their "
        "playback IDs below /v1/live/streams: check the base URL, which ends in /v1, and the method."
    )
    return JSONResponse({"sandbox": problem}, status, headers=allowed)
