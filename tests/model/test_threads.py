"""32 real threads on one client, over real connections, which simulated time can't show."""

from __future__ import annotations

import itertools
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, LoggedRequest, Sandbox
from support.simulation.code_under_test import ProviderProcess, Stored, settings_for

THREADS = 32
ROUNDS = 6
POLICIES = ("public", "private")
CONNECTIONS = Path("/proc/self/net/tcp")

pytestmark = pytest.mark.timeout(90)  # a deadlock would never end


class Connections:
    """Counts how many connections to a sandbox are open at once. The kernel shows them, on Linux only."""

    def __init__(self) -> None:
        self.peak = 0
        self._requests = itertools.count()
        self._open: re.Pattern[str] | None = None

    def watch(self, sandbox: Sandbox) -> None:
        port = int(sandbox.base_url.split(":")[2].removesuffix("/v1"))
        self._open = re.compile(rf"^ *\d+: 0100007F:{port:04X} (\S+) 01 ", re.MULTILINE)

    def look(self, _: LoggedRequest) -> None:
        """At every eighth request: the kernel takes longer to write its list than the sandbox to answer."""
        if next(self._requests) % 8 == 0 and self._open and CONNECTIONS.exists():
            # By their other ends: the kernel's list changes while it is read, and may show a connection twice.
            self.peak = max(self.peak, len(set(self._open.findall(CONNECTIONS.read_text()))))


@pytest.fixture
def connections() -> Connections:
    return Connections()


@pytest.fixture
def sandbox(connections: Connections) -> Iterator[Sandbox]:
    with Sandbox(seed=1, on_request=connections.look) as sandbox:
        connections.watch(sandbox)
        yield sandbox


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([], id="no faults"),
        pytest.param(
            [
                Fault(kind="latency", seconds=0.02, spread=0.02),
                Fault(kind="status", status=429, rate=0.02),
                Fault(kind="status", status=502, body="html", method="GET", rate=0.02),
            ],
            id="429, 502 and latency",
        ),
    ],
)
def test_no_lost_update_no_cross_talk_no_deadlock(
    sandbox: Sandbox, connections: Connections, faults: list[Fault]
) -> None:
    """Each thread creates, reads and deletes on the same few streams; in the end all agree with FastPix."""
    streams = [sandbox.store.live_streams.create() for _ in range(3)]
    created_with_streams = {listed.id for stream in streams for listed in sandbox.store.playback_ids.list(stream)}
    sandbox.faults.add(*faults)
    process = ProviderProcess(settings_for(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url))
    together = threading.Barrier(THREADS)

    def work(number: int) -> list[Stored]:
        rng = random.Random(number)  # noqa: S311  # chance, not secrets
        together.wait()
        kept: list[Stored] = []
        for _ in range(ROUNDS):
            stream, access_policy = rng.choice(streams), rng.choice(POLICIES)
            created = process.create(stream, access_policy)
            assert (created.place, created.access_policy) == (stream, access_policy)
            assert process.read(created.id, created.state) == created
            kept.append(created)
            if rng.random() < 0.5:
                deleted = kept.pop(rng.randrange(len(kept)))
                process.delete(deleted.id, deleted.state)
                assert process.read(deleted.id, deleted.state) is None
        return kept

    with ThreadPoolExecutor(THREADS) as pool:
        state = [kept for each in pool.map(work, range(THREADS)) for kept in each]
    process.close()

    assert len({kept.id for kept in state}) == len(state)
    existing = {
        (listed.id, stream, listed.access_policy)
        for stream in streams
        for listed in sandbox.store.playback_ids.list(stream)
        if listed.id not in created_with_streams
    }
    assert {(kept.id, kept.place, kept.access_policy) for kept in state} == existing
    posts = [request for request in sandbox.requests if request.method == "POST" and request.work_status == 201]
    assert len(posts) == THREADS * ROUNDS
    if CONNECTIONS.exists():
        assert 1 < connections.peak <= THREADS
