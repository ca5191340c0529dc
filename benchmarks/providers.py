"""How near both providers come to the floor: what Pulumi itself takes, or requests x latency / calls at once.

Run it on an otherwise idle machine: `make benchmark`, or with other numbers
`python3 tools/pulumi .venv/bin/python benchmarks/providers.py --ids 200 --latency 0.5 --parallel 32`.
What Pulumi takes is measured in the same run, with a server that answers at once; the two overlap, so that the floor
is the larger one. Seconds differ from machine to machine; the requests and the ratios to the floor are what to compare.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pulumi_fastpix.resources.base import CALLS_AT_ONCE
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Run, Stack


@dataclass(frozen=True)
class Measured:
    """What one Pulumi command cost."""

    seconds: float
    requests: int
    at_once: int


def main() -> None:
    """Create, refresh and destroy through each provider, side by side, and print what it cost."""
    parser = argparse.ArgumentParser(description="Measure both providers on the real engine against the sandbox.")
    parser.add_argument("--ids", type=int, default=200, help="playback IDs, all on one stream")
    parser.add_argument("--latency", type=float, default=0.2, help="seconds each request takes")
    parser.add_argument("--parallel", type=int, default=32, help="Pulumi's --parallel")
    arguments = parser.parse_args()
    print(f"{arguments.ids} playback IDs, {arguments.latency} s latency, --parallel {arguments.parallel}\n")
    print(f"{'provider':8} {'command':8} {'requests':>9} {'at once':>8} {'seconds':>8} {'floor s':>8} {'x floor':>8}")
    at_once = min(CALLS_AT_ONCE, arguments.parallel)
    for provider in (DYNAMIC, NATIVE):
        pulumi_alone = measure(provider, arguments.ids, 0.0, arguments.parallel)
        for command, measured in measure(provider, arguments.ids, arguments.latency, arguments.parallel).items():
            floor = max(pulumi_alone[command].seconds, measured.requests * arguments.latency / at_once)
            print(
                f"{provider.name:8} {command:8} {measured.requests:9} {measured.at_once:8} {measured.seconds:8.1f} "
                f"{floor:8.1f} {measured.seconds / floor:8.2f}",
                flush=True,
            )


def measure(provider: ProviderUnderTest, ids: int, latency: float, parallel: int) -> dict[str, Measured]:
    """Run the commands on a new stack against a new sandbox."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(faults=[Fault(kind="latency", seconds=latency)]) as sandbox:
        stack = Stack(Path(folder), sandbox.environment(), provider)
        stack.write_program(f"""
for number in range({ids}):
    fastpix.LivePlaybackId(f"id-{{number}}", stream_id="{DEMO_STREAM_ID}")
""")
        stack.create()
        measured = {}
        for command, run in (
            ("up", stack.up),
            ("up again", stack.up),
            ("refresh", stack.refresh),
            ("destroy", stack.destroy),
        ):
            sandbox.clear_requests()
            began = time.monotonic()
            done: Run = run("--parallel", str(parallel))
            seconds = time.monotonic() - began
            if done.status != 0:
                sys.exit(done.output)
            measured[command] = Measured(seconds, len(sandbox.requests), peak_concurrency(sandbox.requests))
        return measured


if __name__ == "__main__":
    main()
