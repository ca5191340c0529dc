"""The signing keys among a stack's resources."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from support.states import FAR_PROVIDER, export, provider, resource, secret, urn
from support.stored_keys import KEY_TYPE, signing_key

ENCRYPTED = secret(ciphertext="v1:x")


def of(*resources: dict[str, Any], **more: Any) -> PlaybackIds:
    return PlaybackIds(parse(export(*resources, **more)))


@pytest.mark.parametrize("type_", [KEY_TYPE, "fastpix:index:SigningKey"])
def test_keys_of_both_providers_are_read(type_: str) -> None:
    of_type = {"type": type_, "urn": urn("viewers", type_=type_), "provider": FAR_PROVIDER}
    stack = of(
        signing_key("viewers", "k", private_key=ENCRYPTED, **of_type),
        signing_key("shared", "l", external=True),
        resource("main", "x"),
        pending=(signing_key("more"), signing_key("viewers", "k", **of_type)),
    )
    viewers, shared = stack.signing_keys.recorded
    assert (viewers.name, viewers.id, viewers.seen_by) == ("viewers", "k", "sandbox-0123456789ab")
    assert viewers.explicit_provider == FAR_PROVIDER.rpartition("::")[0]
    assert (viewers.has_private_key, shared.has_private_key) == (True, False)
    assert [one.name for one in stack.signing_keys.interrupted_creates] == ["more"]
    assert [one.name for one in stack.signing_keys.every] == ["viewers", "shared", "more"]
    assert stack.signing_keys.owned.keys() == {"k"}
    assert stack.owned.keys() == {"x"}
    assert [one.name for one in stack.resources] == ["main", "viewers", "shared"]
    assert [one.name for one in stack.interrupted_creates] == []


def test_a_private_key_is_nothing_that_has_to_be_decrypted() -> None:
    assert not of(signing_key("viewers", "k", private_key=ENCRYPTED)).encrypted


@pytest.mark.parametrize("pending", [False, True])
def test_the_account_of_a_key_is(pending: bool) -> None:
    hidden = provider(FAR_PROVIDER, **{"fastpix:secretKey": ENCRYPTED})
    key = signing_key("viewers", "" if pending else "k", provider=FAR_PROVIDER)
    assert of(hidden, *([] if pending else [key]), pending=(key,) if pending else ()).encrypted
