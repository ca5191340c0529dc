"""Live streams in front of a server that answers word for word what a test wants."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import (
    CreateInDoubtError,
    FastPixError,
    InvalidInputError,
    NotFoundError,
    OtherValuesError,
    PartlyDoneError,
    PlaybackIdNotFoundError,
    StreamNotVisibleError,
    UnexpectedResponseError,
)
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_stream.inputs import check
from pulumi_fastpix.resources.live_stream.lifecycle import LiveStreamLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import PLAYBACK_ID, STREAM_KEY
from support.responses import DELETED, DROPPED, PLAYBACK_ID_NOT_FOUND, STREAM_NOT_FOUND, error, one, rules
from support.scripted_server import Reply, ScriptedServer
from support.streams import SECRETS, STREAM, stream, streams

INPUTS = check({})[0]
RULES = {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}}
PLAYBACK_IDS: list[dict[str, Any]] = STREAM["playbackIds"]
SECOND = {"id": "second", "accessPolicy": "public"}


@pytest.fixture
def workspace(client: Client) -> Workspace:
    return Workspace(client)


@pytest.fixture
def lifecycle(workspace: Workspace) -> LiveStreamLifecycle:
    return LiveStreamLifecycle(workspace)


@pytest.fixture(autouse=True)
def script(server: ScriptedServer) -> None:
    server.on("GET", stream(), path=f"*/{DEMO_STREAM_ID}")
    server.on("GET", streams(), path="*/streams[?]*")
    server.on("POST", stream(status=201))
    server.on("PATCH", stream(), path=f"*/{DEMO_STREAM_ID}")
    server.on("PATCH", rules("deny", ["a.example"]), path="*/domains")
    server.on("DELETE", DELETED)


@pytest.fixture
def state(workspace: Workspace) -> dict[str, Any]:
    return {
        **INPUTS,
        "playbackId": PLAYBACK_ID,
        "streamKey": STREAM_KEY,
        "srtSecret": SECRETS[1],
        "srtPlaybackStreamId": f"play{DEMO_STREAM_ID}",
        "srtPlaybackSecret": SECRETS[2],
        "createdAt": "2026-05-20T12:50:15.267974Z",
        "maxDuration": 0,
        "trial": False,
        "seenBy": workspace.settings.workspace_mark,
    }


def bodies(server: ScriptedServer, *methods: str) -> list[Any]:
    return [json.loads(request.body) for request in server.received if request.method in methods]


def changes(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.received if request.method != "GET"]


def no_secret_in(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


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


def test_a_partly_failed_update_stores_no_metadata_of_before(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    """It may have been secret, and the state is encrypted only where the new inputs are."""
    server.on("PATCH", DROPPED, path=f"*/{DEMO_STREAM_ID}")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.update(DEMO_STREAM_ID, {**state, "metadata": {"a": "secret"}}, {**INPUTS, "metadata": {"b": "2"}})
    assert raised.value.state["metadata"] == {"": ""}


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


def test_a_stream_that_somebody_vouches_for_is_deleted(client: Client, server: ScriptedServer, state: Any) -> None:
    server.on("GET", STREAM_NOT_FOUND, path=f"*/{DEMO_STREAM_ID}")
    settings = replace(client.settings, deleted_streams=frozenset({DEMO_STREAM_ID}))
    with Client(settings) as vouched:
        lifecycle = LiveStreamLifecycle(Workspace(vouched))
        lifecycle.delete(DEMO_STREAM_ID, {**state, "seenBy": "another"})
        assert lifecycle.read(DEMO_STREAM_ID, {**state, "seenBy": "another"}) is None
    assert changes(server) == []


@pytest.mark.parametrize(
    ("before", "after", "body"),
    [
        ({}, {"reconnectWindow": 90.0}, {"reconnectWindow": 90}),
        ({"metadata": {"a": "1"}}, {"metadata": {"a": "1"}, "reconnectWindow": 90.0}, None),
        ({"metadata": {"a": "1"}}, {}, {"reconnectWindow": 60, "metadata": {}}),
        ({"metadata": {"a": "1"}}, {"metadata": {"b": "2"}}, {"reconnectWindow": 60, "metadata": {"b": "2"}}),
    ],
)
def test_both_settings_are_sent_together(  # noqa: PLR0917  # fixtures and parameters
    before: dict[str, Any],
    after: dict[str, Any],
    body: dict[str, Any] | None,
    lifecycle: LiveStreamLifecycle,
    server: ScriptedServer,
    state: dict[str, Any],
) -> None:
    expected = body or {"reconnectWindow": 90, "metadata": {"a": "1"}}
    answered = {"reconnectWindow": expected["reconnectWindow"], "metadata": expected.get("metadata") or None}
    server.on("PATCH", stream(**answered), path=f"*/{DEMO_STREAM_ID}")
    updated = lifecycle.update(DEMO_STREAM_ID, {**state, **before}, {**INPUTS, **after})
    assert bodies(server, "PATCH") == [expected]
    assert updated.state == {**state, **after}


def test_metadata_that_is_not_declared_is_sent_as_it_is(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", stream(metadata={"by": "hand"}), path=f"*/{DEMO_STREAM_ID}")
    # Meanwhile somebody has changed it: that is nobody's business here.
    server.on("PATCH", stream(metadata={"by": "others"}, reconnectWindow=90), path=f"*/{DEMO_STREAM_ID}")
    updated = lifecycle.update(DEMO_STREAM_ID, state, {**INPUTS, "reconnectWindow": 90.0})
    assert bodies(server, "PATCH") == [{"reconnectWindow": 90, "metadata": {"by": "hand"}}]
    assert "metadata" not in updated.state


def test_with_nothing_to_change_nothing_is_sent(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    assert lifecycle.update(DEMO_STREAM_ID, state, INPUTS).state == state
    assert server.received == []


@pytest.mark.parametrize(
    ("reply", "window", "failure"),
    [
        (error(403, "forbidden"), 60, FastPixError),
        (error(422, "invalid"), 60, FastPixError),
        (stream(), None, FastPixError),
        (stream(reconnectWindow=120), 120, PartlyDoneError),
        (DROPPED, None, PartlyDoneError),
        (error(500, "internal error"), None, PartlyDoneError),
        (Reply(200, {"success": True}), None, PartlyDoneError),
    ],
)
def test_a_change_that_is_not_confirmed_is_not_stored_as_done(  # noqa: PLR0917  # fixtures and parameters
    reply: Reply,
    window: int | None,
    failure: type[FastPixError],
    lifecycle: LiveStreamLifecycle,
    server: ScriptedServer,
    state: dict[str, Any],
) -> None:
    server.on("PATCH", reply, path=f"*/{DEMO_STREAM_ID}")
    with pytest.raises(FastPixError) as raised:
        lifecycle.update(DEMO_STREAM_ID, state, {**INPUTS, "reconnectWindow": 90.0})
    assert type(raised.value) is failure
    assert f"Live stream {DEMO_STREAM_ID} is not as declared" in str(raised.value)
    assert no_secret_in(str(raised.value))
    if isinstance(raised.value, PartlyDoneError):
        # Without one, it differs from any that can be declared.
        assert raised.value.state.get("reconnectWindow") == window
        assert raised.value.state["streamKey"] == STREAM_KEY


def test_rules_and_settings_are_both_changed_and_what_failed_is_stored_as_such(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    declared = {**INPUTS, "reconnectWindow": 90.0, "accessRestrictions": RULES}
    server.on("PATCH", error(403, "forbidden"), path="*/domains")
    server.on("PATCH", stream(reconnectWindow=90), path=f"*/{DEMO_STREAM_ID}")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.update(DEMO_STREAM_ID, state, declared)
    assert raised.value.state == {**state, "reconnectWindow": 90}
    server.on("PATCH", rules("deny", ["a.example"]), path="*/domains")
    assert lifecycle.update(DEMO_STREAM_ID, raised.value.state, declared).state == {
        **state, "reconnectWindow": 90, "accessRestrictions": RULES
    }  # fmt: skip
    assert [request.path.rsplit("/", 1)[-1] for request in server.received if request.method == "PATCH"] == [
        "domains", DEMO_STREAM_ID, "domains"
    ]  # fmt: skip


def test_after_a_lost_change_of_rules_nothing_more_is_sent(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("PATCH", DROPPED, path="*/domains")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.update(DEMO_STREAM_ID, state, {**INPUTS, "reconnectWindow": 90.0, "accessRestrictions": RULES})
    assert raised.value.state["reconnectWindow"] == 60
    assert raised.value.state["accessRestrictions"]["domains"]["defaultPolicy"] == "unconfirmed"
    assert {request.path.rsplit("/", 1)[-1] for request in server.received} == {"domains"}


def test_metadata_that_fastpix_does_not_clear_is_said(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("PATCH", stream(metadata={"a": "1"}), path=f"*/{DEMO_STREAM_ID}")
    before = {**state, "metadata": {"a": "1"}}
    with pytest.raises(FastPixError, match="was sent the metadata of stream"):
        lifecycle.update(DEMO_STREAM_ID, before, INPUTS)
    assert OtherValuesError.__doc__


def test_playback_ids_of_a_stream_that_this_process_has_deleted_need_no_request(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    LiveStreamLifecycle(workspace).delete(DEMO_STREAM_ID, state)
    assert changes(server) == ["DELETE"]
    of_id = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "seenBy": state["seenBy"]}
    LivePlaybackIdLifecycle(workspace).delete(PLAYBACK_ID, of_id)
    assert changes(server) == ["DELETE"]


def test_a_delete_that_fails_leaves_its_playback_ids_to_be_deleted(
    workspace: Workspace, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("DELETE", error(403, "forbidden"), DELETED)
    with pytest.raises(FastPixError):
        LiveStreamLifecycle(workspace).delete(DEMO_STREAM_ID, state)
    of_id = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "seenBy": state["seenBy"]}
    LivePlaybackIdLifecycle(workspace).delete(PLAYBACK_ID, of_id)
    assert changes(server) == ["DELETE", "DELETE"]


def test_a_create_in_doubt_tells_no_secret(lifecycle: LiveStreamLifecycle, server: ScriptedServer) -> None:
    server.on("GET", streams(), streams(STREAM, {**STREAM, "streamId": "f" * 32}), path="*/streams[?]*")
    server.on("POST", error(504, "gateway timeout"))
    with pytest.raises(CreateInDoubtError) as raised:
        lifecycle.create(INPUTS)
    assert DEMO_STREAM_ID in str(raised.value)
    assert no_secret_in(str(raised.value))
