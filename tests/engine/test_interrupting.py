"""One Ctrl-C: what waits and has sent nothing ends at once; what was sent is waited for, and judged.

Both providers are at work in each command, each on a stream of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES
from support.engine import Run, Stack
from support.playback_ids import empty_stream, ids_on

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


@pytest.fixture
def streams(sandbox: Sandbox) -> dict[str, str]:
    """A stream without a playback ID for each provider, by its name."""
    return {provider: empty_stream(sandbox) for provider in MODULES}


def declare(number: int, streams: dict[str, str]) -> str:
    """So many playback IDs through each provider, in turns."""
    return f"""{BOTH_PROVIDERS}
for number in range({number}):
    fastpix.LivePlaybackId(f"dynamic-{{number}}", stream_id="{streams["dynamic"]}")
    native.LivePlaybackId(f"native-{{number}}", stream_id="{streams["native"]}")
"""


def each_has_sent(least: int, sandbox: Sandbox, streams: dict[str, str], *methods: str) -> bool:
    """Whether each provider has sent so many requests, of these methods or of all."""
    paths = [one.path.split("/") for one in sandbox.requests if one.method in methods or not methods]
    return all(sum(stream in path for path in paths) >= least for stream in streams.values())


def said_for(run: Run, provider: str, number: int) -> str:
    """What is printed about the provider's resources, of which there are so many."""
    return "".join(run.said_of(f"{provider}-{one}") for one in range(number))


def is_consistent(stack: Stack, sandbox: Sandbox, streams: dict[str, str]) -> bool:
    """Whether each provider's resources in the state are the playback IDs on its stream."""
    ids = stack.ids()
    return all(
        {id_ for name, id_ in ids.items() if name.startswith(provider)} == ids_on(sandbox, stream)
        for provider, stream in streams.items()
    )


def nothing_new_is_sent(ended: Interrupted, number: int) -> None:
    for provider in MODULES:
        assert NOTHING_NEW in said_for(ended.run, provider, number), ended.run.output
    assert ended.seconds < MOST_SECONDS, ended.run.output


WAITING = {
    "503": (Fault(kind="status", status=503), 3),
    "hanging": (Fault(kind="latency", method="GET", seconds=60), 1),
    "429": (Fault(kind="status", status=429, retry_after=60), 1),
    "429 to creates": (Fault(kind="status", status=429, retry_after=60, method="POST"), 8),
}
"""What there is to wait for, and how many requests of each provider have been sent when it is waited for."""


def test_waiting_ends(stack_of_both: Stack, sandbox: Sandbox, streams: dict[str, str]) -> None:
    stack = stack_of_both
    stack.write_program(declare(8, streams))
    for fault, requests in WAITING.values():
        sandbox.clear_requests()
        sandbox.faults.add(fault)
        up = interrupt(stack, partial(each_has_sent, requests, sandbox, streams), "up", "--parallel=32")
        assert up.run.status != 0
        nothing_new_is_sent(up, 8)
        assert ids_on(sandbox, *streams.values()) == set()
        assert stack.ids() == {}
        assert stack.deployment().get("pending_operations") is None
        sandbox.faults.clear()
    assert stack.up().status == 0
    assert len(stack.ids()) == 16
    assert is_consistent(stack, sandbox, streams)


def test_waiting_ends_in_other_commands(stack_of_both: Stack, sandbox: Sandbox, streams: dict[str, str]) -> None:
    stack = stack_of_both
    stack.write_program(declare(4, streams))
    assert stack.up().status == 0
    ids = stack.ids()
    sandbox.faults.add(Fault(kind="status", status=429, retry_after=60))
    for command in ("refresh", "destroy"):
        sandbox.clear_requests()
        ended = interrupt(stack, partial(each_has_sent, 1, sandbox, streams), command)
        nothing_new_is_sent(ended, 4)
        assert stack.ids() == ids
        assert ids_on(sandbox, *streams.values()) == set(ids.values())


def test_creates_that_were_sent_are_waited_for_and_no_new_ones_are_sent(
    stack_of_both: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    stack = stack_of_both
    sandbox.faults.add(Fault(kind="latency", seconds=3.0, method="POST"))
    stack.write_program(declare(60, streams))
    up = interrupt(stack, partial(each_has_sent, 1, sandbox, streams, "POST"), "up", "--parallel=8")
    assert up.run.status != 0
    assert is_consistent(stack, sandbox, streams), up.run.output
    made = [len(ids_on(sandbox, stream)) for stream in streams.values()]
    assert min(made) > 0
    assert sum(made) <= 8
    assert stack.deployment().get("pending_operations") is None


def test_a_create_in_doubt_is_judged_although_pulumi_was_interrupted(
    stack_of_both: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    """The server finishes late, and two more creates of each provider wait because they were refused."""
    stack = stack_of_both
    stack.environ["FASTPIX_RETRY_FOR_SECONDS"] = "64"
    stack.write_program(declare(4, streams))
    for stream in streams.values():
        path = f"*/{stream}/*"
        sandbox.faults.add(
            Fault(kind="slow-finish", method="POST", path=path, seconds=3.0, client="dropped", times=2),
            Fault(kind="status", status=429, retry_after=60, method="POST", path=path),
        )
    up = interrupt(stack, partial(each_has_sent, 4, sandbox, streams, "POST"), "up", "--parallel=32")
    assert up.run.status != 0
    nothing_new_is_sent(up, 4)
    for stream in streams.values():
        said = [line for line in up.run.diagnostics.splitlines() if f"on stream {stream}: the request was sent" in line]
        assert sum("taken for the one" in line for line in said) == 2, up.run.output
        assert len(ids_on(sandbox, stream)) == 2
    assert is_consistent(stack, sandbox, streams), up.run.output
