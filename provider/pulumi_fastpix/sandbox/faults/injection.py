"""Which of the set faults hit a request, and what then becomes of it. Knows neither sockets nor storage."""

from __future__ import annotations

import asyncio
import random
import threading
from typing import TYPE_CHECKING, TypeAlias

from pulumi_fastpix.sandbox.faults import damage
from pulumi_fastpix.sandbox.faults.fault import Fault
from pulumi_fastpix.sandbox.http.exchange import Answer, Dropped, KeptWaiting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from pulumi_fastpix.sandbox.clock import Clock

Ending: TypeAlias = "Answer | Dropped | KeptWaiting"
Onward: TypeAlias = "Callable[[], Awaitable[Ending]]"

_DECISIVE = {"status", "redirect", "drop", "slow-finish"}


class Faults:
    """The faults that are set; they may be changed at any time.

    They meet a request in the order they were added, each standing around the later ones and the last around
    the API. Several may hit one request, but only one of those that decide how it ends (a status, a
    redirect, a drop, a slow finish): the others are kept for the next request, and do not count this one.

    Args:
        faults: to begin with.
        seed: makes chance repeatable. Each fault draws from its own sequence, so that one more fault
            does not change the luck of the others.
    """

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int | None = None) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._added = 0
        self._set: tuple[_SetFault, ...] = ()
        self._late_work: set[asyncio.Task[Ending]] = set()
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Set more faults, after those already set."""
        with self._lock:
            for fault in faults:
                if not isinstance(fault, Fault):
                    raise TypeError(f"{fault!r} is not a Fault")
                self._added += 1
                seed = None if self._seed is None else f"fault {self._added} of {self._seed}"
                self._set += (_SetFault(fault, seed),)

    def clear(self) -> None:
        """Unset all faults. Requests being hit right now still are; late work is still done."""
        with self._lock:
            self._set = ()

    @property
    def current(self) -> list[Fault]:
        """The faults that are set, used up or not."""
        return [one.fault for one in self._set]

    @property
    def late_work(self) -> frozenset[asyncio.Task[Ending]]:
        """The work that slow-finish faults still have before them."""
        return frozenset(self._late_work)

    async def perform(self, method: str, path: str, work: Callable[[], Awaitable[Answer]], clock: Clock) -> Ending:
        """Have `work` done for this request, with whatever goes wrong on the way."""
        return await self._meet(self._set, method, path, work, clock)

    async def _meet(
        self,
        faults: Sequence[_SetFault],
        method: str,
        path: str,
        work: Callable[[], Awaitable[Answer]],
        clock: Clock,
    ) -> Ending:
        """Hand the request to the first of these faults that hits it, which may hand it on to the rest."""
        place = next((place for place, one in enumerate(faults) if one.hits(method, path)), None)
        if place is None:
            return await work()
        one, rest = faults[place], faults[place + 1 :]
        if one.fault.kind in _DECISIVE:
            rest = [other for other in rest if other.fault.kind not in _DECISIVE]
        return await self._hit(one, lambda: self._meet(rest, method, path, work, clock), clock)

    async def _hit(self, one: _SetFault, onward: Onward, clock: Clock) -> Ending:
        fault = one.fault
        match fault.kind:
            case "latency":
                return await _late(one, onward, clock)
            case "rate-limit":
                wait = one.wait_for_window(clock.now())
                return await onward() if wait is None else damage.too_many_requests(fault, wait)
            case "status":
                return await _instead(fault, onward, damage.error_answer(fault, one.random))
            case "redirect":
                return await _instead(fault, onward, damage.redirect(fault))
            case "drop":
                return await _drop(fault, onward)
            case "slow-finish":
                return self._finish_later(one, onward, clock)
            case "short-list":
                return _changed(await onward(), lambda answer: damage.short_list(answer, fault.missing or 1))
            case "shuffled-list":
                return _changed(await onward(), lambda answer: damage.shuffled_list(answer, one.random))
            case "broken-body":
                return _changed(await onward(), lambda answer: damage.broken_body(answer, fault.body))

    def _finish_later(self, one: _SetFault, onward: Onward, clock: Clock) -> Ending:
        fault = one.fault

        async def late() -> Ending:
            await clock.sleep(fault.seconds or 0.0)
            return await onward()

        task = asyncio.get_running_loop().create_task(late())
        self._late_work.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._late_work.discard)
        match fault.client:
            case "answered":
                return damage.error_answer(fault, one.random, "answered, work follows")
            case "dropped":
                return Dropped("dropped, work follows")
            case _:
                return KeptWaiting("kept waiting, work follows")


class _SetFault:
    """A fault with what it must remember from request to request."""

    def __init__(self, fault: Fault, seed: str | None) -> None:
        self.fault = fault
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrets
        self._matched = 0
        self._hit = 0
        self._window_ends = float("-inf")
        self._in_window = 0

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts it."""
        fault = self.fault
        if not fault.matches(method, path) or self._hit == fault.times:
            return False
        self._matched += 1
        if self._matched <= fault.skip:
            return False
        if fault.rate is not None and self.random.random() >= fault.rate:
            return False
        self._hit += 1
        return True

    def wait_for_window(self, now: float) -> float | None:
        """None when the request is within the limit, else the seconds until it would be."""
        if now >= self._window_ends:
            self._window_ends = now + (1.0 if self.fault.seconds is None else self.fault.seconds)
            self._in_window = 0
        self._in_window += 1
        return self._window_ends - now if self._in_window > (self.fault.requests or 0) else None


async def _late(one: _SetFault, onward: Onward, clock: Clock) -> Ending:
    seconds, spread = one.fault.seconds or 0.0, one.fault.spread or 0.0
    seconds += one.random.uniform(-spread, spread)
    if one.fault.when == "after":
        ending = await onward()
        await clock.sleep(seconds)
        return ending
    await clock.sleep(seconds)
    return await onward()


async def _instead(fault: Fault, onward: Onward, answer: Answer) -> Ending:
    if fault.when == "after":
        await onward()
    return answer


async def _drop(fault: Fault, onward: Onward) -> Ending:
    if fault.when in {None, "before"}:
        return Dropped("dropped before work")
    ending = await onward()
    if fault.when == "mid-answer" and isinstance(ending, Answer):
        return Dropped("dropped in mid-answer", partial=ending)
    return Dropped("dropped after work")


def _changed(ending: Ending, change: Callable[[Answer], Answer]) -> Ending:
    return change(ending) if isinstance(ending, Answer) else ending
