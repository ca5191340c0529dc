"""`sign` with a key that a stack made, at the sandbox's stream host; and the other commands beside signing keys."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.commands import Completed, examples, fastpix, follow, printed_commands, shell
from support.engine import DYNAMIC, ProviderUnderTest, Stack
from support.killing import turn_into_interrupted_creates, up_killed

CONCERT = """
concert = fastpix.LiveStream("concert", access_policy="private")
audience = fastpix.LivePlaybackId("audience", stream_id=concert.id)
for name in {keys}:
    fastpix.SigningKey(name)
pulumi.export("crew", concert.playback_id)
pulumi.export("audience", audience.id)
"""


@pytest.fixture
def concert(stack: Stack, sandbox: Sandbox) -> Stack:
    """A stack with a private playback ID, a public one and a signing key, whose addresses lead to the sandbox."""
    stack.environ["FASTPIX_STREAM_URL"] = sandbox.stream_url
    return with_keys(stack, "viewers")


def with_keys(stack: Stack, *names: str) -> Stack:
    stack.write_program(CONCERT.format(keys=names))
    up = stack.up()
    assert up.status == 0, up.output
    return stack


def key_of(stack: Stack, name: str = "viewers") -> tuple[str, str]:
    """The ID and the private key."""
    state = json.loads(stack.run("stack", "export", "--show-secrets").output)["deployment"]
    (key,) = [one for one in state["resources"] if one["urn"].endswith(f"SigningKey::{name}")]
    return str(key["id"]), str(json.loads(key["outputs"]["privateKey"]["plaintext"]))


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


def assert_never_shown(private_key: str, *completed: Completed) -> None:
    body = base64.b64decode(private_key).decode().splitlines()[1]
    printed = "".join(one.stdout + one.stderr for one in completed)
    assert not any(form in printed for form in (private_key, body, body[:40]))


def test_the_printed_address_plays_until_its_key_is_deleted(concert: Stack, sandbox: Sandbox) -> None:
    crew, audience = concert.outputs()["crew"], concert.outputs()["audience"]
    key_id, private_key = key_of(concert)
    sandbox.clear_requests()
    signed = fastpix(concert, "sign", crew, "--valid-for", "2h")
    url = address(signed)
    assert url.startswith(f"{sandbox.stream_url}/{crew}.m3u8?token=")
    found = claims(url, sandbox.store.signing_keys.get(key_id).public_key)
    assert abs(found.pop("exp") - time.time() - 7200) < 120
    assert found == {"kid": key_id, "aud": f"media:{crew}", "iss": "fastpix.com", "sub": ""}
    assert sandbox.requests == []
    assert [status_of(one) for one in (url, url.partition("?")[0], url.replace(crew, audience))] == [200, 401, 200]
    noted = fastpix(concert, "sign", audience)
    assert noted.status == 0
    assert noted.stderr.startswith("Warning: the playback ID is public in stack dev: it plays without a token, too")
    assert status_of(address(fastpix(concert, "sign", crew, "--audience", "drm"))) == 401
    sandbox.store.signing_keys.delete(key_id)
    assert status_of(url) == 401
    assert_never_shown(private_key, signed, noted, fastpix(concert, "sign", "--help"))


def test_of_two_keys_one_is_named_and_each_signs(concert: Stack) -> None:
    with_keys(concert, "viewers", "viewers-2026-12")
    crew = concert.outputs()["crew"]
    refused = fastpix(concert, "sign", crew)
    assert (refused.status, refused.stdout) == (1, "")
    assert "With --key, give one of these: 'viewers', 'viewers-2026-12'." in refused.stderr
    urls = [address(fastpix(concert, "sign", crew, "--key", name)) for name in ("viewers", "viewers-2026-12")]
    assert [status_of(url) for url in urls] == [200, 200]
    with_keys(concert, "viewers-2026-12")
    assert [status_of(url) for url in urls] == [401, 200]
    assert status_of(address(fastpix(concert, "sign", crew))) == 200


def test_a_file_a_pipe_and_the_environment_sign_without_pulumi(concert: Stack, tmp_path: Path) -> None:
    crew = concert.outputs()["crew"]
    key_id, private_key = key_of(concert)
    file, elsewhere = tmp_path / "key", tmp_path / "elsewhere"
    elsewhere.mkdir()
    file.touch(0o600)
    file.write_text(private_key)
    nowhere = {"PATH": "", "PULUMI_CONFIG_PASSPHRASE": ""}
    of_file = ("--key-id", key_id, "--key-file")
    in_environment = {"FASTPIX_SIGNING_KEY_ID": key_id, "FASTPIX_SIGNING_PRIVATE_KEY": private_key}
    signed = [
        fastpix(concert, "sign", crew, *of_file, str(file), folder=elsewhere, environ=nowhere),
        fastpix(concert, "sign", crew, *of_file, "-", stdin=private_key, folder=elsewhere, environ=nowhere),
        fastpix(concert, "sign", crew, folder=elsewhere, environ={**nowhere, **in_environment}),
    ]
    assert [status_of(address(one)) for one in signed] == [200] * 3
    assert_never_shown(private_key, *signed)


def test_a_stack_that_cannot_be_decrypted_signs_nothing(
    provider: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    concert = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_STREAM_URL": sandbox.stream_url}, provider)
    concert.write_program("")
    concert.create(secrets_provider="passphrase")
    with_keys(concert, "viewers")
    _, private_key = key_of(concert)
    refused = fastpix(concert, "sign", concert.outputs()["crew"], environ={"PULUMI_CONFIG_PASSPHRASE": "wrong"})
    assert (refused.status, refused.stdout) == (1, "")
    assert "incorrect passphrase" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert_never_shown(private_key, refused)


def test_an_imported_key_and_a_looked_up_one_are_refused(stack: Stack, sandbox: Sandbox) -> None:
    key_id = sandbox.store.signing_keys.create().id
    stack.write_program(f"fastpix.SigningKey.get('viewers', id='{key_id}')\n")
    if stack.provider is not DYNAMIC:
        stack.write_program("fastpix.SigningKey('viewers')\n")
        imported = stack.run(
            "import", "--yes", "--generate-code=false", "--protect=false", "fastpix:index:SigningKey", "viewers", key_id
        )
        assert imported.status == 0, imported.output
    up = stack.up()
    assert up.status == 0, up.output
    refused = fastpix(stack, "sign", "6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10")
    assert (refused.status, refused.stdout) == (1, "")
    assert f"Stack dev doesn't have the private key of 'viewers', signing key {key_id}" in refused.stderr


def test_the_examples_of_the_help_run(concert: Stack) -> None:
    key_id, private_key = key_of(concert)
    (concert.program_folder / "key.txt").write_text(private_key)
    shown = examples(concert, "sign")
    assert len(shown) == 4
    for example in shown:
        completed = shell(concert, example)
        assert (completed.status, "?token=" in completed.stdout) == (0, True), example
        assert_never_shown(private_key, completed)
    assert key_id not in "".join(shown)


def test_audit_finds_keys_of_nobody_and_deleted_ones(concert: Stack, sandbox: Sandbox) -> None:
    def kinds(*arguments: str) -> tuple[int, list[tuple[str, str]]]:
        audited = fastpix(concert, "audit", "--json", *arguments)
        findings = json.loads(audited.stdout)["findings"]
        return audited.status, [(one["kind"], one["signingKeyId"]) for one in findings if one["signingKeyId"]]

    key_id, private_key = key_of(concert)
    assert kinds() == (0, [])
    other = sandbox.store.signing_keys.create().id
    assert kinds() == (0, [("undeclared-signing-key", other)])
    assert concert.run("stack", "init", "prod", "--no-select").status == 0
    sandbox.store.signing_keys.delete(key_id)
    assert kinds() == (1, [("signing-key-deleted", key_id), ("undeclared-signing-key", other)])
    for command in ("refresh", "up"):
        assert concert.run(command, "--yes", "--skip-preview").status == 0
    assert kinds() == (0, [("undeclared-signing-key", other)])
    sandbox.switches.signing_keys = "hidden"
    assert kinds("--all-streams") == (2, [])
    assert_never_shown(private_key, fastpix(concert, "audit", "--all-streams"), fastpix(concert, "doctor"))


@pytest.mark.parametrize("unknown", [(), ("id", "outputs")], ids=["with an id", "without an id"])
def test_the_key_of_an_interrupted_create_is_named_and_a_new_one_made(
    unknown: tuple[str, ...], stack: Stack, sandbox: Sandbox
) -> None:
    stack.write_program("fastpix.SigningKey('viewers')\n")
    assert stack.up().status == 0
    lost, private_key = key_of(stack)
    turn_into_interrupted_creates(stack, *unknown)
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, "")
    assert "Stack dev has 1 interrupted create of a signing key: 'viewers'." in advice.stdout
    certain = "" if unknown else "  (certain: the state, or the journal of this machine, names it)"
    created_at = sandbox.store.signing_keys.get(lost).created_at
    assert f"\n  {lost}  created {created_at}{certain}\n" in advice.stdout
    assert not (stack.program_folder / "fastpix-import.json").exists()
    doctor = fastpix(stack, "doctor", "--offline")
    assert "began to create 1 signing key" in doctor.stdout
    assert len(printed_commands(advice.stdout)) == 2
    follow(stack, advice.stdout)
    up = stack.up()
    assert up.status == 0, up.output
    assert "interrupted" not in up.output
    assert {one.id for one in sandbox.store.signing_keys.list()} == {lost, key_of(stack)[0]}
    assert "Nothing to recover" in fastpix(stack, "recover").stdout
    assert_never_shown(private_key, advice, doctor)


def test_after_a_killed_run_the_rest_is_recovered_and_the_keys_are_named(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.06, spread=0.05))
    sandbox.faults.add(Fault(kind="latency", seconds=0.2, when="after"))
    stack.write_program(
        "for number in range(6):\n"
        "    fastpix.LiveStream(f'concert-{number}', reconnect_window=300)\n"
        "    fastpix.SigningKey(f'viewers-{number}')\n"
    )
    up_killed(stack, lambda: len(sandbox.store.signing_keys.list()) >= 2, tmp_path / "up.log", parallel=4)
    sandbox.faults.clear()
    made = {one.id for one in sandbox.store.signing_keys.list()}
    lost = made - set(stack.ids().values())
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, ""), advice
    assert all(key in advice.stdout for key in lost)
    assert not any(key in advice.stdout for key in made - lost)
    follow(stack, advice.stdout)
    (stack.program_folder / "fastpix-import.json").unlink(missing_ok=True)
    up = stack.up()
    assert up.status == 0, up.output
    assert len(stack.ids()) == 12
    assert {one.id for one in sandbox.store.signing_keys.list()} - set(stack.ids().values()) == lost
    assert len(sandbox.store.live_streams.list()) == 7
