"""FastPix live-stream playback IDs as infrastructure as code.

Example::

    import pulumi_fastpix as fastpix

    playback = fastpix.LivePlaybackId("main", stream_id="1111aaaa2222bbbb3333cccc4444dddd")
"""

from pulumi_fastpix import errors
from pulumi_fastpix.dynamic.resources import LivePlaybackId, Provider
from pulumi_fastpix.program.live_playback_id import LivePlaybackIdArgs

__all__ = ["LivePlaybackId", "LivePlaybackIdArgs", "Provider", "errors"]
