"""What an audit finds of signing keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.settings.settings import read_settings
from support.fake_pulumi import FakePulumi
from support.states import account, export, reference_to, resource
from support.stored_keys import signing_key
from unit.cli.command import run


def audit(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = run("audit", "--json", *arguments)
    found: dict[str, Any] = json.loads(result.stdout)
    return result.exit_code, found


def kinds(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["kind"], one["signingKeyId"]) for one in found["findings"] if "signing" in one["kind"]]


def stored(sandbox: Sandbox, name: str, key_id: str, **more: Any) -> dict[str, Any]:
    """A key that was last seen in the sandbox; the export has nothing of its private key but a cipher text."""
    one = signing_key(name, key_id, **more)
    one["outputs"]["seenBy"] = read_settings({}, sandbox.environment()).workspace_mark
    return one


def test_a_key_that_nobody_declares_is_a_note(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    declared, undeclared = (sandbox.store.signing_keys.create() for _ in range(2))
    pulumi.prints("export", export(stored(sandbox, "viewers", declared.id)))
    status, found = audit()
    assert (status, kinds(found)) == (0, [("undeclared-signing-key", undeclared.id)])
    (finding,) = found["findings"]
    assert (finding["level"], finding["streamId"], finding["name"]) == ("note", None, None)
    assert [(one["signingKeyId"], one["declared"]) for one in found["signingKeys"]] == [
        (undeclared.id, False),
        (declared.id, True),
    ]
    shown = run("audit").output
    assert (
        f"Undeclared signing keys:\n"
        f"  {undeclared.id} made at {undeclared.created_at}: none of the stacks that were read declares it, and who "
        f"has its private key can let anybody in\n"
        f"  -> Delete one if nobody signs with it: that ends all tokens that it has signed.\n"
    ) in shown
    assert shown.endswith(
        "Read 0 streams with 0 playback IDs and 2 signing keys; stack dev owns 0 there: nothing to report.\n"
    )
    assert "export --show-secrets" not in " ".join(pulumi.commands)


def test_keys_are_listed_where_they_are_asked_for(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    for _ in range(51):
        sandbox.store.signing_keys.create()
    pulumi.prints("export", export())
    assert audit()[1]["signingKeys"] == []
    assert len(audit("--all-streams")[1]["signingKeys"]) == 51
    text = run("audit", "--all-streams").output
    assert "41 more: see --json" in text
    pulumi.prints("export", export(stored(sandbox, "viewers", sandbox.store.signing_keys.list()[0].id)))
    assert len(audit()[1]["signingKeys"]) == 51
    assert audit("1111aaaa2222bbbb3333cccc4444dddd")[1]["signingKeys"] == []


def test_a_key_of_another_stack_is_declared_and_one_of_two_has_two_owners(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    mine, theirs, shared, looked_up = (sandbox.store.signing_keys.create().id for _ in range(4))
    pulumi.prints("stacks", [{"name": "dev", "current": True}, {"name": "prod"}])
    own = [stored(sandbox, "mine", mine), stored(sandbox, "shared", shared)]
    pulumi.prints("export", export(*own, stored(sandbox, "looked", looked_up, external=True)))
    pulumi.prints("export-of/prod", export(signing_key("theirs", theirs), signing_key("shared", shared)))
    _, found = audit()
    assert kinds(found) == [("signing-key-two-owners", shared)]
    assert found["findings"][0]["stacks"] == ["prod"]
    assert "stack prod owns it, too" in found["findings"][0]["message"]


def test_a_deleted_key_is_reported_unless_it_may_be_elsewhere(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    key_id = sandbox.store.signing_keys.create().id
    sandbox.store.signing_keys.delete(key_id)
    pulumi.prints("export", export(stored(sandbox, "viewers", key_id)))
    status, found = audit()
    assert (status, kinds(found)) == (1, [("signing-key-deleted", key_id)])
    assert "makes another one, to sign with from then on" in found["findings"][0]["message"]
    pulumi.prints("export", export(stored(sandbox, "viewers", key_id, external=True)))
    assert "take the `.get()` out of the program" in audit()[1]["findings"][0]["message"]
    pulumi.prints("export", export(signing_key("viewers", key_id)))
    status, found = audit()
    assert (status, kinds(found)) == (2, [])
    assert found["unread"][0].startswith(f"Signing key {key_id} ('viewers') isn't among those of this workspace")


def test_an_interrupted_create_is_reported_and_so_is_what_it_may_have_made(
    pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    key_id = sandbox.store.signing_keys.create().id
    pulumi.prints("export", export(pending=(signing_key("viewers"),)))
    status, found = audit()
    assert status == 1
    assert kinds(found) == [("interrupted-signing-key", None), ("undeclared-signing-key", key_id)]
    assert [one["name"] for one in found["findings"]] == ["viewers", None]
    assert "may have made it" in found["findings"][1]["message"]


def test_recover_says_that_the_create_of_a_key_can_not_be_recovered(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    del sandbox
    for pending in ((signing_key("viewers"),), (resource("main"), signing_key("viewers"))):
        pulumi.prints("export", export(pending=pending))
        result = run("recover")
        assert result.exit_code == 0
        assert (
            "The create of a signing key was interrupted as well ('viewers'), and can't be recovered" in result.output
        )


def test_an_access_token_that_may_not_see_keys(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    key_id = sandbox.store.signing_keys.create().id
    sandbox.switches.signing_keys = "hidden"
    pulumi.prints("export", export())
    status, found = audit("--all-streams", "--fail-on", "critical")
    assert (found["unread"], found["signingKeys"]) == ([], [])
    text = run("audit", "--all-streams").output
    assert "Signing keys weren't looked at: Could not list signing keys" in text
    assert "administrator's access token" in text
    pulumi.prints("export", export(stored(sandbox, "viewers", key_id)))
    status, found = audit()
    assert status == 2
    assert "administrator's access token" in found["unread"][0]


def test_an_outage_makes_the_audit_incomplete(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTPIX_RETRY_FOR_SECONDS", "0.1")
    pulumi.prints("export", export(stored(sandbox, "viewers", sandbox.store.signing_keys.create().id)))
    sandbox.faults.add(Fault(kind="status", status=503, path="*/signing-keys"))
    status, found = audit()
    assert status == 2
    assert "Could not list signing keys" in found["unread"][0]


def test_keys_of_another_account_are_read_with_its_credentials(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FASTPIX_SANDBOX")
    own = sandbox.store.signing_keys.create().id
    with Sandbox() as far:
        key_id = far.store.signing_keys.create().id
        one = {**stored(far, "viewers", key_id), "provider": reference_to("far")}
        pulumi.prints("export", export(account("far", far), one))
        _, found = audit()
    assert [(key["signingKeyId"], key["provider"]) for key in found["signingKeys"]] == [(key_id, "far")]
    assert own not in json.dumps(found)
