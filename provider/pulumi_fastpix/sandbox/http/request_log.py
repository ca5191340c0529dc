"""The log of requests and how they ended. It never holds a secret: no credentials, and no body, which may have keys."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.masking import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fastpix.sandbox.faults.endings import Outcome
    from pulumi_fastpix.sandbox.faults.fault import Fault

# Bounded, because a sandbox may be left running for weeks.
_KEPT = 100_000


@dataclass(frozen=True, kw_only=True)
class LoggedRequest:
    """A request to the sandbox's API, and how it ended.

    Attributes:
        number: counts from 1 in order of arrival.
        started: the time of its arrival, in seconds on the sandbox's clock (monotonic).
        finished: the time when its response was ready or its connection dropped; None while in progress.
        method: the HTTP method.
        path: the path without the query, with `<secret>` in place of a stream's secret.
        query: the query as sent, without the question mark, and likewise without secrets.
        status: the status of the response to the client; None when it got no response.
        work_status: the status of the API's own response, also when a fault kept it from the client or delayed
            the work; None as long as no work has been done.
        outcome: how the request ended for the client.
        token_id: the access token id that was sent, if it has the form of a sandbox's token.
        idempotency_key: the `Idempotency-Key` header, if there was one.
        faults: the faults that have hit it so far, each in the form of the option `--fault`.
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
    faults: tuple[str, ...] = ()

    @property
    def mutating(self) -> bool:
        """Whether its method can change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def __str__(self) -> str:
        """The request in one line, with control characters escaped."""
        target = f"{self.path}?{self.query}" if self.query else self.path
        # The path is decoded: `%0a` in it has become a line break.
        target = target.encode("unicode_escape").decode()
        ending = self.outcome if self.status is None else f"{self.status}"
        if self.work_status not in {None, self.status}:
            ending += f" (the API's own response was {self.work_status})"
        took = "" if self.finished is None else f", {(self.finished - self.started) * 1000:.0f} ms"
        return f"#{self.number} {self.method} {target}: {ending}{took}"


class RequestLog:
    """The requests so far, readable from any thread while more arrive.

    Args:
        on_finished: called with each finished request, on the server's thread.
    """

    def __init__(self, on_finished: Callable[[LoggedRequest], None] | None = None) -> None:
        self._on_finished = on_finished
        self._lock = threading.Lock()
        self._count = 0
        self._requests: dict[int, LoggedRequest] = {}

    @property
    def requests(self) -> list[LoggedRequest]:
        """All requests in order of arrival, including those in progress."""
        with self._lock:
            return list(self._requests.values())

    def clear(self) -> None:
        """Clear the log; later requests go on counting."""
        with self._lock:
            self._requests.clear()

    def begin(self, request: LoggedRequest) -> int:
        """Log a request that has arrived; returns its number."""
        with self._lock:
            self._count += 1
            self._requests[self._count] = replace(request, number=self._count)
            if len(self._requests) > _KEPT:
                del self._requests[next(iter(self._requests))]
            return self._count

    def hit(self, number: int, fault: Fault) -> None:
        """Log that a fault has hit the request."""
        with self._lock:
            if number in self._requests:
                request = self._requests[number]
                self._requests[number] = replace(request, faults=(*request.faults, without_secrets(str(fault))))

    def worked(self, number: int, status: int) -> None:
        """Log the status of the API's own response, which the client may not get."""
        with self._lock:
            if number in self._requests:
                self._requests[number] = replace(self._requests[number], work_status=status)

    def finish(self, number: int, *, finished: float, outcome: Outcome, status: int | None = None) -> None:
        """Log how and when the request ended for the client."""
        with self._lock:
            if number not in self._requests:
                return  # the log was cleared meanwhile
            request = replace(self._requests[number], finished=finished, outcome=outcome, status=status)
            self._requests[number] = request
        if self._on_finished is not None:
            self._on_finished(request)


def peak_concurrency(requests: list[LoggedRequest]) -> int:
    """The largest number of these requests that were in progress at once."""
    steps = [(request.started, 1) for request in requests]
    steps += [(request.finished, -1) for request in requests if request.finished is not None]
    # At the same instant an end comes before a start: -1 sorts before 1.
    running = peak = 0
    for _, step in sorted(steps):
        running += step
        peak = max(peak, running)
    return peak
