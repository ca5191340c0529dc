"""While FastPix is out, one operation waits for it, and not each of hundreds for as long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
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
    lifecycle = LivePlaybackIdLifecycle(Workspace(client))
    waits = []
    for _ in range(50):
        began = clock.now()
        with pytest.raises((errors.UnexpectedResponseError, errors.RateLimitedError)):
            lifecycle.read(ID, STATE)
        waits.append(clock.now() - began)
    assert 60 < waits[0] <= 120
    assert max(waits[1:]) <= 5
    assert capsys.readouterr().err.count("until it answers") == 1


def test_a_success_ends_it(client: Client, server: ScriptedServer, clock: StillClock) -> None:
    for _ in range(2):
        server.on("GET", OUT)
        began = clock.now()
        with pytest.raises(errors.UnexpectedResponseError):
            client.live_streams.get(STREAM)
        assert clock.now() - began > 60
        server.on("GET", THERE)
        assert client.live_streams.get(STREAM).playback_ids


def test_an_operation_with_little_time_of_its_own_says_nothing_of_the_server(
    client: Client, server: ScriptedServer, clock: StillClock
) -> None:
    server.on("GET", OUT)
    with pytest.raises(errors.UnexpectedResponseError):
        client.live_streams.get(STREAM, client.deadline(1))
    began = clock.now()
    with pytest.raises(errors.UnexpectedResponseError):
        client.live_streams.get(STREAM)
    assert clock.now() - began > 60


def test_a_create_that_finds_fastpix_out_does_not_end_it(
    client: Client, server: ScriptedServer, clock: StillClock
) -> None:
    """It fails for want of the list before it, with a response that would be final for a create."""
    server.on("GET", Reply(503, {"success": False, "error": {"code": 503, "message": "out"}}))
    lifecycle = LivePlaybackIdLifecycle(Workspace(client))
    waits = []
    for _ in range(3):
        began = clock.now()
        with pytest.raises(errors.ServerError):
            lifecycle.create({"streamId": STREAM, "accessPolicy": "public"})
        waits.append(clock.now() - began)
    assert client.in_outage
    assert waits[0] > 60
    assert max(waits[1:]) <= 5


def test_a_refusal_of_fastpixs_own_ends_it_as_well(client: Client, server: ScriptedServer) -> None:
    gone = Reply(404, {"success": False, "error": {"code": 404, "message": "stream not found"}})
    server.on("GET", OUT)
    with pytest.raises(errors.UnexpectedResponseError):
        client.live_streams.get(STREAM)
    server.on("GET", gone, OUT, THROTTLED, OUT, THERE)
    with pytest.raises(errors.NotFoundError):
        client.live_streams.get(STREAM)
    assert client.live_streams.get(STREAM).playback_ids


def test_an_operation_goes_on_for_as_long_as_it_may(server: ScriptedServer, clock: StillClock) -> None:
    server.on("GET", OUT)
    with Client(Settings("token", "secret", server.base_url, retry_for_seconds=3600), clock) as patient:
        began = clock.now()
        with pytest.raises(errors.UnexpectedResponseError):
            patient.live_streams.get(STREAM)
    assert clock.now() - began > 3500


def test_the_answer_to_a_create_is_waited_for_even_then() -> None:
    """What it has made would be in doubt."""
    with Sandbox() as sandbox:
        out = sandbox.store.live_streams.create()
        sandbox.faults.add(
            Fault(kind="status", status=502, path=f"*{out}*"), Fault(kind="latency", method="POST", seconds=1.3)
        )
        settings = Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url, retry_for_seconds=1)
        with Client(settings) as client:
            with pytest.raises(errors.ServerError):
                client.live_streams.get(out)
            assert client.in_outage
            made = LivePlaybackIdLifecycle(Workspace(client)).create(
                {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}
            )
        assert made.id in {listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}
        assert [request.outcome for request in sandbox.mutating_requests] == ["answered"]
