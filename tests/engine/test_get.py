"""Using a playback ID that another stack, or nobody, declares."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import AT_ONCE, MODULES, through_both
from support.engine import Stack
from support.playback_ids import PLAYBACK_ID
from support.programs import STREAM_OF_THE_SAME_RUN


def get(playback_id: str, stream_id: str = DEMO_STREAM_ID) -> str:
    return f"""
shared = fastpix.LivePlaybackId.get("shared", id={playback_id!r}, stream_id={stream_id!r})
pulumi.export("watch", shared.hls_url)
pulumi.export("policy", shared.access_policy)
"""


def test_get_reads_what_exists_and_never_owns_it(stack_of_both: Stack, sandbox: Sandbox) -> None:
    """Whether nobody declares it, or the stack itself declared it until then; also on a stream of the same run."""
    stack = stack_of_both
    stack.write_program(through_both(f'module.LivePlaybackId(provider, stream_id="{DEMO_STREAM_ID}")'))
    declared = stack.up()
    assert declared.status == 0, declared.output
    own = stack.ids()
    others = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    sandbox.clear_requests()

    stack.write_program(
        STREAM_OF_THE_SAME_RUN
        + through_both(f"""
for name, id_, stream_id in (
    (provider, {own}[provider], "{DEMO_STREAM_ID}"),
    ("shared-" + provider, "{others}", "{DEMO_STREAM_ID}"),
    ("waiting-" + provider, "{others}", stream.streamId),
):
    looked_up = module.LivePlaybackId.get(name, id=id_, stream_id=stream_id)
    pulumi.export(name, [looked_up.hls_url, looked_up.access_policy])
""")
    )
    # With a preview, which doesn't know the stream yet.
    up = stack.run("up", "--yes")
    assert up.status == 0, up.output
    for provider in MODULES:
        shared = [f"https://stream.fastpix.com/{others}.m3u8", "private"]
        assert stack.outputs()[f"shared-{provider}"] == stack.outputs()[f"waiting-{provider}"] == shared
        assert stack.outputs()[provider] == [f"https://stream.fastpix.com/{own[provider]}.m3u8", "public"]
    refresh = stack.refresh()
    assert refresh.status == 0, refresh.output
    assert sandbox.mutating_requests == []
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert sandbox.mutating_requests == []


def test_get_of_a_missing_playback_id_or_of_no_stream_fails_in_a_sentence(stack_of_both: Stack) -> None:
    stack_of_both.write_program(
        through_both(f"""
module.LivePlaybackId.get("missing-" + provider, id="{PLAYBACK_ID}", stream_id="{DEMO_STREAM_ID}")
# Which turns out in the run only.
module.LivePlaybackId.get("none-" + provider, id="{PLAYBACK_ID}", stream_id=pulumi.Output.from_input(None))
""")
    )
    up = stack_of_both.up(*AT_ONCE)
    assert up.status != 0
    for provider in MODULES:
        missing = f"Could not look up playback ID {PLAYBACK_ID}: stream {DEMO_STREAM_ID} exists, but has no such"
        assert missing in up.said_of(f"missing-{provider}"), up.output
        none = "Invalid playback ID or stream ID: a stream ID is required."
        assert none in up.said_of(f"none-{provider}"), up.output
    assert "Traceback" not in up.output


def test_get_refuses_invalid_ids_and_a_missing_stream_in_the_preview(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(get("a/b", stream_id="https://api.fastpix.com"))
    preview = stack.preview()
    assert preview.status != 0
    assert "a playback ID consists of letters" in preview.output
    assert "a stream ID is expected, not a URL" in preview.output
    assert sandbox.requests == []

    stack.write_program(get(PLAYBACK_ID, stream_id="no-such-stream"))
    preview = stack.preview()
    assert preview.status != 0
    assert 'Could not read stream no-such-stream: FastPix answered 404 "stream not found"' in preview.output
