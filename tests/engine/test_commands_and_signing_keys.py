"""The commands other than `sign`, beside signing keys: what they report of keys, and that no private key is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import MODULES, through_both
from support.commands import fastpix, follow, printed_commands
from support.engine import DYNAMIC, ProviderUnderTest, Stack, succeeded
from support.killing import turn_into_interrupted_creates, up_killed
from support.made_keys import assert_never_shown, keys_of


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


def with_keys(stack: Stack, *names: str) -> None:
    """Let the stack have signing keys through each provider, whose names are these, and the provider's behind them."""
    stack.write_program(through_both(f"for name in {names}:\n    module.SigningKey(name + '-' + provider)"))
    succeeded(stack.up())


def test_audit_finds_keys_of_nobody_and_deleted_ones(stack: Stack, sandbox: Sandbox) -> None:
    def kinds(*arguments: str) -> tuple[int, list[tuple[str, str]]]:
        audited = fastpix(stack, "audit", "--json", *arguments)
        findings = json.loads(audited.stdout)["findings"]
        return audited.status, [(one["kind"], one["signingKeyId"]) for one in findings if one["signingKeyId"]]

    with_keys(stack, "viewers")
    keys = keys_of(stack).values()
    assert kinds() == (0, [])
    other = sandbox.store.signing_keys.create().id
    assert kinds() == (0, [("undeclared-signing-key", other)])
    assert stack.run("stack", "init", "prod", "--no-select").status == 0
    for key_id, _ in keys:
        sandbox.store.signing_keys.delete(key_id)
    status, found = kinds()
    deleted = {("signing-key-deleted", key_id) for key_id, _ in keys}
    assert (status, set(found[:-1]), found[-1]) == (1, deleted, ("undeclared-signing-key", other))
    succeeded(stack.up("--refresh"))
    assert kinds() == (0, [("undeclared-signing-key", other)])
    sandbox.switches.signing_keys = "hidden"
    assert kinds("--all-streams") == (2, [])
    shown = fastpix(stack, "audit", "--all-streams"), fastpix(stack, "doctor")
    for _, private_key in keys:
        assert_never_shown(private_key, *shown)


def test_the_keys_of_interrupted_creates_are_named_and_new_ones_made(stack: Stack, sandbox: Sandbox) -> None:
    """Of some creates the state knows the id, as if the run had been killed right before it recorded them."""
    known, unknown = ([f"{which}-{provider}" for provider in MODULES] for which in ("known", "unknown"))
    with_keys(stack, "known", "unknown")
    lost = keys_of(stack)
    turn_into_interrupted_creates(stack, "id", "outputs", of=unknown)
    turn_into_interrupted_creates(stack, of=known)
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, "")
    assert "Stack dev has 4 interrupted creates of signing keys: " in advice.stdout
    for name, (key_id, _) in lost.items():
        certain = "  (certain: the state, or the journal of this machine, names it)" if name in known else ""
        created_at = sandbox.store.signing_keys.get(key_id).created_at
        assert f"\n  {key_id}  created {created_at}{certain}\n" in advice.stdout
        assert repr(name) in advice.stdout
    assert not (stack.program_folder / "fastpix-import.json").exists()
    doctor = fastpix(stack, "doctor", "--offline")
    assert "began to create 4 signing keys" in doctor.stdout
    assert len(printed_commands(advice.stdout)) == 2
    follow(stack, advice.stdout)
    up = succeeded(stack.up())
    assert "interrupted" not in up.output
    made = {stack.ids()[name] for name in (*known, *unknown)}
    assert len(made) == 4
    assert {one.id for one in sandbox.store.signing_keys.list()} == made | {key_id for key_id, _ in lost.values()}
    assert "Nothing to recover" in fastpix(stack, "recover").stdout
    for _, private_key in lost.values():
        assert_never_shown(private_key, advice, doctor)


def test_after_a_killed_run_the_rest_is_recovered_and_the_keys_are_named(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.06, spread=0.05))
    sandbox.faults.add(Fault(kind="latency", seconds=0.2, when="after"))
    stack.write_program(
        through_both("""
for number in range(3):
    module.LiveStream(f"concert-{provider}-{number}", reconnect_window={"dynamic": 300, "native": 301}[provider])
    module.SigningKey(f"viewers-{provider}-{number}")
""")
    )

    def both_are_at_work() -> bool:
        windows = {one.settings.reconnect_window for one in sandbox.store.live_streams.list()}
        return windows >= {300, 301} and len(sandbox.store.signing_keys.list()) >= 2

    up_killed(stack, both_are_at_work, tmp_path / "up.log", parallel=4)
    sandbox.faults.clear()
    made = {one.id for one in sandbox.store.signing_keys.list()}
    lost = made - set(stack.ids().values())
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, ""), advice
    assert all(key in advice.stdout for key in lost)
    assert not any(key in advice.stdout for key in made - lost)
    follow(stack, advice.stdout)
    (stack.program_folder / "fastpix-import.json").unlink(missing_ok=True)
    succeeded(stack.up())
    assert len(stack.ids()) == 12
    assert {one.id for one in sandbox.store.signing_keys.list()} - set(stack.ids().values()) == lost
    assert len(sandbox.store.live_streams.list()) == 7
