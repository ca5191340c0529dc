"""`recover` as a person or a pipeline meets it, with a `pulumi` that answers from files."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, resource, secret
from unit.cli.command import EXECUTABLE, begun, run


def test_an_export_may_come_from_a_file_or_a_pipe(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    Path("state.json").write_text(json.dumps(begun()))
    result = run("recover", "--state", "state.json")
    assert result.exit_code == 0, result.output
    assert "--stack dev" in result.output
    assert "export" not in (pulumi.folder / "commands").read_text()
    assert run("recover", "--state", "-", "--force", stdin=json.dumps(begun())).exit_code == 0
    for stdin, expected in (
        ("Hello", "Standard input is not JSON"),
        ("{}", "Standard input is not a stack's state"),
        (json.dumps(export(pending=(resource("main", stream_id=secret(ciphertext="v1:x")),))), "--show-secrets"),
    ):
        result = run("recover", "--state", "-", "--force", stdin=stdin)
        assert result.exit_code == 1
        assert expected in result.output
    assert {request.method for request in sandbox.requests} == {"GET"}


@pytest.mark.parametrize(
    ("options", "named"), [([], "in the stack."), (["--stack", "acme/streams/dev"], "in stack dev.")]
)
def test_an_export_without_resources_is_named_as_far_as_can_be(
    options: list[str], named: str, pulumi: FakePulumi
) -> None:
    """It may be of any stack, so the one that is selected here isn't asked for."""
    empty = json.dumps({"version": 3, "deployment": {"manifest": {}}})
    result = run("recover", "--state", "-", *options, stdin=empty)
    assert result.output == f"Nothing to recover: no create of a playback ID was cut off {named}\n"
    assert not (pulumi.folder / "commands").exists()


def test_contradictions_are_refused_and_a_stale_file_goes(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (born,) = (listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    pulumi.answer("export", begun())
    assert run("recover", "--ours", born, "--not-ours", born).exit_code == 2
    assert run("recover", "--ours", born, "--all-ours").exit_code == 2
    assert run("adopt", DEMO_STREAM_ID, born, "--parent", "urn").exit_code == 2
    assert run("recover").exit_code == 0
    assert born in Path("fastpix-import.json").read_text()
    emptied = run("recover", "--force", "--not-ours", born)
    assert (emptied.exit_code, "Removed fastpix-import.json" in emptied.output) == (0, True)
    assert not Path("fastpix-import.json").exists()
    Path("elsewhere").symlink_to("/dev/null")
    assert run("recover", "--force", "--out", "elsewhere", "--not-ours", born).exit_code == 0
    assert Path("elsewhere").is_symlink()


def test_a_secret_stream_is_not_shown_while_it_is_waited_for(
    pulumi: FakePulumi, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = {"accessPolicy": "public", "streamId": secret(plaintext=json.dumps(DEMO_STREAM_ID))}
    pulumi.answer("export", export(pending=(resource("main", inputs=inputs),)))
    sandbox.faults.add(Fault(kind="status", status=429, retry_after=3, times=1))
    result = run("recover")
    assert result.exit_code == 0, result.output
    told = result.output + capfd.readouterr().err
    assert "waiting" in told
    assert DEMO_STREAM_ID not in told


def test_names_that_the_locale_cannot_write_stay_as_they_are(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    del sandbox
    pending = resource("caméra")
    (pulumi.folder / "export").write_text(json.dumps(export(pending=(pending,)), ensure_ascii=False), encoding="utf-8")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for arguments, stdin in (((), b""), (("--state", "-", "--force"), (pulumi.folder / "export").read_bytes())):
        subprocess.run(
            [EXECUTABLE, "recover", *arguments],
            env=os.environ | ascii_only,
            input=stdin,
            capture_output=True,
            check=True,
        )
        imported = json.loads(Path("fastpix-import.json").read_text(encoding="utf-8"))
        assert [one["name"] for one in imported["resources"]] == ["caméra"]


def test_not_ours_has_to_be_there(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    del sandbox
    pulumi.answer("export", begun())
    result = run("recover", "--not-ours", "typing-error")
    assert result.exit_code == 1
    assert "typing-error" in result.output
    assert not Path("fastpix-import.json").exists()


def test_fewer_than_were_begun_are_adopted_and_the_rest_left_to_the_next_up(
    pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    (born,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    pending = [resource(f"camera-{number}", stream_id=DEMO_STREAM_ID, protect=number == 0) for number in range(3)]
    pulumi.answer("export", export(pending=tuple(pending)))
    result = run("recover")
    assert f"adopt  {born.id}" in result.output
    assert result.output.count("make   (none found)") == 2
    assert "--protect=true" in result.output
    (imported,) = json.loads(Path("fastpix-import.json").read_text())["resources"]
    assert (imported["name"], imported["id"]) == ("camera-0", born.id)
    result = run("recover", "--not-ours", born.id, "--force")
    assert result.exit_code == 0
    assert "pulumi import" not in result.output
    assert "pulumi refresh --clear-pending-creates" in result.output


def test_a_deleted_stream_took_everything_along(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.answer("export", begun())
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    result = run("recover")
    assert result.exit_code == 1
    assert f"FASTPIX_GONE_STREAMS={DEMO_STREAM_ID}" in result.output
    monkeypatch.setenv("FASTPIX_GONE_STREAMS", DEMO_STREAM_ID)
    assert run("recover").exit_code == 0


def test_what_was_deleted_halfway_is_for_a_refresh(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    pulumi.answer("export", export(resource("main", "x"), pending=(resource("main", "x"),), operation="deleting"))
    result = run("recover")
    assert result.exit_code == 0
    assert "`pulumi refresh` finds out" in result.output
    assert sandbox.requests == []
