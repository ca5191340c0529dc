"""The names under which stacks store playback IDs. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.names import ACCESS_POLICY

NAME = "LivePlaybackId"
"""The last part of its type tokens: see :class:`pulumi_fastpix.resources.base.ResourceType`."""

STREAM_ID = "streamId"
INPUT_KEYS = (STREAM_ID, ACCESS_POLICY, ACCESS_RESTRICTIONS)
"""The inputs, which are outputs as well."""
REPLACING = (STREAM_ID, ACCESS_POLICY)
"""Inputs that FastPix has no call to change: another value needs another playback ID."""
