"""Live streams: `/live/streams`.

Paths, methods and status codes are those of FastPix's OpenAPI specification and SDKs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import Stream, StreamPageResponse, StreamResponse, StreamsResponse
from pulumi_fastpix.errors import UnexpectedResponseError

STREAMS_PER_PAGE = 50
"""The most that FastPix puts on a page."""


@dataclass(frozen=True)
class Page:
    """A page of the list of all streams.

    Attributes:
        number: counted from 1.
        streams: those on it that weren't on a page read before.
    """

    number: int
    streams: tuple[Stream, ...]


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
                stream = self._client.send(
                    "GET", stream_path(stream_id), StreamResponse, purpose, deadline=deadline
                ).data
                if stream.stream_id != stream_id:
                    raise UnexpectedResponseError(
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
                    "GET", "/live/streams", StreamsResponse, purpose, query=query, deadline=deadline
                ).data
        return streams

    def pages(self) -> Iterator[Page]:
        """Read all streams, page by page, from the last page to the first.

        Each stream that exists all the while comes once. One that is made meanwhile may be missing. Each page has a
        deadline of its own.

        FastPix finds a page by counting streams. In the order of creation, new streams come last and move none; a
        deleted one moves those behind it forward, perhaps to the page before, which is still to be read.

        Raises:
            FastPixError: a page can't be read, or lacks streams.
        """
        oldest, total = self._page(1)
        last = max(1, -(-total // STREAMS_PER_PAGE))
        seen: set[str] = set()
        for number in range(last, 0, -1):
            streams = oldest if last == 1 else self._page(number)[0]
            yield Page(number, tuple(stream for stream in streams if stream.stream_id not in seen))
            seen.update(stream.stream_id for stream in streams)

    def _page(self, number: int) -> tuple[tuple[Stream, ...], int]:
        """A page of streams, oldest first, and how many streams there are in all."""
        purpose, deadline = "list live streams", self._client.deadline()
        query = {"limit": str(STREAMS_PER_PAGE), "offset": str(number), "orderBy": "asc"}
        for attempt in self._client.attempts("GET", purpose, deadline):
            with attempt:
                response = self._client.send(
                    "GET", "/live/streams", StreamPageResponse, purpose, query=query, deadline=deadline
                )
                total = response.pagination.total_records
                belong = max(0, min(STREAMS_PER_PAGE, total - STREAMS_PER_PAGE * (number - 1)))
                if len(response.data) < belong:
                    raise UnexpectedResponseError(
                        f"Could not {purpose}: page {number} has {len(response.data)} streams, but {belong} of {total} "
                        f"belong there.",
                        "Run it again later.",
                        status=200,
                    )
        return response.data, total


def stream_path(stream_id: str) -> str:
    """What follows the base URL for a stream."""
    return f"/live/streams/{quote(stream_id, safe='')}"
