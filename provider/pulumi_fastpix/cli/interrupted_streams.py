"""Decides whether an interrupted create may have made a live stream. Pure."""

from __future__ import annotations

from pulumi_fastpix.stack.live_streams import LiveStreams, StoredStream


def creates_of(live_streams: LiveStreams, stream_id: str, kind: str) -> list[StoredStream]:
    """The interrupted creates of a stack that may have made a stream; none if the stack has it."""
    if any(one.id == stream_id for one in live_streams.recorded):
        return []
    return [one for one in live_streams.interrupted_creates if may_have_made(one, stream_id, kind)]


def may_have_made(create: StoredStream, stream_id: str, kind: str) -> bool:
    """Whether it may have made a stream with this id and kind."""
    return create.may_be(stream_id) and (create.id == stream_id or create.may_have_made(kind))
