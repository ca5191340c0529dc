"""FastPix live-stream playback IDs as infrastructure as code.

Example::

    import pulumi_fastpix as fastpix

    playback = fastpix.LivePlaybackId("main", stream_id="11112222333344445555666677778888")
"""

from pulumi_fastpix import errors
from pulumi_fastpix.live_playback_id import LivePlaybackId, LivePlaybackIdArgs

__all__ = ["LivePlaybackId", "LivePlaybackIdArgs", "errors"]
