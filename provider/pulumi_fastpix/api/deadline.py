"""How long one operation goes on trying."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_fastpix.api.clock import Clock


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
