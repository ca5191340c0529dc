"""Other credentials or another address never look like a deletion."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, through_both
from support.engine import Stack, succeeded

READINGS = ("Either the stream was deleted", "belong to another workspace", "Nothing was changed")
NAMES = [f"main-{provider}" for provider in MODULES]


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


def declared(stream_id: str) -> str:
    """A playback ID on this stream through each provider."""
    return through_both(f"module.LivePlaybackId('main-' + provider, stream_id={stream_id!r})")


def test_another_workspace_changes_nothing_until_the_stream_is_named_as_deleted(stack: Stack, sandbox: Sandbox) -> None:
    stream_id = sandbox.store.live_streams.create()
    stack.write_program(declared(stream_id))
    succeeded(stack.up())
    state = stack.states()
    assert {*state} == {*NAMES}
    with Sandbox() as elsewhere:
        other = elsewhere.environment()
        for run in (stack.refresh("--parallel=32", **other), stack.destroy(*AT_ONCE, **other)):
            assert run.status != 0
            for name in NAMES:
                assert all(reading in run.said_of(name) for reading in READINGS), run.output
                assert f"FASTPIX_DELETED_STREAMS={stream_id}" in run.said_of(name)
            assert "Traceback" not in run.output
            assert stack.states() == state
        assert elsewhere.mutating_requests == [] or all(
            request.status == 404 for request in elsewhere.mutating_requests
        )

        confirmed = stack.refresh("--parallel=32", **other, FASTPIX_DELETED_STREAMS="another")
        assert confirmed.status != 0
        assert all("error:" in confirmed.said_of(name) for name in NAMES), confirmed.output
        succeeded(stack.destroy(**other, FASTPIX_DELETED_STREAMS=f"another,{stream_id}"))
        assert stack.resources() == {}


def test_wrong_credentials_change_nothing_and_new_ones_of_the_workspace_are_trusted_after_a_refresh(
    stack: Stack, sandbox: Sandbox
) -> None:
    stream_id = sandbox.store.live_streams.create()
    stack.write_program(declared(stream_id))
    succeeded(stack.up())
    state = stack.states()
    wrong = {"FASTPIX_PASSWORD": "wrong"}
    for run in (stack.refresh("--parallel=32", **wrong), stack.destroy(*AT_ONCE, **wrong)):
        assert run.status != 0
        for name in NAMES:
            assert 'FastPix answered 401 "unauthorized"' in run.said_of(name), run.output
            assert "FASTPIX_USERNAME and FASTPIX_PASSWORD" in run.said_of(name)
        assert stack.states() == state

    token = sandbox.store.access_tokens.add()
    rotated = {"FASTPIX_USERNAME": token.id, "FASTPIX_PASSWORD": token.secret}
    before = stack.resources()
    assert {*before} == {*NAMES}
    warned = succeeded(stack.preview(**rotated))
    assert warned.output.count("last seen with other credentials than those of this run") == len(MODULES)
    succeeded(stack.refresh(**rotated))
    assert "other credentials" not in succeeded(stack.preview(**rotated)).output
    for name, resource in stack.resources().items():
        assert resource["outputs"]["seenBy"] != before[name]["outputs"]["seenBy"]
    assert stack.ids().keys() == before.keys()
    sandbox.store.live_streams.delete(stream_id)
    succeeded(stack.refresh(**rotated))
    assert stack.resources() == {}


def test_a_configured_stack_refuses_to_run_in_the_sandbox(stack: Stack, sandbox: Sandbox) -> None:
    stack.configure({"fastpix:accessTokenId": "production-token"})
    for module in MODULES.values():
        # One after the other, since this ends a run at once.
        stack.write_program(f"{BOTH_PROVIDERS}{module}.LivePlaybackId('main', stream_id={DEMO_STREAM_ID!r})")
        for run in (stack.preview(), stack.up()):
            assert run.status != 0
            assert "holds a target of its own (fastpix:accessTokenId)" in run.output
        assert sandbox.requests == []
        assert stack.resources() == {}


def test_what_is_to_be_replaced_by_force_is_made_there_before_the_old_one_is_missed(
    stack: Stack, sandbox: Sandbox
) -> None:
    """Pulumi doesn't ask what differs then, so the provider isn't told that there is an old one."""
    stack.write_program(through_both('module.LiveStream("main-" + provider)'))
    succeeded(stack.up())
    old, urns = stack.ids(), [f"--replace={resource['urn']}" for resource in stack.resources().values()]
    with Sandbox() as elsewhere:
        before = elsewhere.store.live_streams.list()
        replaced = stack.up(*urns, **elsewhere.environment())
        assert replaced.status != 0
        assert replaced.output.count("Can't tell whether stream") >= len(MODULES), replaced.output
        made = {one.id for one in elsewhere.store.live_streams.list()} - {one.id for one in before}
        assert made <= {resource.get("id") for resource in stack.deployment()["resources"]}
    assert {one.id for one in sandbox.store.live_streams.list()} >= {*old.values()}
