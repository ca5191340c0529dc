"""An audit finds everything that exists beside what a stack declares, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.commands import Completed, examples, fastpix, shell
from support.engine import Stack
from support.playback_ids import first_id_on, ids_on
from support.programs import ONE_ID


def audit(stack: Stack, *arguments: str) -> tuple[int, dict[str, Any]]:
    completed = fastpix(stack, "audit", "--json", *arguments)
    return completed.status, dict(json.loads(completed.stdout))


def kinds(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding["kind"], finding["playbackId"]) for finding in found["findings"]]


def test_a_stack_that_owns_all_playback_ids_of_its_streams_has_no_findings(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first_id_on(sandbox))
    stack.write_program(ONE_ID)
    stack.up()
    completed = fastpix(stack, "audit")
    assert (completed.status, completed.stderr) == (0, "")
    assert completed.stdout == (
        "Stacks that were read: dev. Stacks of other projects are read only if --also names them.\n"
        "Read 1 stream with 1 playback ID; stack dev owns 1 there: nothing to report.\n"
    )


def test_a_stack_without_resources_is_reported_by_its_name(stack: Stack) -> None:
    """Its export doesn't hold the name; and it doesn't count as another stack."""
    assert stack.run("stack", "init", "prod").status == 0
    completed = fastpix(stack, "audit")
    assert (completed.status, completed.stderr) == (0, "")
    assert completed.stdout.startswith("Stacks that were read: prod, dev. ")
    assert completed.stdout.endswith(
        "\nStack prod has no live streams or playback IDs: name the streams to audit, or use --all-streams.\n"
    )
    assert audit(stack, "--stack", "organization/project/dev")[1]["stack"] == "dev"
    recovered = fastpix(stack, "recover")
    assert (
        recovered.stdout
        == "Nothing to recover: stack prod has no interrupted create of a live stream, playback ID or signing key.\n"
    )


def test_the_examples_of_the_help_run(stack: Stack, sandbox: Sandbox) -> None:
    first = first_id_on(sandbox)
    stack.write_program(ONE_ID)
    assert stack.up().status == 0
    lines = examples(stack, "audit")
    assert len(lines) == 4
    for line in lines:
        completed = shell(stack, line)
        assert (completed.status, completed.stderr) == (1, ""), line
        assert first in completed.stdout


def test_an_audit_finds_every_difference_from_the_declarations(stack: Stack, sandbox: Sandbox) -> None:
    first = first_id_on(sandbox)
    shared = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    deleted_stream = sandbox.store.live_streams.create()
    stack.write_program(f"""
