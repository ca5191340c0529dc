"""The signing keys among a stack's resources. Their private keys are never read here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pulumi_fastpix.resources.signing_key.names import NAME, PRIVATE_KEY
from pulumi_fastpix.stack.state import CREATING, Resource, StackState
from pulumi_fastpix.stack.stored import Stored


@dataclass(frozen=True)
class StoredSigningKey(Stored):
    """A signing key as the state has it."""

    @property
    def has_private_key(self) -> bool:
        """Whether the state has its private key, which FastPix gives once: not if it was imported or looked up."""
        return self.outputs.get(PRIVATE_KEY) is not None


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
        return tuple(_view(resource) for resource in self.state.resources if resource.type_name == NAME)

    @cached_property
    def interrupted_creates(self) -> tuple[StoredSigningKey, ...]:
        """Those that a run began to create and didn't get to record."""
        return tuple(
            _view(operation.resource, interrupted=True)
            for operation in self.state.interrupted
            if operation.kind == CREATING
            and operation.resource.type_name == NAME
            and operation.resource.id not in self.owned
        )

    @property
    def every(self) -> tuple[StoredSigningKey, ...]:
        """All of them, interrupted creates last."""
        return (*self.recorded, *self.interrupted_creates)

    @cached_property
    def owned(self) -> dict[str, StoredSigningKey]:
        """Those that the stack owns, to be deleted or not, by their ids."""
        return {one.id: one for one in self.recorded if not one.external}


def _view(resource: Resource, *, interrupted: bool = False) -> StoredSigningKey:
    return StoredSigningKey(**vars(resource), interrupted=interrupted)
