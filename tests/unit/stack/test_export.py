"""`stack` reads an export of `pulumi stack export`, with resources of ours of every type and somebody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.stack.accounts import default_accounts, explicit_accounts
from pulumi_fastpix.stack.export import NotAStateError, parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.resource_types import OURS, types_named
from pulumi_fastpix.stack.urns import name_of, urn_of
from pulumi_fastpix.stack.values import is_encrypted, is_secret, text_of
from support.states import (
    DEFAULT_NATIVE_PROVIDER,
    DEFAULT_PROVIDER,
    FAR_PROVIDER,
    MADE_UP_TYPE,
    STREAM,
    export,
    interrupted,
    made_up,
    provider,
    resource,
    secret,
    through,
    urn,
)

OTHER = {"urn": "urn:pulumi:dev::project::random:index/x:X::other", "type": "random:index/x:X", "id": "x"}
WITH_MADE_UP = types_named("LivePlaybackId", "MadeUp")


def test_the_tokens_of_our_types_are_those_that_stacks_hold() -> None:
    assert OURS == {
        "pulumi-python:dynamic/fastpix:LivePlaybackId": "LivePlaybackId",
        "fastpix:index:LivePlaybackId": "LivePlaybackId",
        "pulumi-python:dynamic/fastpix:LiveStream": "LiveStream",
        "fastpix:index:LiveStream": "LiveStream",
        "pulumi-python:dynamic/fastpix:SigningKey": "SigningKey",
        "fastpix:index:SigningKey": "SigningKey",
    }
    assert WITH_MADE_UP[MADE_UP_TYPE] == WITH_MADE_UP["fastpix:index:MadeUp"] == "MadeUp"


def test_resources_of_every_type_are_read() -> None:
    exported = export(resource("kept", "id-1"), made_up("other", "id-2"), OTHER)
    state = parse(exported, WITH_MADE_UP)
    assert (state.stack, state.project) == ("dev", "project")
    assert [(one.name, one.id, one.type_name) for one in state.resources[1:]] == [
        ("kept", "id-1", "LivePlaybackId"),
        ("other", "id-2", "MadeUp"),
        ("other", "x", ""),
    ]
    assert [one.id for one in state.ours] == ["id-1", "id-2"]
    assert state.resources[2].inputs == made_up("other")["inputs"]
    assert state.resources[2].type_token == MADE_UP_TYPE
    assert [one.id for one in parse(exported).ours] == ["id-1"]


def test_only_playback_ids_count_as_playback_ids() -> None:
    """Also where another resource of ours has the same names and ids."""
    exported = export(
        made_up("kept", "id-1"),
        resource("kept", "id-1"),
        resource("looked-up", "id-2", external=True),
        resource("old", "id-3", delete=True),
        OTHER,
        pending=(made_up("main"), resource("main"), OTHER),
    )
    for types in (OURS, WITH_MADE_UP):
        state = parse(exported, types)
        playback_ids = PlaybackIds(state)
        assert [(one.name, one.id, one.external, one.to_be_deleted) for one in playback_ids.recorded] == [
            ("kept", "id-1", False, False),
            ("looked-up", "id-2", True, False),
            ("old", "id-3", False, True),
        ]
        assert [one.urn for one in playback_ids.interrupted_creates] == [urn("main")]
        assert playback_ids.owned.keys() == {"id-1", "id-3"}
        assert urn("old") not in state.urns
        assert urn("kept", type_=MADE_UP_TYPE) in state.urns
        assert not playback_ids.encrypted, "what is encrypted in the other resource isn't needed"


def test_an_interrupted_create_has_all_that_the_state_knows_of_it() -> None:
    pending = resource("main", protect=True, urn=urn('a "b"::c', "my:index:Comp$"), parent="urn:p::q::C::p::1")
    (create,) = PlaybackIds(parse(export(pending=(pending,)))).interrupted_creates
    assert (create.name, create.protect, create.parent_name) == ('a "b"::c', True, "p::1")
    assert (create.explicit_provider, create.id) == ("", "")
    assert (create.stream_id, create.access_policy, create.seen_by) == (STREAM, "public", None)


def test_an_interrupted_create_may_have_its_id_and_owns_nothing() -> None:
    """Pulumi writes the id where a run is killed between FastPix's response and the end of the create."""
    playback_ids = PlaybackIds(parse(export(resource("main", "id-1"), pending=(resource("main", "id-2"),))))
    (create,) = playback_ids.interrupted_creates
    assert (create.id, create.interrupted) == ("id-2", True)
    assert playback_ids.owned.keys() == {"id-1"}
    assert not any(one.interrupted for one in playback_ids.recorded)


