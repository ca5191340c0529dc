"""The file by which `pulumi import --file` takes resources of any type into a stack without asking a provider. Pure.

Pulumi's other ways to import can't work for a dynamic resource: they ask its provider, which only the resource's own
state could name. The file gives everything that will be in the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A resource to be imported.

    Attributes:
        type_token: its type token.
        name: its name in the program.
        id: its id at FastPix.
        inputs: as they will stand in the state.
        outputs: those that aren't inputs as well.
        parent: the URN of its parent; empty for the stack itself.
        provider: the URN of its explicit provider; empty for none.
    """

    type_token: str
    name: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str = ""
    provider: str = ""


def document(entries: Iterable[Entry]) -> dict[str, Any]:
    """The file's content, to be written as JSON."""
    listed = list(entries)
    # A parent or provider has to have a name here, which no resource may share: its URN is one.
    referred = sorted({urn for entry in listed for urn in (entry.parent, entry.provider) if urn})
    return {
        **({"nameTable": {urn: urn for urn in referred}} if referred else {}),
        "resources": [_resource(entry) for entry in listed],
    }


def resources_in(file: object) -> list[Mapping[str, Any]]:
    """The resources in a file's content as it was decoded, empty where one isn't any; none if it is no such file."""
    resources = file.get("resources") if isinstance(file, dict) else None
    if not isinstance(resources, list):
        return []
    return [resource if isinstance(resource, dict) else {} for resource in resources]


def _resource(entry: Entry) -> dict[str, Any]:
    return {
        "type": entry.type_token,
        "name": entry.name,
        "id": entry.id,
        **({"parent": entry.parent} if entry.parent else {}),
        **({"provider": entry.provider} if entry.provider else {}),
        "inputs": dict(entry.inputs),
        "outputs": {**entry.inputs, **entry.outputs},
    }
