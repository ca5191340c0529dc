"""Which objects of a list are accounted for: set arithmetic over numbered events, pure.

An object at FastPix has no name that we could give it: a playback ID nothing but its policy, a stream its settings. So
of one that a lost create may have made, all that can be known is this: it is listed now, no list had it that was
complete before the create was sent, and no create of ours was answered with it. Those are the *candidates*.

Other creates go on while one is in doubt. So "before" and "after" are numbers of events, which are counted as they
happen: a create is sent, a list is requested, a list has arrived.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

DELETED = ""
"""The kind of an object that doesn't exist any more."""


class Listed(Protocol):
    """An object in a list."""

    @property
    def id(self) -> str:
        """FastPix's id of it."""

    @property
    def kind(self) -> str:
        """What all objects that look alike have in common: of a playback ID, its access policy. Never empty."""

    def may_be(self, kind: str) -> bool:
        """Whether it is of that kind, as far as FastPix shows."""


Item = TypeVar("Item", bound=Listed)


@dataclass(frozen=True)
class Sighting(Generic[Item]):
    """A list of objects, and when it was taken.

    Attributes:
        listed: those in it.
        requested: the event of its request: whatever existed then is in it.
        arrived: the event of its response: whatever is in it existed by then.
    """

    listed: tuple[Item, ...]
    requested: int
    arrived: int


@dataclass(frozen=True)
class Candidate(Generic[Item]):
    """An object that nobody accounts for.

    Attributes:
        listed: it.
        since: the event of the first list that had it: creates that were sent later haven't made it.
    """

    listed: Item
    since: int


@dataclass(eq=False)
class PendingCreate:
    """A create of which it isn't known what it has made: it is under way, or its response was lost.

    Attributes:
        kind: of what it is to make.
        sent: the event at which it was sent first, of the times that may have made something.
        under_way: the event at which it was sent last, while a response is waited for; else 0.
        in_doubt: a response of it was lost.
        repeats: how often it was sent again after its response was lost.
        restricts: the groups of access restrictions that are sent along.
    """

    kind: str
    sent: int = 0
    under_way: int = 0
    in_doubt: bool = False
    repeats: int = 0
    restricts: frozenset[str] = frozenset()

    def may_have_made(self, candidate: Candidate[Any]) -> bool:
        """Whether it may have made this one."""
        return self.sent < candidate.since and candidate.listed.may_be(self.kind)


