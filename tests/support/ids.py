"""IDs and secrets in FastPix's own form. The stream that every test may use is the sandbox's DEMO_STREAM_ID."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID

PLAYBACK_ID = "43751449-62d6-42e4-8153-783e28c31ed1"
"""One that no sandbox creates."""

STREAM_KEY = f"0123456789abcdef0123456789abcdefk{DEMO_STREAM_ID}"
"""A stream's secret: whoever has it can publish on the stream."""
