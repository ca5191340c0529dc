"""Applies the faults that are set: which of them hit a request, and how the request then ends."""

from __future__ import annotations

import asyncio
import random
import threading
from typing import TYPE_CHECKING, TypeAlias

from pulumi_fastpix.sandbox.faults import effects
from pulumi_fastpix.sandbox.faults.endings import Dropped, KeptWaiting, Response
from pulumi_fastpix.sandbox.faults.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.faults.endings import Ending

    # The API's own work on a request, and how many of the newest a list in the response is to lack.
    Work: TypeAlias = Callable[[int], Awaitable[Response]]
    OnHit: TypeAlias = Callable[[Fault], object]
    # The rest of a request's way to the API: through the faults after this one, then the work.
    Onward: TypeAlias = Callable[[], Awaitable[Ending]]

_DECISIVE = {"status", "redirect", "drop", "slow-finish"}


class Faults:
    """The faults that are set; they may be changed at any time, from any thread.

    A request passes them in the order they were added, each wrapped around the later ones and the last around
    the API. Several may hit one request, but only one of the kinds that decide how it ends (`status`,
    `redirect`, `drop`, `slow-finish`): others of these kinds wait for the next request, and do not count this one.

    Args:
        faults: the faults to begin with.
        seed: makes chance repeatable. Each fault draws from its own sequence, so that adding a fault
            does not change which requests the others hit.
    """

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int | None = None) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._added = 0
        self._active: tuple[ActiveFault, ...] = ()
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
                self._active += (ActiveFault(fault, self._added, seed),)

    def remove(self, number: int) -> None:
        """Remove the fault that was the `number`th to be added, if it is still set; as with `clear`."""
        with self._lock:
            self._active = tuple(active for active in self._active if active.number != number)

    def clear(self) -> None:
        """Remove all faults. Requests that they have already hit are not affected; late work is still done."""
        with self._lock:
            self._active = ()

    @property
    def active(self) -> Sequence[ActiveFault]:
        """The faults that are set, with the number of requests that each has hit."""
        return self._active

    @property
    def current(self) -> list[Fault]:
        """The faults that are set, including those that have hit their last request."""
        return [active.fault for active in self._active]

    @property
    def late_work(self) -> frozenset[asyncio.Task[Ending]]:
        """The work that slow-finish faults have yet to do."""
        return frozenset(self._late_work)

    async def perform(
        self, method: str, path: str, work: Work, clock: Clock, *, on_hit: OnHit = lambda _: None
    ) -> Ending:
        """Do the work on a request, with the faults that hit it applied; each is told to `on_hit` as it begins."""
        return await self._pass(self._active, method, path, work, clock, on_hit=on_hit)

    async def _pass(
        self, faults: Sequence[ActiveFault], method: str, path: str, work: Work, clock: Clock, *, on_hit: OnHit
    ) -> Ending:
        """Apply the first of these faults that hits the request; the rest come inside it."""
        place = next((place for place, active in enumerate(faults) if active.hits(method, path)), None)
        if place is None:
            return await work(0)
        hit, rest = faults[place], faults[place + 1 :]
        if hit.fault.kind in _DECISIVE:
            rest = [other for other in rest if other.fault.kind not in _DECISIVE]
        if hit.fault.kind != "rate-limit":  # which lets some pass
            on_hit(hit.fault)
        inner = _with_short_lists(work, hit.fault) if hit.fault.kind == "short-list" else work
        return await self._apply(
            hit, lambda: self._pass(rest, method, path, inner, clock, on_hit=on_hit), clock, on_hit
        )

    async def _apply(self, hit: ActiveFault, onward: Onward, clock: Clock, on_hit: OnHit) -> Ending:
        fault = hit.fault
        match fault.kind:
            case "latency":
                return await _delay(hit, onward, clock)
            case "rate-limit":
                return await _limit(hit, onward, clock, on_hit)
            case "status":
                return await _replace(fault, onward, effects.error_response(fault, hit.chance))
            case "redirect":
                return await _replace(fault, onward, effects.redirect(fault))
            case "drop":
                return await _drop(fault, onward)
            case "slow-finish":
                return self._finish_later(hit, onward, clock)
            case "short-list":
                return await onward()  # the work leaves them out: a response doesn't show which are the newest
            case "shuffled-list":
                return _change(await onward(), lambda response: effects.shuffled_list(response, hit.chance))
            case "broken-body":
                return _change(await onward(), lambda response: effects.broken_body(response, fault.body))

    def _finish_later(self, hit: ActiveFault, onward: Onward, clock: Clock) -> Ending:
        fault = hit.fault

        async def late() -> Ending:
            await clock.sleep(fault.seconds or 0.0)
            return await onward()

        task = asyncio.get_running_loop().create_task(late())
        self._late_work.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._late_work.discard)
        match fault.client:
            case "answered":
                return effects.error_response(fault, hit.chance, "answered, work follows")
            case "dropped":
                return Dropped("dropped, work follows")
            case _:
                return KeptWaiting("kept waiting, work follows")


