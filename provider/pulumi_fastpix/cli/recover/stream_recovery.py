"""Decides which live streams to import after a killed run, from the state and the newest streams that exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.cli.recover.pairing import Pairs, pair
from pulumi_fastpix.cli.recover.recovery import Decisions, Interrupted, Recovery, one_mark_each
from pulumi_fastpix.resources.live_stream.state import kind_of
from pulumi_fastpix.stack.live_streams import LiveStreams, StoredStream


@dataclass(frozen=True)
class StreamPlace:
    """Where live streams are all alike: made with the same settings, in one workspace (by its `seen_by` mark).

    A create whose stream the state names has a place of its own, in which there is no other stream than this `only`
    one, whatever its settings are by now.
    """

    seen_by: str
    kind: str
    only: str = ""


StreamRecovery = Pairs[Interrupted, StreamPlace]


def undeclared_streams(
    marks: Mapping[str, str], streams: Mapping[str, Sequence[Stream]], declared: Collection[str]
) -> dict[StreamPlace, tuple[str, ...]]:
    """The live streams that no state has.

    Args:
        marks: for each workspace's mark, that by which to know it.
        streams: those that exist, by mark.
        declared: the ids of those that any stack has.
    """
    found: dict[StreamPlace, tuple[str, ...]] = {}
    for seen_by, listed in streams.items():
        if marks[seen_by] != seen_by:
            continue
        for stream in listed:
            if stream.id not in declared:
                place = StreamPlace(seen_by, stream.kind)
                found[place] = (*found.get(place, ()), stream.id)
    return found


def one_mark_for_each_workspace(streams: Mapping[str, Sequence[Stream]]) -> dict[str, str]:
    """For each mark, that by which to know its workspace: two access tokens may lead to one."""
    chosen = one_mark_each({(seen_by, ""): listed for seen_by, listed in streams.items()})
    return {seen_by: mark for (seen_by, _), mark in chosen.items()}


def recover_streams(
    live_streams: LiveStreams,
    stored: LiveStreams,
    marks: Mapping[str, str],
    found: Mapping[StreamPlace, Sequence[str]],
    decisions: Decisions,
) -> StreamRecovery:
    """Pair the interrupted creates with the live streams that they made, or may have made.

    Args:
        live_streams: those of the stack.
        stored: the same with secret values as they are stored.
        marks: by provider, the mark of its workspace; the stack's own provider has the empty name.
        found: the undeclared streams.
        decisions: on these. As for playback IDs, nothing that would be deleted is paired without one.
    """
    both = list(zip(live_streams.interrupted_creates, stored.interrupted_creates, strict=True))
    found = {place: decisions.made_since(listed) for place, listed in found.items()}
    known = {create.id for create, _ in both if create.id}
    exist = {stream_id for listed in found.values() for stream_id in listed} - set(decisions.not_ours)
    candidates = {
        place: [one for one in decisions.may_be_ours(listed) if one not in known] for place, listed in found.items()
    }
    # The names go first to those that certainly made a stream, last to those whose stream is no more.
    both.sort(key=lambda pair: (pair[0].id not in exist, bool(pair[0].id)))
    taken = set(live_streams.state.urns)
    interrupted: list[tuple[Interrupted, StreamPlace]] = []
    groups: dict[StreamPlace, frozenset[str]] = {}
    for create, as_stored in both:
        place = _place(create, marks, found)
        if create.id in exist:
            candidates[place] = [create.id]
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


def _place(create: StoredStream, marks: Mapping[str, str], found: Iterable[StreamPlace]) -> StreamPlace:
    mark = marks[create.explicit_provider]
    if create.only_candidate:
        return StreamPlace(mark, "", create.only_candidate)
    if create.remembered:
        return StreamPlace(mark, kind_of(create.declared))
    # The journal has a digest of its kind only.
    return next((one for one in found if one.seen_by == mark and create.may_have_made(one.kind)), StreamPlace(mark, ""))


def joined(streams: StreamRecovery, playback_ids: Recovery) -> Pairs[Interrupted, Any]:
    """The pairs of live streams and of playback IDs."""
    return Pairs(
        made=(*streams.made, *playback_ids.made),
        not_made=(*streams.not_made, *playback_ids.not_made),
        too_many=(*streams.too_many, *playback_ids.too_many),
    )
