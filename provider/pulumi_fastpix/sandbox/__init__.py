"""FastPix's live-stream API on the user's own machine, to try things, to test against, and to break on purpose."""

from pulumi_fastpix.sandbox.clock import Clock, SystemClock
from pulumi_fastpix.sandbox.data.records import (
    DEMO_STREAM_ID,
    AccessPolicy,
    AccessToken,
    PlaybackId,
    RestrictedBy,
    Restrictions,
    Rules,
    Stream,
    StreamSettings,
)
from pulumi_fastpix.sandbox.data.store import Store
from pulumi_fastpix.sandbox.errors import (
    AccessTokenNotFoundError,
    DataFileError,
    PlaybackIdNotFoundError,
    PortError,
    SandboxError,
    StreamNotFoundError,
)
from pulumi_fastpix.sandbox.faults.fault import Fault
from pulumi_fastpix.sandbox.faults.injection import Faults
from pulumi_fastpix.sandbox.http.app import build_app
from pulumi_fastpix.sandbox.http.exchange import ABORT
from pulumi_fastpix.sandbox.http.request_log import LoggedRequest, RequestLog, peak_concurrency
from pulumi_fastpix.sandbox.sandbox import Sandbox
from pulumi_fastpix.sandbox.switches import Switches

__all__ = [
    "ABORT",
    "DEMO_STREAM_ID",
    "AccessPolicy",
    "AccessToken",
    "AccessTokenNotFoundError",
    "Clock",
    "DataFileError",
    "Fault",
    "Faults",
    "LoggedRequest",
    "PlaybackId",
    "PlaybackIdNotFoundError",
    "PortError",
    "RequestLog",
    "RestrictedBy",
    "Restrictions",
    "Rules",
    "Sandbox",
    "SandboxError",
    "Store",
    "Stream",
    "StreamNotFoundError",
    "StreamSettings",
    "Switches",
    "SystemClock",
    "build_app",
    "peak_concurrency",
]
