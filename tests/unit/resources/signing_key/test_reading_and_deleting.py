"""Reading, updating, importing and deleting signing keys."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.errors import (
    FastPixError,
    InvalidInputError,
    KeyNotVisibleError,
    NotFoundError,
    UnexpectedResponseError,
)
from pulumi_fastpix.resources.signing_key.lifecycle import SigningKeyLifecycle
from support.responses import BAD_GATEWAY, DROPPED, SERVER_ERROR, error
from support.scripted_server import Received, Reply, ScriptedServer
from support.signing_keys import (
    KEY_ID,
    KEY_NOT_FOUND,
    PUBLIC_KEY,
    key_read,
)

ONE = f"*/signing-keys/{KEY_ID}"
IMPORTED: dict[str, Any] = {}
LOOKED_UP = {"rotation": ""}


def posts(server: ScriptedServer) -> list[Received]:
    return [request for request in server.received if request.method == "POST"]


def changes(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.received if request.method != "GET"]


def test_a_finished_key_is_updated_without_a_request(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    assert lifecycle.update(KEY_ID, state, {"rotation": "2026-11"}).state == state
    assert server.received == []


@pytest.mark.parametrize(
    "shown",
    [
        PUBLIC_KEY,
        PUBLIC_KEY.strip(),
        PUBLIC_KEY.replace("\n", "\r\n"),
        "\n".join(PUBLIC_KEY[start : start + 64] for start in range(0, len(PUBLIC_KEY), 64)),
    ],
)
def test_the_same_public_key_in_other_lines_is_no_change(
    shown: str, lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", key_read(public_key=shown), path=ONE)
    read = lifecycle.read(KEY_ID, state)
    assert read is not None
    assert (read.state, read.inputs) == (state, {"rotation": "2026-11"})


def test_another_public_key_is_shown(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    another = PUBLIC_KEY.replace("c", "d", 1)
    server.on("GET", key_read(public_key=another), path=ONE)
    read = lifecycle.read(KEY_ID, state)
    assert read is not None
    assert read.state == {**state, "publicKey": another}


def test_a_key_that_the_workspace_had_and_lacks_was_deleted(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", KEY_NOT_FOUND, path=ONE)
    server.on("DELETE", KEY_NOT_FOUND)
    assert lifecycle.read(KEY_ID, state) is None
    lifecycle.delete(KEY_ID, state)
    assert changes(server) == ["DELETE"]


def test_in_another_workspace_nothing_is_changed(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", KEY_NOT_FOUND, path=ONE)
    elsewhere = {**state, "seenBy": "another"}
    for call in (lifecycle.read, lifecycle.delete):
        with pytest.raises(KeyNotVisibleError, match="Nothing was changed") as raised:
            call(KEY_ID, elsewhere)
        assert "pulumi state delete" in raised.value.advice
    assert changes(server) == []


def test_a_key_that_was_seen_by_another_token_of_the_workspace_is_deleted(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    """Also if the response is lost, and the repeated request finds no key any more."""
    server.on("DELETE", DROPPED, KEY_NOT_FOUND)
    lifecycle.delete(KEY_ID, {**state, "seenBy": "another"})
    assert changes(server) == ["DELETE", "DELETE"]
    read = lifecycle.read(KEY_ID, {**state, "seenBy": "another"})
    assert read is not None
    assert read.state == state


@pytest.mark.parametrize("failure", [error(401, "no"), error(429, "no"), SERVER_ERROR, BAD_GATEWAY, DROPPED])
def test_no_outage_looks_like_a_deletion(
    failure: Reply, lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", failure, path=ONE)
    server.on("DELETE", failure)
    with pytest.raises(FastPixError):
        lifecycle.read(KEY_ID, state)
    with pytest.raises(FastPixError):
        lifecycle.delete(KEY_ID, state)


def test_another_key_than_was_asked_for_is_not_believed(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", key_read("another"), path=ONE)
    with pytest.raises(UnexpectedResponseError, match="describes another key"):
        lifecycle.read(KEY_ID, state)


def test_an_import_says_that_the_private_key_is_missing_and_a_lookup_need_not(
    lifecycle: SigningKeyLifecycle, said: list[Any], state: dict[str, Any]
) -> None:
    expected = {"publicKey": PUBLIC_KEY, "seenBy": state["seenBy"]}
    looked_up = lifecycle.read(KEY_ID, LOOKED_UP)
    assert looked_up is not None
    assert (looked_up.state, looked_up.inputs, said) == (expected, {}, [])
    imported = lifecycle.read(KEY_ID, IMPORTED)
    assert imported == looked_up
    ((severity, text),) = said
    assert severity == "warning"
    assert f"Signing key {KEY_ID} comes without its private key" in text
    # From then on it is one of the stack's own.
    refreshed = lifecycle.read(KEY_ID, imported.state)
    assert refreshed == imported
    assert len(said) == 1


def test_a_lookup_of_a_key_that_does_not_exist_fails(lifecycle: SigningKeyLifecycle, server: ScriptedServer) -> None:
    server.on("GET", KEY_NOT_FOUND, path=ONE)
    for props in (IMPORTED, LOOKED_UP):
        with pytest.raises(NotFoundError, match=f"read signing key {KEY_ID}"):
            lifecycle.read(KEY_ID, props)


@pytest.mark.parametrize("id_", ["", "a/b", "https://a", f"{'0' * 32}k{'1' * 32}"])
def test_no_request_is_sent_for_what_is_no_id(
    id_: str, lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    for call in (lifecycle.read, lifecycle.delete):
        with pytest.raises(InvalidInputError, match="Invalid signing key ID"):
            call(id_, state)
    with pytest.raises(InvalidInputError):
        lifecycle.update(id_, state, {})
    assert server.received == []
