"""Time and waiting as the client sees them, so that tests can make hours pass in a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol


class Condition(Protocol):
    """The part of :class:`threading.Condition` that is used."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None: ...

    def wait_for(self, predicate: Callable[[], bool]) -> object:
        """Give the condition up until the predicate holds; it is looked at again after each notification."""

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


class Patience:
    """How long one operation, with all its requests and pauses, still goes on trying.

    Waiting behind other operations doesn't count: see :meth:`unspent`.

    Args:
        clock: the time it goes by.
        seconds: how long it lasts.
        at_first: how long it lasts as long as nothing has succeeded, if that is less.
    """

    def __init__(self, clock: Clock, seconds: float, at_first: float | None = None) -> None:
        self._clock = clock
        self._began = clock.now()
        self._seconds = seconds
        self._lasts = seconds if at_first is None else min(seconds, at_first)

    def left(self) -> float:
        """Seconds left; negative once it is used up."""
        return self._began + self._lasts - self._clock.now()

    def covers(self, seconds: float) -> bool:
        """Whether somebody who has used it up has tried for that long."""
        return self._lasts >= seconds

    def outlasts(self, other: Patience) -> bool:
        """Whether it goes on for longer than the other one did."""
        return self._lasts > other._lasts

    def encourage(self) -> None:
        """Let it last as long as it was meant to: something has succeeded."""
        self._lasts = self._seconds

    @contextmanager
    def unspent(self) -> Iterator[None]:
        """Time that passes inside uses up no patience."""
        began = self._clock.now()
        try:
            yield
        finally:
            self._began += self._clock.now() - began
