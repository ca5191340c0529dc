"""An audit finds everything that exists beside what a stack declares, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.cases import MODULES, through_both
from support.commands import Completed, examples, fastpix, shell
from support.engine import DYNAMIC, ProviderUnderTest, Stack, succeeded
from support.playback_ids import first_id_on, ids_on
from support.programs import ONE_ID


def audit(stack: Stack, *arguments: str) -> tuple[int, dict[str, Any]]:
    completed = fastpix(stack, "audit", "--json", *arguments)
    return completed.status, dict(json.loads(completed.stdout))


def kinds(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding["kind"], finding["playbackId"]) for finding in found["findings"]]


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


OWNED = through_both('module.LivePlaybackId("main-" + provider, stream_id="{stream}")')


@dataclass(frozen=True)
class Owner:
    """A stack that owns all playback IDs of its stream, through both providers, beside an empty one, `prod`."""

    stack: Stack
    sandbox: Sandbox
    stream_id: str


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    with Sandbox() as sandbox:
        stream_id = sandbox.store.live_streams.create()
        sandbox.store.playback_ids.delete(stream_id, *ids_on(sandbox, stream_id))
        stack = Stack(tmp_path_factory.mktemp("owner"), sandbox.environment())
        stack.write_program(OWNED.format(stream=stream_id))
        stack.create()
        succeeded(stack.up())
        assert stack.run("stack", "init", "prod", "--no-select").status == 0
        yield Owner(stack, sandbox, stream_id)


def test_a_stack_that_owns_all_playback_ids_of_its_streams_has_no_findings(owner: Owner) -> None:
    completed = fastpix(owner.stack, "audit")
    assert (completed.status, completed.stderr) == (0, "")
    assert completed.stdout == (
        "Stacks that were read: dev, prod. Stacks of other projects are read only if --also names them.\n"
        "Read 1 stream with 2 playback IDs; stack dev owns 2 there: nothing to report.\n"
    )


def test_playback_ids_of_other_stacks_are_not_undeclared(owner: Owner) -> None:
    stack = owner.stack
    succeeded(stack.up("--stack", "prod"))
    status, found = audit(stack)
    assert status == 0
    (finding,) = found["findings"]
    assert (finding["kind"], finding["stacks"]) == ("shared-stream", ["prod"])
    assert audit(stack, "--fail-on", "note")[0] == 1

    succeeded(stack.destroy("--stack", "prod"))
    assert audit(stack, "--stack", "prod", owner.stream_id)[0] == 0


def test_an_unreadable_stream_is_reported_and_makes_the_status_two(owner: Owner) -> None:
    stack, faults = owner.stack, owner.sandbox.faults
    with Sandbox() as elsewhere:
        completed = fastpix(stack, "audit", environ=elsewhere.environment())
    assert completed.status == 2
    assert f"FASTPIX_DELETED_STREAMS={owner.stream_id}" in completed.stderr
    assert fastpix(stack, "audit", "--also", "nowhere").status == 2
    faults.add(Fault(kind="status", status=403))
    completed = fastpix(stack, "audit")
    faults.clear()
    assert completed.status == 2
    assert "FastPix answered 403" in completed.stderr
    assert "Traceback" not in completed.stderr


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


def test_an_audit_finds_every_difference_from_the_declarations(stack: Stack, sandbox: Sandbox) -> None:
    """And the examples of the help run, and do so."""
    first = first_id_on(sandbox)
    shared = {provider: sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public") for provider in MODULES}
    deleted_stream, partners = (sandbox.store.live_streams.create() for _ in range(2))
    sandbox.store.playback_ids.delete(partners, *ids_on(sandbox, partners))
    stack.write_program(
        through_both(f"""
module.LivePlaybackId("lost-" + provider, stream_id="{DEMO_STREAM_ID}")
module.LivePlaybackId("drowned-" + provider, stream_id="{deleted_stream}")
module.LivePlaybackId.get("shared-" + provider, id={shared}[provider], stream_id="{DEMO_STREAM_ID}")
module.LivePlaybackId("partner-" + provider, stream_id="{partners}",
    access_restrictions={{"domains": {{"default_policy": "deny", "allow": ["partner.example"]}}}})
""")
    )
    succeeded(stack.up())
    ids = stack.ids()
    lost, drowned = ({f"{name}-{provider}" for provider in MODULES} for name in ("lost", "drowned"))
    for name in lost:
        sandbox.store.playback_ids.delete(DEMO_STREAM_ID, ids[name])
    sandbox.store.live_streams.delete(deleted_stream)
    hidden = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    sandbox.clear_requests()

    lines = examples(stack, "audit")
    assert (lines[0], lines[2]) == ("pulumi-fastpix audit", "pulumi-fastpix audit --json --fail-on critical")
    shown = [shell(stack, lines[0])]
    assert {request.method for request in sandbox.requests} == {"GET"}
    assert len(sandbox.requests) == 3
    shown += [shell(stack, line) for line in lines[1:]]
    assert [(one.status, one.stderr, first in one.stdout) for one in shown] == [(1, "", True)] * 4

    found = json.loads(shown[2].stdout)
    of_kind = kinds(found)
    assert of_kind[:2] == [("undeclared-public", first), ("undeclared-non-public", hidden)]
    assert sorted(of_kind[2:6]) == sorted(("deleted", ids[name]) for name in lost | drowned)
    assert {finding["name"] for finding in found["findings"] if finding["kind"] == "deleted"} == lost | drowned
    assert sorted(of_kind[6:]) == sorted(("looked-up", one) for one in shared.values())
    for name in lost:
        assert f"{ids[name]} public {name!r} on stream {DEMO_STREAM_ID}" in shown[0].stdout
    assert shown[0].stdout.count("the next `pulumi up` fails unless it is taken out of the program") == 2

    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first)
    assert audit(stack, "--fail-on", "critical")[0] == 0
    assert audit(stack, DEMO_STREAM_ID)[0] == 1

    # Access restrictions changed elsewhere are reported, and restored.
    restricted = sorted(ids[f"partner-{provider}"] for provider in MODULES)
    for playback_id in restricted:
        sandbox.store.playback_ids.restrict(
            partners, playback_id, {"domains": Rules(), "userAgents": Rules(deny=("curl",))}
        )
    status, found = audit(stack, "--fail-on", "critical", partners)
    by_kind = [(kind, one) for kind in ("opened", "restricted-elsewhere") for one in restricted]
    assert (status, sorted(kinds(found))) == (1, by_kind)
    text = fastpix(stack, "audit").stdout
    it_is = "it is public, for all domains and for all user agents but curl; in the stack's state it is public, "
    assert text.count(it_is) == len(MODULES)
    assert "`pulumi refresh` and then `pulumi up` restore what is declared" in text

    succeeded(stack.refresh())
    up = stack.up("--continue-on-error")
    assert up.status != 0
    for name in drowned:
        assert f"Could not read stream {deleted_stream}: FastPix answered 404" in up.said_of(name)
    assert stack.ids().keys() & (lost | drowned) == lost
    status, found = audit(stack, partners)
    assert (status, sorted(kinds(found))) == (0, [("restricted-elsewhere", one) for one in restricted])


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
