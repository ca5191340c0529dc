"""The live streams among a stack's resources. The secrets that FastPix issued for them are never read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.live_stream.names import INPUT_KEYS, NAME, PLAYBACK_ID
from pulumi_fastpix.resources.live_stream.state import digest_of, kind_of
from pulumi_fastpix.stack.one_type import OneType
from pulumi_fastpix.stack.state import StackState
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

    def may_have_made(self, kind: str) -> bool:
        """Whether this interrupted create may have made a stream of this kind. What is encrypted may be the same."""
        if self.noted and not self.remembered:
            return self.noted.kind == digest_of(kind)
        return self.encrypted or kind_of(self.declared) == kind

    @property
    def encrypted(self) -> bool:
        """Whether something is encrypted that is needed to compare it with FastPix."""
        return any(is_encrypted(self.properties.get(key)) for key in (*INPUT_KEYS, PLAYBACK_ID))


LiveStreams: TypeAlias = OneType[StoredStream]


def live_streams_of(state: StackState) -> LiveStreams:
    """The live streams of a stack."""
    return OneType(state, NAME, StoredStream)
