"""A signing key from creation to destruction: what is sent, what is stored, and what happens behind our back."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jwt
import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.signing import signed_hls_url
from support.engine import DYNAMIC, NATIVE, Run, Stack, counts

ROOT = Path(__file__).parents[2]
KEYS = "/v1/iam/signing-keys"
UNTIL = datetime(2100, 1, 1, tzinfo=timezone.utc)
IMPORT = ("import", "--yes", "--generate-code=false", "--protect=false", "fastpix:index:SigningKey")


def declared(*arguments: str, name: str = "viewers") -> str:
    return f"key = fastpix.SigningKey({', '.join((repr(name), *arguments))})\n"


def succeeded(run: Run) -> Run:
    assert run.status == 0, run.output
    return run


def said(run: Run) -> str:
    """What a command printed, on one line."""
    return " ".join(run.output.split())


def sent(sandbox: Sandbox) -> list[str]:
    """All requests about keys since the last time."""
    requests = [
        f"{one.method} {'all' if one.path == KEYS else 'one'}" for one in sandbox.requests if one.path.startswith(KEYS)
    ]
    sandbox.clear_requests()
    return requests


def keys(sandbox: Sandbox) -> list[str]:
    """Oldest first."""
    return [one.id for one in reversed(sandbox.store.signing_keys.list())]


def with_secrets(stack: Stack) -> dict[str, Any]:
    """Inputs and outputs of the key, with the secrets: encrypted, these are others each time."""
    state = json.loads(succeeded(stack.run("stack", "export", "--show-secrets")).output)
    (key,) = [one for one in state["deployment"]["resources"] if one["type"].endswith(":SigningKey")]
    return {"id": key["id"], "inputs": key.get("inputs"), **key["outputs"]}


def plain(value: dict[str, Any]) -> str:
    """A secret in an export, as text."""
    return str(json.loads(value["plaintext"]))


def test_a_key_is_made_left_alone_rotated_and_deleted(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared("rotation='2026-11'") + "pulumi.export('id', key.id)\n")
    preview = succeeded(stack.preview())
    assert sandbox.requests == []
    up = succeeded(stack.up())
    assert counts(up) == {"created": 2}
    assert sent(sandbox) == ["GET all", "POST all", "GET one"]
    (old,) = keys(sandbox)
    assert stack.ids() == {"viewers": old}
    state = with_secrets(stack)
    of_sandbox = sandbox.store.signing_keys.get(old)
    assert state["publicKey"] == of_sandbox.public_key
    assert state["createdAt"] == of_sandbox.created_at
    assert state["rotation"] == "2026-11"
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 2}
    assert sandbox.requests == []
    assert counts(succeeded(stack.refresh("--expect-no-changes"))) == {"unchanged": 2}
    assert sent(sandbox) == ["GET one"]

    stack.write_program(declared("rotation='2026-12'") + "pulumi.export('id', key.id)\n")
    preview = succeeded(stack.preview())
    (line,) = [line for line in preview.output.splitlines() if "rotation" in line and "=>" in line]
    assert '~ rotation: "2026-11" => "2026-12"' in line
    assert f"Signing key {old} is replaced: every token that it has signed ends" in said(preview)
    assert sandbox.requests == []
    succeeded(stack.up())
    assert sent(sandbox) == ["GET all", "POST all", "GET one", "DELETE one"]
    (new,) = keys(sandbox)
    assert new != old
    assert stack.outputs() == {"id": new}
    assert with_secrets(stack)["privateKey"] != state["privateKey"]
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 2}

    succeeded(stack.destroy())
    assert sent(sandbox) == ["DELETE one"]
    assert keys(sandbox) == []


def test_a_key_that_was_deleted_elsewhere_is_noted_and_made_anew(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared())
    succeeded(stack.up())
    (old,) = keys(sandbox)
    sandbox.store.signing_keys.delete(old)
    assert counts(succeeded(stack.refresh())) == {"deleted": 1, "unchanged": 1}
    assert counts(succeeded(stack.up())) == {"created": 1, "unchanged": 1}
    (new,) = keys(sandbox)
    assert new != old
    sandbox.store.signing_keys.delete(new)
    sandbox.clear_requests()
    succeeded(stack.destroy())
    assert sent(sandbox) == ["DELETE one"]
    assert stack.resources() == {}


def test_another_workspace_changes_nothing_until_the_key_is_taken_out_of_the_state(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write_program(declared())
    succeeded(stack.up())
    (key_id,) = keys(sandbox)
    before = with_secrets(stack)
    stranger = sandbox.store.access_tokens.add(workspace="another")
    other = {"FASTPIX_USERNAME": stranger.id, "FASTPIX_PASSWORD": stranger.secret}
    sandbox.clear_requests()
    runs = [stack.refresh(**other), stack.destroy(**other)]
    # Nor is a key made there in the place of this one.
    stack.write_program(declared("rotation='2026-12'"))
    runs.append(stack.up(**other))
    for run in runs:
        assert run.status != 0
        assert f"Can't tell whether signing key {key_id} exists" in said(run)
        assert "Nothing was changed" in said(run)
        assert "Traceback" not in run.output
    assert {*sent(sandbox)} == {"GET one"}
    assert with_secrets(stack) == before
    assert keys(sandbox) == [key_id]

    # The way out that the message names.
    urns = succeeded(stack.run("stack", "--show-urns")).output
    (urn,) = re.findall(r"urn:pulumi:\S+::viewers", urns)
    succeeded(stack.run("state", "delete", "--yes", urn))
    succeeded(stack.destroy(**other))
    assert keys(sandbox) == [key_id]


def test_another_access_token_of_the_workspace_rotates_a_key(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared())
    succeeded(stack.up())
    (old,) = keys(sandbox)
    token = sandbox.store.access_tokens.add()
    stack.write_program(declared("rotation='2026-12'"))
    sandbox.clear_requests()
    succeeded(stack.up(FASTPIX_USERNAME=token.id, FASTPIX_PASSWORD=token.secret))
    # The old one is seen before the new one is made, and before it is deleted.
    assert sent(sandbox) == ["GET one", "GET all", "POST all", "GET one", "GET one", "DELETE one"]
    assert keys(sandbox) != [old]


def test_another_access_token_replaces_a_key_that_has_to_be_deleted_first(stack: Stack, sandbox: Sandbox) -> None:
    options = "opts=pulumi.ResourceOptions(delete_before_replace=True)"
    stack.write_program(declared(options))
    succeeded(stack.up())
    token = sandbox.store.access_tokens.add()
    stack.write_program(declared("rotation='2026-12'", options))
    sandbox.clear_requests()
    succeeded(stack.up(FASTPIX_USERNAME=token.id, FASTPIX_PASSWORD=token.secret))
    assert sent(sandbox) == ["GET one", "DELETE one", "GET all", "POST all", "GET one"]


@pytest.mark.parametrize("may", ["read-only", "hidden"])
def test_a_token_that_may_not_make_keys_is_said_to_be_no_administrators(
    may: Any, stack: Stack, sandbox: Sandbox
) -> None:
    stack.write_program(declared())
    sandbox.switches.signing_keys = may
    failed = stack.up()
    assert failed.status != 0
    assert "FastPix answered 403" in failed.output
    assert "Signing keys take an administrator's access token." in said(failed)
    assert "Traceback" not in failed.output
    assert keys(sandbox) == []
    assert stack.resources() == {}
    sandbox.switches.signing_keys = "allowed"
    succeeded(stack.up())
    sandbox.switches.signing_keys = may
    # It is no deletion, either.
    assert (stack.refresh().status == 0) == (may == "read-only")
    assert stack.destroy().status != 0
    assert stack.ids() == {"viewers": keys(sandbox)[0]}


def test_an_imported_key_says_that_it_lacks_its_private_key(stack: Stack, sandbox: Sandbox) -> None:
    """Through the native provider, also for the dynamic one, to which the next `up` moves it."""
    made = sandbox.store.signing_keys.create()
    imported = succeeded(stack.run(*IMPORT, "viewers", made.id))
    assert f"Signing key {made.id} comes without its private key" in said(imported)
    state = with_secrets(stack)
    assert state["publicKey"] == sandbox.store.signing_keys.get(made.id).public_key
    assert "privateKey" not in state
    stack.write_program(declared())
    up = succeeded(stack.up())
    assert counts(up) == ({"updated": 1, "unchanged": 1} if stack.provider is DYNAMIC else {"unchanged": 2})
    assert sandbox.mutating_requests == []
    for run in (stack.refresh("--expect-no-changes"), stack.up("--expect-no-changes")):
        assert "private key" not in succeeded(run).output

    playback = f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", access_policy="private")'
    until = "__import__('datetime').datetime(2100, 1, 1, tzinfo=__import__('datetime').timezone.utc)"
    stack.write_program(f"{declared()}{playback}.signed_hls_url(key, expires_at={until})\n")
    refused = stack.up()
    assert refused.status != 0
    assert f"The stack doesn't have the private key of signing key {made.id}" in said(refused)
    assert "addresses.py" not in refused.output

    # What the announcement advises.
    stack.write_program(declared("rotation='ours'"))
    succeeded(stack.up())
    (ours,) = keys(sandbox)
    assert ours != made.id
    assert plain(with_secrets(stack)["privateKey"])


@pytest.mark.parametrize("provider", [NATIVE], ids=["native"])
def test_the_import_option_takes_a_key(stack: Stack, sandbox: Sandbox) -> None:
    made = sandbox.store.signing_keys.create()
    stack.write_program(declared(f"pulumi.ResourceOptions(import_='{made.id}')"))
    assert "comes without its private key" in said(succeeded(stack.up()))
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 2}
    missing = stack.run(*IMPORT, "missing", "00000000-1111-2222-3333-444444444444")
    assert missing.status != 0
    assert "Could not read signing key 00000000-1111-2222-3333-444444444444" in said(missing)


def test_a_lookup_has_no_private_key_and_that_is_no_warning(stack: Stack, sandbox: Sandbox) -> None:
    made = sandbox.store.signing_keys.create()
    stack.write_program(
        f"key = fastpix.SigningKey.get('shared', '{made.id}')\n"
        "for name in ('id', 'public_key', 'private_key', 'rotation', 'created_at'):\n"
        "    pulumi.export(name, getattr(key, name))\n"
    )
    for run in (stack.preview(), stack.up(), stack.up("--expect-no-changes"), stack.refresh()):
        assert "comes without" not in succeeded(run).output
    outputs = {name: value for name, value in stack.outputs().items() if value is not None}
    assert outputs == {"id": made.id, "public_key": sandbox.store.signing_keys.get(made.id).public_key}
    succeeded(stack.destroy())
    assert sandbox.mutating_requests == []
    assert keys(sandbox) == [made.id]


def test_changing_the_import_moves_a_key_there_and_back_with_its_secret(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared("rotation='2026-11'"))
    succeeded(stack.up())
    before = with_secrets(stack)
    sandbox.clear_requests()
    for provider in (NATIVE if stack.provider is DYNAMIC else DYNAMIC, stack.provider):
        stack.provider = provider
        stack.write_program(declared("rotation='2026-11'"))
        succeeded(stack.up())
        now = with_secrets(stack)
        assert {key: now[key] for key in now if key not in ("__provider", "inputs")} == {
            key: before[key] for key in before if key not in ("__provider", "inputs")
        }
        assert plain(now["privateKey"]) not in stack.export()
    assert sandbox.requests == []


def test_a_program_signs_an_address_that_is_secret_and_stays_the_same(stack: Stack) -> None:
    until = "__import__('datetime').datetime(2100, 1, 1, tzinfo=__import__('datetime').timezone.utc)"
    stack.write_program(
        f"{declared()}stream = fastpix.LiveStream('concert', access_policy='private')\n"
        f"partner = fastpix.LivePlaybackId('partner', stream_id=stream.id, access_policy='private')\n"
        f"pulumi.export('crew', stream.signed_hls_url(key, expires_at={until}))\n"
        f"pulumi.export('partner', partner.signed_hls_url(key, expires_at={until}))\n"
    )
    assert succeeded(stack.preview()).status == 0, "unknown: the key doesn't exist yet"
    runs = [succeeded(stack.up())]
    outputs, state = stack.outputs(), with_secrets(stack)
    playback_ids = {
        "crew": stack.resources()["concert"]["outputs"]["playbackId"],
        "partner": stack.ids()["partner"],
    }
    for name, playback_id in playback_ids.items():
        signed = signed_hls_url(playback_id, state["id"], plain(state["privateKey"]), expires_at=UNTIL)
        assert outputs[name] == signed
        token = signed.partition("?token=")[2]
        claims = jwt.decode(token, state["publicKey"], ["RS256"], audience=f"media:{playback_id}")
        assert claims["kid"] == state["id"]
    runs += [stack.preview(), stack.up("--expect-no-changes"), stack.refresh(), stack.run("stack", "output")]
    runs += [stack.run("stack", "export")]
    for run in runs:
        assert not [token for token in outputs.values() if token in succeeded(run).output]
    written = [path.read_bytes() for path in stack.written_files()]
    assert not [token for token in outputs.values() for content in written if token.encode() in content]


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_the_programs_of_the_page_about_signing_run(stack: Stack, sandbox: Sandbox) -> None:
    page = (ROOT / "docs" / "signing.md").read_text()
    programs = re.findall(r"^( *)```python\n(.*?)```", page, flags=re.DOTALL | re.MULTILINE)
    own = [re.sub(rf"^{indent}", "", program, flags=re.MULTILINE) for indent, program in programs]
    first, rotating, signing = [program for program in own if "import pulumi\n" in program]
    for program, names in (
        (first, {"concert", "viewers"}),
        (rotating, {"viewers-2026-11", "viewers-2026-12"}),
        (signing.replace("2026, 12", "2100, 12"), {"concert", "viewers"}),
    ):
        (stack.program_folder / "__main__.py").write_text(program)
        succeeded(stack.up())
        assert stack.ids().keys() == names
    assert "?token=" in stack.outputs()["rehearsal"]
    succeeded(stack.destroy())
    assert keys(sandbox) == []