@pytest.mark.parametrize("recorded", [resource("main", "id-1"), resource("main-orphan", "id-1", delete=True)])
def test_an_interrupted_create_whose_playback_id_was_imported_is_over(recorded: dict[str, Any]) -> None:
    """Pulumi keeps it until it is told to forget it."""
    pending = (resource("main", "id-1"),)
    assert PlaybackIds(parse(export(recorded, pending=pending))).interrupted_creates == ()
    looked_up = export(resource("lookup", "id-1", external=True), pending=pending)
    assert len(PlaybackIds(parse(looked_up)).interrupted_creates) == 1


def test_other_operations_than_creates_are_kept_apart() -> None:
    state = parse(export(resource("kept", "id-1"), pending=(resource("kept", "id-1"),), operation="deleting"))
    assert [operation.kind for operation in state.interrupted] == ["deleting"]
    assert PlaybackIds(state).interrupted_creates == ()


@pytest.mark.parametrize(
    ("name", "explicit"),
    [
        ("default", False),
        ("default_0_1_0", False),
        ("default_git_/x/y.git/plugin", False),
        ("default_eu", True),
        ("eu", True),
    ],
)
def test_a_providers_name_may_begin_like_a_default_one(name: str, explicit: bool) -> None:
    provider_urn = f"urn:pulumi:dev::project::pulumi:providers:fastpix::{name}"
    (one,) = PlaybackIds(parse(export(resource("main", "id-1", provider=f"{provider_urn}::c0ffee")))).recorded
    assert (one.explicit_provider == provider_urn) is explicit


@pytest.mark.parametrize(
    ("value", "encrypted"),
    [
        ("text", False),
        (None, False),
        (secret(ciphertext="v1:x"), True),
        (secret(plaintext='"text"'), False),
        ([{"deep": [1, secret(ciphertext="v1:x")]}], True),
        ({"deep": {"list": [secret(plaintext='"text"')]}}, False),
        ({"4dabf18193072939515e22adb298388d": "an asset", "ciphertext": "no secret"}, False),
    ],
)
def test_an_encrypted_value_is_found_at_any_depth(value: Any, encrypted: bool) -> None:
    assert is_encrypted(value) is encrypted


def test_only_a_value_as_a_whole_is_a_secret() -> None:
    assert is_secret(secret(ciphertext="v1:x"))
    assert is_secret(secret(plaintext='"x"'))
    assert not is_secret([secret(ciphertext="v1:x")])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text", "text"),
        (3.0, "3.0"),
        (None, None),
        (secret(plaintext='"text"'), "text"),
        (secret(ciphertext="v1:x"), None),
    ],
)
def test_the_text_of_a_value(value: Any, text: str | None) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("stream_id", "encrypted", "read"),
    [(secret(ciphertext="v1:x"), True, None), (secret(plaintext=json.dumps(STREAM)), False, STREAM)],
)
def test_a_secret_stream_is_read_where_it_is_readable(stream_id: Any, encrypted: bool, read: str | None) -> None:
    playback_ids = PlaybackIds(parse(interrupted(stream_id=stream_id)))
    assert playback_ids.encrypted is encrypted
    (create,) = playback_ids.interrupted_creates
    assert create.stream_id == read
    assert create.keeps_stream_secret
    assert create.inputs["streamId"] == stream_id


