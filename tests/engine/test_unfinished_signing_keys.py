"""Creates of signing keys whose responses are lost, keys that aren't finished; and no secret is in clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, GIVES_UP_SOON, MODULES, through_both
from support.engine import NEWEST_SDK, OLDEST_SDK, Run, Stack, counts, succeeded
from support.private_keys import assert_no_secret, outputs_with_secrets, private_keys, secrets_in

KEYS = "/v1/iam/signing-keys"
LOST = Fault(kind="drop", when="after", method="POST", path=KEYS, times=1)
UNREADABLE = Fault(kind="status", status=500, method="GET", path=f"{KEYS}/*")


NAMES = {f"viewers-{provider}": module for provider, module in MODULES.items()}
BOTH_SDKS = {"newest-sdk": NEWEST_SDK, "oldest-sdk": OLDEST_SDK}


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    return new_stack(tmp_path, sandbox)


def new_stack(folder: Path, sandbox: Sandbox, python: Path = NEWEST_SDK) -> Stack:
    """One whose requests are repeated for three seconds."""
    stack = Stack(folder, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "3"}, python=python)
    stack.write_program("")
    stack.create()
    return stack


def declared(rotation: str = "2026-11", name: str = "viewers", module: str = "fastpix") -> str:
    return f"key = {module}.SigningKey('{name}', rotation='{rotation}')\n"


def in_turn(rotation: str = "2026-11") -> str:
    """A key through each provider, of which the second waits for the first: no key appears while one is made."""
    return "keys = []\n" + through_both(f"""
