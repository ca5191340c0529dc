"""FastPix's API as one client, with an attribute for each of its areas."""

from __future__ import annotations

from functools import cached_property

from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.live_streams import LiveStreams
from pulumi_fastpix.api.playback_ids import PlaybackIds
from pulumi_fastpix.api.signing_keys import SigningKeys


class Client(BaseClient):
    """The part of FastPix's API that is used here. Safe for any number of threads.

    Every call raises a :class:`~pulumi_fastpix.errors.FastPixError` when it fails.
    """

    @cached_property
    def live_streams(self) -> LiveStreams:
        """The calls for live streams."""
        return LiveStreams(self)

    @cached_property
    def playback_ids(self) -> PlaybackIds:
        """The calls for the playback IDs of live streams."""
        return PlaybackIds(self)

    @cached_property
    def signing_keys(self) -> SigningKeys:
        """The calls for signing keys."""
        return SigningKeys(self)
