"""The plugin ends when the engine that has started it was killed: after what was sent has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.playback_ids import INPUTS
from support.provider_process import ProviderProcess, ProviderProcessError

ENGINE = """
import subprocess, sys
plugin = subprocess.Popen([sys.executable, "-c", "from pulumi_fastpix.native.serve import main; main()", "127.0.0.1:1"])
print(plugin.pid, flush=True)
plugin.wait()
"""
"""Stands in for it: it starts the plugin, and is killed."""


@contextmanager
def started(sandbox: Sandbox) -> Iterator[tuple[subprocess.Popen[str], ProviderProcess]]:
    """An engine, and the plugin that it has started."""
    environ = {**os.environ, **sandbox.environment()}
    command = [sys.executable, "-c", ENGINE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ) as engine:
        assert engine.stdout is not None
        plugin = int(engine.stdout.readline())
        try:
            with grpc.insecure_channel(f"127.0.0.1:{int(engine.stdout.readline())}") as channel:
                urn = f"urn:pulumi:dev::project::{LIVE_PLAYBACK_ID.native_type}::main"
                yield engine, ProviderProcess(provider_pb2_grpc.ResourceProviderStub(channel)).of(urn, None)
        finally:
            engine.kill()
            with suppress(ProcessLookupError):
                os.kill(plugin, signal.SIGKILL)


def ended(engine: subprocess.Popen[str]) -> bool:
    """Wait until nobody holds the pipe any more that the plugin has of its engine."""
    assert engine.stdout is not None
    return engine.stdout.read() == ""


def test_the_plugin_ends_with_its_engine(sandbox: Sandbox) -> None:
    with started(sandbox) as (engine, _):
        engine.kill()
        assert ended(engine)


def test_what_was_sent_ends_and_nothing_more_is_sent(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=4.0, method="POST", when="after", times=1))
    sandbox.faults.add(Fault(kind="status", status=429, retry_after=60, method="POST", skip=1))
    with started(sandbox) as (engine, provider), ThreadPoolExecutor(2) as pool:
        slow = pool.submit(provider.create, INPUTS)
        while not sandbox.mutating_requests:
            time.sleep(0.01)
        waiting = pool.submit(provider.create, INPUTS)
        while len(sandbox.mutating_requests) < 2:
            time.sleep(0.01)
        engine.kill()
        made, _ = slow.result(60)
        with pytest.raises(ProviderProcessError, match="interrupted, so nothing new is sent"):
            waiting.result(60)
        assert ended(engine)
    assert made in {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}
    assert len(sandbox.mutating_requests) == 2


def test_the_journal_has_what_the_engine_may_not_have_recorded(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTPIX_JOURNAL", str(tmp_path))
    with started(sandbox) as (engine, provider):
        made, _ = provider.create(INPUTS)
        engine.kill()
        assert ended(engine)
    assert [one.id for one in LeftOver(tmp_path).creates] == [made]
