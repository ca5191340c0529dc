"""Gives entries of the import file the reference to the dynamic provider, which Pulumi stores with each resource."""

from __future__ import annotations

from dataclasses import replace

from pulumi.dynamic.dynamic import serialize_provider

from pulumi_fastpix.dynamic import LivePlaybackIdProvider, LiveStreamProvider
from pulumi_fastpix.resources.names import PROVIDER_KEY
from pulumi_fastpix.stack.import_file import Entry

_PROVIDERS = {one.resource_type.dynamic_type: one for one in (LivePlaybackIdProvider, LiveStreamProvider)}


def with_provider(entry: Entry) -> Entry:
    """The entry, with that reference if it needs one. Pulumi remembers it with a create; the journal doesn't."""
    if PROVIDER_KEY in entry.inputs or entry.type_token not in _PROVIDERS:
        return entry
    reference = serialize_provider(_PROVIDERS[entry.type_token]())
    return replace(entry, inputs={PROVIDER_KEY: reference, **entry.inputs})
