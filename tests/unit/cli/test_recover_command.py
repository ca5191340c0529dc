"""`recover` as a person or a pipeline meets it, with a stand-in for `pulumi`."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import StreamSettings
from support.fake_pulumi import FakePulumi
from support.live_streams import live_stream
from support.noted import MARK, NOTED, write_journal
from support.states import export, interrupted, made_up, resource, secret, urn
from unit.cli.command import EXECUTABLE, IMPORT_FILE, run


def test_an_export_may_come_from_a_file_or_a_pipe(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    Path("state.json").write_text(json.dumps(interrupted()))
    result = run("recover", "--state", "state.json")
    assert result.exit_code == 0, result.output
    assert "--stack dev" in result.output
    assert not any("export" in command for command in pulumi.commands)
    assert run("recover", "--state", "-", "--force", stdin=json.dumps(interrupted())).exit_code == 0
    for stdin, expected in (
        ("Hello", "Standard input is not JSON"),
        ("{}", "Standard input is not a stack's state"),
        (json.dumps(interrupted(stream_id=secret(ciphertext="v1:x"))), "--show-secrets"),
    ):
        result = run("recover", "--state", "-", "--force", stdin=stdin)
        assert result.exit_code == 1
        assert expected in result.output
    assert {request.method for request in sandbox.requests} == {"GET"}


@pytest.mark.parametrize(("options", "named"), [([], "the stack"), (["--stack", "acme/streams/dev"], "stack dev")])
def test_the_stack_of_an_export_without_resources_is_the_one_that_was_named(
    options: list[str], named: str, pulumi: FakePulumi
) -> None:
    """It may be of any stack, so the one that is selected here isn't asked for."""
    empty = json.dumps({"version": 3, "deployment": {"manifest": {}}})
    result = run("recover", "--state", "-", *options, stdin=empty)
    assert (
        result.output
        == f"Nothing to recover: {named} has no interrupted create of a live stream, playback ID or signing key.\n"
    )
    assert pulumi.commands == []


