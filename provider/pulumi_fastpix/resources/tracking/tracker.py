"""This process's knowledge of one stream's playback IDs, and its changes to them in order.

Every list of the stream goes through its tracker, and so does every change that this process makes. So one list can
serve many readers (`shared_list`), creates stop while one is in doubt (`gate`), and the playback IDs that a lost create
may have made can be told from all others (`accounting`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.errors import NotFoundError, UnexpectedResponseError
from pulumi_fastpix.resources.tracking.accounting import Accounting
from pulumi_fastpix.resources.tracking.doubt import Doubt
from pulumi_fastpix.resources.tracking.gate import Gate
from pulumi_fastpix.resources.tracking.shared_list import SharedList

BASELINE_FOR_SECONDS = 30.0
SETTLING_FRACTION = 1 / 8
"""Of `retry_for_seconds`: how long a stream is watched while a create is in doubt."""


class StreamTracker:
    """One stream as this process knows it. Safe for any number of threads; no request is sent while a lock is held.

    Attributes:
        stream_id: the stream.
        doubts: the creates that are in doubt.
    """

    def __init__(self, client: Client, stream_id: str) -> None:
        self._client = client
        self.stream_id = stream_id
        self.doubts: list[Doubt] = []
        self._shared = SharedList(client, self.fresh_list, f"stream {stream_id}")
        self._gate = Gate(client.clock)
        self._lock = threading.Lock()
        self._accounting = Accounting()
        self._baseline_at: float | None = None

    @property
    def settling_period(self) -> float:
        """Seconds for which the stream is watched while a create is in doubt."""
        return self._client.settings.retry_for_seconds * SETTLING_FRACTION

    def shared_list(self, deadline: Deadline) -> Stream:
        """The stream as it was at most a minute ago, and certainly after our latest change to it.

        Everyone who asks while such a list is known or under way gets that one.
        """
        return self._shared.get(deadline)

    def fresh_list(self, deadline: Deadline) -> Stream:
        """The stream as it is now. If no create is under way meanwhile, it is the new baseline of creates.

        If it lacks a playback ID of ours, it is none, and there is none until a create has asked what happened: an
        older one would take everything in this list for newer than the create.
        """
        passed = self._gate.passed
        quiet = self._gate.quiet and not self.doubts
        stream = self._client.live_streams.get(self.stream_id, deadline)
        with self._lock:
            if quiet and passed == self._gate.passed:
                is_complete = self._accounting.note_list(stream.playback_ids)
                self._baseline_at = self._client.clock.now() if is_complete else None
        return stream

    @contextmanager
    def creating(self, deadline: Deadline) -> Iterator[None]:
        """Send a create inside: with a baseline that is recent, and while no other create is in doubt.

        Raises:
            FastPixError: on entering, if the baseline can't be had. Nothing may be sent then.
        """
        while not self._gate.enter(deadline, self._has_baseline):
            with self._gate.alone(deadline):
                if not self.doubts and not self._has_baseline():
                    self._demand_complete(self.fresh_list(deadline), deadline)
        try:
            yield
        finally:
            self._shared.invalidate()
            self._gate.leave()

    def account_for(self, playback_id: PlaybackId) -> PlaybackId:
        """Note that a create has made this playback ID.

        Raises:
            UnexpectedResponseError: it can't have.
        """
        with self._lock:
            is_new = self._accounting.note_answer(playback_id.id)
        if not is_new:
            raise UnexpectedResponseError(
                f"FastPix answered a create on stream {self.stream_id} with playback ID {playback_id.id}, which "
                f"existed before.",
                status=201,
            )
        return playback_id

    def put_in_doubt(self, doubt: Doubt) -> None:
        """Note, from inside :meth:`creating`, that a create's outcome is unknown. Later ones are held back."""
        self.doubts.append(doubt)
        self._gate.shut()

    @contextmanager
    def settling(self, deadline: Deadline) -> Iterator[None]:
        """Judge inside everything that is in doubt: no create is under way then, and none begins."""
        with self._gate.alone(deadline):
            try:
                yield
            finally:
                # Not all of them: whoever comes to find its own judged may meet newer ones here.
                self.doubts = [doubt for doubt in self.doubts if not doubt.judged]
                if not self.doubts:
                    self._gate.reopen()
                self._shared.invalidate()
                # What appeared meanwhile is accounted for, but in no list we have: the next create takes a new one.
                self._baseline_at = None

    def unaccounted(self, deadline: Deadline) -> list[PlaybackId]:
        """The playback IDs that are on the stream now, weren't before, and were the response to no create.

        A deadline that is near is put off: to give up now would leave a playback ID that nobody knows.

        Raises:
            UnexpectedResponseError: the list lacks a playback ID that exists.
            FastPixError: the stream can't be read.
        """
        enough = 2 * self.settling_period
        if deadline.left() < enough:
            deadline = Deadline(self._client.clock, enough)
        stream = self._client.live_streams.get(self.stream_id, deadline)
        self._demand_complete(stream, deadline)
        with self._lock:
            return self._accounting.candidates(stream.playback_ids)

    def known_before(self, access_policy: str) -> list[str]:
        """The playback IDs of that policy that no create of this process has made, as far as is known."""
        with self._lock:
            return self._accounting.known_before(access_policy)

    @contextmanager
    def deleting(self, playback_id: str) -> Iterator[None]:
        """Send a delete inside."""
        with self._lock:
            self._accounting.note_deletion(playback_id)
        try:
            yield
        finally:
            self._shared.invalidate()

    def incomplete(self, playback_id: str, was: str) -> UnexpectedResponseError:
        """The error for a list that lacks a playback ID, with how that is known."""
        return UnexpectedResponseError(
            f"FastPix's list of stream {self.stream_id} lacks playback ID {playback_id}, which {was}: a list "
            f"like that can't tell what a lost create has made.",
            status=200,
        )

    def _has_baseline(self) -> bool:
        at = self._baseline_at
        return at is not None and self._client.clock.now() - at <= BASELINE_FOR_SECONDS

    def _demand_complete(self, stream: Stream, deadline: Deadline) -> None:
        """Raise if the list lacks a playback ID of ours, unless FastPix confirms singly that it is deleted."""
        with self._lock:
            missing = self._accounting.missing(stream.playback_ids)
        for playback_id in missing:
            try:
                self._client.playback_ids.get(self.stream_id, playback_id, deadline)
            except NotFoundError:
                with self._lock:
                    self._accounting.note_deletion(playback_id)
                continue
            self._baseline_at = None
            raise self.incomplete(playback_id, "exists")
