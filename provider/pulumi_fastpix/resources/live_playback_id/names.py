"""The names under which stacks store playback IDs. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS

NAME = "LivePlaybackId"
"""The last part of its type tokens: see :class:`pulumi_fastpix.resources.base.ResourceType`."""

STREAM_ID = "streamId"
ACCESS_POLICY = "accessPolicy"
INPUT_KEYS = (STREAM_ID, ACCESS_POLICY, ACCESS_RESTRICTIONS)
"""The inputs, which are outputs as well."""
REPLACING = (STREAM_ID, ACCESS_POLICY)
"""Inputs that FastPix has no call to change: another value needs another playback ID."""

HLS_URL = "hlsUrl"


def hls_url(playback_id: str) -> str:
    """The HLS address for players, in the form of FastPix's player and documentation."""
    return f"https://stream.fastpix.com/{playback_id}.m3u8"
