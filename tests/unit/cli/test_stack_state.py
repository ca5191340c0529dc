"""What is read out of an export."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.stack.state import NotAStateError, name_of, parse
from support.states import STREAM, export, resource, secret, urn


def test_playback_ids_creates_and_the_rest() -> None:
    state = parse(
        export(
            resource("kept", "id-1"),
            resource("used", "id-2", external=True),
            resource("old", "id-3", delete=True),
            {"urn": "urn:pulumi:dev::project::random:index/x:X::other", "type": "random:index/x:X", "id": "x"},
            pending=(
                resource("begun", protect=True, urn=urn('a "b"::c', "my:index:Comp$"), parent="urn:p::q::C::p::1"),
            ),
        )
    )
    assert (state.stack, state.project) == ("dev", "project")
    assert [(one.name, one.id, one.external, one.to_be_deleted) for one in state.playback_ids] == [
        ("kept", "id-1", False, False),
        ("used", "id-2", True, False),
        ("old", "id-3", False, True),
    ]
    (begun,) = state.pending_creates
    assert (begun.name, begun.protect, begun.parent_name, begun.provider) == ('a "b"::c', True, "p::1", "")
    assert (begun.stream_id, begun.access_policy, begun.seen_by) == (STREAM, "public", None)
    assert urn("old") not in state.urns
    assert not state.sealed


def test_other_operations_are_counted() -> None:
    state = parse(export(resource("kept", "id-1"), pending=(resource("kept", "id-1"),), operation="deleting"))
    assert (state.pending_creates, state.pending_others) == ((), 1)


def test_creates_of_other_resources_are_named() -> None:
    other = {"urn": "urn:pulumi:dev::project::random:index/x:X::other", "type": "random:index/x:X"}
    state = parse(export(pending=(other, resource("begun"))))
    assert [one.name for one in state.pending_creates] == ["begun"]
    assert state.pending_elsewhere == (other["urn"],)
    assert (state.stack, state.pending_others) == ("dev", 0)


@pytest.mark.parametrize(
    ("name", "explicit"),
    [("default", False), ("default_0_1_0", False), ("default_https_//x_y", False), ("default_eu", True), ("eu", True)],
)
def test_a_providers_name_may_begin_like_a_default_one(name: str, explicit: bool) -> None:
    provider = f"urn:pulumi:dev::project::pulumi:providers:fastpix::{name}"
    (one,) = parse(export(resource("main", "id-1", provider=f"{provider}::c0ffee"))).playback_ids
    assert (one.provider == provider) is explicit


@pytest.mark.parametrize(
    ("stream_id", "sealed", "read"),
    [(secret(ciphertext="v1:x"), True, None), (secret(plaintext=json.dumps(STREAM)), False, STREAM)],
)
def test_secrets_are_read_when_they_are_shown(stream_id: Any, sealed: bool, read: str | None) -> None:
    state = parse(export(pending=(resource("begun", stream_id=stream_id),)))
    assert state.sealed is sealed
    assert state.pending_creates[0].stream_id == read
    assert state.pending_creates[0].keeps_stream_secret
    assert state.pending_creates[0].inputs["streamId"] == stream_id


def test_an_explicit_provider_has_settings_of_its_own() -> None:
    account = "urn:pulumi:dev::project::pulumi:providers:pulumi-python::far"
    inputs = {"fastpix:accessTokenId": "token", "fastpix:secretKey": secret(ciphertext="v1:x"), "unrelated": "1"}
    provider = {"urn": account, "type": "pulumi:providers:pulumi-python", "id": "c0ffee", "inputs": inputs}
    state = parse(export(provider, resource("far", "id-1", provider=f"{account}::c0ffee")))
    assert state.playback_ids[0].provider == account
    assert state.accounts == {account: {"accessTokenId": "token", "secretKey": None}}
    assert state.sealed
    assert not parse(export(provider, resource("near", "id-1"))).sealed


def test_a_new_stack_has_nothing() -> None:
    state = parse({"version": 3, "deployment": {"manifest": {}}})
    assert (state.stack, state.playback_ids, state.pending_creates) == ("", (), ())


@pytest.mark.parametrize("wrong", [None, [], {}, {"deployment": None}, {"deployment": {"resources": [{"x": 1}]}}])
def test_something_else_is_not_a_state(wrong: Any) -> None:
    with pytest.raises(NotAStateError):
        parse(wrong)


def test_names_may_contain_what_separates_the_parts_of_a_urn() -> None:
    assert name_of("urn:pulumi:dev::project::a$b::c::d") == "c::d"
