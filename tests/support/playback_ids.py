"""A playback ID's inputs, IDs and secrets as examples, and the playback IDs that a sandbox holds."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox

INPUTS = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}

PLAYBACK_ID = "43751449-62d6-42e4-8153-783e28c31ed1"
"""One that no sandbox creates."""

STREAM_KEY = f"0123456789abcdef0123456789abcdefk{DEMO_STREAM_ID}"
"""A stream's secret: whoever has it can publish on the stream."""


def ids_on(sandbox: Sandbox, *stream_ids: str) -> set[str]:
    """The playback IDs of these streams, or of the demo stream."""
    streams = stream_ids or (DEMO_STREAM_ID,)
    return {listed.id for stream_id in streams for listed in sandbox.store.playback_ids.list(stream_id)}


def first_id_on(sandbox: Sandbox) -> str:
    """The playback ID that FastPix creates with every stream, on a demo stream that has no other."""
    (playback_id,) = ids_on(sandbox)
    return playback_id


def empty_stream(sandbox: Sandbox) -> str:
    """A stream without the playback ID that comes with one."""
    stream_id = sandbox.store.live_streams.create()
    sandbox.store.playback_ids.delete(stream_id, *ids_on(sandbox, stream_id))
    return stream_id
