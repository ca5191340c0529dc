"""FastPix's API as one client, with an attribute for each of its areas."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_fastpix.announce import announce
from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.clock import Clock
from pulumi_fastpix.api.live_streams import LiveStreams
from pulumi_fastpix.api.playback_ids import PlaybackIds
from pulumi_fastpix.api.transport import Transport
from pulumi_fastpix.settings.settings import Settings


class Client(BaseClient):
    """The part of FastPix's API that is used here. Safe for any number of threads.

    Every call raises a :class:`~pulumi_fastpix.errors.FastPixError` when it fails.

    Attributes:
        live_streams: the calls for live streams.
        playback_ids: the calls for their playback IDs.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        transport: Transport | None = None,
        report: Callable[[str], None] = announce,
    ) -> None:
        super().__init__(settings, clock, transport, report)
        self.live_streams = LiveStreams(self)
        self.playback_ids = PlaybackIds(self)
