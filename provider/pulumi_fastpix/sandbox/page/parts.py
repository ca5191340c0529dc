"""The parts of a sandbox that its page shows and changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.faults.injection import Faults
    from pulumi_fastpix.sandbox.http.request_log import RequestLog
    from pulumi_fastpix.sandbox.switches import Switches


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of one sandbox."""

    store: Store
    faults: Faults
    request_log: RequestLog
    switches: Switches
    clock: Clock
