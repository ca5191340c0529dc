"""Signing keys that a stack hasn't made: imported and looked-up ones come without their private keys."""

from __future__ import annotations

import json

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import MODULES, through_both
from support.engine import Run, Stack, counts, succeeded
from support.made_keys import keys_of

TYPE = "fastpix:index:SigningKey"
IMPORT = ("import", "--yes", "--generate-code=false", "--protect=false")
NAMES = [f"viewers-{provider}" for provider in MODULES]


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


def declared(rotation: str = "") -> str:
    """A key through each provider, without a rotation unless one is given."""
    return "keys = {}\n" + through_both(
        f"keys[provider] = module.SigningKey('viewers-' + provider, rotation={rotation or None!r})"
    )


def signing(provider: str) -> str:
    """An address that is signed with this provider's key."""
    return f"""
import datetime
main = {MODULES[provider]}.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", access_policy="private")
main.signed_hls_url(keys["{provider}"], expires_at=datetime.datetime(2100, 1, 1, tzinfo=datetime.timezone.utc))
"""


def said(run: Run) -> str:
    """What a command printed, on one line."""
    return " ".join(run.output.split())


def keys(sandbox: Sandbox) -> set[str]:
    return {one.id for one in sandbox.store.signing_keys.list()}


def test_an_imported_key_says_that_it_lacks_its_private_key(stack: Stack, sandbox: Sandbox) -> None:
    """Through the native provider, also for the dynamic one, to which the next `up` moves it; or with an option."""
    made = {name: sandbox.store.signing_keys.create() for name in (*NAMES, "option")}
    entries = [{"type": TYPE, "name": name, "id": made[name].id} for name in NAMES]
    (stack.program_folder / "import.json").write_text(json.dumps({"resources": entries}))
    imported = succeeded(stack.run(*IMPORT, "--file=import.json"))
    for name in NAMES:
        assert f"Signing key {made[name].id} comes without its private key" in said(imported)
        state = stack.resources()[name]["outputs"]
        assert state["publicKey"] == sandbox.store.signing_keys.get(made[name].id).public_key
        assert "privateKey" not in state
    with_option = f"native.SigningKey('option', opts=pulumi.ResourceOptions(import_='{made['option'].id}'))\n"
    stack.write_program(declared() + with_option)
    up = succeeded(stack.up())
    assert counts(up) == {"updated": 1, "imported": 1, "changes": 2, "unchanged": 2}
    assert "comes without its private key" in up.said_of("option")
    assert sandbox.mutating_requests == []
    for run in (stack.refresh("--expect-no-changes"), stack.up("--expect-no-changes")):
        assert "private key" not in succeeded(run).output
        assert counts(run) == {"unchanged": 4}
    missing = stack.run(*IMPORT, TYPE, "missing", "00000000-1111-2222-3333-444444444444")
    assert missing.status != 0
    assert "Could not read signing key 00000000-1111-2222-3333-444444444444" in said(missing)

    for provider in MODULES:
        stack.write_program(declared() + with_option + signing(provider))
        refused = stack.up()
        assert refused.status != 0
        key_id = made[f"viewers-{provider}"].id
        assert f"The stack doesn't have the private key of signing key {key_id}" in said(refused)
        assert "addresses.py" not in refused.output

    # What the announcement advises.
    stack.write_program(declared("ours") + with_option)
    succeeded(stack.up())
    assert not {*stack.ids().values()} & {made[name].id for name in NAMES}
    assert stack.ids()["option"] == made["option"].id
    assert {*stack.ids().values()} == keys(sandbox)
    assert all(keys_of(stack)[name][1] for name in NAMES)


def test_a_lookup_has_no_private_key_and_that_is_no_warning(stack: Stack, sandbox: Sandbox) -> None:
    made = sandbox.store.signing_keys.create()
    stack.write_program(
        through_both(
            f"key = module.SigningKey.get('shared-' + provider, '{made.id}')\n"
            "for name in ('id', 'public_key', 'private_key', 'rotation', 'created_at'):\n"
            "    pulumi.export(f'{provider}-{name}', getattr(key, name))\n"
        )
    )
    for run in (stack.preview(), stack.up(), stack.up("--expect-no-changes"), stack.refresh()):
        assert "comes without" not in succeeded(run).output
    outputs = {name: value for name, value in stack.outputs().items() if value is not None}
    public_key = sandbox.store.signing_keys.get(made.id).public_key
    assert outputs == {
        f"{provider}-{name}": value
        for provider in MODULES
        for name, value in (("id", made.id), ("public_key", public_key))
    }
    succeeded(stack.destroy())
    assert sandbox.mutating_requests == []
    assert keys(sandbox) == {made.id}
