"""Between the property values of Pulumi's protocol and the plain values of our resource types.

The plugin doesn't accept secrets, so the engine sends values without that mark, and restores it by their paths in what
comes back. Only outputs that FastPix makes have to be marked here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_ON_THE_WIRE

from pulumi_fastpix.resources.base import UNKNOWN


def plain(properties: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """Properties as plain values."""
    return {key: plain_value(value) for key, value in properties.items()}


def plain_value(value: PropertyValue) -> Any:
    """A property value as a plain value."""
    # The SDK hands a value that isn't known yet over as the string that stands for it on the wire.
    if isinstance(value.value, Computed) or value.value == UNKNOWN_ON_THE_WIRE:
        return UNKNOWN
    if isinstance(value.value, Mapping):
        return plain(value.value)
    if isinstance(value.value, (list, tuple)):
        return [plain_value(item) for item in value.value]
    return value.value


def properties(values: Mapping[str, Any], secret: Collection[str] = ()) -> dict[str, PropertyValue]:
    """Plain values as properties, some of which are secret."""
    return {key: _property_value(value, is_secret=key in secret) for key, value in values.items()}


def _property_value(value: Any, *, is_secret: bool = False) -> PropertyValue:
    if value is UNKNOWN:
        # `PropertyValue.computed()` can't be marshalled.
        return PropertyValue(UNKNOWN_ON_THE_WIRE, is_secret=is_secret)
    if isinstance(value, Mapping):
        return PropertyValue(properties(value), is_secret=is_secret)
    if isinstance(value, list):
        return PropertyValue([_property_value(item) for item in value], is_secret=is_secret)
    if isinstance(value, int) and not isinstance(value, bool):
        # The protocol has one kind of number, and the SDK refuses to send an int as that.
        value = float(value)
    return PropertyValue(value, is_secret=is_secret)
