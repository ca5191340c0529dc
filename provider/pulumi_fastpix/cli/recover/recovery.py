"""What a killed run left behind, and what to import for it: pure, from a state and lists of playback IDs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.recover.pairing import Pairs, pair
from pulumi_fastpix.stack.import_file import Entry
from pulumi_fastpix.stack.state import Resource, StackState


@dataclass(frozen=True)
class Place:
    """Where playback IDs are all alike: one policy, on one stream, of one workspace (by its `seen_by` mark)."""

    seen_by: str
    stream_id: str
    access_policy: str


@dataclass(frozen=True)
class Begun:
    """A create that was cut off.

    Attributes:
        create: what the state has of it.
        inputs: its inputs with secret values as they are stored: they are imported so.
        spare: its name is taken: by a playback ID that it was to replace, or that a later run made, or by another
            create that was cut off. What it made is imported under another name, so that the next `pulumi up`,
            finding it in no program, deletes it.
    """

    create: Resource
    inputs: Mapping[str, Any]
    spare: bool

    def name(self, playback_id: str) -> str:
        """Under which to import what it made."""
        return f"{self.create.name}-unfinished-{playback_id[:8]}" if self.spare else self.create.name


Recovery = Pairs[Begun, Place]


def one_mark_each(
    streams: Mapping[tuple[str, str], Sequence[PlaybackId]],
) -> dict[tuple[str, str], str]:
    """For each stream, by mark and ID, the mark to know its workspace by: two access tokens may lead to the same one.

    It is the same if both see the same playback ID on the stream.
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
    state: StackState, streams: Mapping[tuple[str, str], Sequence[PlaybackId]], others: Collection[str] = ()
) -> dict[Place, tuple[str, ...]]:
    """The playback IDs that exist and that no state has.

    Args:
        state: the stack's state.
        streams: what exists, by workspace and stream.
        others: playback IDs that other stacks own.
    """
    declared = {playback_id.id for playback_id in state.playback_ids} | set(others)
    found: dict[Place, tuple[str, ...]] = {}
    for (seen_by, stream_id), mark in one_mark_each(streams).items():
        if mark != seen_by:
            continue
        for playback_id in streams[seen_by, stream_id]:
            if playback_id.id not in declared:
                place = Place(mark, stream_id, playback_id.access_policy)
                found[place] = (*found.get(place, ()), playback_id.id)
    return found


@dataclass(frozen=True)
class Said:
    """What a person has said of the playback IDs that were found.

    Attributes:
        ours: of their places, only these were made by killed runs.
        all_ours: all were, everywhere.
        not_ours: these were there before, or are somebody else's.
    """

    ours: Sequence[str] = ()
    all_ours: bool = False
    not_ours: Sequence[str] = ()

    def maybe_ours(self, found: Sequence[str]) -> list[str]:
        """Those of one place that killed runs may have made. Where none is named as ours, nothing is said of ours."""
        named = [playback_id for playback_id in found if playback_id in self.ours]
        return [playback_id for playback_id in named or found if playback_id not in self.not_ours]

    def judges(self, found: Sequence[str]) -> bool:
        """Whether somebody has said of those of one place that killed runs have made them."""
        return self.all_ours or any(playback_id in self.ours for playback_id in found)


def recover(
    state: StackState,
    stored: StackState,
    marks: Mapping[tuple[str, str], str],
    found: Mapping[Place, Sequence[str]],
    said: Said,
) -> Recovery:
    """Pair the creates that were cut off with what they may have made.

    Args:
        state: the stack's state.
        stored: the same with secret values as they are stored.
        marks: by provider and stream ID, the mark of the workspace; the stack's own provider has the empty name.
        found: the undeclared playback IDs.
        said: what is known of them. Without it none is paired with a create whose name is taken: it would be
            deleted, and may be somebody else's.
    """
    taken = set(state.urns)
    begun: list[tuple[Begun, Place]] = []
    for create, as_stored in zip(state.pending_creates, stored.pending_creates, strict=True):
        stream_id = create.stream_id or ""
        place = Place(marks[create.provider, stream_id], stream_id, create.access_policy or "")
        begun.append((Begun(create, as_stored.inputs, spare=create.urn in taken), place))
        taken.add(create.urn)
    return pair(
        [(one, place) for one, place in begun if not one.spare],
        [(one, place) for one, place in begun if one.spare],
        {place: said.maybe_ours(listed) for place, listed in found.items()},
        [place for place, listed in found.items() if said.judges(listed)],
    )


def entries(seen_by: Mapping[str, str], recovery: Recovery) -> list[Entry]:
    """What to import.

    Args:
        seen_by: the workspace's mark of each explicit provider, and of the stack's own under the empty name.
        recovery: the pairs.
    """
    return [
        Entry(
            type=begun.create.type,
            name=begun.name(playback_id),
            id=playback_id,
            inputs=begun.inputs,
            seen_by=seen_by[begun.create.provider],
            parent=begun.create.parent,
            provider=begun.create.provider,
        )
        for begun, playback_id in recovery.made
    ]


def protect(recovery: Recovery) -> bool:
    """Whether to import with protection: Pulumi does it for all or none, and the next `up` for each as declared.

    Spare ones are to be deleted, so nothing may protect them.
    """
    return all(begun.create.protect and not begun.spare for begun, _ in recovery.made)
