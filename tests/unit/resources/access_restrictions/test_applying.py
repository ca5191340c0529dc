"""Creating and changing access restrictions in front of a server that answers word for word what a test wants."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.errors import CreateInDoubtError, FastPixError, PartlyDoneError, StreamNotVisibleError
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import INPUTS, PLAYBACK_ID
from support.responses import DROPPED, PLAYBACK_ID_NOT_FOUND, STREAM_NOT_FOUND, created, error, listing, rules
from support.scripted_server import Reply, ScriptedServer

RESTRICTIONS = {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}, "userAgents": {"deny": ["curl"]}}
DECLARED = {**INPUTS, "accessRestrictions": RESTRICTIONS}
DOMAINS = rules("deny", ["a.example"])
USER_AGENTS = rules("allow", [], ["curl"])
AS_SENT = {
    "domains": {"defaultPolicy": "deny", "allow": ["a.example"], "deny": []},
    "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": ["curl"]},
}
UNCONFIRMED = {"defaultPolicy": "unconfirmed", "allow": ["a.example"]}
UNCONFIRMED_AGENTS = {"defaultPolicy": "unconfirmed", "deny": ["curl"]}


@pytest.fixture(autouse=True)
def script(server: ScriptedServer) -> None:
    server.on("GET", listing())
    server.on("POST", created(PLAYBACK_ID))
    server.on("PATCH", DOMAINS, path="*/domains")
    server.on("PATCH", USER_AGENTS, path="*/user-agents")


def created_with(shown: object) -> Reply:
    data = {"id": PLAYBACK_ID, "accessPolicy": "public", "accessRestrictions": shown}
    return Reply(201, {"success": True, "data": data})


def sent(server: ScriptedServer, method: str = "PATCH") -> list[tuple[str, Any]]:
    """The last part of the path and the body of each request."""
    return [(one.path.rsplit("/", 1)[-1], json.loads(one.body)) for one in server.received if one.method == method]


def test_the_restrictions_go_along_with_the_create_with_all_their_fields(
    lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    server.on("POST", created_with(AS_SENT))
    made = lifecycle.create(DECLARED)
    assert sent(server, "POST") == [("playback-ids", {"accessPolicy": "public", "accessRestrictions": AS_SENT})]
    assert sent(server) == []
    assert made.inputs == DECLARED
    assert made.state["accessRestrictions"] == RESTRICTIONS


def test_without_restrictions_none_are_sent(lifecycle: Lifecycle, server: ScriptedServer) -> None:
    made = lifecycle.create(INPUTS)
    assert sent(server, "POST") == [("playback-ids", {"accessPolicy": "public"})]
    assert "accessRestrictions" not in made.state


@pytest.mark.parametrize(
    ("shown", "patched"),
    [
        (None, ["domains", "user-agents"]),
        ({}, ["domains", "user-agents"]),
        ("none", ["domains", "user-agents"]),
        ({"domains": None, "userAgents": AS_SENT["userAgents"]}, ["domains"]),
        ({"domains": "all", "userAgents": AS_SENT["userAgents"]}, ["domains"]),
        # The server has taken none of them, and shows its defaults.
        ({"domains": {}, "userAgents": {}}, ["domains", "user-agents"]),
        # Another order, other capital letters, and no list where it is empty.
        ({"domains": {"defaultPolicy": "deny", "allow": ["A.EXAMPLE"], "deny": None}}, ["user-agents"]),
    ],
)
def test_what_the_response_to_the_create_does_not_confirm_is_sent_by_itself(
    shown: object, patched: list[str], lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    server.on("POST", created_with(shown))
    made = lifecycle.create(DECLARED)
    assert [path for path, _ in sent(server)] == patched
    bodies = {"domains": AS_SENT["domains"], "user-agents": AS_SENT["userAgents"]}
    assert all(body == bodies[path] for path, body in sent(server))
    assert made.state["accessRestrictions"] == RESTRICTIONS


def test_a_response_with_other_rules_than_were_sent_fails_and_says_both(
    lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    server.on("PATCH", rules("allow"), path="*/domains")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.create(DECLARED)
    assert (raised.value.id, raised.value.state["accessRestrictions"]) == (
        PLAYBACK_ID,
        {"domains": {}, "userAgents": RESTRICTIONS["userAgents"]},
    )
    assert (
        f"FastPix was sent the domains rules of playback ID {PLAYBACK_ID}, and answered with others: defaultPolicy is "
        f"'allow' and not 'deny', allow lacks 1 entry and has 0 others."
    ) in str(raised.value)
    assert "it is public, for all domains and for all user agents but 1." in str(raised.value)


@pytest.mark.parametrize(
    ("reply", "stored"),
    [
        (error(403, "forbidden"), {"userAgents": RESTRICTIONS["userAgents"]}),
        (DROPPED, {"domains": UNCONFIRMED}),
        (Reply(200, {"success": True}), {"domains": UNCONFIRMED}),
        (Reply(200, {"success": True, "data": None}), {"domains": UNCONFIRMED}),
        (Reply(200, {"success": True, "data": {"domains": {"defaultPolicy": "deny"}}}), {"domains": UNCONFIRMED}),
        (error(500, "internal error"), {"domains": UNCONFIRMED}),
    ],
)
def test_an_update_stores_what_is_confirmed_and_what_is_in_doubt(
    reply: Reply, stored: dict[str, Any], lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    """A refusal of one group doesn't keep the other from being sent."""
    server.on("PATCH", reply, path="*/domains")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.update(PLAYBACK_ID, {**INPUTS, "seenBy": seen_by(lifecycle)}, DECLARED)
    assert raised.value.state["accessRestrictions"] == stored
    assert raised.value.id == PLAYBACK_ID


