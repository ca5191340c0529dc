"""`recover`, `adopt`, `delete` and `doctor` with a stack that has signing keys, or has begun to create one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE
from pulumi_fastpix.settings.settings import Settings
from support.fake_pulumi import FakePulumi
from support.states import account, export, made_up, reference_to, resource, secret
from support.stored_keys import signing_key
from unit.cli.command import IMPORT_FILE, run
from unit.cli.project import Project

KEYS = "/v1/iam/signing-keys"
ENCRYPTED = secret(ciphertext="v1:x")


@pytest.fixture
def key_id(sandbox: Sandbox) -> str:
    return sandbox.store.signing_keys.create().id


def test_a_key_that_a_killed_run_made_is_named_and_not_imported(
    pulumi: FakePulumi, sandbox: Sandbox, key_id: str
) -> None:
    mine = sandbox.store.signing_keys.create().id
    newest = sandbox.store.signing_keys.create()
    pulumi.prints("export", export(signing_key("crew", mine), pending=(signing_key("viewers"),)))
    result = run("recover")
    assert (result.exit_code, result.stderr) == (0, "")
    created_at = sandbox.store.signing_keys.get(key_id).created_at
    lines = result.output.splitlines()
    assert lines[0] == "Stack dev has 1 interrupted create of a signing key: 'viewers'."
    assert lines[1].startswith("lost: FastPix gives a private key only in the response to the create")
    assert lines[2:5] == [
        "Signing keys that no stack owns, the newest first:",
        f"  {newest.id}  created {newest.created_at}",
        f"  {key_id}  created {created_at}",
    ]
    assert "deleting it ends all its tokens" in result.output
    assert [line for line in lines if line.startswith("    pulumi ")] == [
        "    pulumi cancel --yes",
        "    pulumi refresh --clear-pending-creates --skip-preview --yes",
    ]
    assert "Then `pulumi up`." in lines
    assert mine not in result.output
    assert "other resources" not in result.output
    assert not IMPORT_FILE.exists()
    assert sandbox.mutating_requests == []


def test_a_key_that_the_state_names_is_certain(pulumi: FakePulumi, key_id: str) -> None:
    pulumi.prints("export", export(pending=(signing_key("viewers", key_id, private_key=ENCRYPTED),)))
    output = run("recover").output
    assert f"  {key_id}  created " in output
    assert "  (certain: the state, or the journal of this machine, names it)\n" in output


def test_a_key_that_the_stack_owns_by_now_was_recorded_after_all(pulumi: FakePulumi, key_id: str) -> None:
    pulumi.prints("export", export(signing_key("viewers", key_id), pending=(signing_key("viewers", key_id),)))
    output = run("recover").output
    assert output.startswith("Nothing to recover: stack dev has no interrupted create of a live stream, playback ID or")
    assert "Pulumi still remembers 1 interrupted create of what the stack owns by now." in output


def test_the_keys_of_other_stacks_are_left_out(pulumi: FakePulumi, key_id: str) -> None:
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", export(pending=(signing_key("viewers"),)))
    pulumi.prints("export-of/prod", export(signing_key("theirs", key_id)))
    output = run("recover").output
    assert "None is left over: the stacks that were read own all signing keys. Besides this stack, these were" in output
    assert key_id not in output


def test_of_many_keys_the_newest_are_named(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    keys = [sandbox.store.signing_keys.create().id for _ in range(12)]
    pulumi.prints("export", export(pending=(signing_key("viewers"), signing_key("crew"))))
    output = run("recover").output
    assert "Stack dev has 2 interrupted creates of signing keys: 'viewers', 'crew'.\n" in output
    assert [key in output for key in keys] == [False, False, *[True] * 10]
    assert "\n  and 2 older ones\n" in output


def test_keys_that_cannot_be_listed_do_not_keep_the_rest_from_being_recovered(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    sandbox.switches.signing_keys = "hidden"
    pulumi.prints("export", export(pending=(resource("main"), signing_key("viewers"), made_up("other"))))
    result = run("recover")
    assert result.exit_code == 0, result.output
    assert (
        "The signing keys can't be listed, so it isn't known whether one is left over: Could not list" in result.output
    )
    assert "Stack dev has 1 interrupted create of a playback ID.\n" in result.output
    assert [one["id"] for one in json.loads(IMPORT_FILE.read_text())["resources"]] == [first_id]
    forgotten = result.output.partition("interrupted creates of these other resources")[2]
    assert ("SigningKey" in forgotten, "LivePlaybackId" in forgotten) == (False, False)


def test_the_keys_of_the_account_that_the_create_went_through_are_named(
    pulumi: FakePulumi, key_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as studio:
        there = studio.store.signing_keys.create().id
        create = signing_key("viewers", provider=reference_to("studio"))
        pulumi.prints("export", export(account("studio", studio), pending=(create,)))
        output = run("recover").output
    assert "Signing keys of the account of 'studio' that no stack owns" in output
    assert (there in output, key_id in output) == (True, False)


def test_another_operation_on_a_key_is_no_create(pulumi: FakePulumi, key_id: str) -> None:
    key = signing_key("viewers", key_id)
    pulumi.prints("export", export(key, pending=(key,), operation="deleting"))
    output = run("recover").output
    assert output.startswith("Nothing to recover")
    assert "1 other operation was interrupted. The stack still has what they were about: `pulumi refresh`" in output


def test_a_key_is_no_playback_id_of_a_stream(pulumi: FakePulumi, sandbox: Sandbox, first_id: str, key_id: str) -> None:
    of_stack = (resource("kept", "x"), signing_key("viewers", key_id))
    pulumi.prints("export", export(*of_stack, pending=(signing_key("more"),)))
    adopted = run("adopt", DEMO_STREAM_ID)
    assert adopted.exit_code == 0, adopted.output
    assert [one["id"] for one in json.loads(IMPORT_FILE.read_text())["resources"]] == [first_id]
    deleted = run("delete", DEMO_STREAM_ID, first_id, "--yes")
    assert (deleted.exit_code, deleted.stderr) == (0, "")
    absent = run("delete", DEMO_STREAM_ID, key_id, "--yes")
    assert (absent.exit_code, "Nothing to delete" in absent.output) == (0, True)
    assert not any(one.path.startswith(KEYS) for one in sandbox.requests)
    assert sandbox.store.signing_keys.get(key_id)


@pytest.mark.parametrize(
    "command",
    [("audit",), ("audit", "--all-streams"), ("adopt", DEMO_STREAM_ID), ("recover",), ("delete", DEMO_STREAM_ID, "x")],
    ids=" ".join,
)
def test_no_command_looks_in_a_sandbox_for_a_key_that_was_made_with_an_account(
    command: tuple[str, ...], pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    of_an_account = signing_key("viewers", "k")
    of_an_account["outputs"]["seenBy"] = "0123456789ab"
    pulumi.prints("export", export(of_an_account, pending=(signing_key("more"),)))
    result = run(*command)
    assert result.exit_code != 0
    assert "The stack's SigningKey k was made with an account, but this run talks to a sandbox" in result.output
    assert sandbox.requests == []


class TestDoctor:
    @pytest.fixture
    def sandbox(self) -> Iterator[Sandbox]:
        """A sandbox to which the environment does not lead."""
        with Sandbox() as sandbox:
            yield sandbox

    def test_interrupted_creates_are_mentioned(self, project: Project) -> None:
        project.store(export(pending=(resource("main"), signing_key("viewers"), signing_key("crew"))))
        (finding,) = project.findings()["interrupted"]
        assert "began to create 1 playback ID and 2 signing keys" in finding["message"]

    def find_key(self, project: Project, sandbox: Sandbox, workspace: str = DEFAULT_WORKSPACE) -> dict[str, str]:
        """The finding on a key that another access token saw last."""
        token = sandbox.store.access_tokens.add(workspace=workspace)
        project.configure(baseUrl=sandbox.base_url, accessTokenId=token.id, secretKey=token.secret)
        key = signing_key("viewers", sandbox.store.signing_keys.create().id)
        key["outputs"]["seenBy"] = Settings(sandbox.access_token_id, "", sandbox.base_url).workspace_mark
        project.store(export(key))
        findings = json.loads(project.doctor("--json").stdout)["findings"]
        (finding,) = [one for one in findings if one["check"] == "workspace"]
        return dict(finding)

    def test_where_the_keys_are_is_checked(self, project: Project, sandbox: Sandbox) -> None:
        visible = self.find_key(project, sandbox)
        assert (visible["severity"], "signing keys are visible with these credentials" in visible["message"]) == (
            "ok",
            True,
        )
        elsewhere = self.find_key(project, sandbox, workspace="another")
        assert (elsewhere["severity"], "these credentials don't see signing key" in elsewhere["message"]) == (
            "problem",
            True,
        )
        assert "`pulumi state delete`" in elsewhere["advice"]
        sandbox.switches.signing_keys = "hidden"
        unknown = self.find_key(project, sandbox)
        assert (unknown["severity"], "it isn't known whether the stack's signing keys" in unknown["message"]) == (
            "warning",
            True,
        )
        assert "an administrator's access token" in unknown["advice"]

    def test_the_variables_of_sign_are_settings(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("FASTPIX_SIGNING_KEY_ID", "FASTPIX_SIGNING_PRIVATE_KEY", "FASTPIX_STREAM_URL"):
            monkeypatch.setenv(name, "x")
        assert "settings" not in project.findings()
        monkeypatch.setenv("FASTPIX_SIGNING_KEYID", "x")
        (finding,) = project.findings()["settings"]
        assert "did you mean FASTPIX_SIGNING_KEY_ID?" in finding["message"]
