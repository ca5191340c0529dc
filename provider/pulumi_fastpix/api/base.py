"""The base of all areas of FastPix's API: repeated attempts, outages, interruption.

- *Never sent* or *429*: every request is repeated.
- *Lost response, 408, 5xx, a response that isn't FastPix's own*: all is repeated but creating.
- *A redirect, anything else that FastPix refuses*: the error is raised at once.

:mod:`pulumi_fastpix.api.retry` is that list as code.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import tenacity
from pydantic import BaseModel

from pulumi_fastpix.announce import announce, warn
from pulumi_fastpix.api import retry
from pulumi_fastpix.api.cancellation import Cancellation
from pulumi_fastpix.api.clock import Clock, SystemClock
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.transport import Transport
from pulumi_fastpix.errors import CancelledError, FastPixError, RefusedError
from pulumi_fastpix.settings.names import MOST_SECONDS
from pulumi_fastpix.settings.settings import Settings

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on

Response = TypeVar("Response", bound=BaseModel)

ANNOUNCE_WAITS_FROM_SECONDS = 3.0
SHORTEST_TIMEOUT_SECONDS = 1.0
SECONDS_IN_OUTAGE = 5.0
"""How long an operation goes on at first, after another one has used up its whole deadline in vain.

Pulumi refreshes hundreds of objects a few at a time, and goes on when one fails: each would wait for the same server to
come back. Long enough for a response of a server that is back, but slow."""

INTERRUPTED = "Pulumi was interrupted, so nothing new is sent."


class BaseClient:
    """Sends requests to one workspace, each as often as that is safe. Safe for any number of threads.

    Once one operation has given up after the whole `retry_for_seconds` of the settings, the others that begin get a
    short deadline, until FastPix answers.

    Args:
        settings: whose workspace it is.
        clock: what to wait by, if not the system's.
        transport: what sends the requests, if not one made of the settings.
        report: tells people what is being waited for.
        report_outage: warns them that FastPix doesn't answer.

    Attributes:
        cancellation: set by :meth:`cancel`.
        in_outage: an operation has used up its whole deadline in vain, and nothing was answered since.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        transport: Transport | None = None,
        report: Callable[[str], None] = announce,
        report_outage: Callable[[str], None] = warn,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.in_outage = False
        self._transport = transport or Transport(settings)
        self._report = report
        self._report_outage = report_outage
        self.cancellation = Cancellation(self.clock)

    def deadline(self, seconds: float | None = None) -> Deadline:
        """The deadline of a new operation, that many seconds from now, or as many as in the settings.

        Args:
            seconds: 0 counts as None. More than a day counts as a day.
        """
        lasts = min(seconds or self.settings.retry_for_seconds, MOST_SECONDS)
        return Deadline(self.clock, lasts, SECONDS_IN_OUTAGE if self.in_outage else None)

    def attempts(self, method: str, purpose: str, deadline: Deadline) -> Iterator[tenacity.AttemptManager]:
        """One attempt after the other, with pauses between, until one succeeds or no further one is safe or in time.

        ::

            for attempt in client.attempts("GET", purpose, deadline):
                with attempt:
                    response = client.send("GET", …)

        Leave the loop by success or failure only: after a `break` or `return` the outcome isn't noted.

        Args:
            method: decides, together with the failure, whether there is a further attempt.
            purpose: what the request is for, as it follows "Could not".
            deadline: no attempt begins after it.

        Raises:
            CancelledError: Pulumi was interrupted before one succeeded.
            FastPixError: how the last attempt failed.
        """

        def give_up(state: tenacity.RetryCallState) -> bool:
            return deadline.left() < state.upcoming_sleep

        def pause(state: tenacity.RetryCallState) -> None:
            failure, seconds = _failure(state), state.upcoming_sleep
            if not self.is_cancelled(deadline, method):
                if seconds >= ANNOUNCE_WAITS_FROM_SECONDS:
                    self._report(f"waiting {seconds:.0f} s before trying again to {purpose}: {retry.why(failure)}.")
                self._sleep(seconds, method, deadline)
            if self.is_cancelled(deadline, method):
                happened = failure.happened if isinstance(failure, FastPixError) else str(failure)
                raise CancelledError(f"{happened} {INTERRUPTED}", "Run it again.")

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda failure: retry.may_repeat(method, failure)),
            wait=lambda state: retry.seconds_before_repeat(state.attempt_number, _failure(state), random.random),
            stop=give_up,
            before_sleep=pause,
            sleep=lambda _: None,  # it isn't told what has failed
            reraise=True,
        )
        try:
            yield from retrying
        except FastPixError as failure:
            if retry.may_repeat(method, failure):
                if deadline.lasts_for(self.settings.retry_for_seconds):
                    self._note_outage()
            elif isinstance(failure, RefusedError) and not retry.outcome_unknown(failure):
                self._note_response(deadline)
            raise
        self._note_response(deadline)

    def send(
        self,
        method: str,
        path: str,
        expected: type[Response],
        purpose: str,
        *,
        deadline: Deadline | None = None,
        query: dict[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Response:
        """Send one request, once: an attempt, or a part of one.

        Args:
            method: the HTTP method.
            path: what follows the base URL, already quoted.
            expected: the model of a successful response.
            purpose: what the request is for, as it follows "Could not".
            deadline: the attempt ends soon after it. None for a create, which would be in doubt without its response.
            query: the query parameters.
            body: sent as JSON.
            idempotency_key: sent as `Idempotency-Key`.

        Raises:
            CancelledError: Pulumi was interrupted before this was sent.
            FastPixError: NotReachedError, NoResponseError, UnexpectedResponseError or a RefusedError.
        """
        self.refuse_if_cancelled(purpose, deadline, method)
        at_most = math.inf if deadline is None else max(SHORTEST_TIMEOUT_SECONDS, deadline.left())
        return self._transport.send(
            method, path, expected, purpose, query=query, body=body, idempotency_key=idempotency_key, at_most=at_most
        )

    def refuse_if_cancelled(self, purpose: str, deadline: Deadline | None, method: str = "GET") -> None:
        """Begin nothing after :meth:`cancel`.

        Raises:
            CancelledError: it isn't to be begun.
        """
        if self.is_cancelled(deadline, method):
            raise CancelledError(f"Did not {purpose}: {INTERRUPTED}", "Run it again.")

    def is_cancelled(self, deadline: Deadline | None, method: str = "GET") -> bool:
        """Whether an operation with that deadline may not send such a request any more."""
        return self.cancellation.is_set and _ends_with_cancel(method, deadline)

    def cancel(self) -> None:
        """End what waits and has sent nothing, and reading; from now on refuse to begin anything.

        A request that changes something and was sent is still waited for, and whoever has a deadline that doesn't end
        with this goes on reading.
        """
        self.cancellation.set()
        self._transport.end_reads()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sleep(self, seconds: float, method: str, deadline: Deadline) -> None:
        sleep = self.cancellation.sleep if _ends_with_cancel(method, deadline) else self.clock.sleep
        sleep(seconds)

    def _note_response(self, deadline: Deadline) -> None:
        self.in_outage = False
        deadline.extend()

    def _note_outage(self) -> None:
        # First: operations of other threads run out of time in the same moment.
        known, self.in_outage = self.in_outage, True
        if not known:
            self._report_outage(
                f"no request to {self.settings.base_url} succeeded in time. Operations that begin now are tried for "
                f"{SECONDS_IN_OUTAGE:.0f} s only, until it answers."
            )


def _ends_with_cancel(method: str, deadline: Deadline | None) -> bool:
    return method != "GET" or deadline is None or deadline.ends_with_cancel


def _failure(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
