"""Decides what to import after a killed run, from the stack's state and the playback IDs that exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.cli.recover.pairing import Pairs, pair
from pulumi_fastpix.journal.noted import NotedCreate, list_of
from pulumi_fastpix.resources.access_restrictions.applying import after_create
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import after_reading
from pulumi_fastpix.resources.access_restrictions.rules import unconfirmed as unconfirmed_group
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.resources.live_playback_id.names import NAME as PLAYBACK_ID
from pulumi_fastpix.resources.live_stream.names import NAME as LIVE_STREAM
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.signing_key.names import NAME as SIGNING_KEY
from pulumi_fastpix.stack.import_file import Entry
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId
from pulumi_fastpix.stack.state import CREATING, StackState
from pulumi_fastpix.stack.stored import Watchable

_OURS = (LIVE_STREAM, PLAYBACK_ID, SIGNING_KEY)
"""The resource types that this command knows, to import them or to report them."""


@dataclass(frozen=True)
class Place:
    """Where playback IDs are all alike: one policy, on one stream, of one workspace (by its `seen_by` mark).

    A create whose playback ID the state names has a place of its own, in which there is no other playback ID than this
    `only` one.
    """

    seen_by: str
    stream_id: str
    access_policy: str
    only: str = ""


@dataclass(frozen=True)
class Interrupted:
    """A create that was interrupted.

    Attributes:
        create: what the state has of it.
        inputs: its inputs with secret values as they are stored: they are imported so.
        orphaning: the name is taken by an object that it was to replace, by one that a later run made, or by
            another interrupted create. The playback ID that it made is an orphan: it is imported under a temporary
            name, so that the next `pulumi up`, which finds that in no program, deletes it.
        groups: the groups of access restrictions that any create of the same place declares: it may get the playback ID
            that another one has made.
    """

    create: Watchable
    inputs: Mapping[str, Any]
    orphaning: bool
    groups: frozenset[str] = frozenset()

    @property
    def existed(self) -> frozenset[str]:
        """What is known to have been there before it, so that it didn't make that."""
        return (self.create.noted and self.create.noted.existing) or frozenset()

    def name(self, playback_id: str) -> str:
        """The name under which to import the playback ID that it made."""
        return f"{self.create.name}-orphan-{playback_id[:8]}" if self.orphaning else self.create.name

    def known_inputs(self, shown: Values) -> dict[str, Any]:
        """Its inputs with those access restrictions that FastPix is known to have carried out.

        The run may have been killed before it had sent them all. Where they aren't as declared, or FastPix doesn't show
        them, the next `pulumi up` finds a difference, and sends them.

        Args:
            shown: those that FastPix shows.
        """
        declared = self.create.access_restrictions or NOTHING
        known = after_reading(after_create(declared, shown, self.groups), shown)
        if known == declared:
            return dict(self.inputs)
        if self.create.keeps_restrictions_secret:
            # Those that are shown may be among the secret ones, and what is declared is.
            known = {group: unconfirmed_group(NOTHING, group) for group in after_create(declared, NOTHING, self.groups)}
        return {**self.inputs, ACCESS_RESTRICTIONS: known}


Recovery = Pairs[Interrupted, Place]


def one_mark_each(
    streams: Mapping[tuple[str, str], Sequence[PlaybackId] | Sequence[Stream]],
) -> dict[tuple[str, str], str]:
    """For each stream, by mark and ID, the mark to know its workspace by: two access tokens may lead to the same one.

    It is the same if both see the same playback ID on the stream; or for lists of streams, the same stream.
    """
    chosen: dict[tuple[str, str], str] = {}
    for (seen_by, stream_id), listed in streams.items():
        ids = {playback_id.id for playback_id in listed}
        same = (
            mark
            for (other, of_stream), mark in chosen.items()
            if of_stream == stream_id and ids & {playback_id.id for playback_id in streams[other, stream_id]}
        )
        chosen[seen_by, stream_id] = next(same, seen_by)
    return chosen


