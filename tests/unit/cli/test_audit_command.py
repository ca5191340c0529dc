"""`audit` as a person or a pipeline meets it, with a stand-in for `pulumi`."""

from __future__ import annotations

import json
import re
import shlex
import time
from pathlib import Path

import pytest

from pulumi_fastpix.cli.delete.report import QUESTION
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import RestrictedBy, Rules
from pulumi_fastpix.settings.addresses import DEFAULT_BASE_URL
from support.fake_pulumi import FakePulumi
from support.playback_ids import ids_on
from support.states import account, export, interrupted, made_up, reference_to, resource, secret
from unit.cli.command import run


def commands(text: str) -> list[list[str]]:
    """The arguments of our own commands that a text advises, `recover` apart."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("       pulumi-fastpix ")]
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.usefixtures("sandbox")
def test_where_creates_were_interrupted_recover_is_advised_first(pulumi: FakePulumi) -> None:
    pulumi.prints("export", interrupted())
    lines = run("audit", "--stack", "prod").output.splitlines()
    advice = [line for line in lines if "-> " in line or "pulumi-fastpix" in line]
    assert "pulumi-fastpix recover --stack prod" in advice[0]


def test_a_stream_is_read_once_in_each_workspace(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One workspace is reached through two providers; another has a stream with the same ID."""
    # Inside `sandbox exec` accounts of a stack's own are refused.
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as other:
        same, far = account("same", sandbox), account("far", other)
        also_here = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
        (there,) = (listed.id for listed in other.store.playback_ids.list(DEMO_STREAM_ID))
        pulumi.prints(
            "export",
            export(
                same,
                far,
                resource("here", first_id),
                resource("also", also_here, provider=reference_to("same")),
                resource("there", there, provider=reference_to("far")),
            ),
        )
        for arguments in ((), (DEMO_STREAM_ID,)):
            sandbox.clear_requests()
            result = run("audit", *arguments)
            assert (result.exit_code, len(sandbox.requests)) == (0, 1), result.output
            assert "Read 2 streams with 3 playback IDs; stack dev owns 3 there: nothing to report." in result.output


@pytest.mark.parametrize("also", ["dev", "project/dev", "acme/project/dev"])
def test_a_stack_that_is_also_named_is_no_second_owner_of_its_own(also: str, pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    assert run("audit", "--also", also).exit_code == 0
    assert run("audit", "--also", "acme/other/dev").exit_code == 1


def test_the_advised_commands_adopt_and_delete_what_was_found(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    second = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    hidden = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    other = sandbox.store.live_streams.create()
    pulumi.prints("export", export(resource("kept", "x"), resource("also", "y", stream_id=other)))
    pulumi.prints("export-of/acme/web/prod", export())
    result = run("audit", "--stack", "dev", "--also", "acme/web/prod")
    public, not_public = result.output.split("Undeclared playback IDs that are not public:")
    both = sorted((first_id, second))  # in the order in which the server lists them
    assert commands(public) == [
        ["adopt", "--stack", "dev", "--also", "acme/web/prod", DEMO_STREAM_ID, *both],
        ["adopt", "--stack", "dev", "--also", "acme/web/prod", other, *ids_on(sandbox, other)],
        *(["delete", "--stack", "dev", "--also", "acme/web/prod", DEMO_STREAM_ID, id_] for id_ in both),
        ["delete", "--stack", "dev", "--also", "acme/web/prod", other, *ids_on(sandbox, other)],
    ]
    assert [command[0] for command in commands(not_public)] == ["adopt", "delete"]
    for section in (public, not_public):
        advice = section.partition("-> To close one")[2].splitlines()[0]
        assert "unless another project's stack owns it. Stacks of other projects are read only if --also" in advice
        for command in commands(section):
            assert command[0] == "adopt" or run(*command, "--yes").exit_code == 0
    assert ids_on(sandbox, DEMO_STREAM_ID, other) == set()
    assert hidden not in public


@pytest.mark.usefixtures("sandbox")
def test_that_another_project_may_own_it_is_said_beside_both_ways(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(resource("kept", "x")))
    shown = run("audit").output
    assert "To keep one, declare it, unless another project's stack owns it" in shown
    assert "To close one, delete it, unless another project's stack owns it" in shown


def test_of_many_findings_the_commands_show_their_form_only(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    for _ in range(10):
        sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    pulumi.prints("export", export(resource("kept", "x")))
    assert commands(run("audit").output) == [
        ["adopt", "STREAM_ID", "PLAYBACK_ID"],
        ["delete", "STREAM_ID", "PLAYBACK_ID"],
    ]


def test_what_the_next_run_deletes_needs_no_command(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id, delete=True)))
    result = run("audit")
    assert "the next `pulumi up` deletes it" in result.output
    assert commands(result.output) == []


@pytest.mark.usefixtures("sandbox")
def test_the_advised_commands_do_not_show_a_secret_stream(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(resource("kept", "x", stream_id=secret(ciphertext="v1:x"))))
    shown = export(resource("kept", "x", stream_id=secret(plaintext=f'"{DEMO_STREAM_ID}"')))
    pulumi.prints("export-with-secrets", shown)
    result = run("audit")
    assert [command[:2] for command in commands(result.output)] == [["adopt", "STREAM_ID"], ["delete", "STREAM_ID"]]
    assert DEMO_STREAM_ID not in result.output


@pytest.mark.parametrize(
    ("also", "names"), [([], "dev, prod"), (["--also", "acme/web/prod"], "dev, prod, acme/web/prod")]
)
@pytest.mark.usefixtures("sandbox")
def test_the_stacks_that_were_read_are_named(also: list[str], names: str, pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export-of/prod", export())
    pulumi.prints("export-of/acme/web/prod", export())
    text = run("audit", *also).output
    assert f"Stacks that were read: {names}. Stacks of other projects are read only if --also" in text
    assert json.loads(run("audit", "--json", *also).stdout)["stacksRead"] == names.split(", ")


def test_a_create_that_is_not_recorded_does_not_own_its_playback_id(pulumi: FakePulumi, first_id: str) -> None:
    """Pulumi may know the id of a create that a killed run didn't get to record."""
    pulumi.prints("export", export(pending=(resource("main", first_id),)))
    result = run("audit", "--json")
    found = json.loads(result.stdout)
    assert [finding["kind"] for finding in found["findings"]] == ["undeclared-public", "interrupted"]
    assert found["streams"][0]["owned"] == 0


@pytest.mark.usefixtures("sandbox")
def test_a_stack_without_playback_ids_is_told_how_to_audit_streams(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export())
    result = run("audit")
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == (
        "Stack dev has no live streams or playback IDs: name the streams to audit, or use --all-streams."
    )


@pytest.mark.parametrize("seen_by", [None, "sandbox-0123456789ab"])
def test_a_stream_that_these_credentials_never_saw_is_not_reported_as_deleted(
    seen_by: str | None, pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sandbox.store.live_streams.create()
    sandbox.store.live_streams.delete(lost)
    kept = resource("kept", "x", stream_id=lost)
    kept["outputs"]["seenBy"] = seen_by
    pulumi.prints("export", export(kept))
    result = run("audit")
    assert result.exit_code == 2
    assert "These credentials haven't seen the stream before: perhaps the access token was replaced" in result.output
    assert "or the stream is in another workspace" in result.output
    monkeypatch.setenv("FASTPIX_DELETED_STREAMS", lost)
    result = run("audit")
    assert result.exit_code == 1
    assert "its stream was deleted" in result.output


def test_many_streams_are_read_a_few_at_a_time(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.4))
    streams = [sandbox.store.live_streams.create() for _ in range(16)]
    pulumi.prints("export", export(*(resource(f"s{stream}", "x", stream_id=stream) for stream in streams)))
    began = time.monotonic()
    result = run("audit", "--json")
    assert time.monotonic() - began < 4  # one after the other it would take 6.4
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["streams"]) == 16
    assert len(sandbox.requests) == 16


@pytest.mark.usefixtures("made_up_type")
def test_resources_of_other_types_are_no_playback_ids(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id), made_up("other", "id-2"), pending=(made_up("more"),)))
    result = run("audit")
    assert (result.exit_code, len(sandbox.requests)) == (0, 1), result.output
    assert result.output.endswith("\nRead 1 stream with 1 playback ID; stack dev owns 1 there: nothing to report.\n")


