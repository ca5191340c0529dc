"""FastPix over HTTP: the client, its retry policy and the wire models. Knows nothing of Pulumi."""

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.clock import Clock, Condition, Patience, SystemClock
from pulumi_fastpix.api.models import PlaybackId, Stream

__all__ = ["Client", "Clock", "Condition", "Patience", "PlaybackId", "Stream", "SystemClock"]
