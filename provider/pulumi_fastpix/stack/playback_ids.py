"""The playback IDs among a stack's resources, with names for their own properties."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.live_playback_id.names import NAME as PLAYBACK_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.stack.accounts import explicit_accounts
from pulumi_fastpix.stack.state import CREATING, Resource, StackState
from pulumi_fastpix.stack.values import holds_secret, is_encrypted, is_secret, plain, text_of


@dataclass(frozen=True)
class StoredPlaybackId(Resource):
    """A playback ID as the state has it.

    Attributes:
        interrupted: a run began to create it and didn't get to record it, so that the stack doesn't own it. With an id,
            the create certainly made that playback ID; without one, it isn't known whether it made any.
    """

    interrupted: bool = False

    @property
    def stream_id(self) -> str | None:
        """The stream it is on; None if that is encrypted."""
        return text_of(self.properties.get(STREAM_ID))

    @property
    def access_policy(self) -> str | None:
        """Its access policy; None if that is encrypted."""
        return text_of(self.properties.get(ACCESS_POLICY))

    @property
    def access_restrictions(self) -> Values | None:
        """Its access restrictions, empty if it declares none; None if something of them is encrypted."""
        stored = self.properties.get(ACCESS_RESTRICTIONS)
        return None if is_encrypted(stored) else plain(stored) or NOTHING

    @property
    def seen_by(self) -> str | None:
        """The mark of the workspace in which its stream was last seen."""
        return text_of(self.outputs.get(SEEN_BY))

    @property
    def keeps_stream_secret(self) -> bool:
        """Whether the ID of the stream it is on is a secret of the stack."""
        return is_secret(self.properties.get(STREAM_ID))

    @property
    def keeps_restrictions_secret(self) -> bool:
        """Whether something of its access restrictions is a secret of the stack."""
        return holds_secret(self.properties.get(ACCESS_RESTRICTIONS))


@dataclass(frozen=True)
class PlaybackIds:
    """The playback IDs of a stack.

    Attributes:
        state: the stack's state.
    """

    state: StackState

    @cached_property
    def recorded(self) -> tuple[StoredPlaybackId, ...]:
        """Those that the stack owns, looks up, or has yet to delete."""
        return tuple(_view(resource) for resource in self.state.resources if resource.type_name == PLAYBACK_ID)

    @cached_property
    def interrupted_creates(self) -> tuple[StoredPlaybackId, ...]:
        """Those that a run began to create and didn't get to record; one may be there several times.

        Pulumi keeps an interrupted create until it is told to forget it, even if its playback ID was imported since,
        under whatever name. Such a create is recorded after all, and isn't among these.
        """
        return tuple(
            _view(operation.resource, interrupted=True)
            for operation in self.state.interrupted
            if operation.kind == CREATING
            and operation.resource.type_name == PLAYBACK_ID
            and operation.resource.id not in self.owned
        )

    @property
    def every(self) -> tuple[StoredPlaybackId, ...]:
        """All of them, interrupted creates last."""
        return (*self.recorded, *self.interrupted_creates)

    @cached_property
    def owned(self) -> dict[str, StoredPlaybackId]:
        """Those that the stack owns, to be deleted or not, by their ids."""
        return {one.id: one for one in self.recorded if not one.external}

    @property
    def encrypted(self) -> bool:
        """Whether this export hides something that is needed to compare them with FastPix; `--show-secrets` doesn't."""
        used = {one.explicit_provider for one in self.every}
        return any(None in (one.stream_id, one.access_policy, one.access_restrictions) for one in self.every) or any(
            None in account.values() for urn, account in explicit_accounts(self.state).items() if urn in used
        )


def _view(resource: Resource, *, interrupted: bool = False) -> StoredPlaybackId:
    return StoredPlaybackId(**vars(resource), interrupted=interrupted)
