"""Many playback IDs on a network with lost responses, throttling, outages, and wrong credentials in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.engine import ProviderUnderTest, Stack, counts


def many_ids(count: int, stream_ids: list[str]) -> str:
    return f"""
streams = {stream_ids!r}
for number in range({count}):
    policy = "private" if number % 3 == 0 else "public"
    fastpix.LivePlaybackId(f"id-{{number}}", stream_id=streams[number % len(streams)], access_policy=policy)
"""


def test_fifty_declared_playback_ids_are_fifty_although_responses_are_lost(stack: Stack) -> None:
    """A fifth of the responses to creates is lost after the work; a tenth of all calls is throttled or fails."""
    with Sandbox(seed=4) as sandbox:
        before = set(sandbox.store.playback_ids.list(DEMO_STREAM_ID))
        sandbox.faults.add(
            Fault(kind="drop", when="after", method="POST", rate=0.2),
            Fault(kind="status", status=429, retry_after=0.1, rate=0.05),
            Fault(kind="status", status=502, body="html", rate=0.05),
        )
        stack.write_program(many_ids(50, [DEMO_STREAM_ID]))
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "8"}
        ups = [stack.up(**environ)]
        while ups[-1].status != 0 and len(ups) < 5:
            assert "may still appear" in ups[-1].output, ups[-1].output
            ups.append(stack.up(**environ))
        assert ups[-1].status == 0, ups[-1].output
        ids = stack.ids()
        assert len(set(ids.values())) == 50
        made = {playback_id.id for playback_id in set(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) - before}
        assert made == set(ids.values())
        lost = [request for request in sandbox.mutating_requests if request.outcome == "dropped after work"]
        assert lost, "the faults did strike"


@pytest.mark.parametrize(("streams", "allowed"), [(1, 5), (20, 30)])
def test_a_refresh_reads_one_list_for_each_stream(streams: int, allowed: int, stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(many_ids(200, [sandbox.store.live_streams.create() for _ in range(streams)]))
    up = stack.up()
    assert counts(up) == {"created": 201}, up.output
    sandbox.clear_requests()
    refresh = stack.refresh()
    assert counts(refresh) == {"unchanged": 201}, refresh.output
    assert len(sandbox.requests) <= allowed
    assert sandbox.mutating_requests == []


def test_no_outage_and_no_wrong_credentials_empty_the_state(
    tmp_path: Path, provider: ProviderUnderTest, sandbox: Sandbox
) -> None:
    """Another workspace, another address, wrong, half-rotated and read-only credentials, mixed with faults."""
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "1"}, provider)
    # Not the demo stream: every sandbox has that one, while FastPix gives no two streams the same id.
    streams = [sandbox.store.live_streams.create(), sandbox.store.live_streams.create()]
    stack.write_program(many_ids(6, streams))
    stack.create()
    assert stack.up().status == 0
    states, listed = stack.states(), [sandbox.store.playback_ids.list(stream_id) for stream_id in streams]
    ids = stack.ids()
    stranger = sandbox.store.access_tokens.add(workspace="another")
    reader = sandbox.store.access_tokens.add(read_only=True)
    with Sandbox() as elsewhere:
        for environ in (
            {"FASTPIX_USERNAME": stranger.id, "FASTPIX_PASSWORD": stranger.secret},
            elsewhere.environment(),
            {"FASTPIX_PASSWORD": "wrong"},
            {"FASTPIX_PASSWORD": stranger.secret},
            {"FASTPIX_USERNAME": reader.id, "FASTPIX_PASSWORD": reader.secret},
            {"FASTPIX_BASE_URL": "http://127.0.0.1:1/v1", "FASTPIX_SANDBOX": ""},
            {"FASTPIX_BASE_URL": sandbox.base_url.removesuffix("/v1"), "FASTPIX_SANDBOX": ""},
        ):
            sandbox.faults.add(Fault(kind="status", status=404, body="html", rate=0.3), Fault(kind="drop", rate=0.3))
            assert stack.destroy(**environ).status != 0
            sandbox.faults.clear()
            if environ.get("FASTPIX_USERNAME") != reader.id:  # who may read may refresh
                assert stack.refresh(**environ).status != 0
            assert stack.ids() == ids
    assert [sandbox.store.playback_ids.list(stream_id) for stream_id in streams] == listed
    assert stack.refresh().status == 0
    assert stack.states() == states
    assert stack.destroy().status == 0
