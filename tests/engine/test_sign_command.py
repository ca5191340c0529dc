"""`sign` with a key that a stack made, at the sandbox's stream host."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pulumi_fastpix.sandbox import Sandbox
from support.cases import BOTH_PROVIDERS, MODULES, through_both
from support.commands import Completed, examples, fastpix, shell
from support.engine import Stack, succeeded
from support.made_keys import assert_never_shown, keys_of

CONCERT = through_both("""
concert = module.LiveStream("concert-" + provider, access_policy="private")
audience = module.LivePlaybackId("audience-" + provider, stream_id=concert.id)
pulumi.export("crew-" + provider, concert.playback_id)
pulumi.export("audience-" + provider, audience.id)
""")
"""A private playback ID and a public one, through each provider."""


@dataclass(frozen=True)
class Concert:
    """A stack with `CONCERT` and the keys `viewers-<provider>` and `deleted-<provider>`; with what these keys are."""

    stack: Stack
    sandbox: Sandbox
    keys: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def concert(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Concert]:
    with Sandbox() as sandbox:
        stack = new_stack(tmp_path_factory.mktemp("concert"), sandbox)
        with_keys(stack, *(f"{name}-{provider}" for name in ("viewers", "deleted") for provider in MODULES))
        yield Concert(stack, sandbox, keys_of(stack))


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    return new_stack(tmp_path, sandbox)


def new_stack(folder: Path, sandbox: Sandbox, secrets_provider: str | None = None) -> Stack:
    """A stack whose addresses lead to the sandbox."""
    stack = Stack(folder, {**sandbox.environment(), "FASTPIX_STREAM_URL": sandbox.stream_url})
    stack.write_program("")
    stack.create(secrets_provider=secrets_provider)
    return stack


def with_keys(stack: Stack, *names: str) -> None:
    """Let the stack have `CONCERT` and these signing keys, whose names end in the provider's."""
    keys = (f"{MODULES[name.rpartition('-')[2]]}.SigningKey({name!r})\n" for name in names)
    stack.write_program(CONCERT + "".join(keys))
    succeeded(stack.up())


def address(completed: Completed) -> str:
    """The one line that was printed."""
    assert (completed.status, completed.stderr) == (0, ""), completed
    assert completed.stdout.count("\n") == 1
    return completed.stdout.strip()


