"""The secrets of streams, and third parties' stream keys, appear in FastPix's responses and nowhere else."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox, SandboxError, Store, Switches
from pulumi_fastpix.sandbox.fastpix.request_bodies import parse
from pulumi_fastpix.sandbox.fastpix.simulcasts import SimulcastBody

if TYPE_CHECKING:
    from collections.abc import Callable

    from unit.sandbox.client import Client

THIRD_PARTY = "a-third-party's-key"


@pytest.fixture
def secrets(sandbox: Sandbox) -> list[str]:
    """All secrets of the demo stream, which has a simulcast."""
    sandbox.store.simulcasts.create(DEMO_STREAM_ID, "rtmp://example.com/live", THIRD_PARTY)
    stream = sandbox.store.live_streams.get(DEMO_STREAM_ID)
    return [stream.stream_key, stream.srt_secret, stream.srt_playback_secret, THIRD_PARTY]


def assert_none_of(secrets: list[str], *shown: Any) -> None:
    for secret in secrets:
        for one in shown:
            assert secret not in f"{one} {one!r}"


def test_no_request_leaves_a_secret_in_the_log(sandbox: Sandbox, http: Client, demo: str, secrets: list[str]) -> None:
    made = http.post(f"{demo}/simulcast", json={"url": "rtmp://example.com", "streamKey": THIRD_PARTY}).json()["data"]
    responses = [
        http.get(demo),
        http.get("/live/streams"),
        http.patch(demo, json={"metadata": {"a": "b"}}),
        http.get(f"{demo}/simulcast/{made['simulcastId']}"),
        http.put(f"{demo}/simulcast/{made['simulcastId']}", json={"isEnabled": False}),
        http.delete(f"{demo}/simulcast/{made['simulcastId']}"),
    ]
    assert [response.status_code for response in responses] == [200] * 6
    assert made["streamKey"] == THIRD_PARTY, "FastPix shows it"
    logged = http.get(f"{sandbox.base_url.removesuffix('/v1')}/_sandbox/requests").text
    assert_none_of(secrets, logged, sandbox.requests, *sandbox.requests)


def test_a_stream_key_in_place_of_an_id_is_not_repeated(
    sandbox: Sandbox, http: Client, demo: str, secrets: list[str]
) -> None:
    admin = f"{sandbox.base_url.removesuffix('/v1')}/_sandbox"
    for secret in secrets[:3]:
        responses = [
            http.get(f"/live/streams/{secret}"),
            http.get(f"/live/streams/{secret}/no-such-route"),
            http.get(f"/live/streams/{secret.upper()}/simulcast/{secret}"),
            http.get(f"/on-demand/{secret}"),
            http.delete(f"{demo}/playback-ids", params={"playbackId": secret}),
            http.post(f"{demo}/playback-ids", json={"accessPolicy": secret}, headers={"Idempotency-Key": secret}),
            http.patch(f"{admin}/statuses", json={secret: "active"}),
            http.patch(f"{admin}/statuses", json={secret: "no status"}),
        ]
        assert [response.status_code for response in responses] == [404, 404, 404, 501, 422, 422, 404, 422]
        assert_none_of([*secrets, secret.upper()], *(response.text for response in responses))
        assert_none_of([*secrets, secret.upper()], *sandbox.requests, http.get(f"{admin}/requests").text)


@pytest.mark.parametrize(
    "call",
    [
        lambda store, key: store.live_streams.get(key),
        lambda store, key: store.live_streams.set_status(key, "idle"),
        lambda store, key: store.playback_ids.get(DEMO_STREAM_ID, key),
        lambda store, key: store.simulcasts.get(key, key),
    ],
)
def test_the_error_for_a_stream_key_in_place_of_an_id_does_not_show_it(call: Callable[[Store, str], object]) -> None:
    with closing(Store()) as store:
        key = store.live_streams.get(DEMO_STREAM_ID).stream_key
        with pytest.raises(SandboxError) as error:
            call(store, key)
        assert_none_of([key], error.value)
        assert "<secret>" in str(error.value)


def test_objects_in_the_store_show_no_secret(sandbox: Sandbox, secrets: list[str]) -> None:
    stream = sandbox.store.live_streams.get(DEMO_STREAM_ID)
    body = parse(SimulcastBody, b'{"url": "x", "streamKey": "%s"}' % THIRD_PARTY.encode(), Switches())
    assert_none_of(secrets, stream, *stream.simulcasts, body)
    assert body.stream_key == THIRD_PARTY
