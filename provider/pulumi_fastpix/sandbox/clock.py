"""Time: the sandbox waits and reads the clock only through this interface, so that a test can simulate it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """The time that latency, rate limits and the request log go by."""

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
