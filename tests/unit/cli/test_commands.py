"""`recover`, `adopt` and `audit` have some behaviour in common; here with a stand-in for `pulumi`."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, interrupted, resource, secret
from unit.cli.command import EXECUTABLE, IMPORT_FILE, run

COMMANDS = {"recover": [], "adopt": [DEMO_STREAM_ID], "audit": []}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("reason", ["pulumi fails", "no pulumi", "no JSON", "no state", "401"])
def test_a_failure_is_a_message_without_a_traceback(
    name: str, reason: str, pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [name, *COMMANDS[name]]
    expected = {
        "pulumi fails": "`pulumi stack export` failed: no stack selected",
        "no pulumi": "Check that the Pulumi CLI is installed",
        "no JSON": "printed something other than JSON",
        "no state": "is not a stack's state",
        "401": "FastPix answered 401",
    }[reason]
    if reason == "no pulumi":
        monkeypatch.setenv("PATH", str(pulumi.folder / "nowhere"))
    elif reason == "no JSON":
        (pulumi.folder / "export").write_text("Hello")
    elif reason == "no state":
        pulumi.prints("export", {"hello": 1})
    elif reason == "401":
        pulumi.prints("export", interrupted())
        monkeypatch.setenv("FASTPIX_PASSWORD", "wrong")
    result = run(*arguments)
    assert result.exit_code == (2 if name == "audit" else 1)
    assert expected in result.output
    assert sandbox.secret_key not in result.output
    assert isinstance(result.exception, SystemExit)
    assert not IMPORT_FILE.exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_holds_no_project_is_a_wrong_command_line(name: str, pulumi: FakePulumi) -> None:
    missing = run(name, *COMMANDS[name], "-C", "nowhere")
    assert (missing.exit_code, "There is no folder 'nowhere'" in missing.output) == (2, True), missing.output
    assert pulumi.commands == []
    pulumi.script.write_text(
        "#!/bin/sh\necho 'error: no Pulumi.yaml project file found (searching upwards)' >&2; exit 1"
    )
    Path("empty").mkdir()
    empty = run(name, *COMMANDS[name], "-C", "empty")
    assert empty.exit_code == 2
    assert f"There is no Pulumi project in {Path('empty').resolve()} or above it." in empty.output
    assert "name that with --cwd" in empty.output


@pytest.mark.parametrize("name", ["recover", "adopt"])
@pytest.mark.parametrize(
    ("stack", "status", "expected"),
    [
        ((), 2, "There is no Pulumi project in"),
        (("--stack", "dev"), 2, "There is no Pulumi project in"),
        (("--stack", "acme/streams/dev"), 1, "PULUMI_ACCESS_TOKEN must be set"),
    ],
    ids=["selected", "named", "with-its-project"],
)
def test_where_nobody_is_logged_in_a_missing_project_counts(
    stack: tuple[str, ...], status: int, expected: str, name: str, pulumi: FakePulumi
) -> None:
    pulumi.script.write_text("#!/bin/sh\necho 'error: PULUMI_ACCESS_TOKEN must be set for login' >&2; exit 1")
    Path("Pulumi.yaml").unlink()
    result = run(name, *COMMANDS[name], *stack)
    assert (result.exit_code, expected in result.output) == (status, True), result.output


@pytest.mark.parametrize("name", ["recover", "adopt"])
def test_where_pulumi_is_missing_too_a_missing_project_counts(
    name: str, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(pulumi.folder / "nowhere"))
    Path("Pulumi.yaml").unlink()
    missing = run(name, *COMMANDS[name])
    assert (missing.exit_code, "There is no Pulumi project in" in missing.output) == (2, True), missing.output


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("name", ["adopt", "audit"])
def test_an_odd_stream_id_is_warned_of(name: str, pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export())
    result = run(name, first_id)
    assert result.exit_code != 0
    assert result.stderr.startswith("Warning: a stream ID has 32 hex digits, 0-9 and a-f; this looks like a playback")
    assert "Warning" not in run(name, DEMO_STREAM_ID).stderr


@pytest.mark.usefixtures("sandbox")
def test_a_name_that_the_output_has_no_characters_for_is_spelt(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(pending=(resource("カメラ"),)))
    environ = os.environ | {"PYTHONIOENCODING": "latin-1"}
    command = [str(EXECUTABLE), "recover"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, encoding="latin-1")
    assert (done.returncode, "\\u30ab" in done.stdout) == (0, True), done.stderr


def test_the_summaries_of_all_commands_fit_into_a_terminal() -> None:
    listed = run("--help").output.partition("Commands:\n")[2].splitlines()
    assert len(listed) == 7
    assert [line for line in listed if line.endswith("...") or not line.endswith(".") or len(line) > 80] == []


@pytest.mark.usefixtures("sandbox")
def test_the_stack_and_the_folder_are_handed_on_to_pulumi(pulumi: FakePulumi) -> None:
    pulumi.prints("export", interrupted())
    Path("else where").mkdir()
    result = run("recover", "--stack", "prod", "-C", "else where")
    assert result.exit_code == 0, result.output
    assert any(command.startswith("stack export --stack prod") for command in pulumi.commands)
    assert "--stack prod --cwd 'else where'" in result.output
    assert shlex.join(["--file", str(IMPORT_FILE.resolve())]) in result.output


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("name", ["recover", "adopt"])
def test_nothing_is_written_while_another_stack_cannot_be_read(name: str, pulumi: FakePulumi) -> None:
    pulumi.prints("export", export() if name == "adopt" else interrupted())
    pulumi.fails("stacks")
    result = run(name, *COMMANDS[name])
    assert result.exit_code == 1
    assert "Could not list the other stacks" in result.output
    assert "would look undeclared" in result.output
    assert not IMPORT_FILE.exists()
    result = run(name, *COMMANDS[name], "--ignore-unread")
    assert result.exit_code == 0, result.output
    assert "Warning: Could not list the other stacks of this project: `pulumi stack ls" in result.stderr
    assert IMPORT_FILE.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["recover", "adopt"])
def test_playback_ids_of_stacks_that_also_names_are_left_out(
    name: str, pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    free = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public"))
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", interrupted() if name == "recover" else export())
    pulumi.prints("export-of/prod", export(resource("other", "id-1")))
    pulumi.prints("export-of/acme/other/dev", export(resource("theirs", first_id)))
    without = run(name, *COMMANDS[name])
    assert "Besides this stack, these were read: prod." in without.output
    assert "Stacks of other projects are read only if --also names them." in without.output
    IMPORT_FILE.unlink(missing_ok=True)
    result = run(name, *COMMANDS[name], "--also", "acme/other/dev")
    assert result.exit_code == 0, result.output
    assert "these were read: prod, acme/other/dev." in result.output
    assert [one["id"] for one in json.loads(IMPORT_FILE.read_text())["resources"]] == [free]


@pytest.mark.parametrize("name", ["adopt", "audit"])
def test_an_invalid_id_is_not_sent_anywhere(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    assert run(name, "has space").exit_code == 2
    assert (sandbox.requests, pulumi.commands) == ([], [])


@pytest.mark.parametrize("name", ["recover", "audit"])
@pytest.mark.parametrize("status", [404, 409])
def test_the_id_of_a_secret_stream_is_not_in_the_message_that_it_cannot_be_read(
    name: str, status: int, pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Fault(kind="status", status=status))
    pulumi.prints("export", interrupted(stream_id=secret(ciphertext="v1:x")))
    pulumi.prints("export-with-secrets", interrupted(stream_id=secret(plaintext=json.dumps(DEMO_STREAM_ID))))
    result = run(name)
    assert result.exit_code != 0
    assert f"Could not read stream (its ID is a secret of this stack): FastPix answered {status}" in result.output
    assert DEMO_STREAM_ID not in result.output


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_stack_that_changes_while_it_is_read_is_refused(name: str, pulumi: FakePulumi) -> None:
    pulumi.prints("export", interrupted(stream_id=secret(ciphertext="v1:x")))
    pulumi.prints("export-with-secrets", export(resource("main", "id-1")))
    result = run(name, *COMMANDS[name])
    assert result.exit_code == (2 if name == "audit" else 1)
    assert "The stack changed while it was read" in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_ends_the_command_at_once_without_a_traceback(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    pulumi.prints("export", export(resource("kept", "x"), pending=(resource("main"),)))
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
        deadline = time.monotonic() + 30
        while not pulumi.commands and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(1)
        assert command.poll() is None
        began = time.monotonic()
        command.send_signal(signal.SIGINT)
        stdout, stderr = command.communicate(timeout=10)
        assert time.monotonic() - began < 3
    assert (command.returncode, stdout) == (130, "")
    assert stderr == "Interrupted. Nothing was changed.\n"