def undeclared(
    recorded: Sequence[StoredPlaybackId],
    streams: Mapping[tuple[str, str], Sequence[PlaybackId]],
    others: Collection[str] = (),
) -> dict[Place, tuple[str, ...]]:
    """The playback IDs that exist and that no state has.

    Args:
        recorded: those that the stack has.
        streams: those that exist, by workspace and stream.
        others: those that other stacks own.
    """
    declared = {playback_id.id for playback_id in recorded} | set(others)
    found: dict[Place, tuple[str, ...]] = {}
    for (seen_by, stream_id), mark in one_mark_each(streams).items():
        if mark != seen_by:
            continue
        for playback_id in streams[seen_by, stream_id]:
            if playback_id.id not in declared:
                place = Place(mark, stream_id, playback_id.access_policy)
                found[place] = (*found.get(place, ()), playback_id.id)
    return found


def existed_before(creates: Iterable[NotedCreate]) -> frozenset[str]:
    """The ids of what certainly existed before any of these creates was sent to the same place.

    Args:
        creates: all that the journal has of the stack.
    """
    before: dict[tuple[str, ...], frozenset[str]] = {}
    for create in creates:
        if create.is_sent:
            existing = create.existing or frozenset()
            before[list_of(create)] = before.get(list_of(create), existing) & existing
    return frozenset().union(*before.values())


@dataclass(frozen=True)
class Decisions:
    """A person's decisions on what was found: playback IDs, and live streams.

    Attributes:
        ours: in the places of these, killed runs made only these.
        all_ours: killed runs made all, everywhere.
        not_ours: these were there before, or are somebody else's.
        earlier: not a decision: the journal knows that these were there before.
    """

    ours: Sequence[str] = ()
    all_ours: bool = False
    not_ours: Sequence[str] = ()
    earlier: Collection[str] = ()

    def may_be_ours(self, found: Sequence[str]) -> list[str]:
        """Those of one place that killed runs may have made: all that aren't excluded, unless some are named."""
        named = [playback_id for playback_id in found if playback_id in self.ours]
        return [playback_id for playback_id in named or found if playback_id not in self.not_ours]

    def made_since(self, found: Sequence[str]) -> list[str]:
        """Those that didn't exist before, and those that are said to be ours all the same."""
        return [id_ for id_ in found if id_ not in self.earlier or id_ in self.ours]

    def confirm(self, only: str, found: Sequence[str]) -> bool:
        """Whether it is decided for one place that killed runs made what was found there, or the state says so."""
        return bool(only) or self.all_ours or any(playback_id in self.ours for playback_id in found)


def recover(
    playback_ids: PlaybackIds,
    stored: PlaybackIds,
    marks: Mapping[tuple[str, str], str],
    found: Mapping[Place, Sequence[str]],
    decisions: Decisions,
) -> Recovery:
    """Pair the interrupted creates with the playback IDs that they made, or may have made.

    Args:
        playback_ids: those of the stack.
        stored: the same with secret values as they are stored.
        marks: by provider and stream ID, the mark of the workspace; the stack's own provider has the empty name.
        found: the undeclared playback IDs.
        decisions: on these. Without one, none is paired with a create whose name is taken, unless the state says that
            this create made it: it would be deleted, and may be somebody else's.
    """
    both = list(zip(playback_ids.interrupted_creates, stored.interrupted_creates, strict=True))
    found = {place: decisions.made_since(listed) for place, listed in found.items()}
    candidates = _candidates(found, {create.id for create, _ in both if create.id}, decisions)
    exist = {playback_id for listed in candidates.values() for playback_id in listed}
    # The names go first to those that certainly made a playback ID, last to those whose playback ID is no more.
    both.sort(key=lambda pair: (pair[0].id not in exist, bool(pair[0].id)))
    taken = set(playback_ids.state.urns)
    interrupted: list[tuple[Interrupted, Place]] = []
    groups: dict[Place, frozenset[str]] = {}
    for create, as_stored in both:
        stream_id = create.stream_id or ""
        place = Place(
            marks[create.explicit_provider, stream_id], stream_id, create.access_policy or "", create.only_candidate
        )
        interrupted.append((Interrupted(create, as_stored.inputs, orphaning=create.urn in taken), place))
        groups[place] = groups.get(place, frozenset()).union(create.access_restrictions or ())
        taken.add(create.urn)
    interrupted = [(replace(one, groups=groups[place]), place) for one, place in interrupted]
    return pair(
        [(one, place) for one, place in interrupted if not one.orphaning],
        [(one, place) for one, place in interrupted if one.orphaning],
        candidates,
        [place for place, listed in candidates.items() if decisions.confirm(place.only, listed)],
        existed=lambda one: one.existed,
    )


