"""A clock on which waiting takes no time."""

from __future__ import annotations

from pulumi_fastpix.api.clock import Condition, SystemClock


class StillClock:
    """Sleeping moves it on at once, and is remembered."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def condition(self) -> Condition:
        return SystemClock().condition()
