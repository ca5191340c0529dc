"""What reached the sandbox and what came of it. Never holds a secret: not the header, not the key."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome: TypeAlias = Literal[
    "in progress",
    "answered",
    "answered, work follows",
    "dropped before work",
    "dropped after work",
    "dropped in mid-answer",
    "dropped, work follows",
    "kept waiting, work follows",
    "client left",
    "failed",
]

# A sandbox may be left running for weeks.
_KEPT = 100_000


@dataclass(frozen=True, kw_only=True)
class LoggedRequest:
    """One request.

    Attributes:
        number: counts from 1 in the order of arrival; given by the log.
        started: when it had arrived, in seconds on the sandbox's clock (monotonic).
        finished: when its answer was ready or its connection dropped; None while in progress.
        method: the HTTP method.
        path: without the query.
        query: as sent, without the question mark.
        status: what the client was answered; None when it got no answer.
        work_status: what the API itself came to, even when a fault kept that from the client or it was
            done later; None while it has not worked on the request.
        outcome: how it ended for the client.
        token_id: the access token id it was sent with, when that has the form of a sandbox token.
        idempotency_key: the `Idempotency-Key` header.
    """

    number: int = 0
    started: float
    finished: float | None = None
    method: str
    path: str
    query: str = ""
    status: int | None = None
    work_status: int | None = None
    outcome: Outcome = "in progress"
    token_id: str | None = None
    idempotency_key: str | None = None

    @property
    def mutating(self) -> bool:
        """Whether its method can change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def __str__(self) -> str:
        """One readable line."""
        target = f"{self.path}?{self.query}" if self.query else self.path
        # A path may hold what `%0a` stands for.
        target = target.encode("unicode_escape").decode()
        ending = self.outcome if self.status is None else f"{self.status}"
        if self.work_status not in {None, self.status}:
            ending += f" (its work came to {self.work_status})"
        took = "" if self.finished is None else f", {(self.finished - self.started) * 1000:.0f} ms"
        return f"#{self.number} {self.method} {target}: {ending}{took}"


class RequestLog:
    """The requests so far, readable from any thread while more arrive.

    Args:
        on_finished: called with each request when it has ended, on the server's thread.
    """

    def __init__(self, on_finished: Callable[[LoggedRequest], None] | None = None) -> None:
        self._on_finished = on_finished
        self._lock = threading.Lock()
        self._count = 0
        self._requests: dict[int, LoggedRequest] = {}

    @property
    def requests(self) -> list[LoggedRequest]:
        """All requests in the order of arrival, those in progress included."""
        with self._lock:
            return list(self._requests.values())

    def clear(self) -> None:
        """Forget what was logged; numbers go on counting."""
        with self._lock:
            self._requests.clear()

    def begin(self, request: LoggedRequest) -> int:
        """Note a request that has arrived; returns the number it is given."""
        with self._lock:
            self._count += 1
            self._requests[self._count] = replace(request, number=self._count)
            if len(self._requests) > _KEPT:
                del self._requests[next(iter(self._requests))]
            return self._count

    def worked(self, number: int, status: int) -> None:
        """Note what the API came to, which need not be what the client is told."""
        with self._lock:
            if number in self._requests:
                self._requests[number] = replace(self._requests[number], work_status=status)

    def finish(self, number: int, *, finished: float, outcome: Outcome, status: int | None = None) -> None:
        """Note how and when the request ended for the client."""
        with self._lock:
            if number not in self._requests:
                return  # cleared meanwhile
            request = replace(self._requests[number], finished=finished, outcome=outcome, status=status)
            self._requests[number] = request
        if self._on_finished is not None:
            self._on_finished(request)


def peak_concurrency(requests: list[LoggedRequest]) -> int:
    """How many of the requests were in progress at once, at most."""
    steps = [(request.started, 1) for request in requests]
    steps += [(request.finished, -1) for request in requests if request.finished is not None]
    # At the same instant an end comes before a start: -1 sorts before 1.
    running = peak = 0
    for _, step in sorted(steps):
        running += step
        peak = max(peak, running)
    return peak
