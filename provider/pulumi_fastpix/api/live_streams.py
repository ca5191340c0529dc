"""Live streams: `/live/streams`.

Paths, methods and status codes are those of FastPix's OpenAPI specification and SDKs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import tenacity

from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import DeletedResponse, Stream, StreamPageResponse, StreamResponse, StreamsResponse
from pulumi_fastpix.errors import NotFoundError, UnexpectedResponseError

_PURPOSE_OF_CREATE = "create a live stream"

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
    """The calls for live streams. Each but creating is repeated until its deadline, or until that of the settings."""

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

    def attempts_to_create(self, deadline: Deadline) -> Iterator[tenacity.AttemptManager]:
        """For whoever has something to do around each attempt: see :meth:`BaseClient.attempts`."""
        return self._client.attempts("POST", _PURPOSE_OF_CREATE, deadline)

    def create_once(
        self, playback_settings: Mapping[str, Any], media_settings: Mapping[str, Any], idempotency_key: str
    ) -> Stream:
        """Make a live stream, inside one of :meth:`attempts_to_create`. FastPix makes a playback ID with it.

        Its outcome is unknown if :func:`pulumi_fastpix.api.retry.outcome_unknown` is true of the error.

        Args:
            playback_settings: `accessPolicy` and `accessRestrictions` of that playback ID.
            media_settings: the other settings, by FastPix's names.
            idempotency_key: to be the same each time the same create is sent.

        Raises:
            FastPixError: nothing was made, or it isn't known.
        """
        # Without a deadline: unless its response is waited for, the create is in doubt.
        return self._client.send(
            "POST",
            "/live/streams",
            StreamResponse,
            _PURPOSE_OF_CREATE,
            body={"playbackSettings": dict(playback_settings), "inputMediaSettings": dict(media_settings)},
            idempotency_key=idempotency_key,
        ).data

    def attempts_to_update(self, stream_id: str, deadline: Deadline) -> Iterator[tenacity.AttemptManager]:
        """For whoever has to know how each attempt ends: see :meth:`BaseClient.attempts`."""
        return self._client.attempts("PATCH", f"update stream {stream_id}", deadline)

    def update_once(
        self, stream_id: str, reconnect_window: int, metadata: Mapping[str, Any] | None, deadline: Deadline
    ) -> Stream:
        """Change the settings of a stream that can be changed, and return the stream as it is now.

        Args:
            stream_id: the stream.
            reconnect_window: seconds, from 60 to 1800.
            metadata: takes the place of all that there is (so recorded); None leaves it out. Whether FastPix keeps or
                resets what is left out isn't known.
            deadline: of the operation that this is a part of.

        Raises:
            NotFoundError: there is no such stream.
            FastPixError: it may have been changed, if :func:`pulumi_fastpix.api.retry.outcome_unknown` is true of it.
        """
        body: dict[str, Any] = {"reconnectWindow": reconnect_window}
        if metadata is not None:
            body["metadata"] = dict(metadata)
        purpose = f"update stream {stream_id}"
        return self._client.send(
            "PATCH", stream_path(stream_id), StreamResponse, purpose, body=body, deadline=deadline
        ).data

    def delete(self, stream_id: str, deadline: Deadline | None = None) -> None:
        """Delete a stream, and with it its playback IDs.

        Raises:
            NotFoundError: there is none; perhaps any more, since an earlier attempt may have deleted it.
            FastPixError: it may still exist.
        """
        purpose, deadline = f"delete stream {stream_id}", deadline or self._client.deadline()
        for attempt in self._client.attempts("DELETE", purpose, deadline):
            with attempt:
                self._client.send("DELETE", stream_path(stream_id), DeletedResponse, purpose, deadline=deadline)

    def newest(self, limit: int, deadline: Deadline | None = None) -> tuple[Stream, ...]:
        """Read the newest streams.

        Args:
            limit: how many at most, from 1 to 50.
            deadline: of the operation that this is a part of.
        """
        purpose, deadline = "list live streams", deadline or self._client.deadline()
        query = {"limit": str(limit)}
        with _no_list_is_missing(purpose):
            for attempt in self._client.attempts("GET", purpose, deadline):
                with attempt:
                    streams = self._client.send(
                        "GET", "/live/streams", StreamsResponse, purpose, query=query, deadline=deadline
                    ).data
        return streams

    def newest_page(self, number: int, deadline: Deadline, *, complete: bool = True) -> tuple[tuple[Stream, ...], int]:
        """A page of streams, newest first, and how many streams there are in all.

        Args:
            number: of the page, counted from 1.
            deadline: of the operation that this is a part of.
            complete: it must not lack any of the streams that belong on it.

        Raises:
            FastPixError: it can't be read, or lacks streams.
        """
        return self._page(number, "desc", deadline, complete=complete)

    def pages(self) -> Iterator[Page]:
        """Read all streams, page by page, from the last page to the first.

        Each stream that exists all the while comes once. One that is made meanwhile may be missing. Each page has a
        deadline of its own.

        FastPix finds a page by counting streams. In the order of creation, new streams come last and move none; a
        deleted one moves those behind it forward, perhaps to the page before, which is still to be read.

        Raises:
            FastPixError: a page can't be read, or lacks streams.
        """
        oldest, total = self._page(1, "asc", self._client.deadline())
        last = max(1, -(-total // STREAMS_PER_PAGE))
        seen: set[str] = set()
        for number in range(last, 0, -1):
            streams = oldest if last == 1 else self._page(number, "asc", self._client.deadline())[0]
            yield Page(number, tuple(stream for stream in streams if stream.stream_id not in seen))
            seen.update(stream.stream_id for stream in streams)

    def _page(
        self, number: int, order: str, deadline: Deadline, *, complete: bool = True
    ) -> tuple[tuple[Stream, ...], int]:
        purpose = "list live streams"
        query = {"limit": str(STREAMS_PER_PAGE), "offset": str(number), "orderBy": order}
        with _no_list_is_missing(purpose):
            for attempt in self._client.attempts("GET", purpose, deadline):
                with attempt:
                    response = self._client.send(
                        "GET", "/live/streams", StreamPageResponse, purpose, query=query, deadline=deadline
                    )
                    total = response.pagination.total_records
                    belong = max(0, min(STREAMS_PER_PAGE, total - STREAMS_PER_PAGE * (number - 1)))
                    if complete and len(response.data) < belong:
                        raise UnexpectedResponseError(
                            f"Could not {purpose}: page {number} has {len(response.data)} streams, but {belong} of "
                            f"{total} belong there.",
                            "Run it again later.",
                            status=200,
                        )
        return response.data, total


@contextmanager
def _no_list_is_missing(purpose: str) -> Iterator[None]:
    """Take no 404 for that of a single stream, which would count as deleted: a list exists, even an empty one."""
    try:
        yield
    except NotFoundError as error:
        raise UnexpectedResponseError(
            f"Could not {purpose}: {error.refusal}, though every workspace has such a list.",
            "Check that the address ends in the API's version, such as /v1.",
            status=error.refusal.status,
        ) from None


def stream_path(stream_id: str) -> str:
    """What follows the base URL for a stream."""
    return f"/live/streams/{quote(stream_id, safe='')}"
