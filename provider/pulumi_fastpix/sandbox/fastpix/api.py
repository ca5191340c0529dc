"""FastPix's API as an application: every route, and the operation it leads to. It knows nothing of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from pulumi_fastpix.sandbox.fastpix.access_restrictions import AccessRestrictionOperations
from pulumi_fastpix.sandbox.fastpix.credentials import authorized
from pulumi_fastpix.sandbox.fastpix.live_streams import LiveStreamOperations
from pulumi_fastpix.sandbox.fastpix.playback_ids import PlaybackIdOperations
from pulumi_fastpix.sandbox.fastpix.responses import RefusalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

    # From a request and the workspace of its token to the response; raises RefusalError.
    Operation: TypeAlias = Callable[[Request, str], Awaitable[Response]]


def fastpix_api(store: Store, switches: Switches) -> Starlette:
    """The API as an ASGI application, at FastPix's paths: `/v1/live/streams` and below."""
    live_streams = LiveStreamOperations(store, switches)
    playback_ids = PlaybackIdOperations(store, switches)
    restrictions = AccessRestrictionOperations(store, switches)

    def route(method: str, path: str, operation: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                token = authorized(request, store)
                return await operation(request, token.workspace)
            except RefusalError as refusal:
                return refusal.response

        return Route(path, endpoint, methods=[method])

    streams_path = "/v1/live/streams"
    stream_path = streams_path + "/{stream_id}"
    playback_ids_path = stream_path + "/playback-ids"
    playback_id_path = playback_ids_path + "/{playback_id}"
    api = Starlette(
        routes=[
            route("POST", streams_path, live_streams.create),
            route("GET", streams_path, live_streams.list),
            route("GET", stream_path, live_streams.read),
            route("DELETE", stream_path, live_streams.delete),
            route("POST", playback_ids_path, playback_ids.create),
            route("DELETE", playback_ids_path, playback_ids.delete),
            route("GET", playback_id_path, playback_ids.read),
            route("PATCH", playback_id_path + "/domains", restrictions.change_domains),
            route("PATCH", playback_id_path + "/user-agents", restrictions.change_user_agents),
        ],
        exception_handlers={HTTPException: _no_such_route},
    )
    # A redirect to a path without the slash would hide a wrong base URL.
    api.router.redirect_slashes = False
    return api


async def _no_such_route(request: Request, error: Exception) -> Response:
    # Not in FastPix's envelope, so that a wrong base URL does not look like a missing stream.
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = getattr(error, "headers", None)
    problem = (
        f"The sandbox has no {request.method} {request.url.path}. It serves FastPix's live streams and their "
        "playback IDs below /v1/live/streams: check the base URL, which ends in /v1, and the method."
    )
    return JSONResponse({"sandbox": problem}, status, headers=headers)
