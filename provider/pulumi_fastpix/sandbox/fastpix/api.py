"""FastPix's API as an application: every route, and the operation it leads to. It knows nothing of faults."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from pulumi_fastpix.sandbox.data.patience import in_one_transaction
from pulumi_fastpix.sandbox.data.signing_keys import new_key_pair
from pulumi_fastpix.sandbox.errors import DataFileError
from pulumi_fastpix.sandbox.fastpix.access_restrictions import AccessRestrictionOperations
from pulumi_fastpix.sandbox.fastpix.calls import Call
from pulumi_fastpix.sandbox.fastpix.credentials import READING_METHODS
from pulumi_fastpix.sandbox.fastpix.live_streams import LiveStreamOperations
from pulumi_fastpix.sandbox.fastpix.playback_ids import PlaybackIdOperations
from pulumi_fastpix.sandbox.fastpix.responses import RefusalError
from pulumi_fastpix.sandbox.fastpix.signing_keys import SigningKeyOperations
from pulumi_fastpix.sandbox.fastpix.simulcasts import SimulcastOperations
from pulumi_fastpix.sandbox.fastpix.stream_status import StreamStatusOperations
from pulumi_fastpix.sandbox.masking import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

    # Raises RefusalError. What it has changed by then stays changed.
    Operation: TypeAlias = Callable[[Call], Response]

LET_IN = "pulumi_fastpix.sandbox.let_in"
"""Key in an ASGI scope: the call, or the response to a request that was not let in."""

# The areas of FastPix's API that its SDKs call, and the sandbox lacks: media, and data about views.
_UNSERVED = ("/v1/on-demand/", "/v1/data/")


def fastpix_api(store: Store, switches: Switches, clock: Clock) -> Starlette:
    """The API as an ASGI application, at FastPix's paths: `/v1/live/streams` and `/v1/iam/signing-keys`, and below."""
    live_streams = LiveStreamOperations(store, switches)
    playback_ids = PlaybackIdOperations(store, switches)
    restrictions = AccessRestrictionOperations(store, switches)
    status = StreamStatusOperations(store, switches)
    simulcasts = SimulcastOperations(store, switches)
    signing_keys = SigningKeyOperations(store, switches)

    def route(path: str, **operations: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            let_in: Call | Response = request.scope[LET_IN]
            if not isinstance(let_in, Call):
                return let_in
            call = replace(let_in, request=request)
            operation = operations["GET" if request.method == "HEAD" else request.method]
            if operation == signing_keys.create:
                # Takes long: neither the event loop nor the data file is held up meanwhile.
                call = replace(call, key_pair=await asyncio.to_thread(new_key_pair))

            def work() -> Response:
                try:
                    return operation(call)
                except RefusalError as refusal:
                    return refusal.response

            try:
                return await in_one_transaction(store, clock, work, writing=request.method not in READING_METHODS)
            except DataFileError as error:
                return unavailable(error)

        return Route(path, endpoint, methods=[*operations])

    streams_path = "/v1/live/streams"
    stream_path = streams_path + "/{stream_id}"
    playback_ids_path = stream_path + "/playback-ids"
    playback_id_path = playback_ids_path + "/{playback_id}"
    simulcasts_path = stream_path + "/simulcast"
    signing_keys_path = "/v1/iam/signing-keys"
    api = Starlette(
        routes=[
            route(streams_path, POST=live_streams.create, GET=live_streams.list),
            route(stream_path, GET=live_streams.read, PATCH=live_streams.update, DELETE=live_streams.delete),
            route(stream_path + "/live-enable", PUT=status.enable),
            route(stream_path + "/live-disable", PUT=status.disable),
            route(stream_path + "/finish", PUT=status.finish),
            route(stream_path + "/viewer-count", GET=status.count_viewers),
            route(playback_ids_path, POST=playback_ids.create, DELETE=playback_ids.delete),
            route(playback_id_path, GET=playback_ids.read),
            route(playback_id_path + "/domains", PATCH=restrictions.change_domains),
            route(playback_id_path + "/user-agents", PATCH=restrictions.change_user_agents),
            route(simulcasts_path, POST=simulcasts.create),
            route(
                simulcasts_path + "/{simulcast_id}",
                GET=simulcasts.read,
                PUT=simulcasts.update,
                DELETE=simulcasts.delete,
            ),
            route(signing_keys_path, POST=signing_keys.create, GET=signing_keys.list),
            route(signing_keys_path + "/{key_id}", GET=signing_keys.read, DELETE=signing_keys.delete),
        ],
        exception_handlers={HTTPException: _no_such_route},
    )
    # A redirect to a path without the slash would hide a wrong base URL.
    api.router.redirect_slashes = False
    return api


def unavailable(error: DataFileError) -> Response:
    """The response while the data file cannot be used. Nothing was changed."""
    return JSONResponse({"sandbox": str(error)}, 503)


async def _no_such_route(request: Request, error: Exception) -> Response:
    # Not in FastPix's envelope, so that a wrong base URL does not look like a missing stream.
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = getattr(error, "headers", None)
    path = without_secrets(request.url.path)
    if status == 404 and f"{path}/".startswith(_UNSERVED):
        status = 501
        problem = (
            f"The sandbox does not serve {request.method} {path}: of FastPix's API it serves the live streams "
            "below /v1/live/streams, and the signing keys below /v1/iam/signing-keys."
        )
    else:
        problem = (
            f"The sandbox has no {request.method} {path}. It serves FastPix's live streams below /v1/live/streams, "
            "and its signing keys below /v1/iam/signing-keys: "
            "check the base URL, which ends in /v1, and the method."
        )
    return JSONResponse({"sandbox": problem}, status, headers=headers)
