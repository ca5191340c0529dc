"""The stream host over HTTP: a playlist for whoever may watch. Its requests are no requests to FastPix's API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_fastpix.sandbox.data.patience import in_one_transaction
from pulumi_fastpix.sandbox.errors import DataFileError
from pulumi_fastpix.sandbox.fastpix.api import unavailable
from pulumi_fastpix.sandbox.fastpix.stream_host import Viewer, refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

STREAM_PATH = re.compile(r"/[^/]+\.m3u8")
"""The paths that are the stream host's."""

# The sandbox has no broadcasts: a live playlist in which nothing has been shown yet.
_PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n"
# Players on any page may ask, and read why they are refused.
_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}


def stream_host(store: Store, switches: Switches, clock: Clock) -> Starlette:
    """The stream host as an ASGI application."""

    async def play(request: Request) -> Response:
        headers = request.headers
        viewer = Viewer(
            token=request.query_params.get("token"),
            origin=headers.get("origin"),
            referer=headers.get("referer"),
            user_agent=headers.get("user-agent"),
        )
        playback_id = request.path_params["playback_id"]
        try:
            refused = await in_one_transaction(
                store, clock, lambda: refusal(playback_id, viewer, store, switches), writing=False
            )
        except DataFileError as error:
            return unavailable(error)
        if refused is not None:
            return JSONResponse({"sandbox": refused.reason}, refused.status, headers=_HEADERS)
        return Response(_PLAYLIST, media_type="application/vnd.apple.mpegurl", headers=_HEADERS)

    return Starlette(routes=[Route("/{playback_id}.m3u8", play)])
