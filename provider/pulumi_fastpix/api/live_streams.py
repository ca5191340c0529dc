"""Live streams: `/live/streams`.

Paths, methods and status codes are those of FastPix's OpenAPI specification and SDKs.
"""

from __future__ import annotations

from urllib.parse import quote

from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import Stream, StreamAnswer, StreamsAnswer
from pulumi_fastpix.errors import UnexpectedAnswerError


class LiveStreams:
    """The calls for live streams. Each is repeated until its deadline; without one, until that of the settings."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self, stream_id: str, deadline: Deadline | None = None) -> Stream:
        """Read a stream with its playback IDs: the only way to list them.

        Raises:
            NotFoundError: the workspace has no such stream.
            FastPixError: it can't be read.
        """
        purpose, deadline = f"read stream {stream_id}", deadline or self._client.deadline()
        for attempt in self._client.attempts("GET", purpose, deadline):
            with attempt:
                stream = self._client.send("GET", stream_path(stream_id), StreamAnswer, purpose, deadline=deadline).data
                if stream.stream_id != stream_id:
                    raise UnexpectedAnswerError(
                        f"Could not {purpose}: the response describes another stream, {stream.stream_id}.", status=200
                    )
        return stream

    def newest(self, limit: int, deadline: Deadline | None = None) -> tuple[Stream, ...]:
        """Read the newest streams.

        Args:
            limit: how many at most, from 1 to 50.
            deadline: of the operation that this is a part of.
        """
        purpose, deadline = "list live streams", deadline or self._client.deadline()
        query = {"limit": str(limit)}
        for attempt in self._client.attempts("GET", purpose, deadline):
            with attempt:
                streams = self._client.send(
                    "GET", "/live/streams", StreamsAnswer, purpose, query=query, deadline=deadline
                ).data
        return streams


def stream_path(stream_id: str) -> str:
    """What follows the base URL for a stream."""
    return f"/live/streams/{quote(stream_id, safe='')}"
