"""Changing a live stream in place, in front of a server that answers word for word what a test wants."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.errors import (
    FastPixError,
    OtherValuesError,
    PartlyDoneError,
)
from pulumi_fastpix.resources.live_stream.lifecycle import LiveStreamLifecycle
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.live_stream_resource import INPUTS, RULES, bodies, no_secret_in
from support.playback_ids import STREAM_KEY
from support.responses import DROPPED, error, rules
from support.scripted_server import Reply, ScriptedServer
from support.streams import stream

pytestmark = pytest.mark.usefixtures("script")


def test_a_partly_failed_update_stores_no_metadata_of_before(
    lifecycle: LiveStreamLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    """It may have been secret, and the state is encrypted only where the new inputs are."""
    server.on("PATCH", DROPPED, path=f"*/{DEMO_STREAM_ID}")
    with pytest.raises(PartlyDoneError) as raised:
        lifecycle.update(DEMO_STREAM_ID, {**state, "metadata": {"a": "secret"}}, {**INPUTS, "metadata": {"b": "2"}})
    assert raised.value.state["metadata"] == {"": ""}


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
