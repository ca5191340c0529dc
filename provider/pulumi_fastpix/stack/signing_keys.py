"""The signing keys among a stack's resources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.signing_key.names import NAME, PRIVATE_KEY
from pulumi_fastpix.stack.state import CREATING, Resource, StackState
from pulumi_fastpix.stack.values import text_of


@dataclass(frozen=True)
class StoredSigningKey(Resource):
    """A signing key as the state has it."""

    @property
    def seen_by(self) -> str | None:
        """The mark of the workspace in which it was last seen."""
        return text_of(self.outputs.get(SEEN_BY))

    @property
    def private_key(self) -> str | None:
        """Its private key; None if the stack hasn't it, or if it is encrypted in this export."""
        return text_of(self.outputs.get(PRIVATE_KEY))


@dataclass(frozen=True)
class SigningKeys:
    """The signing keys of a stack.

    Attributes:
        state: the stack's state.
    """

    state: StackState

    @cached_property
    def recorded(self) -> tuple[StoredSigningKey, ...]:
        """Those that the stack owns, looks up, or has yet to delete."""
        return tuple(StoredSigningKey(**vars(one)) for one in self.state.resources if one.type_name == NAME)

    @cached_property
    def interrupted_creates(self) -> tuple[StoredSigningKey, ...]:
        """Those that a run began to create and didn't get to record."""
        return tuple(
            StoredSigningKey(**vars(one.resource))
            for one in self.state.interrupted
            if one.kind == CREATING and one.resource.type_name == NAME
        )

    @property
    def every(self) -> tuple[StoredSigningKey, ...]:
        """All of them, interrupted creates last."""
        return (*self.recorded, *self.interrupted_creates)

    @property
    def owned(self) -> frozenset[str]:
        """The ids of those that the stack owns, to be deleted or not."""
        return frozenset(one.id for one in self.recorded if not one.external)
