"""Decides under which names live streams are adopted, and with which entries in the import file. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.cli.adopt.adoption import FIRST_OF_ID
from pulumi_fastpix.cli.existing_streams import entry
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.live_stream.inputs import check
from pulumi_fastpix.resources.live_stream.names import PLAYBACK_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY, PROVIDER_KEY
from pulumi_fastpix.stack.import_file import Entry
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId
from pulumi_fastpix.stack.state import Resource, StackState
from pulumi_fastpix.stack.urns import urn_of

PREFIX = "stream"


@dataclass(frozen=True)
class AdoptedStream:
    """A live stream and the name it gets in the program.

    Attributes:
        name: the name.
        existing: the stream, as a lookup finds it.
        import_id: its id as `pulumi import` takes it, perhaps with that of a playback ID.
    """

    name: str
    existing: Existing
    import_id: str

    @property
    def playback_id(self) -> str | None:
        """The playback ID that came with it; None if it has none."""
        found: str | None = self.existing.state.get(PLAYBACK_ID)
        return found

    @property
    def declared(self) -> dict[str, Any]:
        """What a program has to declare of it: its access policy, and what isn't filled in by default."""
        inputs = self.existing.inputs
        policy = {ACCESS_POLICY: inputs[ACCESS_POLICY]} if ACCESS_POLICY in inputs else {}
        default, _ = check(policy)
        return {**policy, **{key: value for key, value in inputs.items() if value != default.get(key)}}


def named(streams: Sequence[tuple[str, Existing]], taken: Collection[str], prefix: str | None) -> list[AdoptedStream]:
    """Give each a name that is the same every time: `stream`, or the prefix, and the beginning of its id.

    Args:
        streams: those to be named, each with the id that `pulumi import` takes.
        taken: names that the stack has already.
        prefix: instead of `stream`.
    """
    adopted: list[AdoptedStream] = []
    used = set(taken)
    for import_id, existing in streams:
        name = f"{prefix or PREFIX}-{existing.id[:FIRST_OF_ID]}"
        if name in used:
            name = f"{prefix or PREFIX}-{existing.id}"
        used.add(name)
        adopted.append(AdoptedStream(name, existing, import_id))
    return adopted


def undeclarable(adopted: Sequence[AdoptedStream]) -> list[AdoptedStream]:
    """Those with settings that no program can declare."""
    return [one for one in adopted if check(one.existing.inputs)[1]]


def owned_apart(adopted: Sequence[AdoptedStream], playback_ids: PlaybackIds) -> list[StoredPlaybackId]:
    """The resources by which the stack owns a playback ID that came with one of these streams."""
    with_streams = {one.playback_id for one in adopted}
    return [one for one in playback_ids.owned.values() if one.id in with_streams and not one.with_stream]


def occupant(state: StackState, name: str, parent: str) -> Resource | None:
    """The live stream that has the name below this parent already, owned or looked up."""
    urn = urn_of(state.stack, state.project, LIVE_STREAM.dynamic_type, name, parent)
    return next((one for one in state.resources if one.urn == urn and not one.to_be_deleted), None)


def entries(adopted: Sequence[AdoptedStream], serialized_provider: str, parent: str = "") -> list[Entry]:
    """The entries of the import file.

    Args:
        adopted: the streams with their names.
        serialized_provider: what a program's resource carries as `__provider`; a constant.
        parent: the URN of their parent; empty for the stack itself.
    """
    return [
        entry(one.existing, one.name, {PROVIDER_KEY: serialized_provider, **one.existing.inputs}, parent=parent)
        for one in adopted
    ]
