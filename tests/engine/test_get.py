"""Using a playback ID that another stack, or nobody, declares."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Stack
from support.playback_ids import PLAYBACK_ID
from support.programs import STREAM_OF_THE_SAME_RUN


def get(playback_id: str, stream_id: str = DEMO_STREAM_ID) -> str:
    return f"""
shared = fastpix.LivePlaybackId.get("shared", id={playback_id!r}, stream_id={stream_id!r})
pulumi.export("watch", shared.hls_url)
pulumi.export("policy", shared.access_policy)
"""


def test_get_reads_what_exists_and_never_owns_it(stack: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    stack.write_program(get(playback_id))
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs() == {"watch": f"https://stream.fastpix.com/{playback_id}.m3u8", "policy": "private"}
    assert stack.refresh().status == 0
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert sandbox.mutating_requests == []


def test_get_of_a_missing_playback_id_or_stream_fails_in_a_sentence(stack: Stack) -> None:
    stack.write_program(get(PLAYBACK_ID))
    up = stack.up()
    assert up.status != 0
    assert f"Could not look up playback ID {PLAYBACK_ID}: stream {DEMO_STREAM_ID} exists, but has no such" in up.output
    assert "Traceback" not in up.output

    stack.write_program(get(PLAYBACK_ID, stream_id="no-such-stream"))
    preview = stack.preview()
    assert preview.status != 0
    assert 'Could not read stream no-such-stream: FastPix answered 404 "stream not found"' in preview.output


def test_get_refuses_invalid_ids_in_the_preview(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(get("a/b", stream_id="https://api.fastpix.com"))
    preview = stack.preview()
    assert preview.status != 0
    assert "a playback ID consists of letters" in preview.output
    assert "a stream ID is expected, not a URL" in preview.output
    assert sandbox.requests == []


def test_a_declaration_changed_to_get_deletes_nothing(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f'fastpix.LivePlaybackId("shared", stream_id="{DEMO_STREAM_ID}")')
    stack.up()
    playback_id = stack.ids()["shared"]
    sandbox.clear_requests()
    stack.write_program(get(playback_id))
    up = stack.up()
    assert up.status == 0, up.output
    assert sandbox.mutating_requests == []
    assert stack.destroy().status == 0
    assert sandbox.mutating_requests == []


def test_get_waits_for_a_stream_id_of_the_same_run(stack: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    stack.write_program(f"""{STREAM_OF_THE_SAME_RUN}
shared = fastpix.LivePlaybackId.get("shared", id="{playback_id}", stream_id=stream.streamId)
pulumi.export("policy", shared.access_policy)
""")
    preview = stack.preview()
    assert preview.status == 0, preview.output
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs() == {"policy": "private"}


def test_get_fails_for_a_stream_id_that_turns_out_to_be_none(stack: Stack) -> None:
    program = get(PLAYBACK_ID)
    stack.write_program(program.replace(repr(DEMO_STREAM_ID), "pulumi.Output.from_input(None)"))
    up = stack.up()
    assert up.status != 0
    assert "Invalid playback ID or stream ID: a stream ID is required." in up.output
