"""The resources of one of our types among those of a stack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pulumi_fastpix.stack.state import CREATING, StackState
from pulumi_fastpix.stack.stored import Stored

One = TypeVar("One", bound=Stored)


@dataclass(frozen=True)
class OneType(Generic[One]):
    """The resources of one type.

    Attributes:
        state: the stack's state.
        name: the type's name.
        view: the class that has names for their properties.
    """

    state: StackState
    name: str
    view: type[One]

    @cached_property
    def recorded(self) -> tuple[One, ...]:
        """Those that the stack owns, looks up, or has yet to delete."""
        return tuple(
            self.view(**vars(resource)) for resource in self.state.resources if resource.type_name == self.name
        )

    @cached_property
    def interrupted_creates(self) -> tuple[One, ...]:
        """Those that a run began to create and didn't get to record; one may be there several times.

        Pulumi keeps an interrupted create until it is told to forget it, even if what it made was imported since, under
        whatever name. Such a create is recorded after all, and isn't among these.
        """
        return tuple(
            self.view(
                **vars(operation.resource),
                interrupted=True,
                noted=operation.noted,
                remembered=operation.remembered,
            )
            for operation in self.state.interrupted
            if operation.kind == CREATING
            and operation.resource.type_name == self.name
            and operation.resource.id not in self.owned
        )

    @property
    def every(self) -> tuple[One, ...]:
        """All of them, interrupted creates last."""
        return (*self.recorded, *self.interrupted_creates)

    @cached_property
    def owned(self) -> dict[str, One]:
        """Those that the stack owns, to be deleted or not, by their ids."""
        return {one.id: one for one in self.recorded if not one.external}
