"""The commands know the live streams of a stack, through both providers: adopt, audit and delete."""

from __future__ import annotations

import json
import stat
from collections import defaultdict
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import RestrictedBy, Rules, StreamSettings
from support.cases import MODULES, through_both
from support.commands import fastpix, follow, printed_declarations
from support.engine import Stack, succeeded
from support.playback_ids import ids_on
from support.stream_secrets import assert_no_secrets, secrets_of

CONCERT = through_both("""
concert = module.LiveStream("concert-" + provider, reconnect_window=300{more})
for number in range({ids}):
    module.LivePlaybackId(f"camera-{{number}}-{{provider}}", stream_id=concert.id)
""")
PARTNER = ', access_restrictions={"domains": {"default_policy": "deny", "allow": ["a.example"]}}'
PARTNERS_RULES: dict[RestrictedBy, Rules] = {"domains": Rules(default_policy="deny", allow=("a.example",))}


Findings = dict[str, list[tuple[str, str | None, str | None]]]
"""By stream: kind, playback ID and name."""


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


def audit(stack: Stack, *arguments: str) -> Findings:
    found: dict[str, Any] = json.loads(fastpix(stack, "audit", "--json", *arguments).stdout)
    findings: Findings = defaultdict(list)
    for one in found["findings"]:
        findings[one["streamId"]].append((one["kind"], one["playbackId"], one["name"]))
    return findings


def follow_for(provider: str, stack: Stack, advice: str) -> None:
    """Run the commands that `adopt --streams` advises for this provider."""
    through_dynamic, _, through_native = advice.partition("With the native provider")
    follow(stack, through_dynamic if provider == "dynamic" else through_native)


def no_changes(stack: Stack, *commands: str) -> None:
    for command in commands:
        run = succeeded(stack.run(command, "--yes", "--expect-no-changes"))
        assert "interrupted" not in run.output


def test_adopted_streams_are_unchanged_and_their_secrets_are_encrypted(stack: Stack, sandbox: Sandbox) -> None:
    settings = StreamSettings(reconnect_window=300, max_resolution="720p", metadata={"showNumber": "42"})
    program, adopted = "", set()
    for provider, second in (("dynamic", DEMO_STREAM_ID), ("native", sandbox.store.live_streams.create())):
        stream = sandbox.store.live_streams.create("private", settings=settings, restrictions=PARTNERS_RULES)
        (came_with,) = ids_on(sandbox, stream)
        sandbox.store.playback_ids.create(stream, "public")
        refused = fastpix(stack, "adopt", "--streams", stream)
        assert (refused.status, "FastPix doesn't tell which one came with it" in refused.stderr) == (1, True)
        advice = fastpix(stack, "adopt", "--streams", f"{stream}/{came_with}", second)
        assert (advice.status, advice.stderr) == (0, "")
        assert not any(secret in advice.stdout for secret in secrets_of(sandbox))
        file = stack.program_folder / "fastpix-import.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        follow_for(provider, stack, advice.stdout)
        file.unlink()
        adopted |= {stream, second}
        assert set(stack.ids().values()) == adopted
        assert_no_secrets(stack, sandbox)
        imported = {"dynamic": "pulumi_fastpix", "native": "pulumi_fastpix.native"}[provider]
        program += printed_declarations(advice.stdout).replace("import pulumi_fastpix ", f"import {imported} ")

    stack.write_program(program)
    no_changes(stack, "refresh", "up", "refresh", "up")
    assert len(stack.resources()) == 4
    for resource in stack.resources().values():
        assert set(resource["additionalSecretOutputs"]) == {"streamKey", "srtSecret", "srtPlaybackSecret"}
        assert all("ciphertext" in resource["outputs"][key] for key in resource["additionalSecretOutputs"])
    assert_no_secrets(stack, sandbox)
    assert sandbox.mutating_requests == []
    succeeded(stack.destroy())
    assert sandbox.store.live_streams.list() == []


def test_what_came_with_a_declared_stream_is_declared(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(CONCERT.format(more=PARTNER, ids=1))
    succeeded(stack.up())
    ids = stack.ids()
    owned = {f"concert-{provider}": ids[f"concert-{provider}"] for provider in MODULES}
    cameras = {ids[f"concert-{provider}"]: f"camera-0-{provider}" for provider in MODULES}
    (demo,) = ids_on(sandbox)
    assert audit(stack) == {}
    assert audit(stack, "--all-streams") == {
        DEMO_STREAM_ID: [("undeclared-public", demo, None), ("undeclared-stream", None, None)]
    }

    sandbox.clear_requests()
    came_with = {}
    for name, stream in owned.items():
        (came_with[stream],) = ids_on(sandbox, stream) - {ids[cameras[stream]]}
        refused = fastpix(stack, "delete", "--yes", stream, came_with[stream])
        because = f"came with the live stream that stack dev owns, as {name!r}"
        assert (refused.status, because in refused.stderr) == (1, True)
        left = fastpix(stack, "adopt", stream)
        assert (left.status, left.stderr) == (0, "")
        assert f"Left out {came_with[stream]}, which came with the live stream {name!r} of this stack." in left.stdout
    assert sandbox.mutating_requests == []

    for stream, playback_id in came_with.items():
        sandbox.store.playback_ids.restrict(stream, playback_id, {"domains": Rules()})
    assert audit(stack) == {stream: [("opened", came_with[stream], name)] for name, stream in owned.items()}
    succeeded(stack.up("--refresh"))
    assert audit(stack) == {}
    for stream, playback_id in came_with.items():
        sandbox.store.playback_ids.delete(stream, playback_id)
    assert audit(stack) == {stream: [("deleted", came_with[stream], name)] for name, stream in owned.items()}
    for stream in came_with:
        sandbox.store.live_streams.delete(stream)
    assert audit(stack) == {
        stream: [("stream-deleted", None, name), ("deleted", ids[cameras[stream]], cameras[stream])]
        for name, stream in owned.items()
    }


def test_two_stacks_with_one_stream_are_found(stack: Stack) -> None:
    stack.write_program(CONCERT.format(more="", ids=0))
    succeeded(stack.up())
    owned = stack.ids()
    assert stack.run("stack", "init", "prod", "--no-select").status == 0
    for provider in MODULES:
        name = f"concert-{provider}"
        advice = fastpix(stack, "adopt", "--streams", owned[name], "--name", name, "--stack", "prod")
        assert (advice.status, f"stack dev owns {owned[name]}" in advice.stderr) == (0, True)
        follow_for(provider, stack, advice.stdout)
    assert audit(stack) == {
        stream: [("stream-two-owners", None, name), ("shared-stream", None, None)] for name, stream in owned.items()
    }
