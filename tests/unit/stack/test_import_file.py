"""The file for `pulumi import` takes resources of any type."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.stack.import_file import Entry, document


def test_an_entry_gives_all_that_will_be_in_the_state() -> None:
    inputs: dict[str, Any] = {"streamId": "s", "rules": {"allow": ["a"]}}
    entry = Entry("fastpix:index:MadeUp", "main", "id-1", inputs, {"key": {"secret": 1}})
    assert document([entry]) == {
        "resources": [
            {
                "type": "fastpix:index:MadeUp",
                "name": "main",
                "id": "id-1",
                "inputs": inputs,
                "outputs": {**inputs, "key": {"secret": 1}},
            }
        ]
    }


def test_parents_and_providers_are_named_by_their_urns_which_no_resource_can_have_as_its_name() -> None:
    child = Entry("type", "child", "id-1", {}, {}, parent="urn:parent", provider="urn:provider")
    made = document([child, Entry("type", "urn", "id-2", {}, {})])
    assert made["nameTable"] == {"urn:parent": "urn:parent", "urn:provider": "urn:provider"}
    assert [(one.get("parent"), one.get("provider")) for one in made["resources"]] == [
        ("urn:parent", "urn:provider"),
        (None, None),
    ]
