"""What `audit` finds about signing keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind
from pulumi_fastpix.cli.audit.messages import message
from pulumi_fastpix.cli.audit.signing_keys import AuditedKey, compare_keys
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.signing_keys import signing_keys_of
from support.fake_pulumi import FakePulumi
from support.signing_keys import CREATED_AT, PRIVATE_KEY
from support.states import account, export, reference_to, resource, secret
from support.stored_keys import signing_key
from unit.cli.command import run

ENCRYPTED = secret(ciphertext="v1:x")
OWN = {"k": ("prod",)}
KEYS = "/v1/iam/signing-keys"


def found(
    *resources: dict[str, Any], exists: bool = True, pending: tuple[dict[str, Any], ...] = (), owners: Any = None
) -> list[Finding]:
    keys = signing_keys_of(parse(export(*resources, pending=pending)))
    audited = AuditedKey("k", exists, CREATED_AT, tuple(one for one in keys.recorded if one.id == "k"))
    findings = list(compare_keys([audited], owners or {}, keys.interrupted_creates))
    assert all(message(one) for one in findings)
    return findings


@pytest.mark.parametrize(
    ("resources", "more", "kinds"),
    [
        pytest.param([signing_key("a", "k")], {}, [], id="as declared"),
        pytest.param([signing_key("a", "k", external=True)], {}, [], id="looked up"),
        pytest.param([], {"owners": OWN}, [], id="another stack's"),
        pytest.param([], {}, [Kind.UNDECLARED_SIGNING_KEY], id="nobody's"),
        pytest.param([signing_key("a", "other")], {}, [Kind.UNDECLARED_SIGNING_KEY], id="not this one"),
        pytest.param([signing_key("a", "k", delete=True)], {}, [Kind.UNDECLARED_SIGNING_KEY], id="replaced"),
        pytest.param([signing_key("a", "k", delete=True)], {"exists": False}, [], id="replaced and deleted"),
        pytest.param([signing_key("a", "k")], {"exists": False}, [Kind.SIGNING_KEY_DELETED], id="deleted"),
        pytest.param(
            [signing_key("a", "k", external=True)],
            {"exists": False},
            [Kind.SIGNING_KEY_DELETED],
            id="looked up, deleted",
        ),
        pytest.param([signing_key("a", "k")], {"owners": OWN}, [Kind.SIGNING_KEY_TWO_OWNERS], id="two owners"),
        pytest.param([signing_key("a", "k", external=True)], {"owners": OWN}, [], id="another's, looked up"),
        pytest.param(
            [signing_key("a", "k")], {"pending": (signing_key("b"),)}, [Kind.INTERRUPTED_SIGNING_KEY], id="interrupted"
        ),
    ],
)
def test_the_findings_on_one_key(resources: list[dict[str, Any]], more: dict[str, Any], kinds: list[Kind]) -> None:
    assert [finding.kind for finding in found(*resources, **more)] == kinds


@pytest.mark.parametrize(
    ("pending", "detail"),
    [
        ((), None),
        ((signing_key("a"),), Detail.MAY_BE_INTERRUPTED),
        ((signing_key("a", "k"),), Detail.MAY_BE_INTERRUPTED),
        ((signing_key("a", "other"),), None),
    ],
)
def test_an_interrupted_create_may_have_made_it(pending: tuple[dict[str, Any], ...], detail: Detail | None) -> None:
    undeclared = found(pending=pending)[0]
    assert (undeclared.kind, undeclared.detail) == (Kind.UNDECLARED_SIGNING_KEY, detail)
    assert ("may have made it" in message(undeclared)) is (detail is not None)


@pytest.fixture
def key_id(sandbox: Sandbox) -> str:
    return sandbox.store.signing_keys.create().id


def declared(sandbox: Sandbox, name: str, id_: str, **more: Any) -> dict[str, Any]:
    """A key of the stack, last seen with the sandbox's own access token."""
    one = signing_key(name, id_, private_key=ENCRYPTED, **more)
    one["outputs"]["seenBy"] = Settings(sandbox.access_token_id, "", sandbox.base_url).workspace_mark
    return one


