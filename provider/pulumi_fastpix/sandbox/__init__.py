"""FastPix's live-stream API on the user's own machine: to try things, to test against, and to make fail on purpose.

The names below are the sandbox's promise to programs. Every other name in this package may change in any release.
"""

from pulumi_fastpix.sandbox.data.records import DEMO_STREAM_ID
from pulumi_fastpix.sandbox.data.store import Store
from pulumi_fastpix.sandbox.errors import (
    AccessTokenNotFoundError,
    DataFileError,
    PlaybackIdNotFoundError,
    PortError,
    SandboxError,
    SigningKeyNotFoundError,
    SimulcastNotFoundError,
    StreamNotFoundError,
)
from pulumi_fastpix.sandbox.faults.fault import Fault
from pulumi_fastpix.sandbox.http.request_log import LoggedRequest
from pulumi_fastpix.sandbox.sandbox import Sandbox
from pulumi_fastpix.sandbox.switches import Switches

__all__ = [
    "DEMO_STREAM_ID",
    "AccessTokenNotFoundError",
    "DataFileError",
    "Fault",
    "LoggedRequest",
    "PlaybackIdNotFoundError",
    "PortError",
    "Sandbox",
    "SandboxError",
    "SigningKeyNotFoundError",
    "SimulcastNotFoundError",
    "Store",
    "StreamNotFoundError",
    "Switches",
]
