"""A stack's state: its resources, and the operations on them that a run didn't get to record. Of any type, and pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.stack.urns import is_default_provider, name_of

CREATING = "creating"


@dataclass(frozen=True)
class Resource:
    """A resource as the state has it.

    Attributes:
        urn: its URN.
        type_token: its type token.
        type_name: the name of our resource type, such as "LivePlaybackId"; empty if it is somebody else's resource.
        id: its id; empty if its create was interrupted, unless the state was written between the provider's response
            and the end of the create: then an interrupted create has its id, too.
        inputs: as they stand in the export: anything in them may be a secret, see :mod:`pulumi_fastpix.stack.values`.
        outputs: likewise; empty where there is no id.
        provider: the URN of its provider; empty if it has none.
        parent: the URN of its parent; empty if that is the stack itself.
        protect: whether Pulumi refuses to delete it.
        external: the stack looked it up (`.get()`) and doesn't own it.
        to_be_deleted: it was replaced, and its deletion is still to come.
    """

    urn: str
    type_token: str
    type_name: str = ""
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    provider: str = ""
    parent: str = ""
    protect: bool = False
    external: bool = False
    to_be_deleted: bool = False

    @property
    def name(self) -> str:
        """Its name in the program."""
        return name_of(self.urn)

    @property
    def parent_name(self) -> str:
        """The name of its parent, which is not the stack itself."""
        return name_of(self.parent)

    @property
    def explicit_provider(self) -> str:
        """The URN of the provider resource that it names; empty if it goes through a default provider."""
        return "" if not self.provider or is_default_provider(self.provider) else self.provider

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its outputs, which hold the inputs as well; the inputs where there are no outputs."""
        return self.outputs or self.inputs


@dataclass(frozen=True)
class Operation:
    """An operation that a run began and didn't get to record: it was killed, or is still going on.

    Attributes:
        kind: :data:`CREATING`, "updating", "deleting", "reading" or "importing".
        resource: the resource, as far as the state knows it.
        noted: what the journal of this machine has of it; None if it has nothing.
        remembered: the state has it; else only the journal has.
    """

    kind: str
    resource: Resource
    noted: NotedCreate | None = None
    remembered: bool = True


@dataclass(frozen=True)
class StackState:
    """The state of one stack.

    Attributes:
        stack: the stack's name; empty if the state has no resource, since only URNs hold it.
        project: the name of its project; likewise.
        resources: all that it has, somebody else's and providers included, in the state's order.
        interrupted: the operations that a run didn't get to record, in the state's order.
    """

    stack: str = ""
    project: str = ""
    resources: tuple[Resource, ...] = ()
    interrupted: tuple[Operation, ...] = ()

    @property
    def ours(self) -> tuple[Resource, ...]:
        """The resources of our types."""
        return tuple(resource for resource in self.resources if resource.type_name)

    @cached_property
    def urns(self) -> frozenset[str]:
        """The URNs that are taken: of everything that isn't to be deleted."""
        return frozenset(resource.urn for resource in self.resources if not resource.to_be_deleted)
