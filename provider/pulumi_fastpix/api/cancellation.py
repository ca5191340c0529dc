"""Ctrl-C: Pulumi cancels what its providers do, and whoever only waits is woken."""

from __future__ import annotations

from pulumi_fastpix.api.clock import Clock, Condition


class Cancellation:
    """Whether what is done through one client has been cancelled. Safe for any number of threads.

    Attributes:
        is_set: it has been, for good.
    """

    def __init__(self, clock: Clock) -> None:
        self.is_set = False
        self._clock = clock
        self._conditions: list[Condition] = []
        self._sleeping = self.condition()

    def condition(self) -> Condition:
        """A new condition, on which everyone looks again at what is waited for when this is set."""
        condition = self._clock.condition()
        self._conditions.append(condition)
        return condition

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds, or as soon as this is set."""
        with self._sleeping:
            self._sleeping.wait_for(lambda: self.is_set, seconds)

    def set(self) -> None:
        """Cancel, and wake everyone who waits."""
        self.is_set = True
        for condition in list(self._conditions):
            with condition:
                condition.notify_all()
