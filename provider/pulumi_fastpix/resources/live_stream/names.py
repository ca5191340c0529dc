"""The names under which stacks store live streams. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.names import ACCESS_POLICY

NAME = "LiveStream"
"""The last part of its type tokens: see :class:`pulumi_fastpix.resources.base.ResourceType`."""

MAX_RESOLUTION = "maxResolution"
RECONNECT_WINDOW = "reconnectWindow"
MEDIA_POLICY = "mediaPolicy"
METADATA = "metadata"
ENABLE_DVR_MODE = "enableDvrMode"
ENABLE_RECORDING = "enableRecording"
INPUT_KEYS = (
    ACCESS_POLICY,
    ACCESS_RESTRICTIONS,
    MAX_RESOLUTION,
    RECONNECT_WINDOW,
    MEDIA_POLICY,
    METADATA,
    ENABLE_DVR_MODE,
    ENABLE_RECORDING,
)
"""The inputs, which are outputs as well."""
REPLACING = (ACCESS_POLICY, MAX_RESOLUTION, MEDIA_POLICY, ENABLE_DVR_MODE, ENABLE_RECORDING)
"""Inputs that FastPix has no call to change: another value needs another stream, which has another stream key."""

PLAYBACK_ID = "playbackId"
NOT_NAMED = ""
"""Given to a lookup as the playback ID by a program that names none."""
STREAM_KEY = "streamKey"
SRT_SECRET = "srtSecret"  # noqa: S105  # a name
SRT_PLAYBACK_STREAM_ID = "srtPlaybackStreamId"
SRT_PLAYBACK_SECRET = "srtPlaybackSecret"  # noqa: S105  # a name
CREATED_AT = "createdAt"
MAX_DURATION = "maxDuration"
TRIAL = "trial"
SECRET_OUTPUTS = (STREAM_KEY, SRT_SECRET, SRT_PLAYBACK_SECRET)
"""Whoever has the first one can broadcast."""
OUTPUT_KEYS = (
    PLAYBACK_ID,
    STREAM_KEY,
    SRT_SECRET,
    SRT_PLAYBACK_STREAM_ID,
    SRT_PLAYBACK_SECRET,
    CREATED_AT,
    MAX_DURATION,
    TRIAL,
)
"""What FastPix adds."""
