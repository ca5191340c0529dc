"""Other credentials or another address never look like a deletion."""

from __future__ import annotations

from pulumi_fastpix.sandbox import Sandbox
from support.engine import Stack
from support.programs import ONE_ID

READINGS = ("Either the stream was deleted", "belong to another workspace", "Nothing was changed")


def test_another_workspace_changes_nothing_until_the_stream_is_named_as_deleted(stack: Stack, sandbox: Sandbox) -> None:
    stream_id = sandbox.store.live_streams.create()
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{stream_id}")')
    stack.up()
    state = stack.states()
    with Sandbox() as elsewhere:
        other = elsewhere.environment()
        for run in (stack.refresh(**other), stack.destroy(**other)):
            assert run.status != 0
            assert all(reading in run.output for reading in READINGS), run.output
            assert f"FASTPIX_DELETED_STREAMS={stream_id}" in run.output
            assert "Traceback" not in run.output
            assert stack.states() == state
        assert elsewhere.mutating_requests == [] or all(
            request.status == 404 for request in elsewhere.mutating_requests
        )

        confirmed = stack.refresh(**other, FASTPIX_DELETED_STREAMS="another")
        assert confirmed.status != 0
        confirmed = stack.destroy(**other, FASTPIX_DELETED_STREAMS=f"another,{stream_id}")
        assert confirmed.status == 0, confirmed.output
        assert stack.resources() == {}


def test_wrong_credentials_change_nothing(stack: Stack) -> None:
    stack.write_program(ONE_ID)
    stack.up()
    state = stack.states()
    for run in (stack.refresh(FASTPIX_PASSWORD="wrong"), stack.destroy(FASTPIX_PASSWORD="wrong")):
        assert run.status != 0
        assert 'FastPix answered 401 "unauthorized"' in run.output
        assert "FASTPIX_USERNAME and FASTPIX_PASSWORD" in run.output
        assert stack.states() == state


def test_a_new_access_token_of_the_same_workspace_is_trusted_after_a_refresh(stack: Stack, sandbox: Sandbox) -> None:
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
    stack.write_program(ONE_ID)
    stack.configure({"fastpix:accessTokenId": "production-token"})
    for run in (stack.preview(), stack.up()):
        assert run.status != 0
        assert "holds a target of its own (fastpix:accessTokenId)" in run.output
    assert sandbox.requests == []
    assert stack.resources() == {}
