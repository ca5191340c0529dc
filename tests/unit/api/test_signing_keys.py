"""FastPix's responses about signing keys: what is read of them, and that nothing shows a private key."""

from __future__ import annotations

import json

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import UnexpectedResponseError
from support.scripted_server import Reply, ScriptedServer
from support.signing_keys import CREATED_AT, KEY_ID, PRIVATE_KEY, PUBLIC_KEY, key_made, key_read, keys_listed


def test_a_private_key_is_printed_nowhere(client: Client, server: ScriptedServer) -> None:
    server.on("POST", key_made())
    made = client.signing_keys.create_once("once")
    assert (made.id, made.created_at, made.private_key.get_secret_value()) == (KEY_ID, CREATED_AT, PRIVATE_KEY)
    assert PRIVATE_KEY not in f"{made} {made!r} {made.model_dump_json()}"


@pytest.mark.parametrize("field", ["id", "privateKey"])
@pytest.mark.parametrize("value", [None, "", 7, [PRIVATE_KEY]])
def test_a_response_that_is_not_understood_does_not_show_it_either(
    field: str, value: object, client: Client, server: ScriptedServer
) -> None:
    data = {"id": KEY_ID, "privateKey": PRIVATE_KEY, field: value}
    server.on("POST", Reply(201, {"success": True, "data": data}))
    with pytest.raises(UnexpectedResponseError, match=f"data.{field}") as raised:
        client.signing_keys.create_once("once")
    assert PRIVATE_KEY not in str(raised.value)


def test_a_key_is_read_by_its_other_name_and_listed_by_its_time(client: Client, server: ScriptedServer) -> None:
    server.on("GET", key_read(), path=f"*/iam/signing-keys/{KEY_ID}")
    server.on("GET", keys_listed("new", "old"), path="*/iam/signing-keys[?]limit=50&offset=1")
    assert client.signing_keys.get(KEY_ID).public_key == PUBLIC_KEY
    listed = client.signing_keys.newest()
    assert [(one.id, one.created_at) for one in listed] == [("new", "time-of-new"), ("old", "time-of-old")]


def test_all_keys_are_listed_page_by_page(client: Client, server: ScriptedServer) -> None:
    ids = [f"key-{number}" for number in range(51)]
    server.on("GET", keys_listed(*ids[:50]), path="*[?]limit=50&offset=1")
    # One was made meanwhile, so that the last one of the first page comes once more.
    server.on("GET", keys_listed(*ids[49:]), path="*[?]limit=50&offset=2")
    assert list(client.signing_keys.every()) == ids


def test_a_create_sends_its_key_and_an_empty_object(client: Client, server: ScriptedServer) -> None:
    server.on("POST", key_made())
    client.signing_keys.create_once("once")
    (request,) = server.received
    assert (request.path, json.loads(request.body)) == ("/v1/iam/signing-keys", {})
    assert request.headers["Idempotency-Key"] == "once"