def _candidates(
    found: Mapping[Place, Sequence[str]], known: Collection[str], decisions: Decisions
) -> dict[Place, list[str]]:
    """The playback IDs of each place that interrupted creates may have made; those known to have been made apart."""
    candidates: dict[Place, list[str]] = {}
    for place, listed in found.items():
        candidates[place] = [one for one in decisions.may_be_ours(listed) if one not in known]
        for one in listed:
            if one in known and one not in decisions.not_ours:
                candidates[replace(place, only=one)] = [one]
    return candidates


def entries(seen_by: Mapping[str, str], recovery: Recovery, shown: Mapping[str, Values]) -> list[Entry]:
    """The entries of the import file.

    Args:
        seen_by: the workspace's mark of each explicit provider, and of the stack's own under the empty name.
        recovery: the pairs.
        shown: the access restrictions that FastPix shows, by playback ID.
    """
    return [
        Entry(
            type_token=interrupted.create.type_token,
            name=interrupted.name(playback_id),
            id=playback_id,
            inputs=interrupted.known_inputs(shown.get(playback_id, NOTHING)),
            outputs={SEEN_BY: seen_by[interrupted.create.explicit_provider]},
            parent=interrupted.create.parent,
            provider=interrupted.create.explicit_provider,
        )
        for interrupted, playback_id in recovery.made
    ]


def unconfirmed(recovery: Pairs[Interrupted, Any], shown: Mapping[str, Values]) -> int:
    """How many of them aren't known to have the access restrictions that are declared."""
    return sum(
        not one.orphaning and one.known_inputs(shown.get(playback_id, NOTHING)) != one.inputs
        for one, playback_id in recovery.made
    )


def protect(recovery: Pairs[Interrupted, Any]) -> bool:
    """Whether to import with protection: Pulumi does it for all or none, and the next `up` for each as declared.

    Orphans are to be deleted, so nothing may protect them.
    """
    return all(one.create.protect and not one.orphaning for one, _ in recovery.made)


def other_operations(state: StackState) -> int:
    """How many operations on objects of ours were interrupted that aren't creates."""
    return sum(one.kind != CREATING and one.resource.type_name in _OURS for one in state.interrupted)


def recorded_creates(playback_ids: PlaybackIds) -> int:
    """How many creates Pulumi still takes for interrupted although the stack owns by now what they made."""
    creates = sum(one.kind == CREATING and one.resource.type_name in _OURS for one in playback_ids.state.interrupted)
    lost = (playback_ids, playback_ids.live_streams, playback_ids.signing_keys)
    return creates - sum(len(one.interrupted_creates) for one in lost)


def other_creates(state: StackState) -> tuple[str, ...]:
    """The URNs of other resources whose creates were interrupted: `--clear-pending-creates` forgets these, too."""
    creates = [one.resource for one in state.interrupted if one.kind == CREATING]
    return tuple(dict.fromkeys(one.urn for one in creates if one.type_name not in _OURS))