def test_the_json_output_has_the_documented_keys(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", "x", external=True)))
    found = json.loads(run("audit", "--json").stdout)
    assert found.keys() == {"stack", "stacksRead", "streams", "signingKeys", "findings", "unread"}
    assert found["streams"] == [
        {
            "streamId": DEMO_STREAM_ID,
            "provider": None,
            "declared": False,
            "exists": True,
            "playbackIds": 1,
            "owned": 0,
            "lookedUp": 1,
        }
    ]
    undeclared, deleted = found["findings"]
    assert undeclared.pop("message")
    assert undeclared == {
        "kind": "undeclared-public",
        "level": "critical",
        "streamId": DEMO_STREAM_ID,
        "signingKeyId": None,
        "provider": None,
        "playbackId": first_id,
        "accessPolicy": "public",
        "accessRestrictions": None,
        "name": None,
        "stacks": [],
    }
    assert (deleted["kind"], deleted["playbackId"], deleted["name"]) == ("deleted", "x", "main")


def test_an_open_playback_id_is_told_from_a_restricted_one(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    partner: dict[RestrictedBy, Rules] = {"domains": Rules(default_policy="deny", allow=("partner.example",))}
    second = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public", restrictions=partner))
    pulumi.prints("export", export(resource("kept", "x")))
    shown = run("audit").output
    open_, restricted = shown.split("Undeclared public playback IDs with access restrictions:")
    assert (first_id in open_, second in open_) == (True, False)
    words = "it is public, for the domain partner.example alone and for all user agents"
    assert f"{second} public on stream {DEMO_STREAM_ID}: none of the stacks that were read declares it; {words}\n" in (
        restricted
    )
    assert [command[0] for command in commands(restricted)] == ["adopt", "delete"]
    found = {finding["playbackId"]: finding for finding in json.loads(run("audit", "--json").stdout)["findings"]}
    assert (found[first_id]["level"], found[second]["level"]) == ("critical", "warning")
    assert found[second]["accessRestrictions"]["domains"] == {
        "defaultPolicy": "deny",
        "allow": ["partner.example"],
        "deny": [],
    }


@pytest.mark.usefixtures("pulumi")
def test_where_json_is_expected_a_failure_is_json() -> None:
    result = run("audit", "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    assert "no stack selected" in json.loads(result.stdout)["error"]


def test_the_audit_page_shows_what_audit_and_delete_print(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "audit.md").read_text()
    first_on_page = re.findall(r"adopt \w+ (\S+)", page)[0]
    owned = [str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")) for _ in range(2)]
    pulumi.prints("export", export(*(resource(f"main-{id_}", id_) for id_ in owned)))
    for printed in (run("audit").stdout, run("delete", DEMO_STREAM_ID, first_id).stdout):
        assert printed.replace(first_id, first_on_page).replace(sandbox.base_url, DEFAULT_BASE_URL) in page
    assert QUESTION in page
