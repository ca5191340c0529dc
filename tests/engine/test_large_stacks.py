"""What the page about large stacks says of a run without checkpoints: what is saved, and what a kill then costs.

Each run goes through both providers at once, with a stream for each.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES, NAMED_MODULES
from support.commands import fastpix, follow
from support.engine import Stack
from support.killing import up_killed
from support.playback_ids import empty_stream, ids_on

PAGE = (Path(__file__).parents[2] / "docs" / "large-stacks.md").read_text()
SETTING = dict(re.findall(r"^ *\$ export (PULUMI_SKIP_CHECKPOINTS)=(\w+)$", PAGE, flags=re.MULTILINE))
PROGRAM = """
made = []
for number in range(ids):
    # Whatever happens then, each provider has made two.
    waiting = pulumi.ResourceOptions(depends_on=made[:4] if number >= 2 else None)
    for provider, module in providers:
        made.append(module.LivePlaybackId(f"camera-{number:02}-{provider}", waiting, stream_id=streams[provider]))
"""
PARALLEL = 4

Ids = dict[str, set[str]]
"""By provider."""


@pytest.fixture
def streams(sandbox: Sandbox) -> dict[str, str]:
    """A stream without playback IDs for each provider, on a server slow enough that a run has a middle."""
    sandbox.faults.add(Fault(kind="latency", seconds=0.1))
    return {provider: empty_stream(sandbox) for provider in MODULES}


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    """A stack with the setting that the page gives."""
    assert SETTING
    stack_of_both.environ.update(SETTING)
    return stack_of_both


def cameras(streams: dict[str, str], ids: int) -> str:
    """A program with so many playback IDs through each provider."""
    return f"{BOTH_PROVIDERS}providers = ({NAMED_MODULES})\nstreams, ids = {streams}, {ids}\n{PROGRAM}"


def stored(stack: Stack) -> Ids:
    return {of: {one for name, one in stack.ids().items() if name.endswith(f"-{of}")} for of in MODULES}


def at_server(sandbox: Sandbox, streams: dict[str, str]) -> Ids:
    return {provider: ids_on(sandbox, stream) for provider, stream in streams.items()}


def has_made(least: int, sandbox: Sandbox, streams: dict[str, str]) -> Callable[[], bool]:
    """Whether each provider has made so many playback IDs."""
    return lambda: all(len(ids) >= least for ids in at_server(sandbox, streams).values())


def missing(ids: Ids, of: Ids) -> Ids:
    """What the one lacks of the other."""
    return {provider: of[provider] - ids[provider] for provider in MODULES}


def numbers(ids: Ids) -> list[int]:
    return [len(of_provider) for of_provider in ids.values()]


def test_a_run_that_ends_saves_everything_that_it_made_even_if_it_fails(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    for stream in streams.values():
        sandbox.faults.add(Fault(kind="status", status=422, method="POST", path=f"*/{stream}/*", times=1, skip=3))
    stack.write_program(cameras(streams, 8))
    assert stack.up().status != 0
    assert stored(stack) == at_server(sandbox, streams)
    assert all(0 < number < 8 for number in numbers(stored(stack)))
    sandbox.faults.clear()
    assert stack.up().status == 0
    assert stack.up("--expect-no-changes").status == 0
    assert stored(stack) == at_server(sandbox, streams)
    assert numbers(stored(stack)) == [8, 8]


def test_a_run_that_ctrl_c_ends_saves_everything_that_it_made(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    stack.write_program(cameras(streams, 20))
    up = subprocess.Popen(
        ["pulumi", "up", f"--parallel={PARALLEL}", "--yes", "--skip-preview", "--non-interactive"],
        cwd=stack.program_folder,
        env=stack.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    reached = has_made(4, sandbox, streams)
    while not reached():
        assert up.poll() is None
        time.sleep(0.01)
    up.send_signal(signal.SIGINT)
    assert up.wait() != 0
    assert all(4 <= number < 20 for number in numbers(stored(stack)))
    assert stored(stack) == at_server(sandbox, streams)


def test_a_killed_run_has_saved_all_but_what_was_under_way(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str], tmp_path: Path
) -> None:
    """As Pulumi does by itself; `recover` finds the rest."""
    del stack.environ["PULUMI_SKIP_CHECKPOINTS"]
    stack.write_program(cameras(streams, 20))
    up_killed(stack, has_made(10, sandbox, streams), tmp_path / "up.log", PARALLEL)
    unsaved = missing(stored(stack), at_server(sandbox, streams))
    assert sum(numbers(unsaved)) <= PARALLEL
    found = fastpix(stack, "recover")
    assert found.status == 0, found.stderr
    assert all(playback_id in found.stdout for ids in unsaved.values() for playback_id in ids)


def test_a_killed_run_without_checkpoints_has_saved_nothing_and_its_playback_ids_can_be_deleted(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str], tmp_path: Path
) -> None:
    stack.write_program(cameras(streams, 1))
    assert stack.up().status == 0
    before, names = stored(stack), stack.ids()
    stack.write_program(cameras(streams, 10))
    up_killed(stack, has_made(5, sandbox, streams), tmp_path / "up.log", PARALLEL)
    made = at_server(sandbox, streams)
    assert stack.ids() == names

    found = fastpix(stack, "recover")
    assert (found.status, "Nothing to recover" in found.stdout) == (0, True)
    audit = fastpix(stack, "audit", "--all-streams", "--json")
    findings = json.loads(audit.stdout)["findings"]
    undeclared = {
        provider: {one["playbackId"] for one in findings if one["playbackId"] and one["streamId"] == stream}
        for provider, stream in streams.items()
    }
    assert undeclared == missing(before, made)

    stack.run("cancel", "--yes")
    for stream in streams.values():
        advice = fastpix(stack, "adopt", stream)
        assert advice.status == 0, advice.stderr
        follow(stack, advice.stdout)
    assert {*stack.ids().values()} == {one for ids in made.values() for one in ids}
    up = stack.up()
    assert up.status == 0, up.output
    assert stored(stack) == at_server(sandbox, streams)
    assert numbers(stored(stack)) == [10, 10]
    assert names.items() <= stack.ids().items()
    assert missing(stored(stack), undeclared) == undeclared


def test_what_a_killed_run_without_checkpoints_made_is_in_the_journal(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str], tmp_path: Path
) -> None:
    stack.write_program(cameras(streams, 10))
    up_killed(stack, has_made(5, sandbox, streams), tmp_path / "up.log", PARALLEL, journal=True)
    made = at_server(sandbox, streams)
    assert stack.ids() == {}

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    assert stored(stack) == made
    up = stack.up()
    assert up.status == 0, up.output
    assert stored(stack) == at_server(sandbox, streams)
    assert numbers(stored(stack)) == [10, 10]
    assert missing(stored(stack), made) == {provider: set() for provider in MODULES}
