"""One Ctrl-C: what waits and has sent nothing ends at once; what was sent is waited for, and judged."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.engine import ProviderUnderTest, Run, Stack

NOTHING_NEW = "Pulumi was interrupted, so nothing new is sent."
MOST_SECONDS = 20.0
"""Until Pulumi has ended. Five of them are its own in some runs; without an end, these would take two minutes."""


@dataclass(frozen=True)
class Interrupted:
    """How an interrupted command ended, and how many seconds after that."""

    run: Run
    seconds: float


def interrupt(stack: Stack, when: Callable[[], bool], *command: str) -> Interrupted:
    """Run a command, and press Ctrl-C once as soon as the condition holds."""
    with (
        (stack.folder / "output").open("w+") as output,
        subprocess.Popen(
            ["pulumi", *command, "--yes", "--skip-preview", "--non-interactive", "--color=never"],
            cwd=stack.program_folder,
            env=stack.environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as pulumi,
    ):
        ends = time.monotonic() + 60
        while not when():
            assert pulumi.poll() is None, Path(output.name).read_text()
            assert time.monotonic() < ends
            time.sleep(0.02)
        time.sleep(0.5)  # so that all have come to where they wait
        os.kill(pulumi.pid, signal.SIGINT)
        began = time.monotonic()
        status = pulumi.wait(150)
        return Interrupted(Run(status, Path(output.name).read_text()), time.monotonic() - began)


def made_by(sandbox: Sandbox, before: set[str]) -> set[str]:
    return {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)} - before


@pytest.fixture
def before(sandbox: Sandbox) -> set[str]:
    return made_by(sandbox, set())


def declare(number: int) -> str:
    return f"""
for number in range({number}):
    fastpix.LivePlaybackId(f"id-{{number}}", stream_id="{DEMO_STREAM_ID}")
"""


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (Fault(kind="status", status=503), 3),
        (Fault(kind="latency", method="GET", seconds=60), 1),
        (Fault(kind="status", status=429, retry_after=60), 1),
        (Fault(kind="status", status=429, retry_after=60, method="POST"), 8),
    ],
    ids=["503", "hanging", "429", "429 to creates"],
)
def test_waiting_ends(fault: Fault, requests: int, stack: Stack, sandbox: Sandbox, before: set[str]) -> None:
    sandbox.faults.add(fault)
    stack.write_program(declare(8))
    up = interrupt(stack, lambda: len(sandbox.requests) >= requests, "up", "--parallel=32")
    assert up.run.status != 0
    assert NOTHING_NEW in up.run.output, up.run.output
    assert up.seconds < MOST_SECONDS, up.run.output
    assert made_by(sandbox, before) == set()
    assert stack.ids() == {}
    assert json.loads(stack.export())["deployment"].get("pending_operations") is None
    sandbox.faults.clear()
    assert stack.up().status == 0
    assert set(stack.ids().values()) == made_by(sandbox, before)


@pytest.mark.parametrize("command", ["refresh", "destroy"])
def test_waiting_ends_in_other_commands(command: str, stack: Stack, sandbox: Sandbox, before: set[str]) -> None:
    stack.write_program(declare(4))
    assert stack.up().status == 0
    ids = stack.ids()
    sandbox.clear_requests()
    sandbox.faults.add(Fault(kind="status", status=429, retry_after=60))
    ended = interrupt(stack, lambda: len(sandbox.requests) > 0, command)
    assert NOTHING_NEW in ended.run.output, ended.run.output
    assert ended.seconds < MOST_SECONDS, ended.run.output
    assert stack.ids() == ids
    assert made_by(sandbox, before) == set(ids.values())


def test_creates_that_were_sent_are_waited_for_and_no_new_ones_are_sent(
    stack: Stack, sandbox: Sandbox, before: set[str]
) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=3.0, method="POST"))
    stack.write_program(declare(60))
    up = interrupt(stack, lambda: len(sandbox.mutating_requests) > 0, "up", "--parallel=8")
    assert up.run.status != 0
    made = made_by(sandbox, before)
    assert set(stack.ids().values()) == made, up.run.output
    assert 0 < len(made) <= 8
    assert json.loads(stack.export())["deployment"].get("pending_operations") is None


def test_a_create_in_doubt_is_judged_although_pulumi_was_interrupted(
    tmp_path: Path, provider: ProviderUnderTest, sandbox: Sandbox, before: set[str]
) -> None:
    """The server finishes late, and two more creates wait because they were refused."""
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "64"}, provider)
    stack.write_program(declare(4))
    stack.create()
    sandbox.faults.add(
        Fault(kind="slow-finish", method="POST", seconds=3.0, client="dropped", times=2),
        Fault(kind="status", status=429, retry_after=60, method="POST"),
    )
    up = interrupt(stack, lambda: len(sandbox.mutating_requests) == 4, "up", "--parallel=32")
    assert up.run.status != 0
    assert up.run.diagnostics.count("taken for the one") == 2, up.run.output
    assert NOTHING_NEW in up.run.output
    assert len(stack.ids()) == 2
    assert set(stack.ids().values()) == made_by(sandbox, before), up.run.output
    assert up.seconds < MOST_SECONDS, up.run.output
