"""The playback IDs among a stack's resources, and those that came with its live streams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.live_playback_id.names import NAME as PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY, SEEN_BY
from pulumi_fastpix.stack.accounts import explicit_accounts
from pulumi_fastpix.stack.live_streams import LiveStreams, StoredStream, live_streams_of
from pulumi_fastpix.stack.one_type import OneType
from pulumi_fastpix.stack.signing_keys import SigningKeys, signing_keys_of
from pulumi_fastpix.stack.state import StackState
from pulumi_fastpix.stack.stored import Stored, Watchable
from pulumi_fastpix.stack.values import is_secret, text_of


@dataclass(frozen=True)
class StoredPlaybackId(Watchable):
    """A playback ID as the state has it.

    Attributes:
        with_stream: it came with a live stream of the stack: the URN and all that isn't its own are that stream's.
    """

    with_stream: bool = False

    @property
    def stream_id(self) -> str | None:
        """The live stream it is on; None if that is encrypted."""
        return text_of(self.properties.get(STREAM_ID))

    @property
    def keeps_stream_secret(self) -> bool:
        """Whether the ID of the stream it is on is a secret of the stack."""
        return is_secret(self.properties.get(STREAM_ID))


@dataclass(frozen=True)
class PlaybackIds:
    """The playback IDs of a stack.

    Attributes:
        state: the stack's state.
    """

    state: StackState

    @cached_property
    def live_streams(self) -> LiveStreams:
        """The live streams of the stack."""
        return live_streams_of(self.state)

    @cached_property
    def signing_keys(self) -> SigningKeys:
        """The signing keys of the stack, which belong to no playback ID."""
        return signing_keys_of(self.state)

    @cached_property
    def recorded(self) -> tuple[StoredPlaybackId, ...]:
        """Those that the stack owns, looks up, or has yet to delete, those that came with its live streams last."""
        of_streams = (_of_stream(one, id_) for one in self.live_streams.recorded if (id_ := one.playback_id))
        return (*self._of_their_own.recorded, *of_streams)

    @property
    def interrupted_creates(self) -> tuple[StoredPlaybackId, ...]:
        """Those that a run began to create and didn't get to record, as :attr:`OneType.interrupted_creates`."""
        return self._of_their_own.interrupted_creates

    @property
    def resources(self) -> tuple[Stored, ...]:
        """All resources of ours: playback IDs, then live streams, then signing keys."""
        return (*self._of_their_own.recorded, *self.live_streams.recorded, *self.signing_keys.recorded)

    @property
    def declared(self) -> tuple[StoredPlaybackId, ...]:
        """Those that are resources of their own, interrupted creates last."""
        return self._of_their_own.every

    @cached_property
    def owned(self) -> dict[str, StoredPlaybackId]:
        """Those that the stack owns, to be deleted or not, by their ids."""
        return {one.id: one for one in self.recorded if not one.external}

    @property
    def encrypted(self) -> bool:
        """Whether this export hides something that is needed to compare with FastPix; `--show-secrets` doesn't."""
        streams = self.live_streams.every
        used = {one.explicit_provider for one in (*self.declared, *streams, *self.signing_keys.every)}
        return (
            any(None in (one.stream_id, one.access_policy, one.access_restrictions) for one in self.declared)
            or any(one.encrypted for one in streams)
            or any(None in account.values() for urn, account in explicit_accounts(self.state).items() if urn in used)
        )

    @cached_property
    def _of_their_own(self) -> OneType[StoredPlaybackId]:
        return OneType(self.state, PLAYBACK_ID, StoredPlaybackId)


def _of_stream(stream: StoredStream, playback_id: str) -> StoredPlaybackId:
    """The playback ID that came with a live stream, as if it were a resource of its own."""
    stored = {key: stream.outputs[key] for key in (ACCESS_RESTRICTIONS, SEEN_BY) if key in stream.outputs}
    properties = {STREAM_ID: stream.id, ACCESS_POLICY: stream.outputs.get(ACCESS_POLICY, ""), **stored}
    return StoredPlaybackId(
        **{**vars(stream), "id": playback_id, "inputs": {}, "outputs": properties}, with_stream=True
    )
