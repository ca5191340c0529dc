"""Live streams in the API: create, list, read, update, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pulumi_fastpix.sandbox.data.records import AccessPolicy, StreamSettings
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.paging import page_of, parameter
from pulumi_fastpix.sandbox.fastpix.paths import stream_of
from pulumi_fastpix.sandbox.fastpix.playback_ids import PlaybackIdBody, playback_id_data
from pulumi_fastpix.sandbox.fastpix.request_bodies import Metadata, RequestBody, parse
from pulumi_fastpix.sandbox.fastpix.responses import INVALID, Body, FastPixResponse, FieldProblem, RefusalError
from pulumi_fastpix.sandbox.fastpix.simulcasts import simulcast_data
from pulumi_fastpix.sandbox.fastpix.stream_status import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import PlaybackId, Restrictions, Stream
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


class PlaybackSettings(PlaybackIdBody):
    """The playback ID that FastPix creates with the stream."""


class InputMediaSettings(RequestBody):
    """How a new stream is ingested and recorded."""

    max_resolution: Literal["1080p", "720p", "480p"] = "1080p"
    reconnect_window: int = Field(default=60, ge=60, le=1800)
    media_policy: AccessPolicy = "public"
    metadata: Metadata = Field(default_factory=dict)
    enable_dvr_mode: bool = False
    enable_recording: bool = True


class StreamBody(RequestBody):
    """Body of a stream's creation: both parts are required, and may be empty."""

    playback_settings: PlaybackSettings
    input_media_settings: InputMediaSettings


class StreamChangeBody(RequestBody):
    """Body of a stream's change; may be `{}`. All else about a stream is fixed when it is created."""

    metadata: Metadata = Field(default_factory=dict)
    reconnect_window: int = Field(default=60, ge=60, le=1800)


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
        "status": status_of(stream, switches),
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
        **({"simulcastResponses": [simulcast_data(one) for one in stream.simulcasts]} if stream.simulcasts else {}),
        "srtPlaybackResponse": {
            "srtPlaybackStreamId": f"play{stream.id}",
            "srtPlaybackSecret": stream.srt_playback_secret,
        },
    }


def _in_order(oldest_first: Sequence[PlaybackId], switches: Switches) -> Sequence[PlaybackId]:
    match switches.playback_id_order:
        case "by-id":
            return sorted(oldest_first)
        case "newest-first":
            return oldest_first[::-1]
        case "oldest-first":
            return oldest_first


class LiveStreamOperations:
    """Creates, lists, reads, changes and deletes live streams."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def create(self, call: Call) -> Response:
        """`POST /live/streams`."""
        body = parse(StreamBody, call.body, self._switches)
        stream_id = self._store.live_streams.create(
            body.playback_settings.access_policy,
            settings=StreamSettings(**body.input_media_settings.model_dump()),
            restrictions=body.playback_settings.access_restrictions.restrictions(
                "playbackSettings.accessRestrictions", self._switches
            ),
            workspace=call.workspace,
        )
        stream = self._store.live_streams.get(stream_id, workspace=call.workspace)
        return FastPixResponse(responses.success(self._data(stream)), 201)

    def list(self, call: Call) -> Response:
        """`GET /live/streams`."""
        order = parameter(call, "orderBy", "desc")
        page = page_of(call, [] if order in {"asc", "desc"} else [FieldProblem("orderBy", INVALID)])
        live_streams, lacking = self._store.live_streams, call.not_listed_yet
        newest_first = order == "desc"
        streams = live_streams.list(
            limit=page.limit, page=page.number, newest_first=newest_first, lacking=lacking, workspace=call.workspace
        )
        total = max(0, live_streams.count(workspace=call.workspace) - lacking)
        data = [self._data(stream) for stream in streams]
        return FastPixResponse(responses.success(data, pagination=page.pagination(total)))

    def read(self, call: Call) -> Response:
        """`GET /live/streams/{streamId}`."""
        stream = stream_of(call, self._store, self._switches)
        return FastPixResponse(responses.success(self._data(stream, call.not_listed_yet)))

    def update(self, call: Call) -> Response:
        """`PATCH /live/streams/{streamId}`."""
        body = parse(StreamChangeBody, call.body, self._switches)
        stream = stream_of(call, self._store, self._switches)
        if status_of(stream, self._switches) == "disabled" and self._switches.disabled_stream_patch != 200:
            raise _disabled(self._switches.disabled_stream_patch)
        before = stream.settings
        given = {"metadata", "reconnect_window"} if self._switches.stream_patch == "resets" else body.model_fields_set
        self._store.live_streams.change(
            stream.id,
            metadata=self._changed(before.metadata, body) if "metadata" in given else before.metadata,
            reconnect_window=body.reconnect_window if "reconnect_window" in given else before.reconnect_window,
            workspace=call.workspace,
        )
        changed = self._store.live_streams.get(stream.id, workspace=call.workspace)
        # In FastPix's specification and SDKs this response has no simulcasts.
        changed = replace(changed, simulcasts=())
        return FastPixResponse(responses.success(self._data(changed, call.not_listed_yet)))

    def _changed(self, before: Mapping[str, str] | None, body: StreamChangeBody) -> Mapping[str, str] | None:
        """The metadata after the change: replaced as a whole, as recorded."""
        cleared = "metadata" in body.model_fields_set and not body.metadata
        if cleared and self._switches.metadata_clear == "refused":
            raise responses.validation_error([FieldProblem("metadata", INVALID)])
        return before if cleared and self._switches.metadata_clear == "kept" else body.metadata

    def delete(self, call: Call) -> Response:
        """`DELETE /live/streams/{streamId}`."""
        stream = stream_of(call, self._store, self._switches)
        self._store.live_streams.delete(stream.id, workspace=call.workspace)
        return FastPixResponse(responses.success())

    def _data(self, stream: Stream, not_listed_yet: int = 0) -> Body:
        listed = stream.playback_ids[: max(0, len(stream.playback_ids) - not_listed_yet)]
        restrictions = self._store.playback_ids.restrictions(stream.id)
        return stream_data(replace(stream, playback_ids=listed), restrictions, self._switches)


def _disabled(status: int) -> RefusalError:
    # FastPix's documentation says that the change is refused; the texts are our guess.
    return RefusalError.plain(status, "stream cannot be updated", "The requested stream is disabled.")
