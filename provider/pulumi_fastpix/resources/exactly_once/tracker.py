"""This process's knowledge of the objects of one list, and its changes to them in order.

Every list goes through its tracker, and so does every change that this process makes. So one list can serve many
readers (`shared_list`), and the objects that a lost create may have made can be told from all others (`accounting`),
while further creates go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from pulumi_fastpix.announce import warn
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.errors import NotFoundError, UnexpectedResponseError
from pulumi_fastpix.resources.exactly_once.accounting import Accounting, Item, Listed, PendingCreate, Sighting
from pulumi_fastpix.resources.exactly_once.shared_list import SharedList
from pulumi_fastpix.resources.exactly_once.verdicts import Claim, Verdict, judge
from pulumi_fastpix.resources.exactly_once.words import Words

BASELINE_FOR_SECONDS = 30.0
SETTLING_FRACTION = 1 / 8
"""Of `retry_for_seconds`: how long a list is watched while a create is in doubt."""

Listing = TypeVar("Listing")
Item_co = TypeVar("Item_co", bound=Listed, covariant=True)


class Source(Protocol[Listing, Item_co]):
    """Where a tracker's list comes from."""

    words: Words

    def read(self, deadline: Deadline, note: Callable[[Sequence[Item_co]], None]) -> Listing:
        """The list as it is now; `note` is told of each part of it that doesn't come with all the others."""

    def items(self, listing: Listing) -> tuple[Item_co, ...]:
        """The objects in it."""

    def read_one(self, id_: str, deadline: Deadline) -> object:
        """One object by itself.

        Raises:
            NotFoundError: it doesn't exist.
        """