@dataclass
class Accounting(Generic[Item]):
    """The objects of one list that one process knows of.

    Attributes:
        seen: kinds by id: of all that no pending create has made, because they are older, were deleted by us,
            or are somebody else's.
        ours: by id the event at which each was accounted for, of those that our creates made and that aren't deleted.
        pending: the creates of which it isn't known what they have made.
        candidates: by id, what one of those may have made.
        others_create: an object has appeared that none of our creates can have made.
        others: by id the event of the first list that had it, of all that none of our creates can have made.
        repeated: by kind the event at which the earliest of the creates was sent that were sent again.
        restricted: by kind the groups of access restrictions that were sent with creates which were in doubt.
    """

    seen: dict[str, str] = field(default_factory=dict)
    ours: dict[str, int] = field(default_factory=dict)
    pending: list[PendingCreate] = field(default_factory=list)
    candidates: dict[str, Candidate[Item]] = field(default_factory=dict)
    others_create: bool = False
    others: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    restricted: dict[str, frozenset[str]] = field(default_factory=dict)
    _events: int = 0
    _has_list: bool = False

    def event(self) -> int:
        """The number of an event that happens now."""
        self._events += 1
        return self._events

    def note_sent(self, create: PendingCreate) -> None:
        """Note that a create is being sent, for the first time or again."""
        create.under_way = self.event()
        if not create.in_doubt:
            create.sent = create.under_way
            self.pending.append(create)

    def note_ended(self, create: PendingCreate) -> list[Item]:
        """Note that it has been answered or refused, or is in doubt; return the surplus, as :meth:`note_list` does."""
        create.under_way = 0
        if not create.in_doubt:
            return self.close(create)
        before = self.restricted.get(create.kind, frozenset())
        self.restricted[create.kind] = before | create.restricts
        return []

    def close(self, create: PendingCreate) -> list[Item]:
        """Note that it isn't pending any more, if it was; return the surplus, as :meth:`note_list` does."""
        if create in self.pending:
            self.pending.remove(create)
        return self._sort_out()

    def note_list(self, sighting: Sighting[Item]) -> list[Item]:
        """Note what a list has, in the moment in which it arrives. What it lacks isn't looked at: see :meth:`missing`.

        Returns:
            The surplus: what is listed and was made by no create, as is known by now, where a create was sent again.
            Perhaps its first request made it after all.
        """
        surplus = self.note_listed(sighting.listed, sighting.arrived)
        self._has_list = True
        return surplus

    def note_listed(self, listed: Sequence[Item], arrived: int) -> list[Item]:
        """Note what a part of a list has, as :meth:`note_list` does; what was there before isn't known by that."""
        for one in listed:
            if one.id in self.seen:
                # Once more, for its kind; but what we have deleted stays deleted.
                self.seen[one.id] = self.seen[one.id] and one.kind
            elif one.id not in self.ours:
                # As it is shown now: a moment ago it may not have been complete.
                known = self.candidates.get(one.id)
                self.candidates[one.id] = Candidate(one, known.since if known else arrived)
        return self._sort_out()

    def note_answer(self, id_: str) -> bool:
        """Note that a create has made this one; False, and nothing noted, if it can't have."""
        if id_ in self.seen or id_ in self.ours:
            return False
        self.candidates.pop(id_, None)
        self.ours[id_] = self.event()
        return True

    def note_deletion(self, id_: str) -> None:
        """Expect this id in no list any more; but should a list still have it, no later create has made it."""
        self.ours.pop(id_, None)
        self.candidates.pop(id_, None)
        self.seen[id_] = DELETED

    def missing(self, sighting: Sighting[Item]) -> list[str]:
        """The ids of ours that a list lacks, of those that existed when it was requested."""
        listed = {one.id for one in sighting.listed}
        return sorted(one for one, since in self.ours.items() if since < sighting.requested and one not in listed)

    def candidates_for(self, create: PendingCreate, until: float = math.inf) -> list[Candidate[Item]]:
        """What a pending create may have made, of all that had appeared by an event; the longest known first."""
        return sorted(
            (one for one in self.candidates.values() if one.since <= until and create.may_have_made(one)),
            key=lambda one: one.since,
        )

    def others_since(self, create: PendingCreate) -> list[str]:
        """The ids of what appeared after a create was sent, and can't be of its kind as far as FastPix shows."""
        return sorted(one for one, since in self.others.items() if since > create.sent)

    def existing(self) -> list[str]:
        """The ids of all that exist and that no pending create can have made, as far as is known."""
        return [*(one for one, kind in self.seen.items() if kind != DELETED), *self.ours]

    def known_before(self, kind: str) -> list[str]:
        """The ids of this kind that no create of this process has made, as far as is known."""
        return sorted(one for one, kind_of_one in self.seen.items() if kind_of_one == kind)

    def _sort_out(self) -> list[Item]:
        """Take the candidates that no pending create can have made for somebody else's; return the surplus of them."""
        foreign = [
            one for one in self.candidates.values() if not any(create.may_have_made(one) for create in self.pending)
        ]
        for one in foreign:
            del self.candidates[one.listed.id]
            self.seen[one.listed.id] = one.listed.kind
            if self._has_list:
                self.others[one.listed.id] = one.since
        self.others_create = self.others_create or (self._has_list and bool(foreign))
        return [
            one.listed
            for one in foreign
            if any(sent < one.since and one.listed.may_be(kind) for kind, sent in self.repeated.items())
        ]


def too_many(candidates: Collection[Candidate[Item]], creates: Sequence[PendingCreate]) -> list[Candidate[Item]]:
    """The candidates among which is one that none of these creates has made, because they are too few; else none.

    A create can have made what appeared after it was sent. So those that had appeared by some moment must not be more
    than the creates that had been sent by then.
    """
    in_order = sorted(candidates, key=lambda one: one.since)
    most = 0
    for number, latest in enumerate(in_order, start=1):
        if number > sum(create.may_have_made(latest) for create in creates):
            most = number
    return in_order[:most]
