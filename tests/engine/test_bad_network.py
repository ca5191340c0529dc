"""Many playback IDs on a network with lost responses, throttling, outages, and wrong credentials in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import AT_ONCE, MODULES, WITHOUT_CHECKPOINTS, through_both
from support.engine import Stack, counts


def many_ids(count: int, streams: dict[str, list[str]]) -> str:
    """Playback IDs through each provider, on streams of its own."""
    return through_both(f"""
streams = {streams!r}[provider]
for number in range({count}):
    policy = "private" if number % 3 == 0 else "public"
    stream_id = streams[number % len(streams)]
    module.LivePlaybackId(f"{{provider}}-{{number}}", stream_id=stream_id, access_policy=policy)
""")


def new_streams(sandbox: Sandbox, count: int) -> dict[str, list[str]]:
    """By the provider that they are for."""
    return {provider: [sandbox.store.live_streams.create() for _ in range(count)] for provider in MODULES}


def ids_on(sandbox: Sandbox, streams: list[str]) -> set[str]:
    return {playback_id.id for stream in streams for playback_id in sandbox.store.playback_ids.list(stream)}


def test_fifty_declared_playback_ids_are_fifty_although_responses_are_lost(stack_of_both: Stack) -> None:
    """A fifth of the responses to creates is lost after the work; a tenth of all calls is throttled or fails."""
    stack = stack_of_both
    with Sandbox(seed=4) as sandbox:
        streams = new_streams(sandbox, 1)
        before = {provider: ids_on(sandbox, streams[provider]) for provider in MODULES}
        sandbox.faults.add(
            Fault(kind="drop", when="after", method="POST", rate=0.2),
            Fault(kind="status", status=429, retry_after=0.1, rate=0.05),
            Fault(kind="status", status=502, body="html", rate=0.05),
        )
        stack.write_program(many_ids(50, streams))
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "8", **WITHOUT_CHECKPOINTS}
        ups = [stack.up(**environ)]
        while ups[-1].status != 0 and len(ups) < 5:
            assert "may still appear" in ups[-1].output, ups[-1].output
            ups.append(stack.up(**environ))
        assert ups[-1].status == 0, ups[-1].output
        ids = stack.ids()
        for provider, (stream,) in streams.items():
            declared = {ids[name] for name in ids if name.startswith(provider)}
            assert len(declared) == 50
            assert declared == ids_on(sandbox, [stream]) - before[provider]
            posts = [one for one in sandbox.mutating_requests if stream in one.path and one.method == "POST"]
            assert any(one.outcome == "dropped after work" for one in posts), "the faults did strike"


@pytest.mark.parametrize(("count", "allowed"), [(1, 5), (20, 30)])
def test_a_refresh_reads_one_list_for_each_stream(
    count: int, allowed: int, stack_of_both: Stack, sandbox: Sandbox
) -> None:
    stack, streams = stack_of_both, new_streams(sandbox, count)
    stack.write_program(many_ids(50, streams))
    up = stack.up("--parallel=32", **WITHOUT_CHECKPOINTS)
    assert counts(up) == {"created": 101}, up.output
    sandbox.clear_requests()
    refresh = stack.refresh()
    assert counts(refresh) == {"unchanged": 101}, refresh.output
    for provider in MODULES:
        assert sum(stream in one.path for one in sandbox.requests for stream in streams[provider]) <= allowed
    assert sandbox.mutating_requests == []


def test_no_outage_and_no_wrong_credentials_empty_the_state(tmp_path: Path, sandbox: Sandbox) -> None:
    """Another workspace, another address, wrong, half-rotated and read-only credentials, mixed with faults."""
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "1"})
    # Not the demo stream: every sandbox has that one, while FastPix gives no two streams the same id.
    streams = new_streams(sandbox, 2)
    stack.write_program(many_ids(6, streams))
    stack.create()
    assert stack.up().status == 0
    all_streams = [stream for provider in MODULES for stream in streams[provider]]
    states, listed = stack.states(), [sandbox.store.playback_ids.list(stream) for stream in all_streams]
    assert len(states) == 12
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
            destroy = stack.destroy(*AT_ONCE, **environ)
            assert [destroy.said_of(name) for name in states if "error: " not in destroy.said_of(name)] == []
            sandbox.faults.clear()
            if environ.get("FASTPIX_USERNAME") != reader.id:  # who may read may refresh
                refresh = stack.refresh(**environ)
                assert refresh.status != 0
                assert [provider for provider in MODULES if f"({provider}-" not in refresh.diagnostics] == []
            assert stack.ids() == {name: state[0] for name, state in states.items()}
    assert [sandbox.store.playback_ids.list(stream) for stream in all_streams] == listed
    assert stack.refresh().status == 0
    assert stack.states() == states
    assert stack.destroy().status == 0
