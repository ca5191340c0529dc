"""How long one operation goes on trying."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_fastpix.api.clock import Clock


class Deadline:
    """The moment at which one operation, with all its requests and pauses, gives up.

    Waiting behind other operations doesn't count: see :meth:`paused`.

    Args:
        clock: the time it goes by.
        seconds: how long it lasts, from now.
        at_first: how long it lasts until :meth:`extend` is called, if that is less.

    Attributes:
        ends_with_cancel: the operation's reading and waiting end when Pulumi is interrupted. To be set to False once
            it has sent something of which it must find out what became of it.
    """

    def __init__(self, clock: Clock, seconds: float, at_first: float | None = None) -> None:
        self._clock = clock
        self._began = clock.now()
        self._seconds = seconds
        self._lasts = seconds if at_first is None else min(seconds, at_first)
        self.ends_with_cancel = True

    def left(self) -> float:
        """Seconds left; negative once it has passed."""
        return self._began + self._lasts - self._clock.now()

    def extend(self) -> None:
        """Let it last as long as it was meant to: a request has succeeded."""
        self._lasts = self._seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that passes inside doesn't count."""
        began = self._clock.now()
        try:
            yield
        finally:
            self._began += self._clock.now() - began

    def lasts_for(self, seconds: float) -> bool:
        """Whether an operation that has used it up has tried for that long."""
        return self._lasts >= seconds

    def outlasts(self, other: Deadline) -> bool:
        """Whether it gives its operation more time than the other one."""
        return self._lasts > other._lasts
