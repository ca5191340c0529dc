"""What a killed run left behind, and what to import for it: pure, from a state and lists of playback IDs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pulumi_fastpix.api import PlaybackId
from pulumi_fastpix.import_file import Entry
from pulumi_fastpix.pairing import Pairs, pair
from pulumi_fastpix.stack_state import Resource, StackState


@dataclass(frozen=True)
class Place:
    """Where playback IDs are all alike: one policy, on one stream, of one workspace (by its `seen_by` mark)."""

    seen_by: str
    stream_id: str
    access_policy: str


Recovery = Pairs[Resource, Place]


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
    for (seen_by, stream_id), listed in streams.items():
        for playback_id in listed:
            if playback_id.id not in declared:
                place = Place(seen_by, stream_id, playback_id.access_policy)
                found[place] = (*found.get(place, ()), playback_id.id)
    return found


def recover(
    state: StackState,
    seen_by: Mapping[str, str],
    found: Mapping[Place, Sequence[str]],
    not_ours: Sequence[str] = (),
) -> Recovery:
    """Pair the creates that were cut off with what they may have made.

    Args:
        state: the stack's state.
        seen_by: the workspace's mark of each explicit provider, and of the stack's own under the empty name.
        found: the undeclared playback IDs.
        not_ours: those of them that were there before, or are somebody else's.
    """
    # Replacements come last: if there isn't one for everybody, the others need it more.
    ordered = sorted(state.pending_creates, key=lambda create: replaces(state, create))
    places = [
        (create, Place(seen_by[create.provider], create.stream_id or "", create.access_policy or ""))
        for create in ordered
    ]
    return pair(places, found, not_ours)


def replaces(state: StackState, create: Resource) -> bool:
    """Whether a create was to replace a playback ID that the stack still has.

    Its name is taken then. What it made is imported under another one, so that the next `pulumi up`, finding it in no
    program, deletes it and replaces the old one anew.
    """
    return create.urn in state.urns


def entries(state: StackState, stored: StackState, seen_by: Mapping[str, str], recovery: Recovery) -> list[Entry]:
    """What to import.

    Args:
        state: the stack's state.
        stored: the same with secret values as they are stored: they are imported so.
        seen_by: as above.
        recovery: the pairs.
    """
    inputs = {create.urn: create.inputs for create in stored.pending_creates}
    return [
        Entry(
            type=create.type,
            name=f"{create.name}-unfinished-{playback_id[:8]}" if replaces(state, create) else create.name,
            id=playback_id,
            inputs=inputs.get(create.urn, create.inputs),
            seen_by=seen_by[create.provider],
            parent=create.parent,
            provider=create.provider,
        )
        for create, playback_id in recovery.made
    ]


def protect(recovery: Recovery) -> bool:
    """Whether to import with protection: Pulumi does it for all or none, and the next `up` for each as declared."""
    return all(create.protect for create, _ in recovery.made)
