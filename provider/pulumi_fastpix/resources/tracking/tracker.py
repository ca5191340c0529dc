"""What this process knows of one stream's playback IDs, and who may change them when.

Every list of the stream goes through its ledger, and so does every change that this process makes. That is how
one list can serve many readers, and how a create whose answer is lost can be told from the others:

- *Seen* are all ids in lists that were taken while no create was under way, and those of ours that are gone. A
  playback ID in `seen` was made by no later create.
- *Ours* are the ids our creates were answered with, as long as we haven't deleted them. A list that lacks one of
  them is not trusted, unless FastPix confirms singly that it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Patience
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.errors import FastPixError, NotFoundError, UnexpectedAnswerError
from pulumi_fastpix.resources.live_playback_id.verdicts import candidates

GONE = ""
"""The access policy of a playback ID that doesn't exist any more."""
SHARED_FOR_SECONDS = 60.0
BASELINE_FOR_SECONDS = 30.0
SETTLING_FRACTION = 1 / 8
SETTLING_PAUSES = (0.0, 1 / 7, 2 / 7, 4 / 7)
"""Pauses before the lists of a settling period, as parts of it: soon at first, and the last one at its end."""


@dataclass(eq=False)
class Doubt:
    """A create whose outcome is unknown, until it is judged: `playback_id` or `error` is set then.

    Attributes:
        access_policy: of the playback ID it is to make.
        idempotency_key: the same for each time it is sent.
        failure: how it ended the last time it was sent.
        patience: how long it may go on.
        repeats: how often it was sent again.
        made_again: what a repeat made, as long as it isn't certain that the first request made nothing.
    """

    access_policy: str
    idempotency_key: str
    failure: FastPixError
    patience: Patience
    repeats: int = 0
    made_again: PlaybackId | None = None
    playback_id: PlaybackId | None = None
    error: FastPixError | None = None

    @property
    def judged(self) -> bool:
        """Whether its outcome is known."""
        return self.playback_id is not None or self.error is not None