def test_certain_playback_ids_are_said_where_others_are_to_be_decided(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    certain = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public"))
    pulumi.prints("export", export(resource("main", "x"), pending=(resource("sure", certain), resource("main"))))
    refused = run("recover")
    assert refused.exit_code == 1
    assert "has no interrupted create to pair with (and 1 whose name is taken by now):" in refused.output
    assert (
        "Besides, the state, or the journal of this machine, names what one more interrupted create made, which is "
        f"certain: {certain} (as 'sure')." in refused.output
    )


def test_options_that_contradict_each_other_are_usage_errors(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", interrupted())
    assert run("recover", "--ours", first_id, "--not-ours", first_id).exit_code == 2
    assert run("recover", "--ours", first_id, "--all-ours").exit_code == 2
    assert pulumi.commands == []


def test_an_import_file_that_is_no_longer_right_is_removed(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", interrupted())
    assert run("recover").exit_code == 0
    assert first_id in IMPORT_FILE.read_text()
    emptied = run("recover", "--force", "--not-ours", first_id)
    assert (emptied.exit_code, "Removed fastpix-import.json" in emptied.output) == (0, True)
    assert not IMPORT_FILE.exists()
    Path("elsewhere").symlink_to("/dev/null")
    assert run("recover", "--force", "--out", "elsewhere", "--not-ours", first_id).exit_code == 0
    assert Path("elsewhere").is_symlink()


def test_the_id_of_a_secret_stream_is_not_shown_while_the_stream_is_waited_for(
    pulumi: FakePulumi, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi.prints("export", interrupted(stream_id=secret(plaintext=json.dumps(DEMO_STREAM_ID))))
    sandbox.faults.add(Fault(kind="status", status=429, retry_after=3, times=1))
    result = run("recover")
    assert result.exit_code == 0, result.output
    shown = result.output + capfd.readouterr().err
    assert "waiting" in shown
    assert DEMO_STREAM_ID not in shown


@pytest.mark.usefixtures("sandbox")
def test_names_that_the_locale_cannot_write_stay_as_they_are(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(pending=(resource("caméra"),)))
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for arguments, stdin in (((), b""), (("--state", "-", "--force"), (pulumi.folder / "export").read_bytes())):
        subprocess.run(
            [EXECUTABLE, "recover", *arguments],
            env=os.environ | ascii_only,
            input=stdin,
            capture_output=True,
            check=True,
        )
        imported = json.loads(IMPORT_FILE.read_text(encoding="utf-8"))
        assert [one["name"] for one in imported["resources"]] == ["caméra"]


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("option", ["--ours", "--not-ours"])
def test_a_playback_id_that_an_option_names_has_to_exist(option: str, pulumi: FakePulumi) -> None:
    pulumi.prints("export", interrupted())
    result = run("recover", option, "typing-error")
    assert result.exit_code == 1
    assert "typing-error" in result.output
    assert not IMPORT_FILE.exists()


def test_what_runs_of_other_stacks_made_is_left_out(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were killed, too: only the journal knows of it."""
    alike = StreamSettings(metadata={"show": "42"})
    ours, their_stream = (sandbox.store.live_streams.create(settings=alike) for _ in range(2))
    their_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    other = urn("main").replace(":dev::", ":other::")
    monkeypatch.setenv("FASTPIX_JOURNAL", str(tmp_path / "journal"))
    write_journal(
        tmp_path / "journal",
        replace(NOTED, key="1", urn=other, is_sent=True, id=their_id),
        NotedCreate("2", other, "LiveStream", MARK, is_sent=True, id=their_stream),
    )
    concert = live_stream("concert", "", declared={"metadata": {"show": "42"}})
    pulumi.prints("export", export(pending=(resource("main"), concert)))
    result = run("recover")
    assert result.exit_code == 0, result.output
    imported = json.loads(IMPORT_FILE.read_text())["resources"]
    assert {one["name"]: one["id"] for one in imported} == {"main": first_id, "concert": ours}
    assert not any(theirs in result.output for theirs in (their_id, their_stream))


def test_creates_for_which_no_playback_id_was_found_are_left_to_the_next_up(pulumi: FakePulumi, first_id: str) -> None:
    pending = [resource(f"camera-{number}", stream_id=DEMO_STREAM_ID, protect=number == 0) for number in range(3)]
    pulumi.prints("export", export(pending=tuple(pending)))
    result = run("recover")
    assert f"adopt   {first_id}" in result.output
    assert result.output.count("create  (none found)") == 2
    assert "under `pulumi-fastpix sandbox exec`." in result.output
    assert "--protect=true" in result.output
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert (imported["name"], imported["id"]) == ("camera-0", first_id)
    result = run("recover", "--not-ours", first_id, "--force")
    assert result.exit_code == 0
    assert "pulumi import" not in result.output
    assert "pulumi refresh --clear-pending-creates" in result.output


def test_nothing_is_found_on_a_stream_that_is_confirmed_as_deleted(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.prints("export", interrupted())
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    result = run("recover")
    assert result.exit_code == 1
    assert f"FASTPIX_DELETED_STREAMS={DEMO_STREAM_ID}" in result.output
    monkeypatch.setenv("FASTPIX_DELETED_STREAMS", DEMO_STREAM_ID)
    assert run("recover").exit_code == 0


def test_an_interrupted_delete_is_left_to_a_refresh(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    pulumi.prints("export", export(resource("main", "x"), pending=(resource("main", "x"),), operation="deleting"))
    result = run("recover")
    assert result.exit_code == 0
    assert "`pulumi refresh` finds out" in result.output
    assert sandbox.requests == []


@pytest.mark.usefixtures("made_up_type")
def test_interrupted_creates_of_other_types_are_named_before_they_are_forgotten(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    other = made_up("other")
    pulumi.prints("export", export(made_up("main", "id-1"), pending=(resource("main"), other)))
    result = run("recover")
    assert result.exit_code == 0, result.output
    assert f"adopt  {first_id}" in result.output
    assert f"    {other['urn']}\n" in result.output
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert (imported["name"], imported["type"]) == ("main", resource("main")["type"])
    sandbox.clear_requests()
    pulumi.prints("export", export(pending=(other,)))
    assert "Nothing to recover" in run("recover").output
    assert sandbox.requests == []


def test_more_playback_ids_than_creates_are_listed_with_the_options_that_decide(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    pulumi.prints("export", interrupted())
    result = run("recover")
    assert result.exit_code == 1
    assert "there are 2 public playback IDs that no stack declares" in result.output
    assert f"\n  {first_id}\n" in result.output
    assert "--ours ID" in result.output
    assert "--all-ours" not in result.output, "it can't be all of them"
    assert "orphan" not in result.output
    assert "No other stack was read." in result.output
    all_ours = run("recover", "--all-ours")
    assert all_ours.exit_code == 1
    assert "Killed runs can't have made all of these, as --all-ours says" in all_ours.output
    assert "(without --all-ours)" in all_ours.output


def test_a_create_whose_playback_id_the_state_names_is_marked(pulumi: FakePulumi, first_id: str) -> None:
    """There is nothing to decide about it, though there are more playback IDs than creates."""
    pulumi.prints("export", export(pending=(resource("main", first_id),)))
    result = run("recover")
    assert result.exit_code == 0, result.output
    assert f"  adopt  {first_id}  public  main (certain)\n" in result.output
    assert "the state, or the journal of this machine, names what this create made" in result.output
    assert "Check these pairs" not in result.output
    pulumi.prints("export", export(resource("main", first_id), pending=(resource("main", first_id),)))
    again = run("recover", "--force").output
    assert "Nothing to recover" in again
    assert "1 interrupted create of what the stack owns by now" in again
    assert "pulumi refresh --clear-pending-creates" in again


@pytest.mark.usefixtures("first_id")
def test_where_a_name_is_taken_an_orphan_is_explained_and_needs_a_confirmation(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(resource("main", "id-1"), pending=(resource("main"),)))
    result = run("recover")
    assert result.exit_code == 1
    assert "there is 1 public playback ID that no stack declares" in result.output
    assert "(and 1 whose name is taken by now)" in result.output
    assert "what it made is an orphan" in result.output
    assert "--all-ours" in result.output


def test_a_create_whose_name_is_taken_and_that_left_no_orphan_is_explained(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", "id-1"), pending=(resource("main"), resource("other"))))
    result = run("recover", "--not-ours", first_id)
    assert result.exit_code == 0, result.output
    assert "has 2 interrupted creates of playback IDs." in result.output
    assert result.output.count("(none found)") == 1
    assert "1 more create has nothing to import: its name is taken" in result.output