waiting = pulumi.ResourceOptions(depends_on=keys)
keys = [module.SigningKey("viewers-" + provider, rotation="{rotation}", opts=waiting)]
""")


def said(run: Run) -> str:
    """What a command printed, on one line."""
    return " ".join(run.output.split())


def changes(sandbox: Sandbox) -> list[str]:
    """What was sent to change keys since the last time."""
    methods = [one.method for one in sandbox.mutating_requests if one.path.startswith(KEYS)]
    sandbox.clear_requests()
    return methods


def keys(sandbox: Sandbox) -> list[str]:
    """Oldest first."""
    return [one.id for one in reversed(sandbox.store.signing_keys.list())]


def lose_each_first_response(sandbox: Sandbox) -> None:
    """Of the two creates, each of which is then sent once more."""
    sandbox.faults.add(LOST)
    # This one isn't asked about the first request, which the other one hits, and passes the second.
    sandbox.faults.add(replace(LOST, skip=1))


def test_a_lost_response_is_answered_again_with_the_same_key_and_an_unfinished_rotation_keeps_both_keys(
    stack: Stack, sandbox: Sandbox
) -> None:
    lose_each_first_response(sandbox)
    stack.write_program(in_turn())
    up = succeeded(stack.up())
    old, made = stack.ids(), keys(sandbox)
    assert old.keys() == NAMES.keys()
    assert [*old.values()] == made
    for key_id in made:
        assert f"FastPix answered with signing key {key_id}. No other one has appeared." in said(up)
    creates = [one.idempotency_key for one in sandbox.mutating_requests]
    assert len(creates) == 4
    assert creates[0] == creates[1] != creates[2] == creates[3]
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}

    # The next keys are other ones.
    sandbox.faults.add(UNREADABLE)
    stack.write_program("".join([BOTH_PROVIDERS, *(declared("2026-12", *one) for one in NAMES.items())]))
    failed = stack.up("--parallel=32", FASTPIX_RETRY_FOR_SECONDS="6")
    assert failed.status != 0
    for name in NAMES:
        assert "error:" in failed.said_of(name), failed.output
    assert {*made} < {*keys(sandbox)}
    assert len(keys(sandbox)) == 4
    secrets = private_keys(stack)
    assert len(secrets) == 4, "the old and the new ones"
    sandbox.faults.clear()
    succeeded(stack.up())
    assert {*stack.ids().values()} == {*keys(sandbox)}
    assert stack.ids().keys() == NAMES.keys()
    assert not {*made} & {*keys(sandbox)}
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}
    assert_no_secret(stack, up, of=secrets)

    # With --continue-on-error, Pulumi deletes the old ones all the same.
    before = keys(sandbox)
    sandbox.faults.add(UNREADABLE)
    stack.write_program("".join([BOTH_PROVIDERS, *(declared("2027-01", *one) for one in NAMES.items())]))
    assert stack.up(*AT_ONCE, **GIVES_UP_SOON).status != 0
    assert {*stack.ids().values()} == {*keys(sandbox)}
    assert not {*before} & {*keys(sandbox)}


def test_without_a_replay_what_is_left_over_is_named_and_kept(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.signing_key_idempotency = "ignored"
    sandbox.store.signing_keys.create()
    lose_each_first_response(sandbox)
    stack.write_program(in_turn())
    up = succeeded(stack.up())
    before, *since = keys(sandbox)
    orphans, made = since[::2], since[1::2]
    assert stack.ids() == dict(zip(NAMES, made, strict=True))
    for orphan in orphans:
        time = sandbox.store.signing_keys.get(orphan).created_at
        assert f"but signing key {orphan} (made at {time}) has appeared, too" in said(up)
    assert said(up).count("delete it if nobody signs with it") >= len(orphans)
    assert before not in up.output
    assert changes(sandbox) == ["POST"] * 4
    succeeded(stack.destroy())
    assert keys(sandbox) == [before, *orphans]


def test_a_create_that_stays_lost_is_in_doubt_and_the_next_run_makes_a_key(stack: Stack, sandbox: Sandbox) -> None:
    replays: tuple[Any, ...] = ("replayed", "ignored")
    declarations, known = [BOTH_PROVIDERS], list[str]()
    for replay in replays:
        sandbox.switches.signing_key_idempotency = replay
        names = [f"{replay}-{provider}" for provider in MODULES]
        declarations += [declared("1", name, module) for name, module in zip(names, MODULES.values(), strict=True)]
        stack.write_program("".join(declarations))
        owned = stack.ids()
        sandbox.faults.add(Fault(kind="drop", when="after", method="POST", path=KEYS))
        failed = stack.up("--continue-on-error", "--parallel=1", **GIVES_UP_SOON)
        assert failed.status != 0
        of_each = [" ".join(failed.said_of(name).split()) for name in names]
        for about in of_each:
            assert "A signing key may have been made whose private key nobody has" in about, failed.output
        left_over = [key_id for key_id in keys(sandbox) if key_id not in known]
        assert (len(left_over) == 2) == (replay == "replayed")
        named = [f"{key_id} (made at {sandbox.store.signing_keys.get(key_id).created_at})" for key_id in left_over]
        assert [sum(one in about for about in of_each) for one in named] == [1] * len(left_over)
        assert all(any(one in about for one in named) for about in of_each)
        assert stack.ids() == owned
        sandbox.faults.clear()
        succeeded(stack.up())
        assert {*stack.ids()} == {*owned, *names}
        assert keys(sandbox)[:-2] == known + left_over
        assert {stack.ids()[name] for name in names} == {*keys(sandbox)[-2:]}
        known = keys(sandbox)


@pytest.mark.parametrize("python", BOTH_SDKS.values(), ids=BOTH_SDKS)
def test_a_key_whose_public_key_cannot_be_read_is_finished_or_destroyed(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = new_stack(tmp_path, sandbox, python)
    cases = {f"{provider}-{then}": module for provider, module in MODULES.items() for then in ("up", "destroy")}

    def write(names: Iterable[str]) -> None:
        stack.write_program(BOTH_PROVIDERS + "".join(declared("2026-11", name, cases[name]) for name in names))

    write(cases)
    sandbox.faults.add(UNREADABLE)
    failed = stack.up(*AT_ONCE, **GIVES_UP_SOON)
    ids, secrets = stack.ids(), private_keys(stack)
    assert ids.keys() == cases.keys()
    assert {*ids.values()} == {*keys(sandbox)}
    again = stack.up(*AT_ONCE, **GIVES_UP_SOON)
    for name, key_id in ids.items():
        of_it = " ".join(failed.said_of(name).split())
        assert f"Signing key {key_id} was made, but its public key couldn't be read" in of_it
        assert "error:" in again.said_of(name)
    assert private_keys(stack) == secrets
    assert len(secrets) == 4

    sandbox.faults.clear()
    changes(sandbox)
    destroyed = [name for name in cases if name.endswith("destroy")]
    urns = [stack.resources()[name]["urn"] for name in destroyed]
    succeeded(stack.destroy(*(f"--target={urn}" for urn in urns)))
    assert changes(sandbox) == ["DELETE", "DELETE"]
    write(cases.keys() - destroyed)
    finished = succeeded(stack.up())
    assert counts(finished) == {"updated": 2, "unchanged": 1}
    assert changes(sandbox) == []
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}
    stored = {name: one["outputs"]["publicKey"] for name, one in stack.resources().items()}
    assert stored.keys() == cases.keys() - destroyed
    assert {*keys(sandbox)} == {ids[name] for name in stored}
    assert stored == {name: sandbox.store.signing_keys.get(ids[name]).public_key for name in stored}
    assert_no_secret(stack, failed, again, finished, of=secrets)


@pytest.mark.parametrize("python", BOTH_SDKS.values(), ids=BOTH_SDKS)
def test_no_private_key_and_no_token_is_shown_or_stored_in_clear_whatever_happens(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    """A lost create, rotations, a deletion elsewhere, wrong credentials, refusals, an edge's page, signed addresses."""
    stack = new_stack(tmp_path, sandbox, python)
    until = "__import__('datetime').datetime(2100, 1, 1, tzinfo=__import__('datetime').timezone.utc)"
    secrets: list[str] = []

    def write(rotation: str) -> None:
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f"{declared('1', f'gone {name}', module)}{declared('1', f'gone then {name}', module)}"
                f"{declared(rotation, name, module)}"
                f"main = {module}.LivePlaybackId('of {name}', stream_id='{DEMO_STREAM_ID}', access_policy='private')\n"
                f"pulumi.export('watch {name}', main.signed_hls_url(key, expires_at={until}))\n"
                f"pulumi.export('private {name}', key.private_key)\n"
                for name, module in MODULES.items()
            )
        )

    def note() -> None:
        """Private keys in the state, also of keys that are yet to be deleted, and tokens among the stack's outputs."""
        outputs = outputs_with_secrets(stack)
        secrets.extend(secrets_in(outputs, "privateKey"))
        # Unknown after a run that failed.
        secrets.extend(token for one in secrets_in(outputs, "watch ") if (token := one.partition("?token=")[2]))

    def delete_elsewhere(which: str) -> None:
        for name in MODULES:
            sandbox.store.signing_keys.delete(stack.ids()[f"{which} {name}"])

    sandbox.faults.add(replace(LOST, times=2))
    write("1")
    runs = [succeeded(stack.run("up", "--yes", "--diff"))]
    note()
    delete_elsewhere("gone")
    runs += [succeeded(stack.run("refresh", "--yes", "--diff"))]
    delete_elsewhere("gone then")
    write("2")
    runs += [succeeded(stack.run("up", "--yes", "--refresh", "--diff"))]
    note()
    for number, fault in enumerate(
        (
            Fault(kind="status", status=403, method="POST", path=KEYS),
            Fault(kind="status", status=502, body="html", when="after", method="POST", path=KEYS),
            Fault(kind="broken-body", body="without-id", method="POST", path=KEYS),
            UNREADABLE,
        )
    ):
        sandbox.faults.clear()
        sandbox.faults.add(fault)
        write(f"failing-{number}")
        failed = stack.up("--diff", *AT_ONCE, **GIVES_UP_SOON)
        assert counts(failed)["errored"] == 2, failed.output
        runs.append(failed)
    sandbox.faults.clear()
    runs += [succeeded(stack.up()), stack.refresh(FASTPIX_PASSWORD="wrong")]
    note()
    runs += [stack.run("stack"), stack.run("stack", "history"), stack.run("stack", "output")]
    assert_no_secret(stack, *runs, of=secrets)
    runs.append(succeeded(stack.destroy()))
    assert "" not in secrets
    assert len({*secrets}) >= 8
    assert not [secret for secret in secrets for run in runs if secret in run.output]
    assert not [secret for secret in secrets if secret in repr(sandbox.requests)]
