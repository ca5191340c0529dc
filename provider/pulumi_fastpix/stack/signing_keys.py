"""The signing keys among a stack's resources. Their private keys are never read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pulumi_fastpix.resources.signing_key.names import NAME, PRIVATE_KEY
from pulumi_fastpix.stack.one_type import OneType
from pulumi_fastpix.stack.state import StackState
from pulumi_fastpix.stack.stored import Stored


@dataclass(frozen=True)
class StoredSigningKey(Stored):
    """A signing key as the state has it."""

    @property
    def has_private_key(self) -> bool:
        """Whether the state has its private key, which FastPix gives once: not if it was imported or looked up."""
        return self.outputs.get(PRIVATE_KEY) is not None


SigningKeys: TypeAlias = OneType[StoredSigningKey]


def signing_keys_of(state: StackState) -> SigningKeys:
    """The signing keys of a stack."""
    return OneType(state, NAME, StoredSigningKey)
