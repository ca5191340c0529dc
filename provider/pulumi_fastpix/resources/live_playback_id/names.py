"""The names under which stacks store playback IDs. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

NAME = "LivePlaybackId"
"""The last part of its type tokens: see :class:`pulumi_fastpix.resources.base.ResourceType`."""

STREAM_ID = "streamId"
ACCESS_POLICY = "accessPolicy"
INPUT_KEYS = (STREAM_ID, ACCESS_POLICY)
"""The inputs, which are outputs as well."""