@pytest.mark.parametrize(
    "reply", [error(403, "forbidden"), rules("deny", ["secret.example"])], ids=["refused", "others"]
)
def test_a_partly_failed_update_stores_no_entries_of_before(
    reply: Reply, lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    """They may have been secret, and the state is encrypted only where the new inputs are."""
    server.on("PATCH", reply, path="*/domains")
    before = {"domains": {"defaultPolicy": "deny", "allow": ["secret.example"], "deny": []}}
    state = {**INPUTS, "accessRestrictions": before, "seenBy": seen_by(lifecycle)}
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.update(PLAYBACK_ID, state, DECLARED)
    assert raised.value.state["accessRestrictions"] == {
        "domains": UNCONFIRMED,
        "userAgents": RESTRICTIONS["userAgents"],
    }
    assert "secret.example" not in str(raised.value)


@pytest.mark.parametrize("lost", [DROPPED, error(500, "internal error")])
def test_a_change_that_was_lost_and_then_refused_is_in_doubt(
    lost: Reply, lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    """Were the old rules stored as they are, a program that goes back to them would send nothing."""
    server.on("PATCH", lost, error(403, "forbidden"), path="*/domains")
    state = {**DECLARED, "seenBy": seen_by(lifecycle)}
    with pytest.raises(PartlyDoneError, match="perhaps for all domains") as raised:
        lifecycle.update(PLAYBACK_ID, state, {**DECLARED, "accessRestrictions": {**RESTRICTIONS, "domains": {}}})
    assert raised.value.state["accessRestrictions"] == {**RESTRICTIONS, "domains": {"defaultPolicy": "unconfirmed"}}


@pytest.mark.parametrize(
    ("shown", "patched"),
    [
        (None, [("domains", {"defaultPolicy": "allow", "allow": [], "deny": []})]),
        (AS_SENT, [("domains", {"defaultPolicy": "allow", "allow": [], "deny": []})]),
        ({"domains": {}, "userAgents": AS_SENT["userAgents"]}, []),
    ],
)
def test_a_claimed_playback_id_that_another_create_may_have_restricted_is_opened(
    shown: object, patched: list[tuple[str, Any]], lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    """Which of two lost creates has made which can't be known; a group that neither has sent is left alone."""
    came = {"id": PLAYBACK_ID, "accessPolicy": "public", "accessRestrictions": shown}
    stream = {"streamId": DEMO_STREAM_ID, "playbackIds": [came]}
    empty = listing()
    server.on("GET", *[empty] * 4, Reply(200, {"success": True, "data": stream}))
    server.on("POST", error(504, "gateway timeout"))
    server.on("PATCH", rules(), path="*/domains")
    with pytest.raises(CreateInDoubtError):
        lifecycle.create({**INPUTS, "accessRestrictions": {"domains": RESTRICTIONS["domains"]}})
    made = lifecycle.create(INPUTS)
    assert made.id == PLAYBACK_ID
    assert sent(server) == patched
    assert "accessRestrictions" not in made.state


def seen_by(lifecycle: Lifecycle) -> str:
    return str(lifecycle._settings.workspace_mark)  # type: ignore[attr-defined]


def test_an_update_of_which_nothing_was_done_is_a_plain_failure(lifecycle: Lifecycle, server: ScriptedServer) -> None:
    for path in ("*/domains", "*/user-agents"):
        server.on("PATCH", error(403, "forbidden"), path=path)
    with pytest.raises(FastPixError) as raised:
        lifecycle.update(PLAYBACK_ID, {**INPUTS, "seenBy": seen_by(lifecycle)}, DECLARED)
    assert type(raised.value) is FastPixError
    assert "it is public, for all domains and for all user agents." in str(raised.value)
    assert str(raised.value).count("The access token needs the permission to read and write.") == 1


def test_groups_that_are_declared_no_more_are_opened(lifecycle: Lifecycle, server: ScriptedServer) -> None:
    server.on("PATCH", rules(), path="*/domains")
    state = {**DECLARED, "seenBy": seen_by(lifecycle)}
    updated = lifecycle.update(PLAYBACK_ID, state, {**INPUTS, "accessRestrictions": {"userAgents": {"deny": ["curl"]}}})
    assert sent(server) == [("domains", {"defaultPolicy": "allow", "allow": [], "deny": []})]
    assert updated.state["accessRestrictions"] == {"userAgents": {"deny": ["curl"]}}
    assert updated.inputs == {**INPUTS, "accessRestrictions": {"userAgents": {"deny": ["curl"]}}}


def test_what_may_have_been_set_is_opened_when_it_is_declared_no_more(
    lifecycle: Lifecycle, server: ScriptedServer
) -> None:
    server.on("PATCH", rules(), path="*/domains")
    state = {**INPUTS, "accessRestrictions": {"domains": UNCONFIRMED}, "seenBy": seen_by(lifecycle)}
    updated = lifecycle.update(PLAYBACK_ID, state, INPUTS)
    assert [path for path, _ in sent(server)] == ["domains"]
    assert "accessRestrictions" not in updated.state


def test_an_update_in_another_workspace_sends_nothing(lifecycle: Lifecycle, server: ScriptedServer) -> None:
    server.on("GET", STREAM_NOT_FOUND)
    with pytest.raises(StreamNotVisibleError):
        lifecycle.update(PLAYBACK_ID, {**INPUTS, "seenBy": "0123456789ab"}, DECLARED)
    assert sent(server) == []


def test_an_update_of_a_playback_id_that_is_gone_says_so(lifecycle: Lifecycle, server: ScriptedServer) -> None:
    for path in ("*/domains", "*/user-agents"):
        server.on("PATCH", PLAYBACK_ID_NOT_FOUND, path=path)
    with pytest.raises(FastPixError, match="`pulumi refresh`"):
        lifecycle.update(PLAYBACK_ID, {**INPUTS, "seenBy": seen_by(lifecycle)}, DECLARED)


def test_one_of_another_policy_is_stored_and_how_open_it_is_is_told(
    lifecycle: Lifecycle, server: ScriptedServer, settings: Settings
) -> None:
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.create({**DECLARED, "accessPolicy": "private"})
    assert raised.value.state == {
        "streamId": DEMO_STREAM_ID,
        "accessPolicy": "public",
        "accessRestrictions": {"domains": UNCONFIRMED, "userAgents": UNCONFIRMED_AGENTS},
        "seenBy": settings.workspace_mark,
    }
    assert f"made {PLAYBACK_ID}, which is public, perhaps for all domains" in str(raised.value)
    assert len(sent(server)) == 0
