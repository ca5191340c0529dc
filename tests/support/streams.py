"""A live stream as FastPix answers it, for a scripted server; the secrets have the form of recorded ones."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import PLAYBACK_ID, STREAM_KEY
from support.scripted_server import Reply

SRT_SECRET = "d" * 32 + "k" + DEMO_STREAM_ID
SRT_PLAYBACK_SECRET = "e" * 32
SECRETS = (STREAM_KEY, SRT_SECRET, SRT_PLAYBACK_SECRET)

STREAM: dict[str, Any] = {
    "streamId": DEMO_STREAM_ID,
    "streamKey": STREAM_KEY,
    "srtSecret": SRT_SECRET,
    "trial": False,
    "status": "idle",
    "maxResolution": "1080p",
    "maxDuration": 0,
    "createdAt": "2026-05-20T12:50:15.267974Z",
    "reconnectWindow": 60,
    "enableRecording": True,
    "enableDvrMode": False,
    "mediaPolicy": "public",
    "lowLatency": False,
    "closedCaptions": False,
    "playbackIds": [{"id": PLAYBACK_ID, "accessPolicy": "public"}],
    "srtPlaybackResponse": {
        "srtPlaybackStreamId": f"play{DEMO_STREAM_ID}",
        "srtPlaybackSecret": SRT_PLAYBACK_SECRET,
    },
}


def stream(*, status: int = 200, **changed: object) -> Reply:
    """One stream; what is changed to None is left out."""
    data = {key: value for key, value in {**STREAM, **changed}.items() if value is not None}
    return Reply(status, {"success": True, "data": data})


def streams(*listed: dict[str, Any], total: int | None = None) -> Reply:
    """A page of the workspace's list."""
    pagination = {"totalRecords": len(listed) if total is None else total, "currentOffset": 1, "offsetCount": 1}
    return Reply(200, {"success": True, "data": [*listed], "pagination": pagination})
