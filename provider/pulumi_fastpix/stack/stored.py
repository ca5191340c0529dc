"""What the state has of any object of ours, with names for its properties."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.resources.names import ACCESS_POLICY, SEEN_BY
from pulumi_fastpix.stack.state import Resource
from pulumi_fastpix.stack.values import holds_secret, is_encrypted, plain, text_of


@dataclass(frozen=True)
class Stored(Resource):
    """An object of ours as the state has it.

    Attributes:
        interrupted: a run began to create it and didn't get to record it, so that the stack doesn't own it. With an id,
            the create certainly made that object; without one, it isn't known whether it made any.
        noted: what the journal has of an interrupted create.
        remembered: Pulumi knows that the create was interrupted; else only the journal does.
    """

    interrupted: bool = False
    noted: NotedCreate | None = None
    remembered: bool = True

    @property
    def only_candidate(self) -> str:
        """The only id that what an interrupted create made can have; empty if that isn't known.

        Of a create that was never sent, it is one that nothing has.
        """
        return self.noted.key if self.noted and not self.noted.is_sent else self.id

    def may_exist(self, existing: Collection[str]) -> bool:
        """Whether this interrupted create is anybody's concern: not if what it made was deleted, and Pulumi forgot it.

        Args:
            existing: the ids of what exists.
        """
        return self.remembered or self.id in {"", *existing}

    def may_be(self, id_: str, created_at: str | None = None) -> bool:
        """Whether this object may be what this interrupted create made: not if the journal knows that it was there.

        Args:
            id_: the object's.
            created_at: when it was made, as FastPix shows it; None if it doesn't.
        """
        if self.id or self.noted is None:
            return self.id in {"", id_}
        return self.noted.is_sent and not self.noted.was_there(id_, created_at)

    @property
    def seen_by(self) -> str | None:
        """The mark of the workspace in which it was last seen; or from which it was created, as the journal has it."""
        return text_of(self.outputs.get(SEEN_BY)) or (self.noted.seen_by if self.noted else None)


@dataclass(frozen=True)
class Watchable(Stored):
    """A playback ID or a live stream as the state has it: what people watch by."""

    @property
    def stream_id(self) -> str | None:
        """The live stream that it is, or is on; None if that is encrypted."""
        raise NotImplementedError

    @property
    def keeps_stream_secret(self) -> bool:
        """Whether the ID of that stream is a secret of the stack."""
        return False

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
    def keeps_restrictions_secret(self) -> bool:
        """Whether something of its access restrictions is a secret of the stack."""
        return holds_secret(self.properties.get(ACCESS_RESTRICTIONS))
