"""Elsewhere is not gone: other credentials or another address never empty a state."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Stack

READINGS = ("Either the stream was deleted", "belong to another workspace", "Nothing was changed")


def test_another_workspace_changes_nothing_and_is_explained(stack: Stack, sandbox: Sandbox) -> None:
    stream_id = sandbox.store.live_streams.create()
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{stream_id}")')
    stack.up()
    state = stack.states()
    with Sandbox() as elsewhere:
        other = elsewhere.environment()
        for run in (stack.refresh(**other), stack.destroy(**other)):
            assert run.status != 0
            assert all(reading in run.output for reading in READINGS), run.output
            assert f"FASTPIX_GONE_STREAMS={stream_id}" in run.output
            assert "Traceback" not in run.output
            assert stack.states() == state
        assert elsewhere.mutating_requests == [] or all(
            request.status == 404 for request in elsewhere.mutating_requests
        )

        vouched = stack.refresh(**other, FASTPIX_GONE_STREAMS="another")
        assert vouched.status != 0
        vouched = stack.destroy(**other, FASTPIX_GONE_STREAMS=f"another,{stream_id}")
        assert vouched.status == 0, vouched.output
        assert stack.resources() == {}


def test_wrong_credentials_change_nothing(stack: Stack) -> None:
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")')
    stack.up()
    state = stack.states()
    for run in (stack.refresh(FASTPIX_PASSWORD="wrong"), stack.destroy(FASTPIX_PASSWORD="wrong")):
        assert run.status != 0
        assert 'FastPix answered 401 "unauthorized"' in run.output
        assert "FASTPIX_USERNAME and FASTPIX_PASSWORD" in run.output
        assert stack.states() == state


def test_a_new_access_token_of_the_same_workspace_is_welcome(stack: Stack, sandbox: Sandbox) -> None:
    """After a refresh with it, the state trusts the new token as it did the old one."""
    stream_id = sandbox.store.live_streams.create()
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{stream_id}")')
    stack.up()
    token = sandbox.store.access_tokens.add()
    rotated = {"FASTPIX_USERNAME": token.id, "FASTPIX_PASSWORD": token.secret}
    before = stack.resources()["main"]["outputs"]["seenBy"]
    assert stack.refresh(**rotated).status == 0
    assert stack.resources()["main"]["outputs"]["seenBy"] != before
    sandbox.store.live_streams.delete(stream_id)
    assert stack.refresh(**rotated).status == 0
    assert stack.resources() == {}


def test_a_configured_stack_refuses_to_run_in_the_sandbox(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")')
    stack.configure({"fastpix:accessTokenId": "production-token"})
    for run in (stack.preview(), stack.up()):
        assert run.status != 0
        assert "holds a target of its own (fastpix:accessTokenId)" in run.output
    assert sandbox.requests == []
    assert stack.resources() == {}
