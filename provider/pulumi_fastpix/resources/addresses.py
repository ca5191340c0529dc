"""The addresses under which a live stream is watched and broadcast to. Light: programs derive them in previews."""

from __future__ import annotations

HLS_URL = "hlsUrl"
RTMPS_URL = "rtmpsUrl"
SRT_URL = "srtUrl"
"""Their names as outputs."""

RTMPS = "rtmps://live.fastpix.com:443/live"
SRT = "srt://live.fastpix.com:778"
"""Where encoders broadcast to, the same for all streams. An official product of FastPix's has them as constants."""


def hls_url(playback_id: str) -> str:
    """The HLS address for players, in the form of FastPix's player and documentation."""
    return f"https://stream.fastpix.com/{playback_id}.m3u8"
