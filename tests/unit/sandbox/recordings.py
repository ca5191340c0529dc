"""Responses of FastPix's API as its own repositories have recorded them, in 2026, with secrets cut out."""

from __future__ import annotations

import json
from typing import Any

# To the creation of a stream with metadata.
STREAM: dict[str, Any] = json.loads("""
{
  "success": true,
  "data": {
    "streamId": "97fc7c3bd0f72c7bbab77e215d8a147c",
    "streamKey": "<secret>",
    "srtSecret": "<secret>",
    "trial": false,
    "status": "idle",
    "maxResolution": "1080p",
    "maxDuration": 0,
    "createdAt": "2026-06-08T08:53:50.744448Z",
    "reconnectWindow": 60,
    "enableRecording": true,
    "enableDvrMode": false,
    "mediaPolicy": "public",
    "metadata": {
      "name": "sdk-validate"
    },
    "lowLatency": false,
    "closedCaptions": false,
    "playbackIds": [
      {
        "id": "62383e91-cb08-4c95-9f5d-faf058530583",
        "accessPolicy": "public"
      }
    ],
    "srtPlaybackResponse": {
      "srtPlaybackStreamId": "play97fc7c3bd0f72c7bbab77e215d8a147c",
      "srtPlaybackSecret": "<secret>"
    }
  }
}
""")
DIFFERENT_FOR_EACH_STREAM = {
    "streamId",
    "streamKey",
    "srtSecret",
    "createdAt",
    "playbackIds",
    "srtPlaybackResponse",
}

# To a change of its metadata and reconnect window, when it had a second playback ID.
CHANGE = {"metadata": {"updated": "true"}, "reconnectWindow": 120}
CHANGED_STREAM: dict[str, Any] = json.loads("""
{
  "success": true,
  "data": {
    "streamId": "9b58f07729da379874e5ee0cfc0e0aaf",
    "streamKey": "<secret>",
    "srtSecret": "<secret>",
    "trial": false,
    "status": "idle",
    "maxResolution": "1080p",
    "maxDuration": 0,
    "createdAt": "2026-06-08T07:03:48.858337Z",
    "reconnectWindow": 120,
    "enableRecording": true,
    "enableDvrMode": false,
    "mediaPolicy": "public",
    "metadata": {
      "updated": "true"
    },
    "lowLatency": false,
    "closedCaptions": false,
    "playbackIds": [
      {
        "id": "35e19eb6-554e-4b3c-bf12-86f1d163f564",
        "accessPolicy": "public"
      },
      {
        "id": "ef6236a1-05d4-428d-be74-2017180900a3",
        "accessPolicy": "public"
      }
    ],
    "srtPlaybackResponse": {
      "srtPlaybackStreamId": "play9b58f07729da379874e5ee0cfc0e0aaf",
      "srtPlaybackSecret": "<secret>"
    }
  }
}
""")

# To reading a stream with simulcasts, four of which are left out here, and a playback ID. The ids of all six are in no
# order, and the times in their keys ascend.
STREAM_WITH_SIMULCASTS: dict[str, Any] = json.loads("""
{
  "success": true,
  "data": {
    "streamId": "5874e71e3738f1bc5f569874d43e99fa",
    "streamKey": "<secret>",
    "srtSecret": "<secret>",
    "trial": false,
    "status": "idle",
    "maxResolution": "1080p",
    "maxDuration": 0,
    "createdAt": "2026-06-05T11:46:06.734585Z",
    "reconnectWindow": 60,
    "enableRecording": true,
    "enableDvrMode": false,
    "mediaPolicy": "public",
    "metadata": {
      "name": "sdk-validate"
    },
    "lowLatency": false,
    "closedCaptions": false,
    "playbackIds": [
      {
        "id": "db91f971-101b-47d6-8901-efffc86a10e9",
        "accessPolicy": "public"
      }
    ],
    "simulcastResponses": [
      {
        "simulcastId": "2cf9a5aa4e5b70b4732397400524cdf6",
        "url": "rtmp://example.com/live",
        "streamKey": "sk-mq0uz5nr",
        "isEnabled": true
      },
      {
        "simulcastId": "b1ed4242738b92fa3df72d735cb739bb",
        "url": "rtmp://hyd01.contribute.live-video.net/app/",
        "streamKey": "<secret>",
        "isEnabled": true,
        "metadata": {
          "livestream_name": "Tech-Connect Summit"
        }
      }
    ],
    "srtPlaybackResponse": {
      "srtPlaybackStreamId": "play5874e71e3738f1bc5f569874d43e99fa",
      "srtPlaybackSecret": "<secret>"
    }
  }
}
""")

# To the creation of a simulcast, and to reading it.
SIMULCAST: dict[str, Any] = json.loads("""
{
  "success": true,
  "data": {
    "simulcastId": "5037146c7c41fdc239c2acfe386d8cb9",
    "url": "rtmp://example.com/live",
    "streamKey": "sk-mq4z5eu2",
    "isEnabled": true
  }
}
""")
# To the change `{"isEnabled": false}`.
CHANGED_SIMULCAST: dict[str, Any] = json.loads("""
{
  "success": true,
  "data": {
    "simulcastId": "43402798197700b1c5a602917f9aada8",
    "url": "rtmp://example.com/live",
    "streamKey": "sk-mq4v7sta",
    "isEnabled": false
  }
}
""")

# To the creation of a playback ID, and to reading it.
PLAYBACK_ID: dict[str, Any] = json.loads(
    '{"success": true, "data": {"id": "43751449-62d6-42e4-8153-783e28c31ed1", "accessPolicy": "public"}}'
)

# To a deletion, of whatever it is, and to enabling and disabling a stream.
DELETION = {"success": True}

# Both to the viewer count of a stream that existed; the second one later.
VIEWER_COUNT = {"success": True, "data": {"views": 0}}
NO_VIEWER_COUNT = {
    "code": 404,
    "message": "stream details not found",
    "description": "This error indicates that the stream details could not be found. Please contact support",
}

# To finishing a stream that was idle.
NOT_ACTIVE = {
    "code": 400,
    "message": "stream cannot be completed",
    "description": "Only active streams can be marked as completed.",
}

# To an invalid id in the path.
VALIDATION_ERROR: dict[str, Any] = json.loads("""
{"success": false, "error": {"code": 422, "message": "payload validation failed",
 "fields": [{"field": "drmConfigurationId", "message": "is invalid"}]}}
""")
