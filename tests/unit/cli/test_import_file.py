"""The file for `pulumi import`."""

from __future__ import annotations

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.adopt.adoption import declarations, entries, named
from pulumi_fastpix.stack.import_file import Entry, document


def listed(id_: str, policy: str = "public") -> PlaybackId:
    return PlaybackId.model_validate({"id": id_, "accessPolicy": policy})


def test_parents_and_providers_are_named_by_what_no_resource_is_called() -> None:
    child = Entry("type", "child", "id-1", {"streamId": "s"}, "seen", parent="urn:parent", provider="urn:provider")
    assert document([child, Entry("type", "urn", "id-2", {"streamId": "s"}, "seen")]) == {
        "nameTable": {"urn:parent": "urn:parent", "urn:provider": "urn:provider"},
        "resources": [
            {
                "type": "type",
                "name": "child",
                "id": "id-1",
                "parent": "urn:parent",
                "provider": "urn:provider",
                "inputs": {"streamId": "s"},
                "outputs": {"streamId": "s", "seenBy": "seen"},
            },
            {
                "type": "type",
                "name": "urn",
                "id": "id-2",
                "inputs": {"streamId": "s"},
                "outputs": {"streamId": "s", "seenBy": "seen"},
            },
        ],
    }


def test_names_are_stable_and_unique() -> None:
    playback_ids = [listed("12345678-aaaa"), listed("12345678-bbbb"), listed("87654321-aaaa", "private")]
    assert [one.name for one in named(playback_ids, {"private-87654321"})] == [
        "public-12345678",
        "public-12345678-bbbb",
        "private-87654321-aaaa",
    ]
    assert [one.name for one in named(playback_ids[:1], (), "audience")] == ["audience-12345678"]


def test_what_is_declared_is_what_is_imported() -> None:
    adopted = named([listed("12345678-aaaa", "private")], ())
    (entry,) = entries("stream", adopted, "seen", "pickle")
    assert entry.inputs == {"__provider": "pickle", "accessPolicy": "private", "streamId": "stream"}
    assert declarations("stream", adopted)[-1] == (
        'fastpix.LivePlaybackId("private-12345678", stream_id="stream", access_policy="private")'
    )
