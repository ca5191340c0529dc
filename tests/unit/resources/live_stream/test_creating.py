"""Creating a live stream, in front of a server that answers word for word what a test wants."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.errors import (
    CreateInDoubtError,
    PartlyDoneError,
    UnexpectedResponseError,
)
from pulumi_fastpix.resources.live_stream.lifecycle import LiveStreamLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.live_stream_resource import INPUTS, PLAYBACK_IDS, RULES, SECOND, bodies, changes, no_secret_in
from support.playback_ids import STREAM_KEY
from support.responses import DROPPED, STREAM_NOT_FOUND, error, rules
from support.scripted_server import Reply, ScriptedServer
from support.streams import STREAM, stream, streams

pytestmark = pytest.mark.usefixtures("script")


def test_what_is_declared_is_sent_and_what_fastpix_adds_is_stored(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    made = lifecycle.create({**INPUTS, "reconnectWindow": 60.0})
    assert bodies(server, "POST") == [
        {
            "playbackSettings": {"accessPolicy": "public"},
            "inputMediaSettings": {
                "maxResolution": "1080p",
                "reconnectWindow": 60,
                "mediaPolicy": "public",
                "enableDvrMode": False,
                "enableRecording": True,
            },
        }
    ]
    assert (made.id, made.inputs, made.state) == (DEMO_STREAM_ID, INPUTS, state)


def test_restrictions_go_along_and_are_confirmed(lifecycle: LiveStreamLifecycle, server: ScriptedServer) -> None:
    made = lifecycle.create({**INPUTS, "accessRestrictions": RULES})
    assert bodies(server, "POST")[0]["playbackSettings"] == {
        "accessPolicy": "public",
        "accessRestrictions": {"domains": {"defaultPolicy": "deny", "allow": ["a.example"], "deny": []}},
    }
    # The response didn't show them.
    assert bodies(server, "PATCH") == [{"defaultPolicy": "deny", "allow": ["a.example"], "deny": []}]
    assert made.state["accessRestrictions"] == RULES


@pytest.mark.parametrize(
    ("refusal", "said"), [(error(403, "forbidden"), "403"), (rules("allow"), "answered with others"), (DROPPED, "")]
)
def test_a_stream_whose_playback_id_is_not_restricted_is_kept_and_said(
    refusal: Reply, said: str, lifecycle: LiveStreamLifecycle, server: ScriptedServer
) -> None:
    server.on("PATCH", refusal, path="*/domains")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.create({**INPUTS, "accessRestrictions": RULES})
    assert raised.value.id == DEMO_STREAM_ID
    assert raised.value.state["streamKey"] == STREAM_KEY
    assert raised.value.state["accessRestrictions"] != RULES
    assert said in str(raised.value)
    assert no_secret_in(str(raised.value))


def test_a_stream_with_other_settings_than_declared_is_stored_as_it_is(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer
) -> None:
    server.on("POST", stream(status=201, maxResolution="720p", metadata={"show": "x"}))
    with pytest.raises(PartlyDoneError, match="another maxResolution and metadata than it was asked for") as raised:
        lifecycle.create({**INPUTS, "metadata": {"show": "42"}})
    assert raised.value.state["maxResolution"] == "720p"
    assert raised.value.state["metadata"] == {"show": "x"}


def test_a_stream_that_fastpix_describes_in_an_unknown_form_is_kept(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("POST", stream(status=201, streamKey=None))
    with pytest.raises(PartlyDoneError, match="isn't understood") as raised:
        lifecycle.create(INPUTS)
    assert raised.value.id == DEMO_STREAM_ID
    # The next update goes on, as soon as it is understood.
    updated = lifecycle.update(DEMO_STREAM_ID, raised.value.state, INPUTS)
    assert bodies(server, "PATCH") == [{"reconnectWindow": 60}]
    assert updated.state == state


@pytest.mark.parametrize("playback_ids", [None, [], [*PLAYBACK_IDS, SECOND]])
def test_it_is_said_if_it_isnt_known_which_playback_id_came_with_the_stream(
    playback_ids: object, lifecycle: LiveStreamLifecycle, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("POST", stream(status=201, playbackIds=playback_ids))
    server.on("GET", stream(playbackIds=playback_ids), path=f"*/{DEMO_STREAM_ID}")
    made = lifecycle.create(INPUTS)
    assert "playbackId" not in made.state
    assert f"It isn't known which playback ID came with live stream {DEMO_STREAM_ID}" in capsys.readouterr().err
    with pytest.raises(PartlyDoneError, match="everybody can watch by it") as raised:
        LiveStreamLifecycle(Workspace(lifecycle._client)).create({**INPUTS, "accessRestrictions": RULES})
    assert raised.value.state["accessRestrictions"]["domains"]["defaultPolicy"] == "unconfirmed"


def test_a_playback_id_that_comes_late_is_read(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("POST", stream(status=201, playbackIds=[]))
    assert lifecycle.create(INPUTS).state == state


@pytest.mark.parametrize(
    "shown",
    [
        {"enableRecording": None},
        {"enableDvrMode": None, "mediaPolicy": None},
        {"playbackIds": []},
        {"maxDuration": "00:10:00", "trial": "basic"},
    ],
)
def test_a_lost_stream_is_claimed_although_not_all_of_it_is_shown(
    shown: dict[str, object], lifecycle: LiveStreamLifecycle, server: ScriptedServer
) -> None:
    server.on("GET", streams(), streams({**STREAM, **shown}), path="*/streams[?]*")
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == DEMO_STREAM_ID
    assert changes(server) == ["POST"]


def test_a_lost_stream_that_fastpix_shows_otherwise_is_named(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = {**STREAM, "metadata": {"show": "42"}}
    server.on("GET", streams(), streams(changed), path="*/streams[?]*")
    second = "f" * 32
    server.on("POST", DROPPED, stream(status=201, streamId=second, metadata={"show": "42 "}))
    assert lifecycle.create({**INPUTS, "metadata": {"show": "42 "}}).id == second
    assert f"But {DEMO_STREAM_ID} appeared in this workspace meanwhile, with other settings" in capsys.readouterr().err


def test_a_list_that_is_answered_404_deletes_nothing(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    ids = ["a" * 32, "b" * 32, "c" * 32, "d" * 32]
    server.on("GET", STREAM_NOT_FOUND, path="*/streams[?]*")
    for stream_id in ids:
        server.on("GET", stream(streamId=stream_id), path=f"*/{stream_id}")
        assert LiveStreamLifecycle(workspace).read(stream_id, state) is not None
    with pytest.raises(UnexpectedResponseError, match="though every workspace has such a list"):
        workspace.client.live_streams.newest(1)
    server.on("GET", streams(), STREAM_NOT_FOUND, path="*/streams[?]*")
    server.on("POST", DROPPED)
    with pytest.raises(CreateInDoubtError, match="can't be determined: Could not list live streams"):
        LiveStreamLifecycle(Workspace(workspace.client)).create(INPUTS)


def test_a_create_in_doubt_tells_no_secret(lifecycle: LiveStreamLifecycle, server: ScriptedServer) -> None:
    server.on("GET", streams(), streams(STREAM, {**STREAM, "streamId": "f" * 32}), path="*/streams[?]*")
    server.on("POST", error(504, "gateway timeout"))
    with pytest.raises(CreateInDoubtError) as raised:
        lifecycle.create(INPUTS)
    assert DEMO_STREAM_ID in str(raised.value)
    assert no_secret_in(str(raised.value))
