"""Which streams an audit reads, and with whose settings."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.cli.audit.streams import StreamToRead, streams_to_read
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.resource_types import types_named
from support.live_streams import live_stream
from support.states import FAR_PROVIDER, STREAM, export, made_up, resource

OWN, FAR = Settings("own", "s"), Settings("far", "s")
ACCOUNTS = {"": OWN, FAR_PROVIDER.rpartition("::")[0]: FAR}


def reads(playback_ids: PlaybackIds, *stream_ids: str) -> list[StreamToRead]:
    return streams_to_read(playback_ids, stream_ids, ACCOUNTS.__getitem__)


@pytest.fixture
def playback_ids() -> PlaybackIds:
    exported = export(
        resource("a", "id-1"),
        resource("b", "id-2"),
        resource("c", "id-3", stream_id="second"),
        resource("d", "id-4", provider=FAR_PROVIDER),
        made_up("e", "id-5", inputs={"streamId": "third"}),
        pending=(resource("f"), resource("g", "id-6")),
    )
    return PlaybackIds(parse(exported, types_named("LivePlaybackId", "MadeUp")))


def test_without_a_request_each_stream_of_each_workspace_is_read_once(playback_ids: PlaybackIds) -> None:
    assert [(one.settings, one.stream_id) for one in reads(playback_ids)] == [
        (OWN, STREAM),
        (OWN, "second"),
        (FAR, STREAM),
    ]


def test_a_stream_comes_with_what_the_stack_has_on_it(playback_ids: PlaybackIds) -> None:
    first = reads(playback_ids)[0]
    assert [one.name for one in first.recorded] == ["a", "b"]
    assert [one.name for one in first.interrupted] == ["f", "g"]


def test_a_requested_stream_is_read_in_all_workspaces_that_the_stack_knows_it_in(playback_ids: PlaybackIds) -> None:
    assert [(one.settings, one.stream_id) for one in reads(playback_ids, STREAM)] == [(OWN, STREAM), (FAR, STREAM)]


def test_a_requested_stream_that_the_stack_does_not_know_is_read_in_its_own_workspace(
    playback_ids: PlaybackIds,
) -> None:
    (wanted,) = reads(playback_ids, "unknown")
    assert (wanted.settings, wanted.recorded, wanted.interrupted) == (OWN, (), ())


def test_one_workspace_reached_through_two_providers_is_read_once(playback_ids: PlaybackIds) -> None:
    (wanted,) = streams_to_read(playback_ids, [STREAM], lambda _: OWN)
    assert [one.name for one in wanted.recorded] == ["a", "b", "d"]


@pytest.mark.parametrize(("seen_by", "seen"), [(OWN.workspace_mark, True), ("0123456789ab", False), (None, False)])
@pytest.mark.parametrize("one", [resource("a", "id-1"), live_stream("s"), live_stream("s", playback_id="")])
def test_a_stream_was_seen_here_if_what_the_stack_has_there_was(
    one: dict[str, Any], seen_by: str | None, seen: bool
) -> None:
    one["outputs"]["seenBy"] = seen_by
    (wanted,) = reads(PlaybackIds(parse(export(one))))
    assert wanted.seen_here is seen


def test_each_stream_that_the_stack_has_is_read() -> None:
    exported = export(
        live_stream("a"),
        live_stream("b", "second", playback_id=""),
        live_stream("c", "third", provider=FAR_PROVIDER),
        resource("d", "id-1"),
        pending=(live_stream("e", ""), live_stream("f", "fourth")),
    )
    wanted = reads(PlaybackIds(parse(exported)))
    assert [(one.settings, one.stream_id, [each.name for each in one.declared]) for one in wanted] == [
        (OWN, STREAM, ["a"]),
        (FAR, "third", ["c"]),
        (OWN, "second", ["b"]),
        (OWN, "fourth", ["f"]),
    ]
    assert [one.name for one in wanted[0].recorded] == ["d", "a"]
