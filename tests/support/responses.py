"""FastPix's responses, for a scripted server. They are about the demo stream, unless another one is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.scripted_server import Reply


def listing(*playback_ids: str, stream_id: str = DEMO_STREAM_ID) -> Reply:
    """A stream with these playback IDs, all of them public."""
    listed = [{"id": playback_id, "accessPolicy": "public"} for playback_id in playback_ids]
    return Reply(200, {"success": True, "data": {"streamId": stream_id, "playbackIds": listed}})


def created(playback_id: str, access_policy: str = "public") -> Reply:
    return one(playback_id, access_policy, status=201)


def one(playback_id: str, access_policy: str = "public", *, status: int = 200) -> Reply:
    """A single playback ID, as it is read."""
    return Reply(status, {"success": True, "data": {"id": playback_id, "accessPolicy": access_policy}})


def rules(default_policy: str = "allow", allow: Sequence[str] = (), deny: Sequence[str] = ()) -> Reply:
    """The rules for domains or for user agents, as a change of them is answered."""
    data = {"defaultPolicy": default_policy, "allow": [*allow], "deny": [*deny]}
    return Reply(200, {"success": True, "data": data})


def error(status: int, message: str | None, headers: Mapping[str, str] | None = None, **fields: object) -> Reply:
    """A refusal in FastPix's own envelope; `fields` are added to its error."""
    envelope = {"success": False, "error": {"code": status, "message": message, **fields}}
    return Reply(status, envelope, headers or {})


def throttled(retry_after: str) -> Reply:
    return error(429, "slow down", {"Retry-After": retry_after})


DELETED = Reply(200, {"success": True})
STREAM_NOT_FOUND = error(
    404, "stream not found", description="The requested resource (eg: streamId) doesn't exist in the workspace"
)
PLAYBACK_ID_NOT_FOUND = error(404, "stream/playbackId not found")
SERVER_ERROR = error(500, "internal error")
BAD_GATEWAY = Reply(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
"""A page of the edge in front of FastPix, which is not a FastPix API response."""

DROPPED = Reply(None)
"""The connection ends without a response."""


def live_stream(stream_id: str, created_at: str = "2026-05-20T12:50:15.267974Z", **others: object) -> dict[str, object]:
    """A stream as it is read, with FastPix's defaults but for what is given."""
    return {
        "streamId": stream_id,
        "streamKey": f"key-of-{stream_id}",
        "srtSecret": f"srt-of-{stream_id}",
        "createdAt": created_at,
        "maxResolution": "1080p",
        "reconnectWindow": 60,
        "mediaPolicy": "public",
        "enableDvrMode": False,
        "enableRecording": True,
        "playbackIds": [{"id": f"with-{stream_id}", "accessPolicy": "public"}],
        **others,
    }


def page_of(*streams: dict[str, object], total: int | None = None) -> Reply:
    """A page of the list of all streams."""
    pagination = {"totalRecords": len(streams) if total is None else total, "currentOffset": 1, "offsetCount": 1}
    return Reply(200, {"success": True, "data": [*streams], "pagination": pagination})
