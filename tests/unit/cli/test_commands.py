"""`recover`, `adopt` and `audit` as a person or a pipeline meets them, with a `pulumi` that answers from files."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pulumi_fastpix.cli import main
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, resource, secret

COMMANDS = {"recover": [], "adopt": [DEMO_STREAM_ID], "audit": []}
EXECUTABLE = Path(sys.executable).parent / "pulumi-fastpix"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def begun() -> object:
    return export(pending=(resource("main", stream_id=DEMO_STREAM_ID),))


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("because", ["pulumi fails", "no pulumi", "no folder", "no JSON", "no state", "401"])
def test_a_failure_is_a_sentence(
    name: str, because: str, pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [name, *COMMANDS[name]]
    expected = {
        "pulumi fails": "`pulumi stack export` failed: no stack selected",
        "no pulumi": "Check that the Pulumi CLI is installed",
        "no folder": "check --cwd",
        "no JSON": "printed something other than JSON",
        "no state": "is not a stack's state",
        "401": "FastPix answered 401",
    }[because]
    if because == "no pulumi":
        monkeypatch.setenv("PATH", str(pulumi.folder / "nowhere"))
    elif because == "no folder":
        arguments += ["--cwd", "nowhere"]
    elif because == "no JSON":
        (pulumi.folder / "export").write_text("Hello")
    elif because == "no state":
        pulumi.answer("export", {"hello": 1})
    elif because == "401":
        pulumi.answer("export", begun())
        monkeypatch.setenv("FASTPIX_PASSWORD", "wrong")
    result = run(*arguments)
    assert result.exit_code == (2 if name == "audit" else 1)
    assert expected in result.output
    assert sandbox.secret_key not in result.output
    assert isinstance(result.exception, SystemExit)
    assert not Path("fastpix-import.json").exists()


def test_the_stack_and_the_folder_are_handed_on(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    del sandbox
    pulumi.answer("export", begun())
    Path("else where").mkdir()
    result = run("recover", "--stack", "prod", "-C", "else where")
    assert result.exit_code == 0, result.output
    assert "stack export --stack prod" in (pulumi.folder / "commands").read_text()
    assert "--stack prod --cwd 'else where'" in result.output
    assert shlex.join(["--file", str(Path("fastpix-import.json").resolve())]) in result.output


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


@pytest.mark.parametrize("name", ["recover", "adopt"])
def test_a_stack_that_cannot_be_read_may_own_anything(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    del sandbox
    pulumi.answer("export", export() if name == "adopt" else begun())
    (pulumi.folder / "stacks").unlink()
    result = run(name, *COMMANDS[name])
    assert result.exit_code == 1
    assert "What it owns would look as if nobody owned it" in result.output
    assert not Path("fastpix-import.json").exists()
    result = run(name, *COMMANDS[name], "--ignore-unread")
    assert result.exit_code == 0, result.output
    assert Path("fastpix-import.json").stat().st_mode & 0o777 == 0o600


def test_what_a_run_under_way_has_made_is_not_adopted(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (playback_id,) = (listed.id for listed in sandbox.store.playback_ids(DEMO_STREAM_ID))
    pulumi.answer("export", begun())
    result = run("adopt", DEMO_STREAM_ID)
    assert result.exit_code == 1
    assert "are unfinished" in result.output
    assert not Path("fastpix-import.json").exists()
    assert run("adopt", DEMO_STREAM_ID, playback_id).exit_code == 0


def test_an_audit_during_a_run_or_after_a_killed_one_points_at_recover_first(
    pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    del sandbox
    pulumi.answer("export", begun())
    lines = run("audit", "--stack", "prod").output.splitlines()
    advice = [line for line in lines if "-> " in line or "pulumi-fastpix" in line]
    assert "pulumi-fastpix recover --stack prod" in advice[0]


def test_contradictions_are_refused_and_a_stale_file_goes(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (born,) = (listed.id for listed in sandbox.store.playback_ids(DEMO_STREAM_ID))
    pulumi.answer("export", begun())
    assert run("recover", "--ours", born, "--not-ours", born).exit_code == 2
    assert run("recover", "--ours", born, "--all-ours").exit_code == 2
    assert run("adopt", DEMO_STREAM_ID, born, "--parent", "urn").exit_code == 2
    assert run("recover").exit_code == 0
    assert born in Path("fastpix-import.json").read_text()
    assert run("recover", "--force", "--not-ours", born).exit_code == 0
    assert not Path("fastpix-import.json").exists()


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


def test_a_name_is_written_as_python_reads_it(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (born,) = (listed.id for listed in sandbox.store.playback_ids(DEMO_STREAM_ID))
    pulumi.answer("export", export())
    shown = run("adopt", DEMO_STREAM_ID, born, "--name", 'we"ird\\é').output
    (call,) = [line for line in shown.splitlines() if "LivePlaybackId(" in line]
    assert eval(call.strip().replace("fastpix.LivePlaybackId", "(lambda name, **_: name)")) == 'we"ird\\é'  # noqa: S307
    assert "doesn't declare it yet" in shown


def test_accounts_may_share_a_stream_and_streams_an_id(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One workspace reached in two ways is asked once; two workspaces are asked each, though the stream's ID is one."""
    # Inside `sandbox exec` accounts of a stack's own are refused.
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as other:

        def account(name: str, of: Sandbox) -> dict[str, Any]:
            values = {"accessTokenId": of.access_token_id, "secretKey": of.secret_key, "baseUrl": of.base_url}
            inputs = {f"fastpix:{key}": value for key, value in values.items()}
            type_ = "pulumi:providers:pulumi-python"
            urn = f"urn:pulumi:dev::project::{type_}::{name}"
            return {"urn": urn, "type": type_, "id": "c0ffee", "inputs": inputs}

        same, far = account("same", sandbox), account("far", other)
        (here,) = (listed.id for listed in sandbox.store.playback_ids(DEMO_STREAM_ID))
        also_here = sandbox.store.create_playback_id(DEMO_STREAM_ID, "public")
        (there,) = (listed.id for listed in other.store.playback_ids(DEMO_STREAM_ID))
        pulumi.answer(
            "export",
            export(
                same,
                far,
                resource("here", here),
                resource("also", also_here, provider=f"{same['urn']}::c0ffee"),
                resource("there", there, provider=f"{far['urn']}::c0ffee"),
            ),
        )
        for arguments in ((), (DEMO_STREAM_ID,)):
            sandbox.clear_requests()
            result = run("audit", *arguments)
            assert (result.exit_code, len(sandbox.requests)) == (0, 1), result.output
            assert "2 streams with 3 playback IDs; stack dev owns 3: nothing to report." in result.output


