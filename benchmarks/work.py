"""What there is to be done, in the same words for every contender: how many playback IDs, how slow a server, what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Operation = Literal["create", "second up", "preview", "refresh", "replace all", "destroy"]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
"""In the order in which they are measured, each on what the one before has left."""

IDS_ON_A_STREAM = 20


@dataclass(frozen=True, order=True)
class Work:
    """One size of a stack on one server.

    Args:
        ids: how many playback IDs.
        latency: seconds that the server takes for each request.
        streams: how many streams they are on, in turn.
    """

    ids: int
    latency: float
    streams: int

    @property
    def name(self) -> str:
        streams = "1 stream" if self.streams == 1 else f"{self.streams} streams"
        ids = "1 playback ID" if self.ids == 1 else f"{self.ids:,} playback IDs"
        return f"{ids} on {streams}, {self.latency:g} s"


def usual_streams(ids: int) -> int:
    """Enough streams for twenty playback IDs on each."""
    return max(1, ids // IDS_ON_A_STREAM)