def audit(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = run("audit", "--json", *arguments)
    return result.exit_code, dict(json.loads(result.stdout))


def kinds_of(audited: tuple[int, dict[str, Any]]) -> list[str]:
    return [finding["kind"] for finding in audited[1]["findings"]]


def test_the_keys_of_an_account_are_listed_where_the_stack_has_one(
    pulumi: FakePulumi, sandbox: Sandbox, key_id: str
) -> None:
    mine = sandbox.store.signing_keys.create()
    pulumi.prints("export", export(declared(sandbox, "viewers", mine.id)))
    result = run("audit")
    created_at = sandbox.store.signing_keys.get(key_id).created_at
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output == (
        f"Undeclared signing keys:\n"
        f"  {key_id} created {created_at}: none of the stacks that were read declares it; whoever has its private key "
        f"can let anybody in to every private playback ID of the workspace\n"
        f"  -> If nobody signs with one, delete it at FastPix: that ends all its tokens at once. Another project's "
        f"stack may own it. Stacks of other projects are read only if --also names them.\n\n"
        f"Stacks that were read: dev. Stacks of other projects are read only if --also names them.\n"
        f"Read 2 signing keys; stack dev owns 1: 1 note.\n"
    )
    assert [one.path.partition("?")[0] for one in sandbox.requests] == [KEYS]
    assert not any("--show-secrets" in command for command in pulumi.commands if "export" in command)
    status, shown = audit()
    assert status == 0
    assert shown["signingKeys"] == [
        {"signingKeyId": mine.id, "provider": None, "declared": True, "exists": True, "createdAt": mine.created_at},
        {"signingKeyId": key_id, "provider": None, "declared": False, "exists": True, "createdAt": created_at},
    ]
    (finding,) = shown["findings"]
    assert finding.pop("message")
    assert finding == {
        "kind": "undeclared-signing-key",
        "level": "note",
        "streamId": None,
        "provider": None,
        "playbackId": None,
        "signingKeyId": key_id,
        "accessPolicy": None,
        "accessRestrictions": None,
        "name": None,
        "stacks": [],
    }
    assert audit("--fail-on", "note")[0] == 1
    assert sandbox.mutating_requests == []


def test_without_a_key_in_the_stack_they_are_listed_with_all_streams_only(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, key_id: str
) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    assert audit()[1]["signingKeys"] == []
    assert not any(one.path.startswith(KEYS) for one in sandbox.requests)
    assert kinds_of(audit("--all-streams")) == ["undeclared-signing-key", "undeclared-stream"]
    shown = run("audit", "--all-streams").output
    assert f"\n  {key_id} created " in shown
    assert shown.endswith("stack dev owns 1 there, and 0 of 1 signing key: 2 notes.\n")


def test_with_named_streams_it_is_about_these_only(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, key_id: str
) -> None:
    pulumi.prints(
        "export", export(resource("main", first_id), declared(sandbox, "viewers", key_id), pending=(signing_key("x"),))
    )
    assert kinds_of(audit(DEMO_STREAM_ID)) == []
    assert not any(one.path.startswith(KEYS) for one in sandbox.requests)


def test_all_pages_are_read_and_ten_keys_shown(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    keys = [sandbox.store.signing_keys.create().id for _ in range(52)]
    pulumi.prints("export", export(resource("main", first_id), declared(sandbox, "viewers", keys[0])))
    status, shown = audit()
    assert (status, len(shown["signingKeys"]), len(shown["findings"])) == (0, 52, 51)
    text = run("audit").output
    assert sum(f"  {key} created" in text for key in keys) == 10
    assert "\n  41 more: see --json\n" in text


def test_a_key_that_was_deleted_is_a_finding(pulumi: FakePulumi, sandbox: Sandbox, key_id: str) -> None:
    pulumi.prints("export", export(declared(sandbox, "viewers", key_id), declared(sandbox, "old", "x", external=True)))
    sandbox.store.signing_keys.delete(key_id)
    result = run("audit")
    assert result.exit_code == 1
    assert f"  {key_id} 'viewers': the stack has it, but it was deleted" in result.output
    assert "  x 'old': the stack looks it up, but it was deleted" in result.output
    status, shown = audit()
    assert (status, [one["kind"] for one in shown["findings"]]) == (1, ["signing-key-deleted"] * 2)
    assert {one["signingKeyId"]: one["exists"] for one in shown["signingKeys"]} == {key_id: False, "x": False}


def test_a_key_that_other_credentials_saw_last_may_be_in_another_workspace(pulumi: FakePulumi, key_id: str) -> None:
    pulumi.prints("export", export(signing_key("viewers", "x"), signing_key("mine", key_id)))
    result = run("audit")
    assert (result.exit_code, "signing-key-deleted" in result.output) == (2, False)
    assert "Not audited: Could not read signing key x: FastPix answered 404" in result.stderr
    assert "These credentials haven't seen the key before" in result.stderr


def test_what_other_stacks_own_is_declared(pulumi: FakePulumi, sandbox: Sandbox, key_id: str) -> None:
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    mine = sandbox.store.signing_keys.create().id
    pulumi.prints("export", export(declared(sandbox, "viewers", mine)))
    pulumi.prints("export-of/prod", export(signing_key("viewers", key_id)))
    assert kinds_of(audit()) == []
    pulumi.prints("export-of/prod", export(signing_key("viewers", mine), signing_key("other", key_id)))
    status, shown = audit()
    (finding,) = shown["findings"]
    assert (status, finding["kind"], finding["stacks"]) == (1, "signing-key-two-owners", ["prod"])
    assert "stack prod owns it, too, and the first of them that is destroyed ends all its tokens" in finding["message"]


def test_an_interrupted_create_is_a_finding(pulumi: FakePulumi, key_id: str) -> None:
    pulumi.prints("export", export(pending=(signing_key("viewers"),)))
    status, shown = audit()
    assert (status, [one["kind"] for one in shown["findings"]]) == (
        1,
        ["interrupted-signing-key", "undeclared-signing-key"],
    )
    text = run("audit").output
    assert "Interrupted creates of signing keys:\n  'viewers': a run that was killed" in text
    assert f"{key_id} created " in text
    assert "-> First find out which of them a killed run made: pulumi-fastpix recover" in text
    assert "delete it at FastPix" not in text


def test_a_token_that_may_not_see_keys_matters_where_the_stack_has_one(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    sandbox.switches.signing_keys = "hidden"
    pulumi.prints("export", export(resource("main", first_id)))
    result = run("audit", "--all-streams")
    assert result.exit_code == 0
    assert result.stderr.startswith("Signing keys weren't looked at: Could not list signing keys: FastPix answered 403")
    assert "take an administrator's access token" in result.stderr
    status, shown = audit("--all-streams")
    assert (status, shown["signingKeys"], shown["unread"]) == (0, [], [])
    assert run("audit").stderr == ""

    pulumi.prints("export", export(resource("main", first_id), declared(sandbox, "viewers", "k")))
    for arguments in ((), ("--all-streams",)):
        result = run("audit", *arguments)
        assert result.exit_code == 2
        assert result.stderr.startswith("Not audited: Could not list signing keys: FastPix answered 403")
        assert len(result.stderr.splitlines()) == 1


def test_other_failures_are_not_taken_for_that(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTPIX_RETRY_FOR_SECONDS", "0.2")
    pulumi.prints("export", export(resource("main", first_id)))
    sandbox.faults.add(Fault(kind="status", status=500, path=KEYS))
    result = run("audit", "--all-streams")
    assert (result.exit_code, "Not audited: Could not list signing keys" in result.stderr) == (2, True)


@pytest.fixture
def studio(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A second account, to which a provider resource leads. Inside `sandbox exec` these are refused."""
    del sandbox
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as studio:
        yield studio


def test_each_account_in_which_the_stack_has_a_key_is_listed(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, key_id: str, studio: Sandbox
) -> None:
    there = [studio.store.signing_keys.create().id for _ in range(2)]
    through = {"provider": reference_to("studio")}
    of_stack = [resource("main", first_id), declared(studio, "viewers", there[0], **through)]
    pulumi.prints("export", export(account("studio", studio), *of_stack))
    status, shown = audit()
    assert status == 0
    assert [(one["signingKeyId"], one["provider"]) for one in shown["findings"]] == [(there[1], "studio")]
    assert not any(one.path.startswith(KEYS) for one in sandbox.requests)
    undeclared = [one["signingKeyId"] for one in audit("--all-streams")[1]["findings"] if one["signingKeyId"]]
    assert undeclared == [key_id, there[1]]
    assert f"{there[1]} created" in run("audit").output
    assert "of the account of 'studio': none of the stacks" in run("audit").output


def test_two_access_tokens_of_one_workspace_show_each_key_once(
    pulumi: FakePulumi, sandbox: Sandbox, key_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FASTPIX_SANDBOX")
    mine = sandbox.store.signing_keys.create().id
    same = declared(sandbox, "viewers", mine, provider=reference_to("same"))
    pulumi.prints("export", export(account("same", sandbox), same, pending=(signing_key("more"),)))
    shown = audit()[1]
    assert [(one["signingKeyId"], one["declared"]) for one in shown["signingKeys"]] == [(mine, True), (key_id, False)]


def test_an_encrypted_account_is_read_for_its_keys(pulumi: FakePulumi, studio: Sandbox) -> None:
    key = declared(studio, "viewers", studio.store.signing_keys.create().id, provider=reference_to("studio"))
    hidden, shown = account("studio", studio), account("studio", studio)
    hidden["inputs"]["fastpix:secretKey"] = ENCRYPTED
    pulumi.prints("export", export(hidden, key))
    private_key = {**key["outputs"], "privateKey": secret(plaintext=json.dumps(PRIVATE_KEY))}
    pulumi.prints("export-with-secrets", export(shown, {**key, "outputs": private_key}))
    result = run("audit", "--all-streams")
    assert result.exit_code in {0, 1}, result.output
    assert "1 signing key" in result.output
    assert PRIVATE_KEY not in result.output
