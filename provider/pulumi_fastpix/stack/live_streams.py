"""The live streams among a stack's resources. The secrets that FastPix issued for them are never read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.live_stream.names import INPUT_KEYS, NAME, PLAYBACK_ID
from pulumi_fastpix.stack.state import CREATING, Resource, StackState
from pulumi_fastpix.stack.stored import Watchable
from pulumi_fastpix.stack.values import is_encrypted, plain, text_of


@dataclass(frozen=True)
class StoredStream(Watchable):
    """A live stream as the state has it."""

    @property
    def stream_id(self) -> str | None:
        """Its own id; empty if a run began to create it, and the state doesn't know whether it did."""
        return self.id

    @property
    def playback_id(self) -> str | None:
        """The playback ID that came with it; None if it has none any more, if none is known, or if it is encrypted."""
        return text_of(self.outputs.get(PLAYBACK_ID))

    @property
    def declared(self) -> Values:
        """Its inputs, as the program gave them. Nothing of them may be encrypted."""
        return {key: plain(self.inputs[key]) for key in INPUT_KEYS if key in self.inputs}

    @property
    def encrypted(self) -> bool:
        """Whether something is encrypted that is needed to compare it with FastPix."""
        return any(is_encrypted(self.properties.get(key)) for key in (*INPUT_KEYS, PLAYBACK_ID))


@dataclass(frozen=True)
class LiveStreams:
    """The live streams of a stack.

    Attributes:
        state: the stack's state.
    """

    state: StackState

    @cached_property
    def recorded(self) -> tuple[StoredStream, ...]:
        """Those that the stack owns, looks up, or has yet to delete."""
        return tuple(_view(resource) for resource in self.state.resources if resource.type_name == NAME)

    @cached_property
    def interrupted_creates(self) -> tuple[StoredStream, ...]:
        """Those that a run began to create and didn't get to record, and that weren't imported since."""
        return tuple(
            _view(operation.resource, interrupted=True)
            for operation in self.state.interrupted
            if operation.kind == CREATING
            and operation.resource.type_name == NAME
            and operation.resource.id not in self.owned
        )

    @property
    def every(self) -> tuple[StoredStream, ...]:
        """All of them, interrupted creates last."""
        return (*self.recorded, *self.interrupted_creates)

    @cached_property
    def owned(self) -> dict[str, StoredStream]:
        """Those that the stack owns, to be deleted or not, by their ids."""
        return {one.id: one for one in self.recorded if not one.external}


def _view(resource: Resource, *, interrupted: bool = False) -> StoredStream:
    return StoredStream(**vars(resource), interrupted=interrupted)
