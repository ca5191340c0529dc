"""Decides which playback IDs are adopted, under which names, and with which entries in the import file. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.cli.interrupted_streams import creates_of
from pulumi_fastpix.resources.access_restrictions import checks
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import of_lookup
from pulumi_fastpix.resources.checking import ACCESS_POLICIES
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY, PROVIDER_KEY, SEEN_BY
from pulumi_fastpix.stack.import_file import Entry
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import Resource, StackState
from pulumi_fastpix.stack.urns import urn_of

FIRST_OF_ID = 8


@dataclass(frozen=True)
class Chosen:
    """The playback IDs that were asked for, and those among them that can't be adopted.

    Attributes:
        playback_ids: those that can be, in the order in which they were asked for.
        missing: ids that the stream doesn't have.
        owned: ids that the stack owns already.
    """

    playback_ids: Sequence[PlaybackId]
    missing: Sequence[str] = ()
    owned: Sequence[str] = ()


def choose(listed: Sequence[PlaybackId], wanted: Sequence[str], owned: Collection[str]) -> Chosen:
    """Find the playback IDs that were asked for on their stream."""
    by_id = {playback_id.id: playback_id for playback_id in listed}
    return Chosen(
        playback_ids=[by_id[id_] for id_ in wanted if id_ in by_id and id_ not in owned],
        missing=[id_ for id_ in wanted if id_ not in by_id],
        owned=[id_ for id_ in wanted if id_ in owned],
    )


def unowned(listed: Sequence[PlaybackId], *owned: Collection[str]) -> list[PlaybackId]:
    """The playback IDs of a stream that nobody owns, neither this stack nor another one."""
    return [playback_id for playback_id in listed if not any(playback_id.id in ids for ids in owned)]


def creates_interrupted_on(stream: Stream, playback_ids: PlaybackIds) -> bool:
    """Whether a run may have made the stream, or some of its playback IDs, without recording that."""
    return bool(creates_of(playback_ids.live_streams, stream.id, stream.kind)) or any(
        create.stream_id in (stream.id, None) for create in playback_ids.interrupted_creates
    )


def occupant(state: StackState, name: str, parent: str) -> Resource | None:
    """The playback ID that has the name below this parent already, owned or looked up."""
    urn = urn_of(state.stack, state.project, LIVE_PLAYBACK_ID.dynamic_type, name, parent)
    return next((one for one in state.resources if one.urn == urn and not one.to_be_deleted), None)


@dataclass(frozen=True)
class Adopted:
    """A playback ID and the name it gets in the program."""

    name: str
    playback_id: PlaybackId

    @property
    def restrictions(self) -> dict[str, Any]:
        """The access restrictions that it is declared with: those that FastPix shows, if they keep anybody out."""
        return of_lookup(shown_by(self.playback_id.access_restrictions))


def undeclarable(adopted: Iterable[Adopted]) -> list[PlaybackId]:
    """Those with an access policy, or access restrictions, that no program can declare."""
    return [
        one.playback_id
        for one in adopted
        if one.playback_id.access_policy not in ACCESS_POLICIES or any(checks.problems(one.restrictions))
    ]


def named(playback_ids: Iterable[PlaybackId], taken: Collection[str], prefix: str | None = None) -> list[Adopted]:
    """Give each a name that is the same every time: its policy, or the prefix, and the beginning of its id.

    Args:
        playback_ids: those to be named.
        taken: names that the stack has already.
        prefix: instead of the policy.
    """
    adopted: list[Adopted] = []
    used = set(taken)
    for playback_id in playback_ids:
        beginning = prefix or playback_id.access_policy
        name = f"{beginning}-{playback_id.id[:FIRST_OF_ID]}"
        if name in used:
            name = f"{beginning}-{playback_id.id}"
        used.add(name)
        adopted.append(Adopted(name, playback_id))
    return adopted


def entries(
    stream_id: str, adopted: Sequence[Adopted], seen_by: str, serialized_provider: str, parent: str = ""
) -> list[Entry]:
    """The entries of the import file.

    Args:
        stream_id: the stream they are on.
        adopted: the playback IDs with their names.
        seen_by: the mark of the workspace in which they were seen.
        serialized_provider: what a program's resource carries as `__provider`; a constant.
        parent: the URN of their parent; empty for the stack itself.
    """
    return [
        Entry(
            type_token=LIVE_PLAYBACK_ID.dynamic_type,
            name=one.name,
            id=one.playback_id.id,
            inputs={
                PROVIDER_KEY: serialized_provider,
                ACCESS_POLICY: one.playback_id.access_policy,
                STREAM_ID: stream_id,
                **({ACCESS_RESTRICTIONS: one.restrictions} if one.restrictions else {}),
            },
            outputs={SEEN_BY: seen_by},
            parent=parent,
        )
        for one in adopted
    ]
