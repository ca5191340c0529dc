"""The journal of a real provider process: it has the URN, and stays only if the process didn't end in an orderly way.

It fails where a newer SDK has moved the variable that has the URN, or ends its process in another way. `make
test-floor` runs this on the oldest SDK, too.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.playback_ids import INPUTS, ids_on
from support.provider_process import URN, ProviderProcess, ProviderProcessError, provider_process, serving

NATIVE_URN = f"urn:pulumi:dev::project::{LIVE_PLAYBACK_ID.native_type}::main"
NATIVE = [sys.executable, "-c", "from pulumi_fastpix.native.serve import main; main()", "127.0.0.1:1"]
ENDING_SECONDS = 1.0
"""Longer than it takes a process to notice a signal."""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture(params=[URN, NATIVE_URN], ids=["dynamic", "native"])
def urn(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def provider(urn: str, sandbox: Sandbox, journal: Path) -> Iterator[ProviderProcess]:
    environ = {**sandbox.environment(), "FASTPIX_JOURNAL": str(journal)}
    if urn == URN:
        with provider_process(environ) as process:
            yield process
    else:
        with serving(NATIVE, environ) as process:
            yield process.of(urn, None)


def left_over(journal: Path) -> list[NotedCreate]:
    return LeftOver(journal).creates


def test_the_journal_has_the_urn_and_what_was_made(
    provider: ProviderProcess, urn: str, journal: Path, sandbox: Sandbox
) -> None:
    before = ids_on(sandbox)
    made, _ = provider.create(INPUTS)
    (create,) = left_over(journal)
    assert (create.urn, create.id, create.is_sent) == (urn, made, True)
    assert create.existing == frozenset(before)
    assert (create.type_name, create.stream_id, create.kind) == ("LivePlaybackId", DEMO_STREAM_ID, "public")


def test_nothing_is_left_of_a_process_that_pulumi_ends(provider: ProviderProcess, journal: Path) -> None:
    provider.create(INPUTS)
    assert len(list(journal.iterdir())) == 1
    provider.end(signal.SIGINT)
    assert list(journal.iterdir()) == []


def test_what_a_killed_process_has_made_is_left(provider: ProviderProcess, journal: Path) -> None:
    made, _ = provider.create(INPUTS)
    provider.end(signal.SIGKILL)
    assert [one.id for one in left_over(journal)] == [made]


def test_what_is_made_while_pulumi_ends_the_process_is_left(
    provider: ProviderProcess, journal: Path, sandbox: Sandbox
) -> None:
    """Nobody is told of it: the process answers no call any more."""
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="latency", method="POST", seconds=ENDING_SECONDS, when="after"))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(provider.create, INPUTS)
        while not ids_on(sandbox) - before:
            time.sleep(0.01)
        provider.end(signal.SIGINT)
        with pytest.raises(ProviderProcessError):
            call.result(60)
    (create,) = left_over(journal)
    assert create.is_sent
    assert {create.id} <= {"", *(ids_on(sandbox) - before)}
