"""Live streams in the API: create, list, read, delete."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from pulumi_fastpix.sandbox.data.records import AccessPolicy, StreamSettings
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.paths import stream_of
from pulumi_fastpix.sandbox.fastpix.playback_ids import PlaybackIdBody, playback_id_data
from pulumi_fastpix.sandbox.fastpix.request_bodies import RequestBody, parse
from pulumi_fastpix.sandbox.fastpix.responses import INVALID, Body, FastPixResponse, FieldProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import PlaybackId, Restrictions, Stream
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

# A whole number that SQLite can hold.
_WHOLE_NUMBER = re.compile(r"\d{1,18}", re.ASCII)

MetadataValue = Annotated[str, StringConstraints(max_length=255)]


class PlaybackSettings(PlaybackIdBody):
    """The playback ID that FastPix creates with the stream."""


class InputMediaSettings(RequestBody):
    """How a new stream is ingested and recorded."""

    max_resolution: Literal["1080p", "720p", "480p"] = "1080p"
    reconnect_window: int = Field(default=60, ge=60, le=1800)
    media_policy: AccessPolicy = "public"
    metadata: dict[str, MetadataValue] = Field(default_factory=dict, max_length=10)
    enable_dvr_mode: bool = False
    enable_recording: bool = True


class StreamBody(RequestBody):
    """Body of a stream's creation: both parts are required, and may be empty."""

    playback_settings: PlaybackSettings
    input_media_settings: InputMediaSettings


def stream_data(stream: Stream, restrictions: Mapping[str, Restrictions], switches: Switches) -> Body:
    """A live stream in a response, always with all its secrets; empty optional fields are left out, never null.

    Args:
        stream: the stream.
        restrictions: the restrictions that were ever set, by playback ID.
        switches: how to fill in whatever is not known of FastPix's responses.
    """
    settings = stream.settings
    return {
        "streamId": stream.id,
        "streamKey": stream.stream_key,
        "srtSecret": stream.srt_secret,
        "trial": switches.trial_workspace != "no",
        "status": switches.stream_status,
        "maxResolution": settings.max_resolution,
        "maxDuration": 0,
        "createdAt": stream.created_at,
        "reconnectWindow": settings.reconnect_window,
        "enableRecording": settings.enable_recording,
        "enableDvrMode": settings.enable_dvr_mode,
        "mediaPolicy": settings.media_policy,
        **({"metadata": dict(settings.metadata)} if settings.metadata else {}),
        "lowLatency": False,
        "closedCaptions": False,
        "playbackIds": [
            playback_id_data(playback_id, restrictions, switches)
            for playback_id in _in_order(stream.playback_ids, switches)
        ],
        "srtPlaybackResponse": {
            "srtPlaybackStreamId": f"play{stream.id}",
            "srtPlaybackSecret": stream.srt_playback_secret,
        },
    }


def _in_order(oldest_first: Sequence[PlaybackId], switches: Switches) -> Sequence[PlaybackId]:
    match switches.playback_id_order:
        case "oldest-first":
            return oldest_first
        case "newest-first":
            return oldest_first[::-1]
        case "by-id":
            return sorted(oldest_first)


class LiveStreamOperations:
    """Creates, lists, reads and deletes live streams."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    async def create(self, request: Request, workspace: str) -> Response:
        """`POST /live/streams`."""
        body = parse(StreamBody, await request.body(), self._switches)
        stream_id = self._store.live_streams.create(
            body.playback_settings.access_policy,
            settings=StreamSettings(**body.input_media_settings.model_dump()),
            restrictions=body.playback_settings.access_restrictions.restrictions(),
            workspace=workspace,
        )
        stream = self._store.live_streams.get(stream_id, workspace=workspace)
        return FastPixResponse(responses.success(self._data(stream)), 201)

    async def list(self, request: Request, workspace: str) -> Response:
        """`GET /live/streams`."""
        limit = _whole_number(request, "limit", default=10, most=50)
        page = _whole_number(request, "offset", default=1)
        order = request.query_params.get("orderBy", "desc")
        problems = [FieldProblem(name, INVALID) for name, value in (("limit", limit), ("offset", page)) if not value]
        if order not in {"asc", "desc"}:
            problems.append(FieldProblem("orderBy", INVALID))
        if problems:
            raise responses.validation_error(problems)
        live_streams = self._store.live_streams
        streams = live_streams.list(limit=limit, page=page, newest_first=order == "desc", workspace=workspace)
        total = live_streams.count(workspace=workspace)
        # `offset` and `offsetCount` count pages, not rows.
        pagination = {"totalRecords": total, "currentOffset": page, "offsetCount": -(-total // limit)}
        data = [self._data(stream) for stream in streams]
        return FastPixResponse(responses.success(data, pagination=pagination))

    async def read(self, request: Request, workspace: str) -> Response:
        """`GET /live/streams/{streamId}`."""
        stream = stream_of(request, self._store, self._switches, workspace)
        return FastPixResponse(responses.success(self._data(stream)))

    async def delete(self, request: Request, workspace: str) -> Response:
        """`DELETE /live/streams/{streamId}`."""
        stream = stream_of(request, self._store, self._switches, workspace)
        self._store.live_streams.delete(stream.id, workspace=workspace)
        return FastPixResponse(responses.success())

    def _data(self, stream: Stream) -> Body:
        return stream_data(stream, self._store.playback_ids.restrictions(stream.id), self._switches)


def _whole_number(request: Request, name: str, *, default: int, most: int | None = None) -> int:
    """The query parameter, or 0 when it is not a whole number from 1 to `most`."""
    given = request.query_params.get(name)
    if given is None:
        return default
    number = int(given) if _WHOLE_NUMBER.fullmatch(given) else 0
    return number if most is None or number <= most else 0
