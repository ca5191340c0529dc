"""The application without a server, on simulated time: thousands of requests a second."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Store
from pulumi_fastpix.sandbox.faults.injection import Faults
from pulumi_fastpix.sandbox.http.app import build_app
from pulumi_fastpix.sandbox.http.exchange import ABORT
from pulumi_fastpix.sandbox.http.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Iterator

IDS = f"/v1/live/streams/{DEMO_STREAM_ID}/playback-ids"


class SimulatedClock:
    """Time that passes only while a request waits."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        await asyncio.sleep(0)
        self.time = max(self.time, until)


class Driver:
    """Calls the application as a server would."""

    def __init__(self) -> None:
        self.store = Store(seed=1)
        self.faults = Faults(seed=1)
        self.log = RequestLog()
        self.clock = SimulatedClock()
        self.app = build_app(self.store, self.faults, self.log, self.clock)
        token = self.store.access_tokens.default()
        credentials = base64.b64encode(f"{token.id}:{token.secret}".encode())
        self.headers = [(b"authorization", b"Basic " + credentials)]
        self.aborted = 0

    async def __call__(self, method: str, path: str, body: bytes = b"{}") -> tuple[int | None, Any]:
        arriving = [{"type": "http.request", "body": body}, {"type": "http.disconnect"}]
        sent: list[dict[str, Any]] = []

        def abort() -> None:
            self.aborted += 1

        async def receive() -> Any:
            return arriving.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": self.headers,
            "extensions": {ABORT: abort},
        }
        await self.app(scope, receive, send)
        if not sent:
            return None, None
        return sent[0]["status"], json.loads(b"".join(one.get("body", b"") for one in sent[1:]))


@pytest.fixture
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.store.close()


def test_latency_takes_no_real_time(driver: Driver) -> None:
    driver.faults.add(Fault(kind="latency", seconds=3600, spread=60))
    began = time.perf_counter()
    status, _ = asyncio.run(driver("POST", IDS))
    assert (status, time.perf_counter() - began < 1) == (201, True)
    (request,) = driver.log.requests
    assert request.finished is not None
    assert 3540 <= request.finished - request.started <= 3660


def test_late_work_can_be_awaited(driver: Driver) -> None:
    driver.faults.add(Fault(kind="slow-finish", seconds=300))

    async def story() -> None:
        assert await driver("POST", IDS) == (None, None)
        (late,) = driver.faults.late_work
        assert len(driver.store.playback_ids.list(DEMO_STREAM_ID)) == 1
        await late
        assert len(driver.store.playback_ids.list(DEMO_STREAM_ID)) == 2
        assert driver.clock.now() == 300
        await asyncio.sleep(0)
        assert not driver.faults.late_work

    asyncio.run(story())


def test_the_caller_of_the_application_provides_the_way_to_drop_a_connection(driver: Driver) -> None:
    driver.faults.add(Fault(kind="drop", when="after"))
    assert asyncio.run(driver("POST", IDS)) == (None, None)
    assert driver.aborted == 1
    assert driver.log.requests[0].work_status == 201


def test_a_seeded_run_is_repeatable() -> None:
    def story() -> list[Any]:
        driver = Driver()
        driver.faults.add(Fault(kind="status", status=502, rate=0.5), Fault(kind="latency", seconds=1, spread=1))

        async def requests() -> list[Any]:
            return [await driver("POST", IDS) for _ in range(20)]

        responses = asyncio.run(requests())
        driver.store.close()
        return [responses, driver.log.requests[-1].finished]

    assert story() == story()


def test_a_request_takes_less_than_a_millisecond(driver: Driver) -> None:
    async def many() -> float:
        began = time.process_time()
        for _ in range(200):
            await driver("GET", f"/v1/live/streams/{DEMO_STREAM_ID}", b"")
        return (time.process_time() - began) / 200

    assert asyncio.run(many()) < 0.001  # measured: a tenth of that
