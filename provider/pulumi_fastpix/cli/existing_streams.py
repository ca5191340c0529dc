"""Live streams that exist at FastPix, and their entries in the file for `pulumi import`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.live_stream.inputs import parse_import_id
from pulumi_fastpix.resources.live_stream.lifecycle import LiveStreamLifecycle
from pulumi_fastpix.resources.live_stream.names import INPUT_KEYS, SECRET_OUTPUTS
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.stack.import_file import Entry
from pulumi_fastpix.stack.values import as_secret, holds_secret


def look_up(client: Client, wanted: Iterable[str]) -> Iterator[Existing]:
    """The streams as a lookup finds them, one by one.

    Args:
        client: for their workspace.
        wanted: each as `STREAM_ID` or `STREAM_ID/PLAYBACK_ID`.

    Raises:
        InvalidInputError: the next one has several playback IDs, and isn't given with that which came with it.
        FastPixError: it doesn't exist, or can't be read.
    """
    lifecycle = LiveStreamLifecycle(Workspace(client))
    for one in wanted:
        # None is for streams in the state: of those, which have a mark, it can be confirmed that they were deleted.
        if (existing := lifecycle.read(*parse_import_id(one))) is not None:
            yield existing


def entry(
    existing: Existing,
    name: str,
    inputs: Mapping[str, Any],
    *,
    type_token: str = LIVE_STREAM.dynamic_type,
    parent: str = "",
    provider: str = "",
) -> Entry:
    """An entry of the import file, with the secrets that FastPix issued as secrets.

    Args:
        existing: the stream, as a lookup finds it.
        name: its name in the program.
        inputs: its inputs, as they will stand in the state.
        type_token: its type token.
        parent: the URN of its parent; empty for the stack itself.
        provider: the URN of its explicit provider; empty for none.
    """
    added = {
        key: value for key, value in existing.state.items() if key not in INPUT_KEYS or _differs(inputs, key, value)
    }
    outputs = {key: as_secret(value) if key in SECRET_OUTPUTS else value for key, value in added.items()}
    return Entry(type_token, name, existing.id, inputs, outputs, parent, provider)


def _differs(inputs: Mapping[str, Any], key: str, value: object) -> bool:
    """Whether a setting isn't as it was declared, so that the next run is to see that. A secret one is left alone."""
    if key not in inputs or key == ACCESS_RESTRICTIONS:
        return False
    return not holds_secret(inputs[key]) and inputs[key] != value
