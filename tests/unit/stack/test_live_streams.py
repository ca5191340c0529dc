"""The live streams among a stack's resources, and the playback IDs that came with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.values import as_secret, is_encrypted, is_secret, plain
from support.live_streams import NATIVE_STREAM_TYPE, STREAM_TYPE, live_stream
from support.states import FAR_PROVIDER, STREAM, export, resource, secret, urn

RULES = {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}}


def of(*resources: dict[str, Any], **more: Any) -> PlaybackIds:
    return PlaybackIds(parse(export(*resources, **more)))


@pytest.mark.parametrize("type_", [STREAM_TYPE, NATIVE_STREAM_TYPE])
def test_streams_of_both_providers_are_read_with_what_came_with_them(type_: str) -> None:
    of_type = {"type": type_, "urn": urn("concert", type_=type_), "provider": FAR_PROVIDER}
    stack = of(live_stream("concert", declared={"accessRestrictions": RULES}, **of_type), resource("main", "y"))
    (stream,) = stack.live_streams.recorded
    assert (stream.name, stream.id, stream.playback_id, stream.access_policy) == ("concert", STREAM, "x", "public")
    assert stack.live_streams.owned.keys() == {STREAM}
    own, came_with = stack.recorded
    assert (own.id, own.with_stream, came_with.id, came_with.with_stream) == ("y", False, "x", True)
    assert (came_with.urn, came_with.stream_id, came_with.access_policy) == (stream.urn, STREAM, "public")
    assert (came_with.access_restrictions, came_with.seen_by) == (RULES, stream.seen_by)
    assert came_with.explicit_provider == FAR_PROVIDER.rpartition("::")[0]
    assert stack.owned.keys() == {"x", "y"}
    assert [one.id for one in stack.declared] == ["y"]
    assert [one.id for one in stack.resources] == ["y", STREAM]


def test_a_stream_without_a_playback_id_brings_none() -> None:
    stack = of(live_stream("concert", playback_id=""))
    assert (stack.recorded, stack.live_streams.recorded[0].playback_id) == ((), None)


def test_what_a_stack_looks_up_or_has_replaced_is_told_apart() -> None:
    stack = of(live_stream("seen", external=True), live_stream("old", "s2", "y", delete=True))
    assert [(one.id, one.external, one.to_be_deleted) for one in stack.recorded] == [
        ("x", True, False),
        ("y", False, True),
    ]
    assert (set(stack.owned), set(stack.live_streams.owned)) == ({"y"}, {"s2"})


def test_an_interrupted_create_counts_until_its_stream_is_owned() -> None:
    pending = (live_stream("a", ""), live_stream("b", "s2"), live_stream("c"))
    streams = of(live_stream("c"), pending=pending).live_streams
    assert [(one.name, one.stream_id, one.interrupted) for one in streams.interrupted_creates] == [
        ("a", "", True),
        ("b", "s2", True),
    ]
    assert [one.name for one in streams.every] == ["c", "a", "b"]
    assert streams.interrupted_creates[0].declared == {
        key: value for key, value in live_stream("a", "")["inputs"].items() if key != "__provider"
    }


@pytest.mark.parametrize("key", ["accessPolicy", "accessRestrictions", "metadata", "playbackId"])
def test_what_is_needed_and_encrypted_is_asked_for_and_the_secrets_of_a_stream_are_not(key: str) -> None:
    one = live_stream("concert")
    assert is_encrypted(one["outputs"]["streamKey"])
    assert not of(one).encrypted
    one["outputs"][key] = secret(ciphertext="v1:x")
    assert of(one).encrypted
    assert key != "playbackId" or of(one).recorded == ()


def test_a_secret_for_an_import_file_is_one() -> None:
    marked = as_secret("k" * 32)
    assert (is_secret(marked), is_encrypted(marked), plain(json.loads(json.dumps(marked)))) == (True, False, "k" * 32)
