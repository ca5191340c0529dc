"""What one command costs: time, requests, how many of them at once, memory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import peak_of_session
from benchmarks.server import Server


@dataclass(frozen=True)
class Measured:
    """What a command cost.

    Attributes:
        seconds: from its start to its end.
        requests: how many arrived at the server.
        at_once: how many of them were in progress at once.
        memory: the most that its processes had resident at once, in bytes; 0 where that can't be found out.
    """

    seconds: float
    requests: int
    at_once: int
    memory: int


def measure(command: Sequence[str], folder: Path, environ: Mapping[str, str], server: Server) -> Measured:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; with what it printed.
    """
    server.forget_requests()
    log = folder / "benchmark.log"
    with log.open("w") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with peak_of_session(process.pid) as peak:
            try:
                status = process.wait()
            except KeyboardInterrupt:
                os.killpg(process.pid, signal.SIGINT)  # Ctrl-C doesn't reach another session
                process.wait()
                raise
        seconds = time.monotonic() - began
    if status != 0:
        raise RuntimeError(f"`{' '.join(command)}` failed:\n{log.read_text()[-5000:]}")
    requests, at_once = server.count_requests()
    return Measured(seconds, requests, at_once, peak.size)
