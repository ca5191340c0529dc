"""The commands know the live streams of a stack, through both providers: adopt, audit, delete and recover."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from support.commands import fastpix, follow, printed_declarations
from support.engine import DYNAMIC, Stack
from support.killing import turn_into_interrupted_creates, up_killed
from support.playback_ids import ids_on

CONCERT = """
concert = fastpix.LiveStream("concert", reconnect_window=300{more})
for number in range({ids}):
    fastpix.LivePlaybackId(f"camera-{{number}}", stream_id=concert.id)
"""
ALIKE = """
for number in range({streams}):
    fastpix.LiveStream(f"concert-{{number}}", reconnect_window=300, metadata={{"show": "42"}})
"""
PARTNER = ', access_restrictions={"domains": {"default_policy": "deny", "allow": ["a.example"]}}'


@pytest.fixture
def slow_sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    """As slow as a real server: there is a middle in which to be killed, before the work and after it."""
    sandbox.faults.add(Fault(kind="latency", seconds=0.06, spread=0.05))
    sandbox.faults.add(Fault(kind="latency", seconds=0.2, when="after"))
    yield sandbox
    sandbox.faults.clear()


def secrets_of(sandbox: Sandbox) -> list[str]:
    return [
        secret
        for stream in sandbox.store.live_streams.list()
        for secret in (stream.stream_key, stream.srt_secret, stream.srt_playback_secret)
    ]


def assert_no_secrets(stack: Stack, sandbox: Sandbox) -> None:
    """In anything that was written."""
    secrets = [secret.encode() for secret in secrets_of(sandbox)]
    for path in stack.written_files():
        written = path.read_bytes()
        assert not any(secret in written for secret in secrets), path


def streams(sandbox: Sandbox) -> set[str]:
    """All but the one that every sandbox has."""
    return {one.id for one in sandbox.store.live_streams.list()} - {DEMO_STREAM_ID}


def audit(stack: Stack, *arguments: str) -> list[tuple[str, str | None, str | None]]:
    found: dict[str, Any] = json.loads(fastpix(stack, "audit", "--json", *arguments).stdout)
    return [(one["kind"], one["playbackId"], one["name"]) for one in found["findings"]]


def no_changes(stack: Stack, *commands: str) -> None:
    for command in commands:
        run = stack.run(command, "--yes", "--expect-no-changes")
        assert run.status == 0, run.output
        assert "interrupted" not in run.output


def test_an_adopted_stream_is_unchanged_and_its_secrets_are_encrypted(stack: Stack, sandbox: Sandbox) -> None:
    settings = StreamSettings(reconnect_window=300, max_resolution="720p", metadata={"showNumber": "42"})
    stream = sandbox.store.live_streams.create(
        "private", settings=settings, restrictions={"domains": Rules(default_policy="deny", allow=("a.example",))}
    )
    (came_with,) = ids_on(sandbox, stream)
    sandbox.store.playback_ids.create(stream, "public")
    refused = fastpix(stack, "adopt", "--streams", stream)
    assert (refused.status, "FastPix doesn't tell which one came with it" in refused.stderr) == (1, True)
    advice = fastpix(stack, "adopt", "--streams", f"{stream}/{came_with}", DEMO_STREAM_ID)
    assert (advice.status, advice.stderr) == (0, "")
    assert not any(secret in advice.stdout for secret in secrets_of(sandbox))
    file = stack.program_folder / "fastpix-import.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    through_dynamic, _, through_native = advice.stdout.partition("With the native provider")
    follow(stack, through_dynamic if stack.provider is DYNAMIC else through_native)
    file.unlink()
    assert set(stack.ids().values()) == {stream, DEMO_STREAM_ID}
    assert_no_secrets(stack, sandbox)

    declarations = printed_declarations(advice.stdout)
    stack.write_program(declarations.replace("import pulumi_fastpix ", f"import {stack.provider.module} "))
    no_changes(stack, "refresh", "up", "refresh", "up")
    for resource in stack.resources().values():
        assert set(resource["additionalSecretOutputs"]) == {"streamKey", "srtSecret", "srtPlaybackSecret"}
        assert all("ciphertext" in resource["outputs"][key] for key in resource["additionalSecretOutputs"])
    assert_no_secrets(stack, sandbox)
    assert sandbox.mutating_requests == []
    assert stack.destroy().status == 0
    assert (streams(sandbox), sandbox.store.live_streams.list()) == (set(), [])


def test_what_came_with_a_declared_stream_is_declared(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(CONCERT.format(more=PARTNER, ids=1))
    assert stack.up().status == 0
    ids = stack.ids()
    stream = ids["concert"]
    (came_with,) = ids_on(sandbox, stream) - {ids["camera-0"]}
    (demo,) = ids_on(sandbox)
    assert audit(stack) == []
    assert audit(stack, "--all-streams") == [("undeclared-public", demo, None), ("undeclared-stream", None, None)]

    sandbox.clear_requests()
    refused = fastpix(stack, "delete", "--yes", stream, came_with)
    assert (refused.status, "came with the live stream that stack dev owns, as 'concert'" in refused.stderr) == (
        1,
        True,
    )
    left = fastpix(stack, "adopt", stream)
    assert (left.status, left.stderr) == (0, "")
    assert f"Left out {came_with}, which came with the live stream 'concert' of this stack." in left.stdout
    assert sandbox.mutating_requests == []

    sandbox.store.playback_ids.restrict(stream, came_with, {"domains": Rules()})
    assert audit(stack) == [("opened", came_with, "concert")]
    for command in ("refresh", "up"):
        assert stack.run(command, "--yes").status == 0
    assert audit(stack) == []
    sandbox.store.playback_ids.delete(stream, came_with)
    assert audit(stack) == [("deleted", came_with, "concert")]
    sandbox.store.live_streams.delete(stream)
    assert audit(stack) == [("stream-deleted", None, "concert"), ("deleted", ids["camera-0"], "camera-0")]


def test_two_stacks_with_one_stream_are_found(stack: Stack) -> None:
    stack.write_program(CONCERT.format(more="", ids=0))
    assert stack.up().status == 0
    stream = stack.ids()["concert"]
    assert stack.run("stack", "init", "prod", "--no-select").status == 0
    advice = fastpix(stack, "adopt", "--streams", stream, "--name", "concert", "--stack", "prod")
    assert (advice.status, f"stack dev owns {stream}" in advice.stderr) == (0, True)
    through_dynamic, _, through_native = advice.stdout.partition("With the native provider")
    follow(stack, through_dynamic if stack.provider is DYNAMIC else through_native)
    assert audit(stack) == [("stream-two-owners", None, "concert"), ("shared-stream", None, None)]


def test_the_streams_of_a_killed_run_are_adopted_and_the_rest_is_created(
    stack: Stack, slow_sandbox: Sandbox, tmp_path: Path
) -> None:
    stack.write_program(ALIKE.format(streams=12))
    up_killed(stack, lambda: len(streams(slow_sandbox)) >= 5, tmp_path / "up.log", parallel=4)
    made = streams(slow_sandbox)
    assert made - set(stack.ids().values())
    slow_sandbox.clear_requests()
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, "")
    assert not any(secret in advice.stdout for secret in secrets_of(slow_sandbox))
    follow(stack, advice.stdout)
    (stack.program_folder / "fastpix-import.json").unlink()
    assert set(stack.ids().values()) == made
    assert slow_sandbox.mutating_requests == []
    assert_no_secrets(stack, slow_sandbox)

    up = stack.up()
    assert up.status == 0, up.output
    assert len(stack.ids()) == 12
    assert made < set(stack.ids().values()) == streams(slow_sandbox)
    no_changes(stack, "up", "refresh")
    assert_no_secrets(stack, slow_sandbox)


def test_a_killed_run_has_not_made_what_came_with_its_stream(
    stack: Stack, slow_sandbox: Sandbox, tmp_path: Path
) -> None:
    """So nobody has to exclude it."""
    stack.write_program(CONCERT.format(more="", ids=8))

    def some_are_made() -> bool:
        return any(len(ids_on(slow_sandbox, stream)) >= 4 for stream in streams(slow_sandbox))

    up_killed(stack, some_are_made, tmp_path / "up.log", parallel=4)
    (stream,) = streams(slow_sandbox)
    made = ids_on(slow_sandbox, stream)
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert "FastPix creates one playback ID with every stream" not in advice.stdout
    follow(stack, advice.stdout)
    (came_with,) = made - set(stack.ids().values())
    assert stack.resources()["concert"]["outputs"]["playbackId"] == came_with
    up = stack.up()
    assert up.status == 0, up.output
    assert {*stack.ids().values(), came_with} == {stream, *ids_on(slow_sandbox, stream)}
    assert len(stack.ids()) == 9
    no_changes(stack, "up")


@pytest.mark.parametrize("unknown", [(), ("id", "outputs")], ids=["with an id", "without an id"])
def test_restrictions_of_a_recovered_stream_are_as_declared_after_the_next_up(
    unknown: tuple[str, ...], stack: Stack, sandbox: Sandbox
) -> None:
    stack.write_program(CONCERT.format(more=PARTNER, ids=0))
    assert stack.up().status == 0
    before = stack.ids()
    ((came_with, _),) = sandbox.store.playback_ids.restrictions(before["concert"]).items()
    turn_into_interrupted_creates(stack, *unknown)
    sandbox.store.playback_ids.restrict(before["concert"], came_with, {"domains": Rules()})
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert ("(certain)" in advice.stdout) is not bool(unknown)
    assert "Until then: FastPix hasn't confirmed the access restrictions of one of these" in advice.stdout
    follow(stack, advice.stdout)
    assert stack.ids() == before
    up = stack.up()
    assert up.status == 0, up.output
    rules = sandbox.store.playback_ids.restrictions(before["concert"])[came_with]
    assert rules["domains"] == Rules(default_policy="deny", allow=("a.example",))
    no_changes(stack, "up", "refresh")


def test_where_several_streams_may_be_a_killed_runs_a_person_decides(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(CONCERT.format(more="", ids=0))
    assert stack.up().status == 0
    before = stack.ids()
    theirs = sandbox.store.live_streams.create(settings=StreamSettings(reconnect_window=300))
    turn_into_interrupted_creates(stack, "id", "outputs")
    refused = fastpix(stack, "recover")
    assert (refused.status, theirs in refused.stderr, before["concert"] in refused.stderr) == (1, True, True)
    assert not (stack.program_folder / "fastpix-import.json").exists()
    advice = fastpix(stack, "recover", "--not-ours", theirs)
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    no_changes(stack, "up")
    assert stack.ids() == before
