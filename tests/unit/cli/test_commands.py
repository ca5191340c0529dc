"""What `recover`, `adopt` and `audit` have in common, with a `pulumi` that answers from files; and `adopt`."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, resource, secret
from unit.cli.command import EXECUTABLE, begun, run

COMMANDS = {"recover": [], "adopt": [DEMO_STREAM_ID], "audit": []}


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
    (playback_id,) = (listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    pulumi.answer("export", begun())
    result = run("adopt", DEMO_STREAM_ID)
    assert result.exit_code == 1
    assert "are unfinished" in result.output
    assert not Path("fastpix-import.json").exists()
    assert run("adopt", DEMO_STREAM_ID, playback_id).exit_code == 0


def test_a_name_is_written_as_python_reads_it(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (born,) = (listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    pulumi.answer("export", export())
    shown = run("adopt", DEMO_STREAM_ID, born, "--name", 'we"ird\\é').output
    (call,) = [line for line in shown.splitlines() if "LivePlaybackId(" in line]
    assert eval(call.strip().replace("fastpix.LivePlaybackId", "(lambda name, **_: name)")) == 'we"ird\\é'  # noqa: S307
    assert "doesn't declare it yet" in shown


@pytest.mark.parametrize("name", ["adopt", "audit"])
def test_an_id_that_cannot_be_right_is_not_sent_anywhere(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    assert run(name, "has space").exit_code == 2
    assert sandbox.requests == []
    assert not (pulumi.folder / "commands").exists()


def test_the_prefix_has_to_fit_into_a_name(pulumi: FakePulumi) -> None:
    del pulumi
    assert run("adopt", DEMO_STREAM_ID, "--prefix", 'a"b').exit_code == 2


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
