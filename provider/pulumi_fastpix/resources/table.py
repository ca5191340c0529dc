"""All resource types of this package."""

from __future__ import annotations

from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.signing_key import SIGNING_KEY

RESOURCE_TYPES: tuple[ResourceType, ...] = (LIVE_PLAYBACK_ID, LIVE_STREAM, SIGNING_KEY)
