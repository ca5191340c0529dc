"""Which FastPix workspace to talk to, as whom, and how long to try."""

from pulumi_fastpix.settings.settings import Settings, read_settings

__all__ = ["Settings", "read_settings"]
