"""Time and waiting as the client sees them, so that tests can make hours pass in a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol


class Condition(Protocol):
    """The part of :class:`threading.Condition` that is used."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None: ...

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> object:
        """Give the condition up until the predicate holds; it is looked at again after each notification.

        Args:
            predicate: what is waited for.
            timeout: the most seconds to wait.
        """

    def notify_all(self) -> None:
        """Let everyone who waits look at their predicate."""


class Clock(Protocol):
    """Something that tells the time and lets threads wait."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes backwards."""

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""

    def condition(self) -> Condition:
        """A new condition for threads to wait on."""


class SystemClock:
    """The clock on the wall."""

    def now(self) -> float:
        """Seconds of the system's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)

    def condition(self) -> Condition:
        """A condition of this process's threads."""
        return threading.Condition()
