"""Reading, looking up and deleting a live stream, in front of a server that answers word for word what a test wants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import (
    FastPixError,
    InvalidInputError,
    NotFoundError,
    PlaybackIdNotFoundError,
    StreamNotVisibleError,
    UnexpectedResponseError,
)
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_stream.lifecycle import LiveStreamLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.live_stream_resource import INPUTS, PLAYBACK_IDS, SECOND, changes, no_secret_in
from support.playback_ids import PLAYBACK_ID, STREAM_KEY
from support.responses import DELETED, DROPPED, PLAYBACK_ID_NOT_FOUND, STREAM_NOT_FOUND, error, one
from support.scripted_server import ScriptedServer
from support.streams import stream

pytestmark = pytest.mark.usefixtures("script")


def test_a_read_stores_what_is_shown_of_what_is_declared(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", stream(reconnectWindow=90, metadata={"by": "hand"}, trial=True), path=f"*/{DEMO_STREAM_ID}")
    found = lifecycle.read(DEMO_STREAM_ID, state)
    assert found is not None
    assert found.state == {**state, "reconnectWindow": 90, "trial": True}


def test_a_read_takes_metadata_that_is_declared_and_drops_none_that_isnt_shown(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", stream(metadata={"by": "hand"}), stream(), stream(srtSecret=None, mediaPolicy=None, trial=None))
    states = []
    for _ in range(3):
        found = LiveStreamLifecycle(Workspace(workspace.client)).read(DEMO_STREAM_ID, {**state, "metadata": {"a": "1"}})
        assert found is not None
        states.append(found.state)
    assert [one["metadata"] for one in states] == [{"by": "hand"}, {}, {}]
    assert states[2] == {**state, "metadata": {}}, "what FastPix doesn't show is kept"


def test_a_lookup_takes_all_and_needs_the_playback_id_only_of_several(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", stream(metadata={"by": "hand"}), path=f"*/{DEMO_STREAM_ID}")
    found = lifecycle.read(DEMO_STREAM_ID, {})
    assert found is not None
    assert found.state == {**state, "metadata": {"by": "hand"}}
    assert found.inputs == {**INPUTS, "metadata": {"by": "hand"}}


@pytest.mark.parametrize(
    ("playback_ids", "given", "expected"),
    [
        ([*PLAYBACK_IDS, SECOND], "second", "second"),
        ([], None, None),
        (PLAYBACK_IDS, "", None),
        ([*PLAYBACK_IDS, SECOND], "", None),
        ([*PLAYBACK_IDS, SECOND], None, InvalidInputError),
        (PLAYBACK_IDS, "other", PlaybackIdNotFoundError),
    ],
)
def test_the_playback_id_that_came_with_a_stream_is_looked_up(
    playback_ids: list[dict[str, Any]],
    given: str | None,
    expected: Any,
    lifecycle: LiveStreamLifecycle,
    server: ScriptedServer,
) -> None:
    server.on("GET", stream(playbackIds=playback_ids), path=f"*/{DEMO_STREAM_ID}")
    props = {} if given is None else {"playbackId": given}
    if isinstance(expected, type):
        with pytest.raises(expected) as raised:
            lifecycle.read(DEMO_STREAM_ID, props)
        assert no_secret_in(str(raised.value))
    else:
        found = lifecycle.read(DEMO_STREAM_ID, props)
        assert found is not None
        assert found.state.get("playbackId") == expected


def test_a_playback_id_that_the_list_lacks_is_gone_only_if_fastpix_confirms_it(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("GET", stream(playbackIds=[]), path=f"*/{DEMO_STREAM_ID}")
    server.on("GET", one(PLAYBACK_ID), PLAYBACK_ID_NOT_FOUND, path=f"*/{PLAYBACK_ID}")
    found = LiveStreamLifecycle(workspace).read(DEMO_STREAM_ID, state)
    assert found is not None
    assert found.state == state
    found = LiveStreamLifecycle(workspace).read(DEMO_STREAM_ID, state)
    assert found is not None
    assert found.state == {key: value for key, value in state.items() if key != "playbackId"}
    assert "Declare a LivePlaybackId" in capsys.readouterr().err


def test_a_description_that_is_not_understood_is_no_deletion(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", stream(reconnectWindow="soon", streamKey=STREAM_KEY), path=f"*/{DEMO_STREAM_ID}")
    with pytest.raises(UnexpectedResponseError, match="isn't understood") as raised:
        lifecycle.read(DEMO_STREAM_ID, state)
    assert no_secret_in(str(raised.value))


def test_a_missing_stream_is_deleted_only_where_it_was_seen(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", STREAM_NOT_FOUND, path=f"*/{DEMO_STREAM_ID}")
    server.on("DELETE", STREAM_NOT_FOUND)
    elsewhere = {**state, "seenBy": "another"}
    assert lifecycle.read(DEMO_STREAM_ID, state) is None
    lifecycle.delete(DEMO_STREAM_ID, state)
    assert changes(server) == ["DELETE"]
    with pytest.raises(NotFoundError):
        lifecycle.read(DEMO_STREAM_ID, {})
    with pytest.raises(StreamNotVisibleError, match="Nothing was changed"):
        lifecycle.read(DEMO_STREAM_ID, elsewhere)
    with pytest.raises(StreamNotVisibleError, match="Nothing was changed"):
        lifecycle.update(DEMO_STREAM_ID, elsewhere, {**INPUTS, "reconnectWindow": 90})
    with pytest.raises(StreamNotVisibleError, match="Nothing was changed"):
        lifecycle.delete(DEMO_STREAM_ID, elsewhere)
    assert changes(server) == ["DELETE"]


def test_what_other_credentials_have_shown_and_then_lack_is_deleted(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    """The first request deleted it, and its response was lost: the state has the mark of the old access token."""
    server.on("DELETE", DROPPED, STREAM_NOT_FOUND)
    LiveStreamLifecycle(workspace).delete(DEMO_STREAM_ID, {**state, "seenBy": "another"})
    assert changes(server) == ["DELETE", "DELETE"]
    server.on("GET", stream(), STREAM_NOT_FOUND, path=f"*/{DEMO_STREAM_ID}")
    server.on("DELETE", PLAYBACK_ID_NOT_FOUND)
    of_id = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "seenBy": "another"}
    LivePlaybackIdLifecycle(Workspace(workspace.client)).delete(PLAYBACK_ID, of_id)


def test_a_stream_that_somebody_vouches_for_is_deleted(client: Client, server: ScriptedServer, state: Any) -> None:
    server.on("GET", STREAM_NOT_FOUND, path=f"*/{DEMO_STREAM_ID}")
    settings = replace(client.settings, deleted_streams=frozenset({DEMO_STREAM_ID}))
    with Client(settings) as vouched:
        lifecycle = LiveStreamLifecycle(Workspace(vouched))
        lifecycle.delete(DEMO_STREAM_ID, {**state, "seenBy": "another"})
        assert lifecycle.read(DEMO_STREAM_ID, {**state, "seenBy": "another"}) is None
    assert changes(server) == []


def test_playback_ids_of_a_stream_that_this_process_has_deleted_need_no_request(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    LiveStreamLifecycle(workspace).delete(DEMO_STREAM_ID, state)
    assert changes(server) == ["DELETE"]
    of_id = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "seenBy": state["seenBy"]}
    LivePlaybackIdLifecycle(workspace).delete(PLAYBACK_ID, of_id)
    assert changes(server) == ["DELETE"]


def test_playback_ids_of_a_stream_that_is_being_deleted_wait_for_that(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    of_id = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "seenBy": state["seenBy"]}
    with ThreadPoolExecutor(1) as pool:
        with workspace.deletions.deleting(DEMO_STREAM_ID):
            waiting = pool.submit(LivePlaybackIdLifecycle(workspace).delete, PLAYBACK_ID, of_id)
            assert wait([waiting], timeout=0.1).done == set()
        waiting.result()
    assert changes(server) == []


def test_a_delete_that_fails_leaves_its_playback_ids_to_be_deleted(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("DELETE", error(403, "forbidden"), DELETED)
    with pytest.raises(FastPixError):
        LiveStreamLifecycle(workspace).delete(DEMO_STREAM_ID, state)
    of_id = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "seenBy": state["seenBy"]}
    LivePlaybackIdLifecycle(workspace).delete(PLAYBACK_ID, of_id)
    assert changes(server) == ["DELETE", "DELETE"]
