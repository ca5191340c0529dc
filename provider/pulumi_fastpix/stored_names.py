"""The names under which stacks store playback IDs and their accounts. FROZEN: a stack knows what it has by them alone.

The module path and the name of :class:`pulumi_fastpix.dynamic.LivePlaybackIdProvider` are frozen as well, and so is
`settings.PROVIDER_RESOURCE`.
"""

from __future__ import annotations

DYNAMIC_TYPE = "pulumi-python:dynamic/fastpix:LivePlaybackId"
NATIVE_TYPE = "fastpix:index:LivePlaybackId"
"""The type tokens of a playback ID, by front door."""

DYNAMIC_PACKAGE = "pulumi-python"
NATIVE_PACKAGE = "fastpix"
"""What Pulumi calls the providers behind the two front doors."""

STREAM_ID = "streamId"
ACCESS_POLICY = "accessPolicy"
INPUT_KEYS = (STREAM_ID, ACCESS_POLICY)
"""The inputs, which are outputs as well."""

SEEN_BY = "seenBy"
"""Output only: the workspace in which the stream was last seen. Tells a refresh from a lookup by id, too."""

PROVIDER_KEY = "__provider"
"""Where the SDK stores the pickle of a dynamic provider, among the inputs and the outputs."""
