"""The file by which `pulumi import --file` takes playback IDs into a stack without asking any provider. Pure.

Pulumi's other ways to import can't work for a dynamic resource: they ask its provider, which only the resource's own
state could name. Here everything that would be in the state is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.resources.live_playback_id.names import SEEN_BY


@dataclass(frozen=True)
class Entry:
    """A playback ID to be imported.

    Attributes:
        type: its type token.
        name: its name in the program.
        id: the playback ID.
        inputs: as they will stand in the state.
        seen_by: the mark of the workspace in which it was seen.
        parent: the URN of its parent; empty for the stack itself.
        provider: the URN of its explicit provider; empty for none.
    """

    type: str
    name: str
    id: str
    inputs: Mapping[str, Any]
    seen_by: str
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


def _resource(entry: Entry) -> dict[str, Any]:
    return {
        "type": entry.type,
        "name": entry.name,
        "id": entry.id,
        **({"parent": entry.parent} if entry.parent else {}),
        **({"provider": entry.provider} if entry.provider else {}),
        "inputs": dict(entry.inputs),
        "outputs": {**entry.inputs, SEEN_BY: entry.seen_by},
    }
