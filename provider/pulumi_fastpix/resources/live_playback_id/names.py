"""The names under which stacks store playback IDs and their accounts. FROZEN: a stack knows what it has by them alone.

The module path and the name of :class:`pulumi_fastpix.dynamic.LivePlaybackIdProvider` are frozen as well, and so is
`settings.PROVIDER_RESOURCE`.
"""

from __future__ import annotations

DYNAMIC_TYPE = "pulumi-python:dynamic/fastpix:LivePlaybackId"
NATIVE_TYPE = "fastpix:index:LivePlaybackId"
"""The type tokens of a playback ID, by front door."""

STREAM_ID = "streamId"
ACCESS_POLICY = "accessPolicy"
INPUT_KEYS = (STREAM_ID, ACCESS_POLICY)
"""The inputs, which are outputs as well."""