class StreamLedger:
    """One stream as this process knows it. Safe for any number of threads.

    Nothing is sent while the ledger's condition is held.
    """

    def __init__(self, client: Client, stream_id: str) -> None:
        self._client = client
        self.stream_id = stream_id
        self.doubts: list[Doubt] = []
        self._condition = client.clock.condition()
        self._latest: _Fetch | None = None
        self._changes = 0
        self._creating = 0
        self._creates_begun = 0
        self._exclusive = False
        self._seen: dict[str, str] = {}
        self._seen_at: float | None = None
        self._ours: set[str] = set()

    def shared_list(self, patience: Patience) -> Stream:
        """The stream as it was at most a minute ago, and certainly after our latest change to it.

        Everyone who asks while such a list is known or under way gets that one.
        """
        while True:
            with self._condition:
                fetch = self._latest
                is_mine = fetch is None or not self._may_share(fetch)
                if fetch is None or is_mine:
                    fetch = self._latest = _Fetch(self._client.clock.now(), self._changes, patience)
            if is_mine:
                self._run(fetch, patience)
            with self._condition, patience.unspent():
                self._condition.wait_for(fetch.is_done)
            if fetch.error is not None and (is_mine or not self._is_worth_another_try(fetch.error, fetch, patience)):
                raise fetch.error
            if fetch.stream is not None and fetch.changes == self._changes:
                return fetch.stream

    def fresh_list(self, patience: Patience) -> Stream:
        """The stream as it is now."""
        with self._condition:
            quiet = not self._creating and not self.doubts
            creates_begun = self._creates_begun
        stream = self._client.stream(self.stream_id, patience)
        with self._condition:
            # One that lacks what we have made is none to go by.
            if quiet and creates_begun == self._creates_begun and self._ours <= stream.by_id.keys():
                self._seen.update({one.id: one.access_policy for one in stream.playback_ids})
                self._seen_at = self._client.clock.now()
        return stream

    @contextmanager
    def creating(self, patience: Patience) -> Iterator[None]:
        """Send a create inside: after a recent list is known, and while no other create is in doubt.

        Raises:
            FastPixError: on entering, if the list can't be had. Nothing may be sent then.
        """
        while not self._begin_creating(patience):
            with self._exclusively(patience):
                if not self.doubts and not self._has_baseline():
                    self._demand_complete(self.fresh_list(patience), patience)
        try:
            yield
        finally:
            with self._condition:
                self._creating -= 1
                self._changes += 1
                self._condition.notify_all()

    def given(self, playback_id: PlaybackId) -> PlaybackId:
        """Note that a create was answered with this playback ID.

        Raises:
            UnexpectedAnswerError: it can't have been made by that create.
        """
        with self._condition:
            if playback_id.id in self._seen or playback_id.id in self._ours:
                raise UnexpectedAnswerError(
                    f"FastPix answered a create on stream {self.stream_id} with playback ID {playback_id.id}, which "
                    f"existed before.",
                    status=201,
                )
            self._ours.add(playback_id.id)
        return playback_id

    def put_in_doubt(self, doubt: Doubt) -> None:
        """Note, from inside `creating`, that a create's outcome is unknown. All later ones are held back."""
        with self._condition:
            self.doubts.append(doubt)

    @contextmanager
    def settling(self, patience: Patience) -> Iterator[None]:
        """Judge inside all that is in doubt: no create is under way then, and none begins."""
        with self._exclusively(patience):
            try:
                yield
            finally:
                with self._condition:
                    # Not all of them: whoever comes to find its own judged may meet newer ones here.
                    self.doubts = [doubt for doubt in self.doubts if not doubt.judged]
                    self._changes += 1
                    # What appeared meanwhile is accounted for, but isn't in a list we have: the next create takes one.
                    self._seen_at = None

    def watch(self, patience: Patience) -> Iterator[list[PlaybackId]]:
        """Read the stream several times over the settling period; each time give all that nobody accounts for.

        A slow server may still be finishing, so it is the last time that counts.

        Raises:
            UnexpectedAnswerError: a list lacks what exists.
            FastPixError: the stream can't be read.
        """
        period = self._client.settings.retry_for_seconds * SETTLING_FRACTION
        found: list[PlaybackId] = []
        for pause in SETTLING_PAUSES:
            self._client.clock.sleep(pause * period)
            listed = self.unaccounted(patience)
            missing = [seen for seen in found if seen not in listed]
            found = [*listed, *missing]
            yield found
            if missing:
                raise self._incomplete(missing[0].id, "was there a moment ago")

    def unaccounted(self, patience: Patience) -> list[PlaybackId]:
        """The playback IDs that are on the stream now, weren't before, and were the answer to no create.

        Patience that is nearly used up is renewed: giving up now would leave a playback ID that nobody knows.
        """
        enough = 2 * self._client.settings.retry_for_seconds * SETTLING_FRACTION
        if patience.left() < enough:
            patience = Patience(self._client.clock, enough)
        stream = self._client.stream(self.stream_id, patience)
        self._demand_complete(stream, patience)
        with self._condition:
            return candidates(stream.playback_ids, {*self._seen, *self._ours})

    def known_before(self, access_policy: str) -> list[str]:
        """The playback IDs of that policy that no create of this process has made, as far as is known."""
        with self._condition:
            alike = {playback_id for playback_id, policy in self._seen.items() if policy == access_policy}
            return sorted(alike - self._ours)

    @contextmanager
    def deleting(self, playback_id: str) -> Iterator[None]:
        """Send a delete inside."""
        self._forget(playback_id)
        try:
            yield
        finally:
            with self._condition:
                self._changes += 1

    def _begin_creating(self, patience: Patience) -> bool:
        with self._condition:
            with patience.unspent():
                self._condition.wait_for(lambda: not self._exclusive and not self.doubts)
            if not self._has_baseline():
                return False
            self._creating += 1
            self._creates_begun += 1
            return True

    @contextmanager
    def _exclusively(self, patience: Patience) -> Iterator[None]:
        """Let the creates under way end, and hold back new ones."""
        with self._condition, patience.unspent():
            self._condition.wait_for(lambda: not self._exclusive)
            self._exclusive = True
            self._condition.wait_for(lambda: not self._creating)
        try:
            yield
        finally:
            with self._condition:
                self._exclusive = False
                self._condition.notify_all()

    def _forget(self, playback_id: str) -> None:
        """Expect this one in no list any more; but should one still show it, no later create has made it."""
        with self._condition:
            self._ours.discard(playback_id)
            self._seen[playback_id] = GONE

    def _has_baseline(self) -> bool:
        return self._seen_at is not None and self._client.clock.now() - self._seen_at <= BASELINE_FOR_SECONDS

    def _demand_complete(self, stream: Stream, patience: Patience) -> None:
        with self._condition:
            missing = sorted(self._ours - stream.by_id.keys())
        for playback_id in missing:
            try:
                self._client.playback_id(self.stream_id, playback_id, patience)
            except NotFoundError:
                self._forget(playback_id)
                continue
            with self._condition:
                self._seen_at = None
            raise self._incomplete(playback_id, "exists")

    def _incomplete(self, playback_id: str, was: str) -> UnexpectedAnswerError:
        return UnexpectedAnswerError(
            f"FastPix's list of stream {self.stream_id} lacks playback ID {playback_id}, which {was}: a list "
            f"like that can't tell what a lost create has made.",
            status=200,
        )

    def _may_share(self, fetch: _Fetch) -> bool:
        if fetch.changes != self._changes or fetch.error is not None:
            return False
        return self._client.clock.now() - fetch.began <= SHARED_FOR_SECONDS

    def _is_worth_another_try(self, error: FastPixError, fetch: _Fetch, patience: Patience) -> bool:
        """Whether somebody else's list may have failed for lack of patience only, of which there is more here."""
        return retry.may_repeat("GET", error) and not self._client.in_outage and patience.outlasts(fetch.patience)

    def _run(self, fetch: _Fetch, patience: Patience) -> None:
        try:
            fetch.stream = self.fresh_list(patience)
        except FastPixError as error:
            fetch.error = error
        except BaseException as error:
            # Those who wait for it would wait for ever.
            fetch.error = FastPixError(f"The list of stream {self.stream_id} could not be read: {error!r}.")
            raise
        finally:
            with self._condition:
                fetch.done = True
                self._condition.notify_all()


class _Fetch:
    """A list under way, or its result."""

    def __init__(self, began: float, changes: int, patience: Patience) -> None:
        self.began = began
        self.changes = changes
        self.patience = patience
        self.done = False
        self.stream: Stream | None = None
        self.error: FastPixError | None = None

    def is_done(self) -> bool:
        return self.done
