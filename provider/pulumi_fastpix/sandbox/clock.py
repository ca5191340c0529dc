"""The one door to time: everything in the sandbox that waits or reads a clock comes through here."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time as the sandbox sees it. A test may drive it with time of its own making."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes backwards."""

    async def sleep(self, seconds: float) -> None:
        """Return when `now()` has advanced by `seconds`."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds on the monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the running event loop."""
        await asyncio.sleep(seconds)
