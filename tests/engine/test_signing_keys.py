"""A signing key from creation to destruction: what is sent, what is stored, and what happens behind our back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, through_both
from support.engine import Run, Stack, counts, succeeded
from support.two_playback_ids import PREVIEWED, preview_of

KEYS = "/v1/iam/signing-keys"
NAMES = {f"viewers-{provider}": module for provider, module in MODULES.items()}
DELETED_FIRST = "opts=pulumi.ResourceOptions(delete_before_replace=True)"


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


def declared(*arguments: str) -> str:
    """A key through each provider."""
    return through_both(f"module.SigningKey('viewers-' + provider, {', '.join(arguments)})")


def in_turn(rotation: str) -> str:
    """A key through each provider, of which the second waits for the first, so that what is sent for them is in order.

    Their ids are outputs of the stack.
    """
    return "keys = []\n" + through_both(f"""
waiting = pulumi.ResourceOptions(depends_on=keys)
keys = [module.SigningKey("viewers-" + provider, rotation="{rotation}", opts=waiting)]
pulumi.export("viewers-" + provider, keys[0].id)
""")


def said_of(run: Run, name: str) -> str:
    """What a command printed about one resource, on one line."""
    return " ".join(run.said_of(name).split())


def sent(sandbox: Sandbox) -> list[str]:
    """All requests since the last time: they are about keys."""
    assert all(one.path.startswith(KEYS) for one in sandbox.requests)
    requests = [f"{one.method} {'all' if one.path == KEYS else 'one'}" for one in sandbox.requests]
    sandbox.clear_requests()
    return requests


def keys(sandbox: Sandbox) -> set[str]:
    return {one.id for one in sandbox.store.signing_keys.list()}


def at_server(sandbox: Sandbox, stack: Stack) -> dict[str, str]:
    """The keys of the stack's state, by name; these and no other ones are at the server."""
    assert {*stack.ids().values()} == keys(sandbox)
    return stack.ids()


def with_secrets(stack: Stack) -> dict[str, dict[str, Any]]:
    """Inputs and outputs of the keys by name, with the secrets."""
    states = stack.states_with_secrets()
    return {name: {"id": id_, "inputs": inputs, **outputs} for name, (id_, inputs, outputs) in states.items()}


def plain(value: dict[str, Any]) -> str:
    """A secret in an export, as text."""
    return str(json.loads(value["plaintext"]))


def move(stack: Stack, modules: Iterable[str], before: dict[str, dict[str, Any]]) -> None:
    """Change the import: each key goes to the module at its place with its secret, and as it was before."""
    lines = [f"{one}.SigningKey({name!r}, rotation='2026-11')\n" for name, one in zip(NAMES, modules, strict=True)]
    stack.write_program(BOTH_PROVIDERS + "".join(lines))
    succeeded(stack.up())
    assert without_provider(with_secrets(stack)) == without_provider(before)
    state = json.dumps(stack.deployment())
    assert [name for name in NAMES if plain(before[name]["privateKey"]) in state] == []