fastpix.LivePlaybackId("lost", stream_id="{DEMO_STREAM_ID}")
fastpix.LivePlaybackId("drowned", stream_id="{deleted_stream}")
fastpix.LivePlaybackId.get("shared", id="{shared}", stream_id="{DEMO_STREAM_ID}")
""")
    assert stack.up().status == 0
    ids = stack.ids()
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, ids["lost"])
    sandbox.store.live_streams.delete(deleted_stream)
    hidden = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    sandbox.clear_requests()

    status, found = audit(stack)
    assert status == 1
    assert kinds(found) == [
        ("undeclared-public", first),
        ("undeclared-non-public", hidden),
        *[("deleted", resource["playbackId"]) for resource in found["findings"][2:4]],
        ("looked-up", shared),
    ]
    assert {finding["name"] for finding in found["findings"] if finding["kind"] == "deleted"} == {"lost", "drowned"}
    assert {request.method for request in sandbox.requests} == {"GET"}
    assert len(sandbox.requests) == 2
    assert audit(stack, "--fail-on", "critical")[0] == 1

    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first)
    assert audit(stack, "--fail-on", "critical")[0] == 0
    assert audit(stack, DEMO_STREAM_ID)[0] == 1
    text = fastpix(stack, "audit").stdout
    assert f"{ids['lost']} public 'lost' on stream {DEMO_STREAM_ID}" in text
    assert text.count("the next `pulumi up` fails unless it is taken out of the program") == 1

    assert stack.refresh().status == 0
    up = stack.up("--continue-on-error")
    assert up.status != 0
    assert f"Could not read stream {deleted_stream}: FastPix answered 404" in up.diagnostics
    assert "lost" in stack.ids()
    assert "drowned" not in stack.ids()


def test_access_restrictions_changed_elsewhere_are_reported_and_restored(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first_id_on(sandbox))
    rules = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
    stack.write_program(ONE_ID.replace('")', f'", access_restrictions={rules})'))
    assert stack.up().status == 0
    assert audit(stack, "--fail-on", "note") == (0, {**audit(stack)[1], "findings": []})
    playback_id = first_id_on(sandbox)
    sandbox.store.playback_ids.restrict(
        DEMO_STREAM_ID, playback_id, {"domains": Rules(), "userAgents": Rules(deny=("curl",))}
    )

    status, found = audit(stack, "--fail-on", "critical")
    assert (status, kinds(found)) == (1, [("opened", playback_id), ("restricted-elsewhere", playback_id)])
    text = fastpix(stack, "audit").stdout
    assert "it is public, for all domains and for all user agents but curl; in the stack's state it is public, " in text
    assert "`pulumi refresh` and then `pulumi up` restore what is declared" in text
    assert stack.refresh().status == 0
    up = stack.up()
    assert up.status == 0, up.output
    status, found = audit(stack)
    assert (status, kinds(found)) == (0, [("restricted-elsewhere", playback_id)])


def test_playback_ids_of_other_stacks_are_not_undeclared(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(ONE_ID)
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first_id_on(sandbox))
    assert stack.up().status == 0
    assert stack.run("stack", "init", "prod").status == 0
    assert stack.up("--stack", "prod").status == 0
    assert stack.run("stack", "select", "dev").status == 0

    status, found = audit(stack)
    assert status == 0
    (finding,) = found["findings"]
    assert (finding["kind"], finding["stacks"]) == ("shared-stream", ["prod"])
    assert audit(stack, "--fail-on", "note")[0] == 1

    stack.write_program("")
    assert stack.up("--stack", "prod").status == 0
    assert audit(stack, "--stack", "prod", DEMO_STREAM_ID)[0] == 0


def test_playback_ids_of_another_project_are_kept_if_its_stack_is_named(tmp_path: Path, sandbox: Sandbox) -> None:
    ours = Stack(tmp_path / "ours", sandbox.environment())
    backend = {"PULUMI_BACKEND_URL": ours.environ["PULUMI_BACKEND_URL"]}
    theirs = Stack(tmp_path / "theirs", {**sandbox.environment(), **backend})
    for stack, project in ((ours, "project"), (theirs, "website")):
        stack.write_program(ONE_ID)
        (stack.program_folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
        stack.create()
        assert stack.up().status == 0
    assert "organization/website/dev" in ours.run("stack", "ls", "--all").output
    our_id, their_id = ours.ids()["main"], theirs.ids()["main"]
    (first,) = ids_on(sandbox) - {our_id, their_id}

    def delete(playback_id: str, *arguments: str) -> Completed:
        return fastpix(ours, "delete", DEMO_STREAM_ID, playback_id, *arguments)

    deleted = delete(first, "--yes")
    assert (deleted.status, deleted.stderr) == (0, "")
    assert ids_on(sandbox) == {our_id, their_id}

    status, found = audit(ours)
    assert (status, found["stacksRead"], kinds(found)) == (1, ["dev"], [("undeclared-public", their_id)])
    text = fastpix(ours, "audit").stdout
    assert "Stacks of other projects are read only if --also" in text.partition("-> To close one")[2].splitlines()[0]
    also = ("--also", "organization/website/dev")
    status, found = audit(ours, *also)
    assert (status, found["stacksRead"]) == (0, ["dev", "organization/website/dev"])
    assert [finding["kind"] for finding in found["findings"]] == ["shared-stream"]

    unconfirmed = delete(their_id)
    assert unconfirmed.status == 1
    assert "Stacks of other projects are read only if --also" in unconfirmed.stdout
    refused = delete(their_id, "--yes", *also)
    assert refused.status == 1
    assert f"Stack organization/website/dev owns {their_id}, as 'main'" in refused.stderr
    assert delete(our_id, "--yes").status == 1
    assert ids_on(sandbox) == {our_id, their_id}


def test_an_unreadable_stream_is_reported_and_makes_the_status_two(stack: Stack, sandbox: Sandbox) -> None:
    stream_id = sandbox.store.live_streams.create()
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{stream_id}")')
    assert stack.up().status == 0
    with Sandbox() as elsewhere:
        completed = fastpix(stack, "audit", environ=elsewhere.environment())
    assert completed.status == 2
    assert f"FASTPIX_DELETED_STREAMS={stream_id}" in completed.stderr
    assert fastpix(stack, "audit", "--also", "nowhere").status == 2
    sandbox.faults.add(Fault(kind="status", status=403))
    completed = fastpix(stack, "audit")
    assert completed.status == 2
    assert "FastPix answered 403" in completed.stderr
    assert "Traceback" not in completed.stderr
