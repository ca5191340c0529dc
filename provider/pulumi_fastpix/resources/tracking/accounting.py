"""Which of a stream's playback IDs are accounted for: set arithmetic over numbered events, pure.

A playback ID has no name, no tag and no time of creation at FastPix. So of one that a lost create may have made, all
that can be known is this: it is listed now, no list had it that was complete before the create was sent, and no create
of ours was answered with it. Those are the *candidates*.

Other creates go on while one is in doubt. So "before" and "after" are numbers of events, which are counted as they
happen: a create is sent, a list is requested, a list has arrived.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pulumi_fastpix.api.models import PlaybackId

DELETED = ""
"""The access policy of a playback ID that doesn't exist any more."""


@dataclass(frozen=True)
class Sighting:
    """A list of the stream's playback IDs, and when it was taken.

    Attributes:
        playback_ids: those listed.
        requested: the event of its request: whatever existed then is in it.
        arrived: the event of its response: whatever is in it existed by then.
    """

    playback_ids: tuple[PlaybackId, ...]
    requested: int
    arrived: int


@dataclass(frozen=True)
class Candidate:
    """A playback ID that nobody accounts for.

    Attributes:
        playback_id: it.
        since: the event of the first list that had it: creates that were sent later haven't made it.
    """

    playback_id: PlaybackId
    since: int


@dataclass(eq=False)
class PendingCreate:
    """A create of which it isn't known what it has made: it is under way, or its response was lost.

    Attributes:
        access_policy: of the playback ID that it is to make.
        sent: the event at which it was sent first, of the times that may have made something.
        under_way: the event at which it was sent last, while a response is waited for; else 0.
        in_doubt: a response of it was lost.
        repeats: how often it was sent again after its response was lost.
        restricts: the groups of access restrictions that are sent along.
    """

    access_policy: str
    sent: int = 0
    under_way: int = 0
    in_doubt: bool = False
    repeats: int = 0
    restricts: frozenset[str] = frozenset()

    def may_have_made(self, candidate: Candidate) -> bool:
        """Whether it may have made this one."""
        return candidate.playback_id.access_policy == self.access_policy and self.sent < candidate.since


@dataclass
class Accounting:
    """The playback IDs of one stream that one process knows of.

    Attributes:
        seen: access policies by id: of all that no pending create has made, because they are older, were deleted by us,
            or are somebody else's.
        ours: by id the event at which each was accounted for, of those that our creates made and that aren't deleted.
        pending: the creates of which it isn't known what they have made.
        candidates: by id, what one of those may have made.
        others_create: a playback ID has appeared that none of our creates can have made.
        repeated: by access policy the event at which the earliest of the creates was sent that were sent again.
        restricted: by access policy the groups of access restrictions that were sent with creates which were in doubt.
    """

    seen: dict[str, str] = field(default_factory=dict)
    ours: dict[str, int] = field(default_factory=dict)
    pending: list[PendingCreate] = field(default_factory=list)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    others_create: bool = False
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

    def note_ended(self, create: PendingCreate) -> list[PlaybackId]:
        """Note that it has been answered or refused, or is in doubt; return the surplus, as :meth:`note_list` does."""
        create.under_way = 0
        if not create.in_doubt:
            return self.close(create)
        before = self.restricted.get(create.access_policy, frozenset())
        self.restricted[create.access_policy] = before | create.restricts
        return []

    def close(self, create: PendingCreate) -> list[PlaybackId]:
        """Note that it isn't pending any more, if it was; return the surplus, as :meth:`note_list` does."""
        if create in self.pending:
            self.pending.remove(create)
        return self._sort_out()

    def note_list(self, sighting: Sighting) -> list[PlaybackId]:
        """Note what a list has, in the moment in which it arrives. What it lacks isn't looked at: see :meth:`missing`.

        Returns:
            The surplus: what is listed and was made by no create, as is known by now, on a stream where a create was
            sent again. Perhaps its first request made it after all.
        """
        for playback_id in sighting.playback_ids:
            one = playback_id.id
            if one in self.seen:
                # Once more, for its policy; but what we have deleted stays deleted.
                self.seen[one] = self.seen[one] and playback_id.access_policy
            elif one not in self.ours:
                self.candidates.setdefault(one, Candidate(playback_id, sighting.arrived))
        surplus = self._sort_out()
        self._has_list = True
        return surplus

    def note_answer(self, playback_id: str) -> bool:
        """Note that a create has made this one; False, and nothing noted, if it can't have."""
        if playback_id in self.seen or playback_id in self.ours:
            return False
        self.candidates.pop(playback_id, None)
        self.ours[playback_id] = self.event()
        return True

    def note_deletion(self, playback_id: str) -> None:
        """Expect this id in no list any more; but should a list still have it, no later create has made it."""
        self.ours.pop(playback_id, None)
        self.candidates.pop(playback_id, None)
        self.seen[playback_id] = DELETED

    def missing(self, sighting: Sighting) -> list[str]:
        """The ids of ours that a list lacks, of those that existed when it was requested."""
        listed = {one.id for one in sighting.playback_ids}
        return sorted(one for one, since in self.ours.items() if since < sighting.requested and one not in listed)

    def candidates_for(self, create: PendingCreate, until: float = math.inf) -> list[Candidate]:
        """What a pending create may have made, of all that had appeared by an event; the longest known first."""
        return sorted(
            (one for one in self.candidates.values() if one.since <= until and create.may_have_made(one)),
            key=lambda one: one.since,
        )

    def known_before(self, access_policy: str) -> list[str]:
        """The ids with this policy that no create of this process has made, as far as is known."""
        return sorted(playback_id for playback_id, policy in self.seen.items() if policy == access_policy)

    def _sort_out(self) -> list[PlaybackId]:
        """Take the candidates that no pending create can have made for somebody else's; return the surplus of them."""
        foreign = [
            one for one in self.candidates.values() if not any(create.may_have_made(one) for create in self.pending)
        ]
        for one in foreign:
            del self.candidates[one.playback_id.id]
            self.seen[one.playback_id.id] = one.playback_id.access_policy
        self.others_create = self.others_create or (self._has_list and bool(foreign))
        return [
            one.playback_id
            for one in foreign
            if one.since > self.repeated.get(one.playback_id.access_policy, one.since)
        ]


def too_many(candidates: Collection[Candidate], creates: Sequence[PendingCreate]) -> list[Candidate]:
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
