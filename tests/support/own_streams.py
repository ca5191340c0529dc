"""Programs that make the same through both providers, each on a stream of its own."""

from __future__ import annotations

from collections.abc import Mapping

from support.cases import through_both
from support.engine import Stack


def write_on_own_streams(stack: Stack, streams: Mapping[str, str], declarations: str) -> None:
    """Let the stack's program make these declarations, in which `STREAMS[provider]` is the provider's stream."""
    stack.write_program(f"STREAMS = {dict(streams)!r}\n" + through_both(declarations))