@pytest.mark.parametrize("also", ["dev", "project/dev", "acme/project/dev"])
def test_a_stack_is_not_its_own_rival(also: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (playback_id,) = (listed.id for listed in sandbox.store.playback_ids(DEMO_STREAM_ID))
    pulumi.answer("export", export(resource("main", playback_id)))
    assert run("audit", "--also", also).exit_code == 0
    assert run("audit", "--also", "acme/other/dev").exit_code == 1


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
    (born,) = sandbox.store.playback_ids(DEMO_STREAM_ID)
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
    sandbox.store.delete_stream(DEMO_STREAM_ID)
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


@pytest.mark.parametrize("name", ["adopt", "audit"])
def test_an_id_that_cannot_be_right_is_not_sent_anywhere(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    assert run(name, "has space").exit_code == 2
    assert sandbox.requests == []
    assert not (pulumi.folder / "commands").exists()


def test_the_prefix_has_to_fit_into_a_name(pulumi: FakePulumi) -> None:
    del pulumi
    assert run("adopt", DEMO_STREAM_ID, "--prefix", 'a"b').exit_code == 2


def test_an_audit_says_once_how_to_close_what_is_open(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    """The command is run as it is printed; it takes the credentials from the environment and shows none."""
    (born,) = sandbox.store.playback_ids(DEMO_STREAM_ID)
    sandbox.store.create_playback_id(DEMO_STREAM_ID, "public")
    hidden = sandbox.store.create_playback_id(DEMO_STREAM_ID, "private")
    pulumi.answer("export", export(resource("kept", "x", stream_id=DEMO_STREAM_ID)))
    result = run("audit", "--stack", "dev")
    assert result.output.count("nobody declares it") == 3
    assert sandbox.secret_key not in result.output
    assert result.output.count("pulumi-fastpix adopt --stack dev STREAM_ID PLAYBACK_ID") == 2
    closing, also_closing = (line.strip() for line in result.output.splitlines() if "curl" in line)
    assert closing == also_closing
    for playback_id in (born.id, str(hidden)):
        line = closing.replace("STREAM_ID", DEMO_STREAM_ID).replace("PLAYBACK_ID", playback_id)
        assert json.loads(subprocess.run(["bash", "-c", line], check=True, capture_output=True).stdout)["success"]
    assert len(sandbox.store.playback_ids(DEMO_STREAM_ID)) == 1


@pytest.mark.parametrize("seen_by", [None, "0123456789ab"])
def test_a_stream_that_these_credentials_never_saw_is_not_called_deleted(
    seen_by: str | None, pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sandbox.store.create_stream()
    sandbox.store.delete_stream(lost)
    kept = resource("kept", "x", stream_id=lost)
    kept["outputs"]["seenBy"] = seen_by
    pulumi.answer("export", export(kept))
    result = run("audit")
    assert result.exit_code == 2
    assert "These credentials haven't seen the stream before: perhaps the access token was replaced" in result.output
    assert "or they belong to another workspace" in result.output
    monkeypatch.setenv("FASTPIX_GONE_STREAMS", lost)
    result = run("audit")
    assert result.exit_code == 1
    assert "its stream was deleted" in result.output


@pytest.mark.parametrize("name", ["recover", "audit"])
@pytest.mark.parametrize("status", [404, 409])
def test_a_secret_stream_that_cannot_be_read_stays_one(
    name: str, status: int, pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Fault(kind="status", status=status))
    sealed = secret(plaintext=json.dumps(DEMO_STREAM_ID))
    pulumi.answer("export", export(pending=(resource("main", stream_id=sealed),)))
    result = run(name)
    assert result.exit_code != 0
    assert f"Could not read stream (its ID is a secret of this stack): FastPix answered {status}" in result.output
    assert DEMO_STREAM_ID not in result.output


def test_many_streams_are_read_a_few_at_a_time(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.4))
    streams = [sandbox.store.create_stream() for _ in range(16)]
    pulumi.answer("export", export(*(resource(f"s{stream}", "x", stream_id=stream) for stream in streams)))
    began = time.monotonic()
    result = run("audit", "--json")
    assert time.monotonic() - began < 4  # one after the other it would take 6.4
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["streams"]) == 16
    assert len(sandbox.requests) == 16


@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_ends_it_at_once_without_a_trace(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    pulumi.answer("export", export(resource("kept", "x", stream_id=DEMO_STREAM_ID), pending=(resource("begun"),)))
    sandbox.faults.add(Fault(kind="latency", seconds=20))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's children would ignore it
    try:
        command = subprocess.Popen(
            [EXECUTABLE, name, *COMMANDS[name]],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with command:
        asked, deadline = pulumi.folder / "commands", time.monotonic() + 30
        while not asked.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(1)
        assert command.poll() is None
        began = time.monotonic()
        command.send_signal(signal.SIGINT)
        stdout, stderr = command.communicate(timeout=10)
        assert time.monotonic() - began < 3
    assert (command.returncode, stdout) == (130, "")
    assert stderr == "Interrupted. Nothing was changed.\n"
