"""This process's knowledge of one stream's playback IDs, and its changes to them in order.

Every list of the stream goes through its tracker, and so does every change that this process makes. So one list can
serve many readers (`shared_list`), and the playback IDs that a lost create may have made can be told from all others
(`accounting`), while further creates go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pulumi_fastpix.announce import warn
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.errors import NotFoundError, UnexpectedResponseError
from pulumi_fastpix.resources.tracking.accounting import Accounting, PendingCreate, Sighting
from pulumi_fastpix.resources.tracking.shared_list import SharedList
from pulumi_fastpix.resources.tracking.verdicts import Claim, Verdict, judge

BASELINE_FOR_SECONDS = 30.0
SETTLING_FRACTION = 1 / 8
"""Of `retry_for_seconds`: how long a stream is watched while a create is in doubt."""


class StreamTracker:
    """One stream as this process knows it. Safe for any number of threads; no request is sent while a lock is held.

    Attributes:
        stream_id: the stream.
    """

    def __init__(self, client: Client, stream_id: str) -> None:
        self._client = client
        self.stream_id = stream_id
        self._shared = SharedList(client, self._read, f"stream {stream_id}")
        self._baselines = SharedList(client, self._read, f"stream {stream_id}", BASELINE_FOR_SECONDS)
        self._condition = client.clock.condition()
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
        return self._shared.get(deadline)[0]

    def fresh_list(self, deadline: Deadline) -> Stream:
        """The stream as it is now."""
        self._shared.invalidate()
        return self.shared_list(deadline)

    @contextmanager
    def creating(self, create: PendingCreate, deadline: Deadline) -> Iterator[None]:
        """Send a create inside, with a recent baseline. If it is in doubt afterwards, :meth:`close` it in the end.

        Raises:
            FastPixError: on entering, if the baseline can't be had. Nothing may be sent then.
        """
        while not self._has_baseline():
            _, sighting, arrived_at = self._baselines.get(deadline)
            self._demand_complete(sighting, deadline)
            self._baseline_at = arrived_at
        with self._condition:
            self._accounting.note_sent(create)
        try:
            yield
        finally:
            with self._condition:
                surplus = self._accounting.note_ended(create)
                self._condition.notify_all()
            self._shared.invalidate()
            self._announce(surplus)

    def close(self, create: PendingCreate) -> None:
        """A create isn't in doubt any more: it is known what it has made, or it fails with an error that says so."""
        with self._condition:
            surplus = self._accounting.close(create)
        self._announce(surplus)

    def note_repeat(self, create: PendingCreate) -> None:
        """Look in all later lists for what its first request may have made after all."""
        with self._condition:
            create.repeats += 1
            earliest = self._accounting.repeated.get(create.access_policy, create.sent)
            self._accounting.repeated[create.access_policy] = min(earliest, create.sent)

    def account_for(self, playback_id: PlaybackId) -> PlaybackId:
        """Note that a create was answered with this playback ID.

        Raises:
            UnexpectedResponseError: it can't have made it.
        """
        with self._condition:
            is_new = self._accounting.note_answer(playback_id.id)
        if not is_new:
            raise UnexpectedResponseError(
                f"FastPix answered a create on stream {self.stream_id} with playback ID {playback_id.id}, which "
                f"existed before.",
                status=201,
            )
        return playback_id

    def look(self, create: PendingCreate, deadline: Deadline) -> Sighting:
        """Read the stream as it is from now on, for a create in doubt.

        Raises:
            UnexpectedResponseError: the list lacks a playback ID that exists, or that it had a moment ago.
            FastPixError: the stream can't be read.
        """
        self._shared.invalidate()
        sighting = self._shared.get(deadline)[1]
        self._demand_complete(sighting, deadline)
        listed = {one.id for one in sighting.playback_ids}
        with self._condition:
            appeared = self._accounting.candidates_for(create, sighting.requested)
        for one in appeared:
            if one.playback_id.id not in listed:
                raise self._incomplete(one.playback_id.id, "was there a moment ago")
        return sighting

    def judge(self, create: PendingCreate, sighting: Sighting, deadline: Deadline, *, is_last: bool) -> Verdict:
        """Judge a create in doubt by a list, once all creates that were under way when it arrived have ended.

        Until then nobody knows which of the playback IDs in it are theirs. What is claimed is accounted for.

        Args:
            create: it.
            sighting: the list.
            deadline: is paused while waiting.
            is_last: it is the last one.
        """
        with self._condition:
            with deadline.paused():
                self._condition.wait_for(lambda: not self._under_way(sighting))
            pending = [one for one in self._accounting.pending if one.sent < sighting.arrived]
            candidates = [one for one in self._accounting.candidates.values() if one.since <= sighting.arrived]
            others_create = self._accounting.others_create
            verdict = judge(create, pending, candidates, is_last=is_last, others_create=others_create)
            if isinstance(verdict, Claim):
                self._accounting.note_answer(verdict.playback_id.id)
                self._accounting.pending.remove(create)
            return verdict

    def appeared(self, create: PendingCreate) -> list[str]:
        """The ids of all that a create in doubt may have made, as far as is known."""
        with self._condition:
            return [one.playback_id.id for one in self._accounting.candidates_for(create)]

    def may_be_restricted(self, access_policy: str) -> frozenset[str]:
        """The groups of access restrictions that a claimed playback ID of that policy may have been made with."""
        with self._condition:
            return self._accounting.restricted.get(access_policy, frozenset())

    def known_before(self, access_policy: str) -> list[str]:
        """The playback IDs of that policy that no create of this process has made, as far as is known."""
        with self._condition:
            return self._accounting.known_before(access_policy)

    @contextmanager
    def deleting(self, playback_id: str) -> Iterator[None]:
        """Send a delete inside."""
        with self._condition:
            self._accounting.note_deletion(playback_id)
        try:
            yield
        finally:
            self._shared.invalidate()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change a playback ID inside."""
        try:
            yield
        finally:
            self._shared.invalidate()

    def _read(self, deadline: Deadline) -> tuple[Stream, Sighting, float]:
        """Read the stream, and note what is in the list; a complete one is a baseline of later creates.

        Returns:
            The stream, the list as evidence, and the time at which it arrived.
        """
        with self._condition:
            requested = self._accounting.event()
        stream = self._client.live_streams.get(self.stream_id, deadline)
        with self._condition:
            sighting = Sighting(stream.playback_ids, requested, self._accounting.event())
            surplus = self._accounting.note_list(sighting)
            arrived_at = self._client.clock.now()
            if not self._accounting.missing(sighting):
                self._baseline_at = arrived_at
        self._announce(surplus)
        return stream, sighting, arrived_at

    def _announce(self, surplus: Iterable[PlaybackId]) -> None:
        for one in surplus:
            warn(
                f"{one.access_policy} playback ID {one.id} has appeared on stream {self.stream_id}, where a create was "
                f"sent again after its response was lost. Perhaps its first request made this one after all; perhaps "
                f"somebody else did. If `pulumi-fastpix audit` shows that nobody declares it, delete it."
            )

    def _has_baseline(self) -> bool:
        at = self._baseline_at
        return at is not None and self._client.clock.now() - at <= BASELINE_FOR_SECONDS

    def _under_way(self, sighting: Sighting) -> bool:
        return any(0 < create.under_way < sighting.arrived for create in self._accounting.pending)

    def _demand_complete(self, sighting: Sighting, deadline: Deadline) -> None:
        """Raise if the list lacks a playback ID of ours, unless FastPix confirms singly that it is deleted."""
        with self._condition:
            missing = self._accounting.missing(sighting)
        for playback_id in missing:
            try:
                self._client.playback_ids.get(self.stream_id, playback_id, deadline)
            except NotFoundError:
                with self._condition:
                    self._accounting.note_deletion(playback_id)
                continue
            raise self._incomplete(playback_id, "exists")

    def _incomplete(self, playback_id: str, was: str) -> UnexpectedResponseError:
        """The error for a list that lacks a playback ID, with how that is known."""
        self._baseline_at = None
        self._baselines.invalidate()
        return UnexpectedResponseError(
            f"FastPix's list of stream {self.stream_id} lacks playback ID {playback_id}, which {was}: a list "
            f"like that can't tell what a lost create has made.",
            status=200,
        )
