"""The addresses under which a live stream is watched and broadcast to. Light: programs derive them in previews."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pulumi_fastpix.errors import SettingsError
from pulumi_fastpix.settings.names import STREAM_URL_VARIABLE

STREAM_URL = "https://stream.fastpix.com"
"""Where viewers reach all playback IDs, unless the environment names another place."""

HLS_URL = "hlsUrl"
RTMPS_URL = "rtmpsUrl"
SRT_URL = "srtUrl"
"""Their names as outputs."""

RTMPS = "rtmps://live.fastpix.com:443/live"
SRT = "srt://live.fastpix.com:778"
"""Where encoders broadcast to, the same for all streams. An official product of FastPix's has them as constants."""


def hls_url(playback_id: str) -> str:
    """The HLS address for players, in the form of FastPix's player and documentation.

    Raises:
        SettingsError: the environment names another stream host, and not by an address.
    """
    return f"{stream_url()}/{playback_id}.m3u8"


def stream_url() -> str:
    """The address of the stream host: FastPix's, or the one that the environment names.

    Raises:
        SettingsError: that isn't an address.
    """
    given = os.environ.get(STREAM_URL_VARIABLE, "").strip()
    if not given:
        return STREAM_URL
    try:
        parts = urlsplit(given)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        is_address = False
    if not is_address or "@" in given or " " in given:
        raise SettingsError(
            f"{STREAM_URL_VARIABLE} must be the address of a stream host, like {STREAM_URL}.",
            "Correct it in the environment, or unset it.",
        )
    return given.rstrip("/")
