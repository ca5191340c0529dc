"""FastPix's calls for live playback IDs, each repeated as far as that is safe.

- *Never sent* or *429*: every call is repeated.
- *Lost answer, 408, 5xx, an answer that isn't FastPix's own*: reading and deleting are repeated, creating never.
- *A redirect, anything else that FastPix refuses*: the error is raised at once.

:mod:`pulumi_fastpix.api.retry` is that list as code. Paths, methods and status codes are those of FastPix's
OpenAPI specification and SDKs; that DELETE carries the id as a query parameter is so in every official SDK.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import tenacity

from pulumi_fastpix.announce import announce
from pulumi_fastpix.api import retry
from pulumi_fastpix.api.clock import Clock, SystemClock
from pulumi_fastpix.api.deadline import Patience
from pulumi_fastpix.api.models import DeletedAnswer, PlaybackId, PlaybackIdAnswer, Stream, StreamAnswer, StreamsAnswer
from pulumi_fastpix.api.transport import Transport
from pulumi_fastpix.errors import CancelledError, FastPixError, RefusedError, UnexpectedAnswerError
from pulumi_fastpix.settings import Settings
from pulumi_fastpix.settings.names import MOST_SECONDS

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on

Result = TypeVar("Result")

ANNOUNCE_WAITS_FROM_SECONDS = 3.0
SHORTEST_TIMEOUT_SECONDS = 1.0
SECONDS_IN_OUTAGE = 5.0
"""How long an operation goes on at first, after another one has used up all of its patience in vain.

