"""The dynamic provider: one class for each resource type, all of them the same adapter.

FROZEN: this module's path and the names of the provider classes. Every stored resource holds a pickle that refers to
its class by both; a rename would leave existing stacks unable to refresh or destroy. If one is ever needed, a shim
under the old name has to stay for ever. Base classes and class attributes are no part of the pickle.
"""

from __future__ import annotations

from pulumi_fastpix.dynamic.adapter import Adapter
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.signing_key import SIGNING_KEY


class LivePlaybackIdProvider(Adapter):
    """Creates, reads and deletes live playback IDs for Pulumi."""

    resource_type = LIVE_PLAYBACK_ID


class LiveStreamProvider(Adapter):
    """Creates, reads, updates and deletes live streams for Pulumi."""

    resource_type = LIVE_STREAM


class SigningKeyProvider(Adapter):
    """Creates, reads and deletes signing keys for Pulumi."""

    resource_type = SIGNING_KEY
