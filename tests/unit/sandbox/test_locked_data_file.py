"""A data file that another process has locked holds up only the requests that need to write."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from pulumi_fastpix.cli.subcommands import main
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, DataFileError, Sandbox, Store
from unit.sandbox.client import Browser, Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IDS = f"/live/streams/{DEMO_STREAM_ID}/playback-ids"


@contextmanager
def locked(data: Path) -> Iterator[sqlite3.Connection]:
    """The file, locked until the transaction ends."""
    with closing(sqlite3.connect(data, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


class HastyClock:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self._time = 0.0

    def now(self) -> float:
        return self._time

    async def sleep(self, seconds: float) -> None:
        self._time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "fastpix.db"


def test_other_requests_go_on_while_one_waits_for_the_lock(data: Path) -> None:
    with Sandbox(data) as sandbox, Client(sandbox) as http, ThreadPoolExecutor() as pool:
        with locked(data) as other:
            created = pool.submit(http.post, IDS, json={})
            while not sandbox.mutating_requests:
                time.sleep(0.005)
            with Client(sandbox) as reader:
                assert reader.get("/live/streams").status_code == 200
            assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1
            assert not created.done()
            other.execute("COMMIT")
        assert created.result().status_code == 201
        assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 2


def test_a_request_that_waits_too_long_is_answered_and_changes_nothing(data: Path) -> None:
    with Sandbox(data, clock=HastyClock()) as sandbox, Client(sandbox) as http, Browser(sandbox) as browser:
        admin = http.base_url.removesuffix("/v1") + "/_sandbox"
        with locked(data):
            refused = [http.post(IDS, json={}), http.patch(f"{admin}/statuses", json={DEMO_STREAM_ID: "active"})]
            not_set = browser.send_form("set-status", id=DEMO_STREAM_ID, workspace="sandbox", status="active")
            assert [browser.get("live").status_code, browser.send_form("clear-faults").status_code] == [200, 200]
            served = [http.get(f"{admin}/statuses"), http.post(f"{admin}/faults", json={"kind": "drop"})]
        assert (not_set.status_code, "Another process has the sandbox" in not_set.text) == (503, True)
        for response in refused:
            assert response.status_code == 503
            assert "Another process has the sandbox's data file" in response.json()["sandbox"]
        assert [response.status_code for response in served] == [200, 200]
        assert served[0].json() == {DEMO_STREAM_ID: "idle"}
        assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1


def test_the_sandbox_stops_while_a_request_waits_for_the_lock(data: Path) -> None:
    with ThreadPoolExecutor() as pool:
        sandbox = Sandbox(data)
        with Client(sandbox) as http, locked(data):
            created = pool.submit(http.post, IDS, json={})
            while not sandbox.mutating_requests:
                time.sleep(0.005)
            began = time.monotonic()
            sandbox.close()
            assert time.monotonic() - began < 4
            assert created.exception() is not None


def test_ctrl_c_ends_a_start_that_waits_for_the_lock(data: Path) -> None:
    Store(data).close()
    starts = (
        "import signal, sys\n"
        "from pulumi_fastpix.cli.subcommands import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "print('ready', flush=True)\n"
        "main(['sandbox', '--data', sys.argv[1]])"
    )
    command = [sys.executable, "-c", starts, str(data)]
    with locked(data), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        _, shown = process.communicate(timeout=10)
    assert process.returncode != 0
    assert "locked" not in shown, "it did not wait to the end"


def test_a_start_on_a_locked_file_fails_with_a_way_out(data: Path) -> None:
    Store(data).close()
    with locked(data):
        done = CliRunner().invoke(main, ["sandbox", "exec", "--data", str(data), "--", "true"])
    assert done.exit_code == 1
    assert f"Another process has the sandbox's data file {data} locked. Let it end" in done.output
    with pytest.raises(DataFileError, match="in an existing, writable directory"):
        Store(data / "below")