def without_provider(keys: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is the same through either provider."""
    return {
        name: {key: value for key, value in state.items() if key not in ("__provider", "inputs")}
        for name, state in keys.items()
    }


def test_a_key_is_made_left_alone_moved_there_and_back_rotated_and_deleted(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(in_turn("2026-11"))
    # The preview sends nothing, here and below: there is only what the update sends.
    assert counts(succeeded(stack.run(*PREVIEWED))) == {"created": 3}
    assert sent(sandbox) == ["GET all", "POST all", "GET one"] * 2
    old = at_server(sandbox, stack)
    assert old.keys() == NAMES.keys()
    before = with_secrets(stack)
    for name, state in before.items():
        of_sandbox = sandbox.store.signing_keys.get(old[name])
        assert state["publicKey"] == of_sandbox.public_key
        assert state["createdAt"] == of_sandbox.created_at
        assert state["rotation"] == "2026-11"
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}
    for modules in (reversed(NAMES.values()), NAMES.values()):
        move(stack, modules, before)
    assert sandbox.requests == []
    assert counts(succeeded(stack.refresh("--expect-no-changes"))) == {"unchanged": 3}
    assert without_provider(with_secrets(stack)) == without_provider(before), "what FastPix doesn't show is kept"
    assert sent(sandbox) == ["GET one"] * 2

    stack.write_program(in_turn("2026-12"))
    preview = preview_of(stack.run(*PREVIEWED))
    lines = [line for line in preview.splitlines() if "rotation" in line and "=>" in line]
    assert ['~ rotation: "2026-11" => "2026-12"' in line for line in lines] == [True, True]
    for key_id in old.values():
        assert f"Signing key {key_id} is replaced: every token that it has signed ends" in " ".join(preview.split())
    assert sent(sandbox) == ["GET all", "POST all", "GET one"] * 2 + ["DELETE one"] * 2
    new = at_server(sandbox, stack)
    assert not {*new.values()} & {*old.values()}
    assert stack.outputs() == new
    now = with_secrets(stack)
    assert all(now[name]["privateKey"] != before[name]["privateKey"] for name in NAMES)
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}

    succeeded(stack.destroy())
    assert sent(sandbox) == ["DELETE one"] * 2
    assert keys(sandbox) == set()


def test_a_key_that_was_deleted_elsewhere_is_noted_and_made_anew(stack: Stack, sandbox: Sandbox) -> None:
    def delete_elsewhere() -> set[str]:
        deleted = {*at_server(sandbox, stack).values()}
        for key_id in deleted:
            sandbox.store.signing_keys.delete(key_id)
        return deleted

    stack.write_program(declared())
    succeeded(stack.up())
    old = delete_elsewhere()
    assert counts(succeeded(stack.refresh())) == {"deleted": 2, "unchanged": 1}
    assert counts(succeeded(stack.up())) == {"created": 2, "unchanged": 1}
    assert not delete_elsewhere() & old
    sandbox.clear_requests()
    succeeded(stack.destroy())
    assert sent(sandbox) == ["DELETE one"] * 2
    assert stack.resources() == {}


def test_another_workspace_changes_nothing_until_the_key_is_taken_out_of_the_state(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write_program(declared())
    succeeded(stack.up())
    made = at_server(sandbox, stack)
    before = with_secrets(stack)
    stranger = sandbox.store.access_tokens.add(workspace="another")
    other = {"FASTPIX_USERNAME": stranger.id, "FASTPIX_PASSWORD": stranger.secret}
    sandbox.clear_requests()
    runs = [stack.refresh("--parallel=32", **other), stack.destroy(*AT_ONCE, **other)]
    # Nor is a key made there in the place of this one.
    stack.write_program(declared("rotation='2026-12'"))
    runs.append(stack.up(*AT_ONCE, **other))
    for run in runs:
        assert run.status != 0
        for name, key_id in made.items():
            assert f"Can't tell whether signing key {key_id} exists" in said_of(run, name), run.output
            assert "Nothing was changed" in said_of(run, name)
        assert "Traceback" not in run.output
    assert {*sent(sandbox)} == {"GET one"}
    assert with_secrets(stack) == before
    assert keys(sandbox) == {*made.values()}

    # The way out that the message names.
    shown = succeeded(stack.run("stack", "--show-urns")).output
    urns = []
    for name in NAMES:
        (urn,) = re.findall(rf"urn:pulumi:\S+::{name}", shown)
        urns.append(urn)
    succeeded(stack.run("state", "delete", "--yes", *urns))
    succeeded(stack.destroy(**other))
    assert keys(sandbox) == {*made.values()}


def test_another_access_token_of_the_workspace_rotates_a_key(stack: Stack, sandbox: Sandbox) -> None:
    def with_another_token() -> dict[str, str]:
        token = sandbox.store.access_tokens.add()
        return {"FASTPIX_USERNAME": token.id, "FASTPIX_PASSWORD": token.secret}

    stack.write_program(in_turn("2026-11"))
    succeeded(stack.up())
    old = at_server(sandbox, stack)
    sandbox.clear_requests()
    stack.write_program(in_turn("2026-12"))
    succeeded(stack.up(**with_another_token()))
    # The old one is seen before the new one is made, and before it is deleted.
    made, deleted = ["GET one", "GET all", "POST all", "GET one"], ["GET one", "DELETE one"]
    assert sent(sandbox) == made * 2 + deleted * 2
    assert not {*at_server(sandbox, stack).values()} & {*old.values()}

    # Also if it has to be deleted first.
    rotations = dict.fromkeys(NAMES, "2026-12")
    for name in NAMES:
        rotations[name] = "2027-01"
        lines = [f"{NAMES[key]}.SigningKey({key!r}, rotation={rotations[key]!r}, {DELETED_FIRST})\n" for key in NAMES]
        stack.write_program(BOTH_PROVIDERS + "".join(lines))
        succeeded(stack.up(**with_another_token()))
        assert sent(sandbox) == ["GET one", "DELETE one", "GET all", "POST all", "GET one"]


def test_a_token_that_may_not_make_keys_is_said_to_be_no_administrators(stack: Stack, sandbox: Sandbox) -> None:
    refusing: tuple[Any, ...] = ("read-only", "hidden")
    stack.write_program(declared())
    for may in refusing:
        sandbox.switches.signing_keys = may
        failed = stack.up(*AT_ONCE)
        assert failed.status != 0
        for name in NAMES:
            assert "FastPix answered 403" in said_of(failed, name), failed.output
            assert "Signing keys take an administrator's access token." in said_of(failed, name)
        assert "Traceback" not in failed.output
        assert keys(sandbox) == set()
        assert stack.resources() == {}
    sandbox.switches.signing_keys = "allowed"
    succeeded(stack.up())
    made = at_server(sandbox, stack)
    for may in refusing:
        sandbox.switches.signing_keys = may
        # It is no deletion, either.
        refresh, destroy = stack.refresh("--parallel=32"), stack.destroy(*AT_ONCE)
        assert (refresh.status == 0) == (may == "read-only")
        assert destroy.status != 0
        for name in NAMES:
            assert ("error:" in refresh.said_of(name)) == (may == "hidden"), refresh.output
            assert "error:" in destroy.said_of(name), destroy.output
        assert at_server(sandbox, stack) == made
