"""Many live streams, and playback IDs on them, in one run: none is lost, made twice, or asked for in vain."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Stream
from support.cases import BOTH_PROVIDERS, MODULES, WITHOUT_CHECKPOINTS
from support.engine import Stack, counts, succeeded


def streams(sandbox: Sandbox) -> list[Stream]:
    """All but the one that every sandbox has."""
    return [*sandbox.store.live_streams.list(newest_first=False)][1:]


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    """Without checkpoints: for hundreds of resources, these take longer than everything else together."""
    stack_of_both.environ.update(WITHOUT_CHECKPOINTS)
    return stack_of_both


def for_both(program: str) -> str:
    """A program for each provider, in which MODULE and PROVIDER stand for its module and its name."""
    return BOTH_PROVIDERS + "".join(
        program.replace("MODULE", module).replace("PROVIDER", provider) for provider, module in MODULES.items()
    )


def test_a_destroy_sends_nothing_in_vain(stack: Stack, sandbox: Sandbox) -> None:
    """Playback IDs of a stream that the program names by its id: Pulumi, which doesn't know that, deletes it first."""
    main = 'main = MODULE.LiveStream("PROVIDER", opts=pulumi.ResourceOptions(depends_on=by_id))\n'
    stack.write_program(for_both("by_id = []\n" + main))
    succeeded(stack.up())
    by_id = """
by_id = [MODULE.LivePlaybackId(f"PROVIDER-by-id-{number}", stream_id=ids["PROVIDER"]) for number in range(12)]
"""
    on_it = """
for number in range(12):
    MODULE.LivePlaybackId(f"PROVIDER-on-it-{number}", pulumi.ResourceOptions(deleted_with=main), stream_id=main.id)
"""
    stack.write_program(f"ids = {stack.ids()}\n" + for_both(by_id + main + on_it))
    up = stack.up()
    assert counts(up) == {"created": 48, "unchanged": 3}, up.output
    declared = {f"/v1/live/streams/{stream.id}" for stream in streams(sandbox)}
    sandbox.clear_requests()
    succeeded(stack.destroy())
    sent = [(one.method, one.path, one.status) for one in sandbox.requests]
    assert sorted(sent) == sorted(("DELETE", stream, 200) for stream in declared)
    assert streams(sandbox) == []


def test_two_streams_with_fifty_playback_ids_each_in_one_run(stack: Stack, sandbox: Sandbox) -> None:
    """Two of each provider."""
    stack.write_program(
        for_both("""
for show in ("first-of-PROVIDER", "second-of-PROVIDER"):
    stream = MODULE.LiveStream(show, metadata={"show": show})
    for number in range(50):
        policy = "public" if number % 2 else "private"
        MODULE.LivePlaybackId(f"{show}-{number}", stream_id=stream.id, access_policy=policy)
""")
    )
    up = stack.up()
    assert counts(up) == {"created": 205}, up.output
    ids, resources = stack.ids(), stack.resources()
    assert len(streams(sandbox)) == 4
    for stream in streams(sandbox):
        show = str(dict(stream.settings.metadata or {})["show"])
        assert ids[show] == stream.id
        own = {playback_id for name, playback_id in ids.items() if name.startswith(f"{show}-")}
        assert len(own) == 50
        came_with_it = resources[show]["outputs"]["playbackId"]
        assert {one.id for one in stream.playback_ids} == own | {came_with_it}
    succeeded(stack.destroy())
    assert streams(sandbox) == []


def test_twenty_declared_streams_are_twenty_although_responses_are_lost(stack: Stack) -> None:
    """Twenty of each provider."""
    with Sandbox(seed=4) as sandbox:
        sandbox.faults.add(
            Fault(kind="drop", when="after", method="POST", rate=0.2),
            Fault(kind="drop", when="before", method="POST", rate=0.05),
        )
        stack.write_program(
            for_both("""
for number in range(20):
    MODULE.LiveStream(f"PROVIDER-{number}", metadata={"show": f"{number % 10} of PROVIDER"})
""")
        )
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "16"}
        ups = [stack.up(**environ)]
        while ups[-1].status != 0 and len(ups) < 3:
            ups.append(stack.up(**environ))
        assert ups[-1].status == 0, ups[-1].output
        ids = set(stack.ids().values())
        said = "".join(run.output for run in ups)
        assert len(ids) == 40
        assert {stream.id for stream in streams(sandbox) if stream.id not in said} <= ids
        assert len(streams(sandbox)) == 40, said
        lost = [request for request in sandbox.mutating_requests if request.outcome == "dropped after work"]
        assert lost, "the faults did strike"
        assert not [
            secret for stream in streams(sandbox) for secret in (stream.stream_key, stream.srt_secret) if secret in said
        ]
        sandbox.faults.clear()
        sandbox.clear_requests()
        refresh = stack.refresh(**environ)
        assert counts(refresh) == {"unchanged": 41}, refresh.output
        assert len(sandbox.requests) <= 8, "a page for all of them, for each provider"
        succeeded(stack.destroy(**environ))
