"""A clock on which waiting takes no time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pulumi_fastpix.api.clock import Condition


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
        return _StillCondition(self)


class _StillCondition(threading.Condition):
    """On which to wait for a time takes none; without a limit, other threads are waited for."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__()
        self._clock = clock

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:  # type: ignore[override]  # the stubs' is generic
        if timeout is None:
            return super().wait_for(predicate)
        if not predicate():
            self._clock.sleep(timeout)
        return predicate()
