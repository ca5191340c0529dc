"""32 real threads on one client, over real connections: what simulated time can't show."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import Fault, LoggedRequest, Sandbox
from pulumi_fastpix.settings import Settings

THREADS = 32
ROUNDS = 6
POLICIES = ("public", "private")
CONNECTIONS = Path("/proc/self/net/tcp")

pytestmark = pytest.mark.timeout(90)  # a deadlock would last for ever


class Connections:
    """How many connections to a sandbox are open at once, at most. Seen from the kernel, on Linux only."""

    def __init__(self) -> None:
        self.peak = 0
        self._open: re.Pattern[str] | None = None

    def watch(self, sandbox: Sandbox) -> None:
        port = int(sandbox.base_url.split(":")[2].removesuffix("/v1"))
        self._open = re.compile(rf"^ *\d+: 0100007F:{port:04X} (\S+) 01 ", re.MULTILINE)

    def look(self, _: LoggedRequest) -> None:
        if self._open and CONNECTIONS.exists():
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
    """Each thread makes, reads and deletes on the same few streams; all agree with FastPix in the end."""
    streams = [sandbox.store.create_stream() for _ in range(3)]
    born_with = {listed.id for stream in streams for listed in sandbox.store.playback_ids(stream)}
    sandbox.faults.add(*faults)
    settings = Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url)
    client = Client(settings)
    lifecycle = LivePlaybackIdLifecycle(Workspace(client))
    together = threading.Barrier(THREADS)

    def work(number: int) -> list[Existing]:
        luck = random.Random(number)  # noqa: S311  # chance, not secrets
        together.wait()
        kept: list[Existing] = []
        for _ in range(ROUNDS):
            wanted = {STREAM_ID: luck.choice(streams), ACCESS_POLICY: luck.choice(POLICIES)}
            made = lifecycle.create(wanted)
            assert made.inputs == wanted
            assert lifecycle.read(made.id, made.state) == made
            kept.append(made)
            if luck.random() < 0.5:
                gone = kept.pop(luck.randrange(len(kept)))
                lifecycle.delete(gone.id, gone.state)
                assert lifecycle.read(gone.id, gone.state) is None
        return kept

    with ThreadPoolExecutor(THREADS) as pool:
        state = [kept for each in pool.map(work, range(THREADS)) for kept in each]
    client.close()

    assert len({kept.id for kept in state}) == len(state)
    existing = {
        (listed.id, stream, listed.access_policy)
        for stream in streams
        for listed in sandbox.store.playback_ids(stream)
        if listed.id not in born_with
    }
    assert {(kept.id, kept.inputs[STREAM_ID], kept.inputs[ACCESS_POLICY]) for kept in state} == existing
    posts = [request for request in sandbox.requests if request.method == "POST" and request.work_status == 201]
    assert len(posts) == THREADS * ROUNDS
    if CONNECTIONS.exists():
        assert 1 < connections.peak <= THREADS