class ActiveFault:
    """A fault that is set, with its counts from request to request and its source of chance.

    Attributes:
        fault: the fault.
        number: counts from 1 in the order in which faults were added.
        hit_requests: how many requests it has hit; of a rate limit, those within the limit, too.
    """

    def __init__(self, fault: Fault, number: int, seed: str | None) -> None:
        self.fault = fault
        self.number = number
        self.chance = random.Random(seed)  # noqa: S311 - chance, not secrets
        self._matched = 0
        self.hit_requests = 0
        self._window_ends = float("-inf")
        self._in_window = 0

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts it."""
        fault = self.fault
        if not fault.matches(method, path) or self.hit_requests == fault.times:
            return False
        self._matched += 1
        if self._matched <= fault.skip:
            return False
        if fault.rate is not None and self.chance.random() >= fault.rate:
            return False
        self.hit_requests += 1
        return True

    def wait_for_window(self, now: float) -> float | None:
        """None when the request is within the rate limit, else the seconds until the next window; counts it."""
        if now >= self._window_ends:
            self._window_ends = now + (1.0 if self.fault.seconds is None else self.fault.seconds)
            self._in_window = 0
        self._in_window += 1
        return self._window_ends - now if self._in_window > (self.fault.requests or 0) else None


def _with_short_lists(work: Work, fault: Fault) -> Work:
    return lambda not_listed_yet: work(not_listed_yet + (fault.missing or 1))


async def _delay(hit: ActiveFault, onward: Onward, clock: Clock) -> Ending:
    seconds, spread = hit.fault.seconds or 0.0, hit.fault.spread or 0.0
    seconds += hit.chance.uniform(-spread, spread)
    if hit.fault.when == "after":
        ending = await onward()
        await clock.sleep(seconds)
        return ending
    await clock.sleep(seconds)
    return await onward()


async def _limit(hit: ActiveFault, onward: Onward, clock: Clock, on_hit: OnHit) -> Ending:
    wait = hit.wait_for_window(clock.now())
    if wait is None:
        return await onward()
    on_hit(hit.fault)
    return effects.too_many_requests(hit.fault, wait)


async def _replace(fault: Fault, onward: Onward, response: Response) -> Ending:
    if fault.when == "after":
        await onward()
    return response


async def _drop(fault: Fault, onward: Onward) -> Ending:
    if fault.when in {None, "before"}:
        return Dropped("dropped before work")
    ending = await onward()
    if fault.when == "mid-answer" and isinstance(ending, Response):
        return Dropped("dropped in mid-answer", partial=ending)
    return Dropped("dropped after work")


def _change(ending: Ending, change: Callable[[Response], Response]) -> Ending:
    return change(ending) if isinstance(ending, Response) else ending
