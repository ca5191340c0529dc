"""While FastPix is out, one operation waits for it, and not each of hundreds for as long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api import Client
from pulumi_fastpix.lifecycle import Lifecycle
from pulumi_fastpix.settings import Settings
from support.scripted_server import Reply, ScriptedServer, scripted_server
from support.still_clock import StillClock

STREAM = "1111aaaa2222bbbb3333cccc4444dddd"
ID = "43751449-62d6-42e4-8153-783e28c31ed1"
STATE = {"streamId": STREAM, "accessPolicy": "public", "seenBy": "0123456789ab"}
THERE = Reply(
    200, {"success": True, "data": {"streamId": STREAM, "playbackIds": [{"id": ID, "accessPolicy": "public"}]}}
)
OUT = Reply(502, b"<html>Bad gateway</html>")
THROTTLED = Reply(429, {"success": False, "error": {"code": 429, "message": "slow down"}}, {"Retry-After": "2"})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def client(server: ScriptedServer, clock: StillClock) -> Iterator[Client]:
    client = Client(Settings("token", "secret", server.base_url), clock)
    yield client
    client.close()


@pytest.mark.parametrize("reply", [OUT, THROTTLED], ids=["502", "429"])
def test_the_first_waits_and_the_others_hardly(
    reply: Reply, client: Client, server: ScriptedServer, clock: StillClock, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("GET", reply)
    lifecycle = Lifecycle(client)
    waits = []
    for _ in range(50):
        began = clock.now()
        with pytest.raises((errors.UnexpectedAnswerError, errors.RateLimitedError)):
            lifecycle.read(ID, STATE)
        waits.append(clock.now() - began)
    assert 60 < waits[0] <= 120
    assert max(waits[1:]) <= 3
    assert capsys.readouterr().err.count("until something succeeds") == 1


def test_a_success_ends_it(client: Client, server: ScriptedServer, clock: StillClock) -> None:
    for _ in range(2):
        server.on("GET", OUT)
        began = clock.now()
        with pytest.raises(errors.UnexpectedAnswerError):
            client.stream(STREAM)
        assert clock.now() - began > 60
        server.on("GET", THERE)
        assert client.stream(STREAM).playback_ids


def test_an_operation_with_little_time_of_its_own_says_nothing_of_the_server(
    client: Client, server: ScriptedServer, clock: StillClock
) -> None:
    server.on("GET", OUT)
    with pytest.raises(errors.UnexpectedAnswerError):
        client.stream(STREAM, client.patience(1))
    began = clock.now()
    with pytest.raises(errors.UnexpectedAnswerError):
        client.stream(STREAM)
    assert clock.now() - began > 60