def status_of(url: str) -> int:
    """What the stream host answers a player."""
    request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0"})
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def claims(url: str, public_key: str) -> dict[str, Any]:
    """Those of the token in an address, once its signature is known to be that of the key."""
    signed, _, signature = url.partition("?token=")[2].rpartition(".")
    key = serialization.load_pem_public_key(public_key.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return dict(json.loads(decoded(signed.partition(".")[2])))


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("provider", MODULES)
def test_the_printed_address_plays_until_its_key_is_deleted(provider: str, concert: Concert) -> None:
    stack, sandbox = concert.stack, concert.sandbox
    crew, audience = (stack.outputs()[f"{whose}-{provider}"] for whose in ("crew", "audience"))
    key = ("--key", f"deleted-{provider}")
    key_id, private_key = concert.keys[f"deleted-{provider}"]
    sandbox.clear_requests()
    signed = fastpix(stack, "sign", crew, *key, "--valid-for", "2h")
    url = address(signed)
    assert url.startswith(f"{sandbox.stream_url}/{crew}.m3u8?token=")
    found = claims(url, sandbox.store.signing_keys.get(key_id).public_key)
    assert abs(found.pop("exp") - time.time() - 7200) < 120
    assert found == {"kid": key_id, "aud": f"media:{crew}", "iss": "fastpix.com", "sub": ""}
    assert sandbox.requests == []
    assert [status_of(one) for one in (url, url.partition("?")[0], url.replace(crew, audience))] == [200, 401, 200]
    noted = fastpix(stack, "sign", audience, *key)
    assert noted.status == 0
    assert noted.stderr.startswith("Warning: the playback ID is public in stack dev: it plays without a token, too")
    sandbox.store.signing_keys.delete(key_id)
    assert status_of(url) == 401
    assert_never_shown(private_key, signed, noted)


@pytest.mark.parametrize("provider", MODULES)
def test_a_file_a_pipe_and_the_environment_sign_without_pulumi(provider: str, concert: Concert, tmp_path: Path) -> None:
    stack, crew = concert.stack, concert.stack.outputs()[f"crew-{provider}"]
    key_id, private_key = concert.keys[f"viewers-{provider}"]
    file, elsewhere = tmp_path / "key", tmp_path / "elsewhere"
    elsewhere.mkdir()
    file.touch(0o600)
    file.write_text(private_key)
    nowhere = {"PATH": "", "PULUMI_CONFIG_PASSPHRASE": ""}
    of_file = ("--key-id", key_id, "--key-file")
    in_environment = {"FASTPIX_SIGNING_KEY_ID": key_id, "FASTPIX_SIGNING_PRIVATE_KEY": private_key}
    signed = [
        fastpix(stack, "sign", crew, *of_file, str(file), folder=elsewhere, environ=nowhere),
        fastpix(stack, "sign", crew, *of_file, "-", stdin=private_key, folder=elsewhere, environ=nowhere),
        fastpix(stack, "sign", crew, folder=elsewhere, environ={**nowhere, **in_environment}),
    ]
    assert [status_of(address(one)) for one in signed] == [200] * 3
    for_drm = fastpix(stack, "sign", crew, *of_file, str(file), "--audience", "drm")
    assert status_of(address(for_drm)) == 401
    assert_never_shown(private_key, *signed, for_drm, fastpix(stack, "sign", "--help"))


def test_the_only_key_signs_and_of_two_keys_one_is_named_and_each_signs(stack: Stack) -> None:
    with_keys(stack, "viewers-dynamic")
    crew = stack.outputs()["crew-dynamic"]
    assert status_of(address(fastpix(stack, "sign", crew))) == 200

    names = "viewers-dynamic", "viewers-native"
    with_keys(stack, *names)
    refused = fastpix(stack, "sign", crew)
    assert (refused.status, refused.stdout) == (1, "")
    assert "With --key, give one of these: 'viewers-dynamic', 'viewers-native'." in refused.stderr
    urls = [address(fastpix(stack, "sign", crew, "--key", name)) for name in names]
    assert [status_of(url) for url in urls] == [200, 200]

    with_keys(stack, "viewers-native")
    assert [status_of(url) for url in urls] == [401, 200]
    assert status_of(address(fastpix(stack, "sign", crew))) == 200


def test_a_stack_that_cannot_be_decrypted_signs_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = new_stack(tmp_path, sandbox, secrets_provider="passphrase")
    with_keys(stack, *(f"viewers-{provider}" for provider in MODULES))
    keys = keys_of(stack)
    for provider in MODULES:
        arguments = ("sign", stack.outputs()[f"crew-{provider}"], "--key", f"viewers-{provider}")
        refused = fastpix(stack, *arguments, environ={"PULUMI_CONFIG_PASSPHRASE": "wrong"})
        assert (refused.status, refused.stdout) == (1, "")
        assert "incorrect passphrase" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert_never_shown(keys[f"viewers-{provider}"][1], refused)


def test_an_imported_key_and_a_looked_up_one_are_refused_and_the_examples_of_the_help_take_the_other(
    stack: Stack, sandbox: Sandbox
) -> None:
    imported, looked_up = (sandbox.store.signing_keys.create().id for _ in range(2))
    import_ = ("import", "--yes", "--generate-code=false", "--protect=false", "fastpix:index:SigningKey", "imported")
    succeeded(stack.run(*import_, imported))
    stack.write_program(
        BOTH_PROVIDERS
        + f"""
native.SigningKey("imported")
fastpix.SigningKey.get("looked-up", id="{looked_up}")
fastpix.SigningKey("viewers")
"""
    )
    succeeded(stack.up())
    for name, key_id in (("imported", imported), ("looked-up", looked_up)):
        refused = fastpix(stack, "sign", "6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10", "--key", name)
        assert (refused.status, refused.stdout) == (1, "")
        assert f"Stack dev doesn't have the private key of {name!r}, signing key {key_id}" in refused.stderr

    ((key_id, private_key),) = keys_of(stack).values()
    (stack.program_folder / "key.txt").write_text(private_key)
    shown = examples(stack, "sign")
    assert len(shown) == 4
    for example in shown:
        completed = shell(stack, example)
        assert (completed.status, "?token=" in completed.stdout) == (0, True), example
        assert_never_shown(private_key, completed)
    assert key_id not in "".join(shown)
