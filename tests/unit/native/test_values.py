"""Property values of Pulumi's protocol as plain values, and back."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_ON_THE_WIRE

from pulumi_fastpix.native.values import plain, properties
from pulumi_fastpix.resources.base import UNKNOWN

UNKNOWN_PROPERTY = PropertyValue(UNKNOWN_ON_THE_WIRE)


@pytest.mark.parametrize(
    ("value", "property_value"),
    [
        (None, PropertyValue(None)),
        (True, PropertyValue(value=True)),
        ("text", PropertyValue("text")),
        (2.5, PropertyValue(2.5)),
        (UNKNOWN, UNKNOWN_PROPERTY),
        (["a", [1.0]], PropertyValue([PropertyValue("a"), PropertyValue([PropertyValue(1.0)])])),
        (
            {"a": {"b": [UNKNOWN, "c"]}},
            PropertyValue({"a": PropertyValue({"b": PropertyValue([UNKNOWN_PROPERTY, PropertyValue("c")])})}),
        ),
    ],
)
def test_values_are_converted_to_properties_and_back(value: Any, property_value: PropertyValue) -> None:
    assert properties({"key": value}) == {"key": property_value}
    assert plain({"key": property_value}) == {"key": value}


def test_a_whole_number_becomes_a_float() -> None:
    assert type(properties({"key": 7})["key"].value) is float


def test_the_named_properties_are_marked_as_secret() -> None:
    sent = properties({"token": "hush", "id": "open"}, secret=("token",))
    assert {key: value.is_secret for key, value in sent.items()} == {"token": True, "id": False}