class Tracker(Generic[Listing, Item]):
    """One list as this process knows it. Safe for any number of threads; no request is sent while a lock is held.

    Args:
        client: whose clock, settings and interruption it goes by.
        source: where the list comes from.
        on_change: called after each change that this process has made.

    Attributes:
        words: what messages call the objects in it.
    """

    def __init__(
        self, client: Client, source: Source[Listing, Item], on_change: Callable[[], None] = lambda: None
    ) -> None:
        self._client = client
        self._source = source
        self._on_change = on_change
        self.words = source.words
        self._shared = SharedList(client, self._read, self.words.place)
        self._baselines = SharedList(client, self._read, self.words.place, BASELINE_FOR_SECONDS)
        self._condition = client.clock.condition()
        self._accounting = Accounting[Item]()
        self._baseline_at: float | None = None

    @property
    def settling_period(self) -> float:
        """Seconds for which the list is watched while a create is in doubt."""
        return self._client.settings.retry_for_seconds * SETTLING_FRACTION

    def shared_list(self, deadline: Deadline) -> Listing:
        """The list as it was at most a minute ago, and certainly after our latest change to it.

        Everyone who asks while such a list is known or under way gets that one.
        """
        return self._shared.get(deadline)[0]

    def fresh_list(self, deadline: Deadline) -> Listing:
        """The list as it is now."""
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
            self._note_change()
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
            earliest = self._accounting.repeated.get(create.kind, create.sent)
            self._accounting.repeated[create.kind] = min(earliest, create.sent)

    def account_for(self, made: Item) -> Item:
        """Note that a create was answered with this object.

        Raises:
            UnexpectedResponseError: it can't have made it.
        """
        with self._condition:
            is_new = self._accounting.note_answer(made.id)
        if not is_new:
            raise UnexpectedResponseError(
                f"FastPix answered a create {self.words.at_place} with {self.words.noun} {made.id}, which existed "
                f"before.",
                status=201,
            )
        return made

    def look(self, create: PendingCreate, deadline: Deadline) -> Sighting[Item]:
        """Read the list as it is from now on, for a create in doubt.

        Raises:
            UnexpectedResponseError: the list lacks an object that exists, or that it had a moment ago.
            FastPixError: the list can't be read.
        """
        self._shared.invalidate()
        sighting = self._shared.get(deadline)[1]
        self._demand_complete(sighting, deadline)
        listed = {one.id for one in sighting.listed}
        with self._condition:
            appeared = self._accounting.candidates_for(create, sighting.requested)
        for one in appeared:
            if one.listed.id not in listed:
                raise self._incomplete(one.listed.id, "was there a moment ago")
        return sighting

    def judge(
        self, create: PendingCreate, sighting: Sighting[Item], deadline: Deadline, *, is_last: bool
    ) -> Verdict[Item]:
        """Judge a create in doubt by a list, once all creates that were under way when it arrived have ended.

        Until then nobody knows which of the objects in it are theirs. What is claimed is accounted for.

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
                self._accounting.note_answer(verdict.listed.id)
                self._accounting.pending.remove(create)
            return verdict

    def appeared(self, create: PendingCreate) -> list[str]:
        """The ids of all that a create in doubt may have made, as far as is known."""
        with self._condition:
            return [one.listed.id for one in self._accounting.candidates_for(create)]

    def others_since(self, create: PendingCreate) -> list[str]:
        """The ids of what appeared after a create was sent, and can't be what it was asked for."""
        with self._condition:
            return self._accounting.others_since(create)

    def may_be_restricted(self, kind: str) -> frozenset[str]:
        """The groups of access restrictions that a claimed object of that kind may have been made with."""
        with self._condition:
            return self._accounting.restricted.get(kind, frozenset())

    def existing(self) -> list[str]:
        """The ids of all that is in the list and that no pending create can have made, as far as is known."""
        with self._condition:
            return self._accounting.existing()

    def known_before(self, kind: str) -> list[str]:
        """The ids of the objects of that kind that no create of this process has made, as far as is known."""
        with self._condition:
            return self._accounting.known_before(kind)

    @contextmanager
    def deleting(self, id_: str) -> Iterator[None]:
        """Send a delete inside."""
        with self._condition:
            self._accounting.note_deletion(id_)
        try:
            yield
        finally:
            self._note_change()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change an object inside."""
        try:
            yield
        finally:
            self._note_change()

    def _read(self, deadline: Deadline) -> tuple[Listing, Sighting[Item], float]:
        """Read the list, and note what is in it; a complete one is a baseline of later creates.

        Returns:
            The list, the same as evidence, and the time at which it arrived.
        """
        with self._condition:
            requested = self._accounting.event()
        listing = self._source.read(deadline, self._note_part)
        with self._condition:
            sighting = Sighting(self._source.items(listing), requested, self._accounting.event())
            surplus = self._accounting.note_list(sighting)
            arrived_at = self._client.clock.now()
            if not self._accounting.missing(sighting):
                self._baseline_at = arrived_at
        self._announce(surplus)
        return listing, sighting, arrived_at

    def _note_part(self, listed: Sequence[Item]) -> None:
        """Note what a part of the list has, which stays known should another part fail; it is no baseline."""
        with self._condition:
            surplus = self._accounting.note_listed(tuple(listed), self._accounting.event())
        self._announce(surplus)

    def _note_change(self) -> None:
        self._shared.invalidate()
        self._on_change()

    def _announce(self, surplus: Iterable[Item]) -> None:
        for one in surplus:
            warn(
                f"{self.words.of_kind(one.kind)} {one.id} has appeared {self.words.at_place}, where a create was sent "
                f"again after its response was lost. Perhaps its first request made this one after all; perhaps "
                f"somebody else did. If `{self.words.audit}` shows that nobody declares it, delete it."
            )

    def _has_baseline(self) -> bool:
        at = self._baseline_at
        return at is not None and self._client.clock.now() - at <= BASELINE_FOR_SECONDS

    def _under_way(self, sighting: Sighting[Item]) -> bool:
        return any(0 < create.under_way < sighting.arrived for create in self._accounting.pending)

    def _demand_complete(self, sighting: Sighting[Item], deadline: Deadline) -> None:
        """Raise if the list lacks an object of ours, unless FastPix confirms singly that it is deleted."""
        with self._condition:
            missing = self._accounting.missing(sighting)
        for id_ in missing:
            try:
                self._source.read_one(id_, deadline)
            except NotFoundError:
                with self._condition:
                    self._accounting.note_deletion(id_)
                continue
            raise self._incomplete(id_, "exists")

    def _incomplete(self, id_: str, was: str) -> UnexpectedResponseError:
        """The error for a list that lacks an object, with how that is known."""
        self._baseline_at = None
        self._baselines.invalidate()
        return UnexpectedResponseError(
            f"FastPix's list of {self.words.place} lacks {self.words.noun} {id_}, which {was}: a list like that can't "
            f"tell what a lost create has made.",
            status=200,
        )
