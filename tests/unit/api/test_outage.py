"""In an outage one operation waits for FastPix until its retry budget is spent; hundreds of others fail soon."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import INPUTS, PLAYBACK_ID
from support.responses import BAD_GATEWAY, STREAM_NOT_FOUND, error, listing, throttled
from support.scripted_server import Reply, ScriptedServer
from support.still_clock import StillClock

STATE = {**INPUTS, "seenBy": "0123456789ab"}


@pytest.mark.parametrize("reply", [BAD_GATEWAY, throttled("2")], ids=["502", "429"])
def test_in_an_outage_the_first_operation_waits_and_later_ones_fail_within_seconds(
    reply: Reply, lifecycle: Lifecycle, server: ScriptedServer, clock: StillClock, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("GET", reply)
    waits = []
    for _ in range(50):
        began = clock.now()
        with pytest.raises((errors.UnexpectedResponseError, errors.RateLimitedError)):
            lifecycle.read(PLAYBACK_ID, STATE)
        waits.append(clock.now() - began)
    assert 60 < waits[0] <= 120
    assert max(waits[1:]) <= 5
    assert capsys.readouterr().err.count("until it answers") == 1


def test_an_outage_that_two_operations_find_at_once_is_announced_once(
    settings: Settings, server: ScriptedServer, clock: StillClock
) -> None:
    """The second one ends while the first one announces it."""
    server.on("GET", BAD_GATEWAY)
    announced: list[str] = []

    def report(text: str) -> None:
        announced.append(text)
        if len(announced) == 1:
            fail()

    def fail() -> None:
        with pytest.raises(errors.UnexpectedResponseError):
            client.live_streams.get(DEMO_STREAM_ID, client.deadline(1000))

    with Client(settings, clock, report_outage=report) as client:
        fail()
    assert len(announced) == 1


def test_a_success_ends_an_outage(client: Client, server: ScriptedServer, clock: StillClock) -> None:
    for _ in range(2):
        server.on("GET", BAD_GATEWAY)
        began = clock.now()
        with pytest.raises(errors.UnexpectedResponseError):
            client.live_streams.get(DEMO_STREAM_ID)
        assert clock.now() - began > 60
        server.on("GET", listing(PLAYBACK_ID))
        assert client.live_streams.get(DEMO_STREAM_ID).playback_ids


def test_an_operation_with_a_short_time_out_of_its_own_begins_no_outage(
    client: Client, server: ScriptedServer, clock: StillClock
) -> None:
    server.on("GET", BAD_GATEWAY)
    with pytest.raises(errors.UnexpectedResponseError):
        client.live_streams.get(DEMO_STREAM_ID, client.deadline(1))
    began = clock.now()
    with pytest.raises(errors.UnexpectedResponseError):
        client.live_streams.get(DEMO_STREAM_ID)
    assert clock.now() - began > 60


def test_a_create_that_fails_in_an_outage_does_not_end_the_outage(
    client: Client, lifecycle: Lifecycle, server: ScriptedServer, clock: StillClock
) -> None:
    """The list before the create fails, with a response that would be final for a create."""
    server.on("GET", error(503, "out"))
    waits = []
    for _ in range(3):
        began = clock.now()
        with pytest.raises(errors.ServerError):
            lifecycle.create(INPUTS)
        waits.append(clock.now() - began)
    assert client.in_outage
    assert waits[0] > 60
    assert max(waits[1:]) <= 5


def test_a_refusal_by_fastpix_ends_an_outage(client: Client, server: ScriptedServer) -> None:
    server.on("GET", BAD_GATEWAY)
    with pytest.raises(errors.UnexpectedResponseError):
        client.live_streams.get(DEMO_STREAM_ID)
    server.on("GET", STREAM_NOT_FOUND, BAD_GATEWAY, throttled("2"), BAD_GATEWAY, listing(PLAYBACK_ID))
    with pytest.raises(errors.NotFoundError):
        client.live_streams.get(DEMO_STREAM_ID)
    assert client.live_streams.get(DEMO_STREAM_ID).playback_ids


def test_the_first_operation_of_an_outage_goes_on_for_its_whole_retry_budget(
    server: ScriptedServer, settings: Settings, clock: StillClock
) -> None:
    server.on("GET", BAD_GATEWAY)
    with Client(replace(settings, retry_for_seconds=3600), clock) as client:
        began = clock.now()
        with pytest.raises(errors.UnexpectedResponseError):
            client.live_streams.get(DEMO_STREAM_ID)
    assert clock.now() - began > 3500


def test_the_response_to_a_create_is_waited_for_in_an_outage_too(sandbox: Sandbox) -> None:
    """Without it the create would be in doubt."""
    broken_stream = sandbox.store.live_streams.create()
    sandbox.faults.add(
        Fault(kind="status", status=502, path=f"*{broken_stream}*"), Fault(kind="latency", method="POST", seconds=1.3)
    )
    settings = Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url, retry_for_seconds=1)
    with Client(settings) as client:
        with pytest.raises(errors.ServerError):
            client.live_streams.get(broken_stream)
        assert client.in_outage
        made = LivePlaybackIdLifecycle(Workspace(client)).create(INPUTS)
    assert made.id in {listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}
    assert [request.outcome for request in sandbox.mutating_requests] == ["answered"]