Pulumi refreshes hundreds of objects a few at a time, and goes on when one fails: each would wait for the same server to
come back. Long enough for an answer of a server that is back, but slow."""


class Client:
    """The live-stream part of FastPix's API. Safe for any number of threads.

    Every method raises a :class:`~pulumi_fastpix.errors.FastPixError` when it fails. It repeats as long as the
    patience of the operation lasts that it is a part of; on its own, for `retry_for_seconds` of the settings. Once one
    has given up after so long, the others that begin get little patience, until FastPix answers.

    Args:
        settings: whose workspace it is.
        clock: what to wait by, if not the system's.
        transport: what sends the requests, if not one made of the settings.
        say: tells people what is being waited for.

    Attributes:
        in_outage: an operation has used up all its patience in vain, and nothing was answered since.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        transport: Transport | None = None,
        say: Callable[[str], None] = announce,
    ) -> None:
        self.settings = settings
        self._say = say
        self.clock = clock or SystemClock()
        self._transport = transport or Transport(settings)
        self._cancelled = False
        self.in_outage = False

    def stream(self, stream_id: str, patience: Patience | None = None) -> Stream:
        """Read a stream with its playback IDs: the only way to list them."""
        attempt = f"read stream {stream_id}"

        def call(at_most: float) -> Stream:
            answer = self._transport.send("GET", _stream_path(stream_id), StreamAnswer, attempt, at_most=at_most).data
            if answer.stream_id != stream_id:
                raise UnexpectedAnswerError(
                    f"Could not {attempt}: the answer describes another stream, {answer.stream_id}.",
                    status=200,
                )
            return answer

        return self._repeat("GET", attempt, call, patience)

    def streams(self, limit: int, patience: Patience | None = None) -> tuple[Stream, ...]:
        """Read the newest streams, 1 to 50 of them."""
        attempt = "list live streams"

        def call(at_most: float) -> tuple[Stream, ...]:
            query = {"limit": str(limit)}
            return self._transport.send(
                "GET", "/live/streams", StreamsAnswer, attempt, query=query, at_most=at_most
            ).data

        return self._repeat("GET", attempt, call, patience)

    def playback_id(self, stream_id: str, playback_id: str, patience: Patience | None = None) -> PlaybackId:
        """Read one playback ID."""
        attempt = f"read playback ID {playback_id} of stream {stream_id}"

        def call(at_most: float) -> PlaybackId:
            path = f"{_playback_ids_path(stream_id)}/{quote(playback_id, safe='')}"
            answer = self._transport.send("GET", path, PlaybackIdAnswer, attempt, at_most=at_most).data
            if answer.id != playback_id:
                raise UnexpectedAnswerError(
                    f"Could not {attempt}: the answer describes another one, {answer.id}.", status=200
                )
            return answer

        return self._repeat("GET", attempt, call, patience)

    def create_playback_id(
        self,
        stream_id: str,
        access_policy: str,
        idempotency_key: str,
        patience: Patience | None = None,
        around: Callable[[Callable[[], PlaybackId]], PlaybackId] = lambda send: send(),
    ) -> PlaybackId:
        """Make a playback ID. Its outcome is unknown when :func:`retry.outcome_unknown` says so of the error.

        Args:
            stream_id: the stream.
            access_policy: the new one's policy.
            idempotency_key: sent along, the same each time.
            patience: how long to go on.
            around: called each time the request is to be sent, with what sends it.
        """
        attempt = f"create a {access_policy} playback ID on stream {stream_id}"

        def call(at_most: float) -> PlaybackId:
            return self._transport.send(
                "POST",
                _playback_ids_path(stream_id),
                PlaybackIdAnswer,
                attempt,
                body={"accessPolicy": access_policy},
                idempotency_key=idempotency_key,
                at_most=at_most,
            ).data

        return self._repeat("POST", attempt, call, patience, around)

    def delete_playback_id(self, stream_id: str, playback_id: str, patience: Patience | None = None) -> None:
        """Delete a playback ID. A repeated delete may answer 404 although it was this one that worked."""
        attempt = f"delete playback ID {playback_id} of stream {stream_id}"

        def call(at_most: float) -> None:
            path, query = _playback_ids_path(stream_id), {"playbackId": playback_id}
            self._transport.send("DELETE", path, DeletedAnswer, attempt, query=query, at_most=at_most)

        self._repeat("DELETE", attempt, call, patience)

    def patience(self, seconds: float | None = None) -> Patience:
        """The patience of a new operation: that many seconds, or as many as the settings say; few in an outage."""
        lasts = min(seconds or self.settings.retry_for_seconds, MOST_SECONDS)
        return Patience(self.clock, lasts, SECONDS_IN_OUTAGE if self.in_outage else None)

    def cancel(self) -> None:
        """From now on refuse to send what changes something; what is under way goes on."""
        self._cancelled = True

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repeat(
        self,
        method: str,
        attempt: str,
        call: Callable[[float], Result],
        patience: Patience | None,
        around: Callable[[Callable[[], Result]], Result] = lambda send: send(),
    ) -> Result:
        lasting = patience or self.patience()

        def send() -> Result:
            if self._cancelled and method != "GET":
                raise CancelledError(
                    f"Did not {attempt}: Pulumi was interrupted, so nothing new is sent. Run it again."
                )
            # What a create has made is in doubt if its answer isn't waited for.
            return call(math.inf if method == "POST" else max(SHORTEST_TIMEOUT_SECONDS, lasting.left()))

        def give_up(state: tenacity.RetryCallState) -> bool:
            return lasting.left() < state.upcoming_sleep

        def announce_wait(state: tenacity.RetryCallState) -> None:
            if state.upcoming_sleep >= ANNOUNCE_WAITS_FROM_SECONDS:
                self._say(f"waiting {state.upcoming_sleep:.0f} s before trying again to {attempt}.")

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda failure: retry.may_repeat(method, failure)),
            wait=lambda state: retry.seconds_before_repeat(state.attempt_number, _failure(state), random.random),
            stop=give_up,
            sleep=self.clock.sleep,
            before_sleep=announce_wait,
            reraise=True,
        )
        try:
            result = retrying(around, send)
        except FastPixError as failure:
            if retry.may_repeat(method, failure):
                if lasting.covers(self.settings.retry_for_seconds):
                    self._note_outage()
            elif isinstance(failure, RefusedError) and not retry.outcome_unknown(failure):
                self._note_answer(lasting)
            raise
        self._note_answer(lasting)
        return result

    def _note_answer(self, patience: Patience) -> None:
        self.in_outage = False
        patience.encourage()

    def _note_outage(self) -> None:
        if not self.in_outage:
            self._say(
                f"gave up waiting for {self.settings.base_url}. What comes next is tried for "
                f"{SECONDS_IN_OUTAGE:.0f} s only, until it answers."
            )
        self.in_outage = True


def _failure(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _stream_path(stream_id: str) -> str:
    return f"/live/streams/{quote(stream_id, safe='')}"


def _playback_ids_path(stream_id: str) -> str:
    return f"{_stream_path(stream_id)}/playback-ids"
