"""Hides the secrets of streams in whatever the sandbox shows: a caller may send its stream key in place of an id."""

from __future__ import annotations

import re

# The format of all secrets of a stream in recorded responses; the digits after the `k` are the stream's id.
_STREAM_SECRET = re.compile(r"[0-9a-f]{32}k[0-9a-f]{32}", re.IGNORECASE)


def without_stream_secrets(text: str) -> str:
    """The text with `<secret>` in place of each secret of a stream."""
    return _STREAM_SECRET.sub("<secret>", text)
