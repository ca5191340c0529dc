"""What the page about large stacks says of a run without checkpoints: what is saved, and what a kill then costs."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.commands import fastpix, follow
from support.engine import Stack
from support.killing import up_killed
from support.playback_ids import ids_on

PAGE = (Path(__file__).parents[2] / "docs" / "large-stacks.md").read_text()
SETTING = dict(re.findall(r"^ *\$ export (PULUMI_SKIP_CHECKPOINTS)=(\w+)$", PAGE, flags=re.MULTILINE))
PROGRAM = """
streams = {streams}
for number in range({ids}):
    fastpix.LivePlaybackId(f"camera-{{number:02}}", stream_id=streams[number % len(streams)])
"""
PARALLEL = 4


@pytest.fixture
def streams(sandbox: Sandbox) -> list[str]:
    """Two streams without playback IDs, on a server slow enough that a run has a middle."""
    sandbox.faults.add(Fault(kind="latency", seconds=0.1))
    made = [sandbox.store.live_streams.create() for _ in range(2)]
    for stream_id in made:
        for playback_id in ids_on(sandbox, stream_id):
            sandbox.store.playback_ids.delete(stream_id, playback_id)
    return made


@pytest.fixture
def stack(stack: Stack) -> Stack:
    """A stack with the setting that the page gives."""
    assert SETTING
    stack.environ.update(SETTING)
    return stack


def test_a_run_that_ends_saves_everything_that_it_made_even_if_it_fails(
    stack: Stack, sandbox: Sandbox, streams: list[str]
) -> None:
    sandbox.faults.add(Fault(kind="status", status=422, method="POST", times=1, skip=3))
    stack.write_program(PROGRAM.format(streams=streams, ids=8))
    assert stack.up().status != 0
    assert set(stack.ids().values()) == ids_on(sandbox, *streams)
    assert 0 < len(stack.ids()) < 8
    assert stack.up().status == 0
    assert stack.up("--expect-no-changes").status == 0
    assert set(stack.ids().values()) == ids_on(sandbox, *streams)
    assert len(stack.ids()) == 8


def test_a_run_that_ctrl_c_ends_saves_everything_that_it_made(
    stack: Stack, sandbox: Sandbox, streams: list[str]
) -> None:
    stack.write_program(PROGRAM.format(streams=streams, ids=40))
    up = subprocess.Popen(
        ["pulumi", "up", f"--parallel={PARALLEL}", "--yes", "--skip-preview", "--non-interactive"],
        cwd=stack.program_folder,
        env=stack.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(ids_on(sandbox, *streams)) < 8:
        assert up.poll() is None
        time.sleep(0.01)
    up.send_signal(signal.SIGINT)
    assert up.wait() != 0
    assert 8 <= len(stack.ids()) < 40
    assert set(stack.ids().values()) == ids_on(sandbox, *streams)


def test_a_killed_run_has_saved_all_but_what_was_under_way(
    stack: Stack, sandbox: Sandbox, streams: list[str], tmp_path: Path
) -> None:
    """As Pulumi does by itself; `recover` finds the rest."""
    del stack.environ["PULUMI_SKIP_CHECKPOINTS"]
    stack.write_program(PROGRAM.format(streams=streams, ids=40))
    up_killed(stack, lambda: len(ids_on(sandbox, *streams)) >= 20, tmp_path / "up.log", PARALLEL)
    unsaved = ids_on(sandbox, *streams) - set(stack.ids().values())
    assert len(unsaved) <= PARALLEL
    found = fastpix(stack, "recover")
    assert found.status == 0, found.stderr
    assert all(playback_id in found.stdout for playback_id in unsaved)


def test_a_killed_run_without_checkpoints_has_saved_nothing_and_its_playback_ids_can_be_deleted(
    stack: Stack, sandbox: Sandbox, streams: list[str], tmp_path: Path
) -> None:
    stack.write_program(PROGRAM.format(streams=streams, ids=2))
    assert stack.up().status == 0
    before = stack.ids()
    stack.write_program(PROGRAM.format(streams=streams, ids=20))
    up_killed(stack, lambda: len(ids_on(sandbox, *streams)) >= 10, tmp_path / "up.log", PARALLEL)
    made = ids_on(sandbox, *streams)
    assert stack.ids() == before

    found = fastpix(stack, "recover")
    assert (found.status, "Nothing to recover" in found.stdout) == (0, True)
    audit = fastpix(stack, "audit", "--all-streams", "--json")
    findings = json.loads(audit.stdout)["findings"]
    undeclared = {
        finding["playbackId"] for finding in findings if finding["playbackId"] and finding["streamId"] in streams
    }
    assert undeclared == made - set(before.values())

    stack.run("cancel", "--yes")
    for stream_id in streams:
        advice = fastpix(stack, "adopt", stream_id)
        assert advice.status == 0, advice.stderr
        follow(stack, advice.stdout)
    assert set(stack.ids().values()) == made
    up = stack.up()
    assert up.status == 0, up.output
    assert set(stack.ids().values()) == ids_on(sandbox, *streams)
    assert len(stack.ids()) == 20
    assert before.items() <= stack.ids().items()
    assert not undeclared & ids_on(sandbox, *streams)


def test_what_a_killed_run_without_checkpoints_made_is_in_the_journal(
    stack: Stack, sandbox: Sandbox, streams: list[str], tmp_path: Path
) -> None:
    stack.write_program(PROGRAM.format(streams=streams, ids=20))
    before = ids_on(sandbox, *streams)
    reached = partial(up_killed, stack, lambda: len(ids_on(sandbox, *streams) - before) >= 10)
    reached(tmp_path / "up.log", PARALLEL, journal=True)
    made = ids_on(sandbox, *streams) - before
    assert stack.ids() == {}

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    assert set(stack.ids().values()) == made
    up = stack.up()
    assert up.status == 0, up.output
    assert len(stack.ids()) == 20
    assert made <= set(stack.ids().values()) == ids_on(sandbox, *streams) - before