RESTRICTIONS = {"domains": {"defaultPolicy": "deny", "allow": ["partner.example"]}}


@pytest.mark.parametrize(
    ("stored", "read", "is_secret"),
    [
        (None, {}, False),
        (RESTRICTIONS, RESTRICTIONS, False),
        (secret(plaintext=json.dumps(RESTRICTIONS)), RESTRICTIONS, True),
        (
            {"domains": {"allow": [secret(plaintext='"partner.example"')]}},
            {"domains": {"allow": ["partner.example"]}},
            True,
        ),
        ({"domains": {"allow": [secret(ciphertext="v1:x")]}}, None, True),
    ],
)
def test_access_restrictions_are_read_where_they_are_readable(stored: Any, read: Any, is_secret: bool) -> None:
    playback_ids = PlaybackIds(parse(export(resource("main", "id-1", restrictions=stored))))
    (one,) = playback_ids.recorded
    assert (one.access_restrictions, one.keeps_restrictions_secret) == (read, is_secret)
    assert playback_ids.encrypted is (read is None)


def test_an_explicit_provider_has_an_account_of_its_own() -> None:
    inputs = {"fastpix:accessTokenId": "token", "fastpix:secretKey": secret(ciphertext="v1:x"), "unrelated": "1"}
    far, far_urn = provider(FAR_PROVIDER, **inputs), FAR_PROVIDER.rpartition("::")[0]
    playback_ids = PlaybackIds(parse(export(far, resource("far", "id-1", provider=FAR_PROVIDER))))
    assert playback_ids.recorded[0].explicit_provider == far_urn
    assert explicit_accounts(playback_ids.state) == {far_urn: {"accessTokenId": "token", "secretKey": None}}
    assert playback_ids.encrypted
    assert not PlaybackIds(parse(export(far, resource("near", "id-1")))).encrypted, "its account isn't needed"


@pytest.mark.parametrize(
    ("reference", "inputs"),
    [(DEFAULT_PROVIDER, {"fastpix:accessTokenId": "token"}), (DEFAULT_NATIVE_PROVIDER, {"accessTokenId": "token"})],
)
def test_the_account_of_a_default_provider_is_that_of_the_stack(reference: str, inputs: dict[str, str]) -> None:
    assert default_accounts(parse(through(reference, **inputs))) == ({"accessTokenId": "token"},)


def test_a_default_provider_counts_if_a_resource_of_any_type_of_ours_uses_it() -> None:
    used_by_other = export(provider(DEFAULT_PROVIDER), made_up("other", "id-1"), OTHER)
    assert default_accounts(parse(used_by_other, WITH_MADE_UP)) == ({},)
    assert default_accounts(parse(used_by_other)) == ()


def test_a_new_stack_has_nothing() -> None:
    state = parse({"version": 3, "deployment": {"manifest": {}}})
    assert (state.stack, state.resources, state.interrupted) == ("", (), ())


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"deployment": None},
        {"deployment": {"resources": [{"x": 1}]}},
        {"deployment": {"pending_operations": [{"type": "creating"}]}},
        {"deployment": {"resources": [{"urn": "no URN", "type": "x"}]}},
    ],
)
def test_something_else_is_not_a_state(wrong: Any) -> None:
    with pytest.raises(NotAStateError):
        parse(wrong)


def test_names_may_contain_the_colons_that_separate_the_parts_of_a_urn() -> None:
    assert name_of("urn:pulumi:dev::project::a$b::c::d") == "c::d"


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("", "urn:pulumi:dev::project::a:b:C::main"),
        ("urn:pulumi:dev::project::p:q:R::studio", "urn:pulumi:dev::project::p:q:R$a:b:C::main"),
    ],
)
def test_a_urn_names_the_types_of_the_parents(parent: str, expected: str) -> None:
    assert urn_of("dev", "project", "a:b:C", "main", parent) == expected
