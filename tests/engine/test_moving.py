"""Moving a stack between the providers when something else goes wrong at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, counts
from support.playback_ids import ids_on

PROGRAM = f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", access_policy="{{policy}}")'


@pytest.mark.parametrize(("before", "after"), [(DYNAMIC, NATIVE), (NATIVE, DYNAMIC)], ids=["to-native", "to-dynamic"])
@pytest.mark.parametrize("command", ["up", "refresh", "destroy"])
def test_an_object_to_be_deleted_by_the_old_provider_blocks_no_command(
    command: str, before: ProviderUnderTest, after: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    """It has the new type by then, but still the old provider."""
    stack = Stack(tmp_path, sandbox.environment(), before)
    stack.write_program(PROGRAM.format(policy="public"))
    stack.create()
    assert stack.up().status == 0
    (old,) = stack.ids().values()

    stack.provider = after
    stack.write_program(PROGRAM.format(policy="private"))
    sandbox.faults.add(Fault(kind="status", status=403, method="DELETE", times=1))
    assert stack.up().status != 0
    assert old in ids_on(sandbox)

    run = stack.run(command, "--yes", "--skip-preview")
    assert run.status == 0, run.output
    if command != "refresh":
        assert old not in ids_on(sandbox)


@pytest.mark.parametrize(("before", "after"), [(DYNAMIC, NATIVE), (NATIVE, DYNAMIC)], ids=["to-native", "to-dynamic"])
def test_moving_takes_no_call_and_no_credentials(
    before: ProviderUnderTest, after: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment(), before)
    stack.write_program(PROGRAM.format(policy="public"))
    stack.create()
    assert stack.up().status == 0
    sandbox.clear_requests()

    stack.provider = after
    stack.write_program(PROGRAM.format(policy="public"))
    moved = stack.up(FASTPIX_USERNAME="", FASTPIX_PASSWORD="")
    assert moved.status == 0, moved.output
    assert counts(moved).keys() <= {"updated", "unchanged"}
    assert sandbox.requests == []


@pytest.mark.parametrize(("before", "after"), [(DYNAMIC, NATIVE), (NATIVE, DYNAMIC)], ids=["to-native", "to-dynamic"])
@pytest.mark.parametrize("component", [False, True], ids=["resource", "child"])
def test_moving_and_renaming_in_one_step_keeps_the_playback_id(
    component: bool, before: ProviderUnderTest, after: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    def program(name: str, *aliases: str) -> str:
        parent = ["parent=show"] if component else []
        options = ", ".join([*parent, *(f"aliases=[{alias}]" for alias in aliases)])
        show = 'show = pulumi.ComponentResource("test:index:Show", "show")\n' if component else ""
        return (
            f'{show}fastpix.LivePlaybackId("{name}", stream_id="{DEMO_STREAM_ID}", '
            f"opts=pulumi.ResourceOptions({options}))"
        )

    stack = Stack(tmp_path, sandbox.environment(), before)
    stack.write_program(program("old"))
    stack.create()
    assert stack.up().status == 0
    ids = stack.ids()
    sandbox.clear_requests()

    stack.provider = after
    stack.write_program(program("new", 'pulumi.Alias(name="old")'))
    moved = stack.up()
    assert moved.status == 0, moved.output
    assert counts(moved).keys() <= {"updated", "unchanged"}
    assert [*stack.ids().values()] == [*ids.values()]
    assert stack.ids().keys() == {"new"}
    assert sandbox.requests == []
