"""The playback IDs that a sandbox holds."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox


def ids_on(sandbox: Sandbox, *stream_ids: str) -> set[str]:
    """The playback IDs of these streams, or of the demo stream."""
    streams = stream_ids or (DEMO_STREAM_ID,)
    return {listed.id for stream_id in streams for listed in sandbox.store.playback_ids.list(stream_id)}


def first_id_on(sandbox: Sandbox) -> str:
    """The playback ID that FastPix creates with every stream, on a demo stream that has no other."""
    (playback_id,) = ids_on(sandbox)
    return playback_id
