"""What a workspace has is listed whoever made it, without secrets, a page at a time."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from pulumi_fastpix.errors import InvalidInputError, NotFoundError
from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.connection import Connection
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.signing_key import SIGNING_KEY
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox


def listed(sandbox: Sandbox, of_type: ResourceType, **lookup: str) -> list[dict[str, Any]]:
    return [*Connection({}, sandbox.environment()).listed(of_type, lookup)]


def test_playback_ids_of_a_stream_are_listed(sandbox: Sandbox) -> None:
    private = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    found = listed(sandbox, LIVE_PLAYBACK_ID, streamId=DEMO_STREAM_ID)
    by_id = {one["id"]: one for one in found}
    assert {(id_, one["accessPolicy"]) for id_, one in by_id.items()} == {
        *sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    }
    assert by_id[private] == {
        "id": private,
        "accessPolicy": "private",
        "hlsUrl": f"https://stream.fastpix.com/{private}.m3u8",
        "accessRestrictions": None,
    }


def test_streams_are_listed_newest_first_and_without_secrets(sandbox: Sandbox) -> None:
    made = [sandbox.store.live_streams.create() for _ in range(120)]
    sandbox.clear_requests()
    found = listed(sandbox, LIVE_STREAM)
    assert [one["id"] for one in found] == [*reversed(made), DEMO_STREAM_ID]
    assert len(sandbox.requests) == 4, "the first page tells how many there are"
    assert all(one["playbackIds"] and one["reconnectWindow"] == 60 for one in found)
    assert sandbox.store.live_streams.get(made[0]).stream_key not in repr(found)
    assert not any({"streamKey", "srtSecret", "srtPlaybackSecret"} & one.keys() for one in found)


def test_pages_that_nobody_asks_for_are_not_read(sandbox: Sandbox) -> None:
    for _ in range(120):
        sandbox.store.live_streams.create()
    sandbox.clear_requests()
    assert len([*islice(Connection({}, sandbox.environment()).listed(LIVE_STREAM, {}), 3)]) == 3
    assert len(sandbox.requests) == 2


def test_signing_keys_are_listed(sandbox: Sandbox) -> None:
    key = sandbox.store.signing_keys.create()
    assert [one["id"] for one in listed(sandbox, SIGNING_KEY)] == [key.id]


def test_what_cannot_be_listed_says_why(sandbox: Sandbox) -> None:
    with pytest.raises(NotFoundError, match="stream not found"):
        listed(sandbox, LIVE_PLAYBACK_ID, streamId="0" * 32)
    with pytest.raises(InvalidInputError, match=r"playback IDs of a stream can't be listed: .*stream ID"):
        listed(sandbox, LIVE_PLAYBACK_ID, streamId="")
    with pytest.raises(InvalidInputError) as refused:
        listed(sandbox, LIVE_PLAYBACK_ID, streamId=sandbox.store.live_streams.get(DEMO_STREAM_ID).stream_key)
    assert sandbox.store.live_streams.get(DEMO_STREAM_ID).stream_key not in str(refused.value)


def test_what_is_listed_can_be_imported() -> None:
    for of_type, lookup, import_id in (
        (LIVE_PLAYBACK_ID, {"streamId": "s"}, "s/one"),
        (LIVE_STREAM, {}, "one"),
        (SIGNING_KEY, {}, "one"),
    ):
        assert of_type.import_id_of("one", lookup) == import_id
        id_, read_by = of_type.parse_import_id(import_id)
        assert (id_, {key: read_by[key] for key in lookup}) == ("one", lookup)
