"""Live streams in literal exports, and in programs."""

from __future__ import annotations

from typing import Any

from support.states import STREAM, resource, secret, urn

STREAM_TYPE = "pulumi-python:dynamic/fastpix:LiveStream"
NATIVE_STREAM_TYPE = "fastpix:index:LiveStream"
DECLARED = {
    "accessPolicy": "public",
    "maxResolution": "1080p",
    "reconnectWindow": 60,
    "mediaPolicy": "public",
    "enableDvrMode": False,
    "enableRecording": True,
}
"""The inputs of a live stream that is declared without any."""


def live_stream(
    name: str, id_: str = STREAM, playback_id: str = "x", declared: Any = None, **more: Any
) -> dict[str, Any]:
    """A live stream, with the playback ID that came with it unless that is empty; without an id, an interrupted create.

    Args:
        name: its name.
        id_: its id.
        playback_id: the playback ID.
        declared: its inputs, as far as they differ from those that are filled in.
        more: what else the resource has.
    """
    inputs = {"__provider": "gASV", **DECLARED, **(declared or {})}
    outputs = {**inputs, "streamKey": secret(ciphertext="v1:x"), "seenBy": "sandbox-0123456789ab"}
    if playback_id:
        outputs["playbackId"] = playback_id
    made = {"id": id_, "outputs": outputs} if id_ else {}
    of_type = {"type": STREAM_TYPE, "urn": urn(name, type_=STREAM_TYPE)}
    return {**resource(name), **of_type, "inputs": inputs, **made, **more}
