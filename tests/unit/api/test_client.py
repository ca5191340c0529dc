"""The client's requests: when one is sent again, where credentials go, and how a request fails that is never sent."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from itertools import repeat

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import PLAYBACK_ID
from support.responses import BAD_GATEWAY, DELETED, DROPPED, created, error, listing, throttled
from support.scripted_server import Reply, ScriptedServer
from support.still_clock import StillClock


def test_retry_after_is_what_is_waited_for_each_time(server: ScriptedServer, client: Client, clock: StillClock) -> None:
    server.on("GET", *repeat(throttled("7"), 5), listing(PLAYBACK_ID))
    client.live_streams.get(DEMO_STREAM_ID)
    assert len(clock.slept) == 5
    assert all(7.0 <= seconds <= 7.7 for seconds in clock.slept)


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (throttled("6"), "FastPix asked to wait (429, Retry-After: 6)"),
        (error(503, "out"), "FastPix answered 503"),
        (BAD_GATEWAY, "there was an unexpected response (502)"),
        (DROPPED, "there was no complete response (Remote end closed connection without response)"),
    ],
)
def test_a_long_wait_is_announced_with_its_cause(
    reply: Reply, cause: str, server: ScriptedServer, settings: Settings, clock: StillClock
) -> None:
    lines: list[str] = []
    server.on("GET", reply)
    with Client(settings, clock, report=lines.append) as client, pytest.raises(errors.FastPixError):
        client.live_streams.get(DEMO_STREAM_ID)
    assert re.fullmatch(rf"waiting \d+ s before trying again to read stream \w+: {re.escape(cause)}\.", lines[0])


def test_a_wait_for_an_address_that_refuses_connections_says_so(settings: Settings, clock: StillClock) -> None:
    lines: list[str] = []
    with (
        Client(replace(settings, base_url="http://127.0.0.1:1/v1"), clock, report=lines.append) as client,
        pytest.raises(errors.NotReachedError),
    ):
        client.live_streams.get(DEMO_STREAM_ID)
    assert lines[0].endswith(": could not connect (Connection refused).")


def test_a_cause_is_short_and_holds_no_secret(server: ScriptedServer, settings: Settings, clock: StillClock) -> None:
    lines: list[str] = []
    server.on("GET", Reply(None, verbatim=f"{settings.secret_key} {'x' * 5000}\r\n\r\n".encode()))
    with Client(settings, clock, report=lines.append) as client, pytest.raises(errors.NoResponseError):
        client.live_streams.get(DEMO_STREAM_ID)
    assert "[secret]" in lines[0]
    assert settings.secret_key not in lines[0]
    assert len(lines[0]) < 300


def test_an_operation_fails_before_its_retry_budget_is_exceeded(
    server: ScriptedServer, settings: Settings, clock: StillClock
) -> None:
    server.on("GET", throttled("7"))
    with (
        Client(replace(settings, retry_for_seconds=20), clock) as client,
        pytest.raises(errors.RateLimitedError),
    ):
        client.live_streams.get(DEMO_STREAM_ID)
    # 7 seconds after the first and after the second; a third wait would be too long.
    assert len(server.received) == 3
    assert sum(clock.slept) <= 20


def test_a_refused_connection_is_tried_again_even_for_a_create(settings: Settings, clock: StillClock) -> None:
    with (
        Client(replace(settings, base_url="http://127.0.0.1:1/v1"), clock) as client,
        pytest.raises(errors.NotReachedError, match=r"no connection to http://127.0.0.1:1/v1 \(.*refused\)"),
    ):
        client.playback_ids.create(DEMO_STREAM_ID, "public", "key")
    assert len(clock.slept) > 3


def test_a_failed_tls_handshake_sends_nothing(server: ScriptedServer, settings: Settings, clock: StillClock) -> None:
    with (
        Client(replace(settings, base_url=server.base_url.replace("http:", "https:")), clock) as client,
        pytest.raises(errors.NotReachedError, match="TLS handshake failed"),
    ):
        client.playback_ids.create(DEMO_STREAM_ID, "public", "key")
    assert server.received == []


def test_a_name_that_no_host_can_have_means_that_nothing_was_sent(settings: Settings, clock: StillClock) -> None:
    with (
        Client(replace(settings, base_url="https://a..b/v1"), clock) as client,
        pytest.raises(errors.NotReachedError, match=r"the name 'a\.\.b' is invalid"),
    ):
        client.playback_ids.create(DEMO_STREAM_ID, "public", "key")


def test_a_missing_certificate_file_is_named(
    settings: Settings, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with (
        Client(replace(settings, base_url="https://fastpix.invalid/v1"), clock) as client,
        pytest.raises(errors.NotReachedError, match=r"/nowhere/ca\.pem"),
    ):
        client.live_streams.get(DEMO_STREAM_ID)


def test_credentials_go_only_to_the_address_in_the_settings(
    server: ScriptedServer, settings: Settings, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy in the environment is not used for this machine, and cookies are neither kept nor sent."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    stream = listing(PLAYBACK_ID)
    server.on("GET", replace(stream, headers={"Set-Cookie": "__cf_bm=1; Path=/"}))
    with Client(replace(settings, secret_key="sécret-key-öf-tests"), clock) as client:
        client.live_streams.get(DEMO_STREAM_ID)
        client.live_streams.get(DEMO_STREAM_ID)
    expected = "Basic " + base64.b64encode("token:sécret-key-öf-tests".encode()).decode()
    assert [request.headers["Authorization"] for request in server.received] == [expected, expected]
    assert "Cookie" not in server.received[1].headers


def test_requests_have_fastpixs_paths_and_bodies_and_an_idempotency_key(server: ScriptedServer, client: Client) -> None:
    server.on("POST", created(PLAYBACK_ID, "private"))
    server.on("DELETE", DELETED)
    client.playback_ids.create(DEMO_STREAM_ID, "private", "the-key")
    client.playback_ids.delete(DEMO_STREAM_ID, PLAYBACK_ID)
    create, delete = server.received
    assert create.path == f"/v1/live/streams/{DEMO_STREAM_ID}/playback-ids"
    assert create.body == b'{"accessPolicy": "private"}'
    assert create.headers["Idempotency-Key"] == "the-key"
    assert create.headers["User-Agent"].startswith("pulumi-fastpix/")
    assert delete.path == f"/v1/live/streams/{DEMO_STREAM_ID}/playback-ids?playbackId={PLAYBACK_ID}"
