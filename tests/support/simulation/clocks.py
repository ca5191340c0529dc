"""Simulated time for the two sides: the provider blocks on it, the sandbox awaits it."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import TracebackType

from support.simulation.event_loop import HandPumpedLoop
from support.simulation.scheduler import Scheduler


class ProviderClock:
    """The clock of the code under test, in place of the system's."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def now(self) -> float:
        return self._scheduler.now

    def sleep(self, seconds: float) -> None:
        self._scheduler.sleep(seconds)

    def condition(self) -> SimulatedCondition:
        return SimulatedCondition(self._scheduler)


class SimulatedCondition:
    """A condition variable of tasks.

    No lock is needed, since a task that holds the condition keeps the baton: the scheduler fails a task that would wait
    for anything else meanwhile. A waiting task looks again only when notified, so that a forgotten notification is
    found.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._notified = 0

    def __enter__(self) -> None:
        self._scheduler.give_way()
        self._scheduler.hold(1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scheduler.hold(-1)

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:
        ends = math.inf if timeout is None else self._scheduler.now + timeout
        if timeout is not None:
            self._scheduler.wake_at(ends)
        while not (holds := predicate()) and self._scheduler.now < ends:
            self._scheduler.hold(-1)
            try:
                self._wait_for_notification(ends)
            finally:
                self._scheduler.hold(1)
        return holds

    def _wait_for_notification(self, ends: float) -> None:
        before = self._notified
        self._scheduler.wait_until(lambda: self._notified > before or self._scheduler.now >= ends, "a notification")

    def notify_all(self) -> None:
        self._notified += 1


class ServerClock:
    """The clock of the sandbox."""

    def __init__(self, scheduler: Scheduler, loop: HandPumpedLoop) -> None:
        self._scheduler = scheduler
        self._loop = loop

    def now(self) -> float:
        return self._scheduler.now

    async def sleep(self, seconds: float) -> None:
        over = self._loop.create_future()

        def end() -> None:
            over.set_result(None)
            self._loop.pump()

        self._scheduler.after(seconds, end)
        await over
