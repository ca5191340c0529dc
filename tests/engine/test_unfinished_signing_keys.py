"""Creates of signing keys whose responses are lost, keys that aren't finished; and no secret is in clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES
from support.engine import NEWEST_SDK, OLDEST_SDK, ProviderUnderTest, Run, Stack, counts
from support.private_keys import assert_no_secret, outputs_with_secrets, private_keys, secrets_in

KEYS = "/v1/iam/signing-keys"
LOST = Fault(kind="drop", when="after", method="POST", path=KEYS, times=1)
UNREADABLE = Fault(kind="status", status=500, method="GET", path=f"{KEYS}/*")


BOTH_SDKS = {"newest-sdk": NEWEST_SDK, "oldest-sdk": OLDEST_SDK}


@pytest.fixture
def stack(provider: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox) -> Stack:
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "3"}, provider)
    stack.write_program(declared())
    stack.create()
    return stack


def declared(rotation: str = "2026-11", name: str = "viewers", module: str = "fastpix") -> str:
    return f"key = {module}.SigningKey('{name}', rotation='{rotation}')\n"


def succeeded(run: Run) -> Run:
    assert run.status == 0, run.output
    return run


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


def test_a_create_whose_response_is_lost_is_answered_again_with_the_same_key(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.faults.add(LOST)
    up = succeeded(stack.up())
    (made,) = keys(sandbox)
    assert stack.ids() == {"viewers": made}
    assert f"FastPix answered with signing key {made}. No other one has appeared." in said(up)
    creates = [one.idempotency_key for one in sandbox.mutating_requests]
    assert len(creates) == 2
    assert creates[0] == creates[1]
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 2}
    # The next key is another one.
    stack.write_program(declared("2026-12"))
    succeeded(stack.up())
    assert keys(sandbox) != [made]
    assert_no_secret(stack, up, of=private_keys(stack))


def test_without_a_replay_what_is_left_over_is_named_and_kept(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.signing_key_idempotency = "ignored"
    sandbox.store.signing_keys.create()
    sandbox.faults.add(LOST)
    up = succeeded(stack.up())
    before, orphan, made = keys(sandbox)
    assert stack.ids() == {"viewers": made}
    time = sandbox.store.signing_keys.get(orphan).created_at
    assert f"but signing key {orphan} (made at {time}) has appeared, too" in said(up)
    assert "delete it if nobody signs with it" in said(up)
    assert before not in up.output
    assert changes(sandbox) == ["POST", "POST"]
    succeeded(stack.destroy())
    assert keys(sandbox) == [before, orphan]


@pytest.mark.parametrize("replay", ["replayed", "ignored"])
def test_a_create_that_stays_lost_is_in_doubt_and_the_next_run_makes_a_key(
    replay: str, stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.switches.signing_key_idempotency = replay  # type: ignore[assignment]  # one of its positions
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", path=KEYS))
    failed = stack.up()
    assert failed.status != 0
    assert "A signing key may have been made whose private key nobody has" in said(failed)
    left_over = keys(sandbox)
    assert (len(left_over) == 1) == (replay == "replayed")
    for key_id in left_over:
        assert f"{key_id} (made at {sandbox.store.signing_keys.get(key_id).created_at})" in said(failed)
    assert stack.resources() == {}
    sandbox.faults.clear()
    succeeded(stack.up())
    assert stack.ids() == {"viewers": keys(sandbox)[-1]}
    assert keys(sandbox)[:-1] == left_over


@dataclass(frozen=True)
class Unreadable:
    """Keys whose public keys can't be read when they are made, and later can; by the resources' names.

    Attributes:
        failed: the run that makes them.
        again: a second one, while they still can't be read.
        secrets: the private keys in the state after the first, and after the second.
        ids: the keys.
        sent_to_destroy: what was sent by the one that destroyed some.
        finished: the run after that.
        sent_to_finish: what that one sent.
        left: the public keys at the server then.
        stored: those in the state.
    """

    stack: Stack
    failed: Run
    again: Run
    secrets: tuple[list[str], list[str]]
    ids: dict[str, str]
    sent_to_destroy: list[str]
    finished: Run
    sent_to_finish: list[str]
    left: dict[str, str]
    stored: dict[str, str]


@pytest.fixture(scope="module", params=BOTH_SDKS.values(), ids=list(BOTH_SDKS))
def unreadable(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Unreadable:
    cases = {f"{provider}-{then}": module for provider, module in MODULES.items() for then in ("up", "destroy")}

    def program(names: Iterable[str]) -> str:
        return BOTH_PROVIDERS + "".join(declared("2026-11", name, cases[name]) for name in names)

    with Sandbox() as sandbox:
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "3"}
        stack = Stack(tmp_path_factory.mktemp("unreadable"), environ, python=request.param)
        stack.write_program(program(cases))
        stack.create()
        sandbox.faults.add(UNREADABLE)
        failed = stack.up(*AT_ONCE)
        ids, secrets = stack.ids(), private_keys(stack)
        assert {*ids.values()} == {*keys(sandbox)}
        again = stack.up(*AT_ONCE)
        secrets_then = private_keys(stack)
        sandbox.faults.clear()
        changes(sandbox)
        destroyed = [name for name in cases if name.endswith("destroy")]
        urns = [stack.resources()[name]["urn"] for name in destroyed]
        succeeded(stack.destroy(*(f"--target={urn}" for urn in urns)))
        sent_to_destroy = changes(sandbox)
        stack.write_program(program(cases.keys() - destroyed))
        finished = succeeded(stack.up())
        sent_to_finish = changes(sandbox)
        assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}
        return Unreadable(
            stack,
            failed,
            again,
            (secrets, secrets_then),
            ids,
            sent_to_destroy,
            finished,
            sent_to_finish,
            {
                name: sandbox.store.signing_keys.get(ids[name]).public_key
                for name in cases
                if ids[name] in keys(sandbox)
            },
            {name: one["outputs"]["publicKey"] for name, one in stack.resources().items()},
        )


def test_a_key_whose_public_key_cannot_be_read_is_finished_or_destroyed(unreadable: Unreadable) -> None:
    for name, key_id in unreadable.ids.items():
        said = " ".join(unreadable.failed.said_of(name).split())
        assert f"Signing key {key_id} was made, but its public key couldn't be read" in said
        assert "error:" in unreadable.again.said_of(name)
    before, after = unreadable.secrets
    assert before == after
    assert len(before) == 4

    assert unreadable.sent_to_destroy == ["DELETE", "DELETE"]
    assert counts(unreadable.finished) == {"updated": 2, "unchanged": 1}
    assert unreadable.sent_to_finish == []
    finished = {f"{provider}-up" for provider in MODULES}
    assert unreadable.left.keys() == unreadable.stored.keys() == finished
    assert unreadable.stored == unreadable.left


def test_no_private_key_is_in_what_failed_and_was_finished(unreadable: Unreadable) -> None:
    runs = (unreadable.failed, unreadable.again, unreadable.finished)
    assert_no_secret(unreadable.stack, *runs, of=unreadable.secrets[0])


def test_an_unfinished_rotation_keeps_both_keys_until_it_is_finished(stack: Stack, sandbox: Sandbox) -> None:
    succeeded(stack.up())
    (old,) = keys(sandbox)
    sandbox.faults.add(UNREADABLE)
    stack.write_program(declared("2026-12"))
    failed = stack.up()
    assert failed.status != 0
    assert keys(sandbox)[0] == old
    sandbox.faults.clear()
    succeeded(stack.up())
    (new,) = keys(sandbox)
    assert stack.ids() == {"viewers": new}
    assert new != old
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 2}


@pytest.mark.parametrize("python", BOTH_SDKS.values(), ids=BOTH_SDKS)
def test_no_private_key_and_no_token_is_shown_or_stored_in_clear_whatever_happens(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    """A lost create, rotations, a deletion elsewhere, wrong credentials, refusals, an edge's page, signed addresses."""
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "3"}, python=python)
    until = "__import__('datetime').datetime(2100, 1, 1, tzinfo=__import__('datetime').timezone.utc)"
    secrets: list[str] = []

    def write(rotation: str) -> None:
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
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

    sandbox.faults.add(replace(LOST, times=2))
    write("1")
    stack.create()
    runs = [stack.preview("--diff"), succeeded(stack.up())]
    note()
    runs += [stack.preview("--refresh", "--diff"), stack.run("refresh", "--yes", "--diff"), stack.up("--diff")]
    write("2")
    runs += [stack.preview("--diff"), succeeded(stack.up("--diff"))]
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
        failed = stack.up("--diff", *AT_ONCE)
        assert counts(failed)["errored"] == 2, failed.output
        runs.append(failed)
    note()
    sandbox.faults.clear()
    runs += [succeeded(stack.up()), stack.refresh(FASTPIX_PASSWORD="wrong"), stack.run("stack", "export")]
    note()
    runs += [stack.run("stack"), stack.run("stack", "history"), stack.run("stack", "output")]
    for name in MODULES:
        sandbox.store.signing_keys.delete(stack.ids()[name])
    runs += [stack.run("refresh", "--yes", "--diff"), succeeded(stack.up("--diff"))]
    note()
    assert_no_secret(stack, *runs, of=secrets)
    runs.append(succeeded(stack.destroy()))
    assert "" not in secrets
    assert len({*secrets}) >= 8
    assert not [secret for secret in secrets for run in runs if secret in run.output]
    assert not [secret for secret in secrets if secret in repr(sandbox.requests)]
