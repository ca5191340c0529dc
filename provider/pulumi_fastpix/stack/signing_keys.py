"""The signing keys among a stack's resources."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    def has_private_key(self) -> bool:
        """Whether the stack has its private key, which no import and no lookup gives."""
        return PRIVATE_KEY in self.outputs

    @property
    def private_key(self) -> str | None:
        """Its private key; None if the stack hasn't it, or if it is encrypted in this export."""
        return text_of(self.outputs.get(PRIVATE_KEY))


@dataclass(frozen=True)
class SigningKeys:
    """The signing keys of a stack.

    Attributes:
        state: the stack's state.
        recorded: those that the stack owns, looks up, or has yet to delete.
        interrupted: the creates that a run began and didn't get to record.
    """

    state: StackState
    recorded: tuple[StoredSigningKey, ...] = field(init=False)
    interrupted: tuple[StoredSigningKey, ...] = field(init=False)

    def __post_init__(self) -> None:
        recorded = tuple(StoredSigningKey(**vars(one)) for one in self.state.resources if one.type_name == NAME)
        interrupted = tuple(
            StoredSigningKey(**vars(one.resource))
            for one in self.state.interrupted
            if one.kind == CREATING and one.resource.type_name == NAME
        )
        object.__setattr__(self, "recorded", recorded)
        object.__setattr__(self, "interrupted", interrupted)
