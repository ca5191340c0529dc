"""The lists in which FastPix has what we create: the playback IDs of a stream, and the live streams of a workspace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.live_streams import STREAMS_PER_PAGE
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.errors import UnexpectedResponseError
from pulumi_fastpix.resources.exactly_once.tracker import Tracker
from pulumi_fastpix.resources.exactly_once.words import Words

StreamTracker: TypeAlias = Tracker[Stream, PlaybackId]
"""What a process knows of the playback IDs of one stream."""
MOST_RESTARTS = 5
"""Of reading several pages while streams are being deleted."""


class PlaybackIdsOfStream:
    """The playback IDs of one stream, which come with the stream."""

    def __init__(self, client: Client, stream_id: str) -> None:
        self._client = client
        self._stream_id = stream_id
        self.words = Words(
            noun="playback ID",
            place=f"stream {stream_id}",
            at_place=f"on stream {stream_id}",
            audit="pulumi-fastpix audit",
            adopt=f"pulumi-fastpix adopt {stream_id} PLAYBACK_ID",
            of_kind=lambda access_policy: f"{access_policy} playback ID",
        )

    def read(self, deadline: Deadline, note: Callable[[Sequence[PlaybackId]], None]) -> Stream:
        """The stream as it is now, in one response."""
        del note
        return self._client.live_streams.get(self._stream_id, deadline)

    def items(self, listing: Stream) -> tuple[PlaybackId, ...]:
        """Its playback IDs."""
        return listing.playback_ids

    def read_one(self, id_: str, deadline: Deadline) -> PlaybackId:
        """One of its playback IDs by itself."""
        return self._client.playback_ids.get(self._stream_id, id_, deadline)


class NewestStreams:
    """The newest streams of a workspace: those on the first page when it was first read, and all that came later.

    FastPix lists streams newest first, fifty on a page, and a workspace may have thousands. A stream that is older than
    the oldest one on that first page can't have been made since, so a later list needn't reach back any further.
    """

    words = Words(
        noun="live stream",
        place="the workspace's live streams",
        at_place="in this workspace",
        audit="pulumi-fastpix audit --all-streams",
        adopt="pulumi-fastpix adopt --streams STREAM_ID",
        of_kind=lambda _: "live stream",
    )

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._since: str | None = None

    def read(self, deadline: Deadline, note: Callable[[Sequence[Stream]], None]) -> tuple[Stream, ...]:
        """Those streams as they are now; `note` is told of those on each page as soon as it is read.

        Raises:
            UnexpectedResponseError: streams are being deleted all the while, so that pages can't be put together.
            FastPixError: a page can't be read.
        """
        for _ in range(MOST_RESTARTS):
            since = self._since
            if (streams := self._pages(since, deadline, note)) is None:
                continue
            if since is None:
                since = self._begin(streams)
            return _later(streams, since)
        raise UnexpectedResponseError(
            "Could not list live streams: streams are being deleted all the while.", "Run it again later.", status=200
        )

    def items(self, listing: tuple[Stream, ...]) -> tuple[Stream, ...]:
        """All of them."""
        return listing

    def read_one(self, id_: str, deadline: Deadline) -> Stream:
        """One of them by itself."""
        return self._client.live_streams.get(id_, deadline)

    def _begin(self, streams: list[Stream]) -> str:
        """Reach back no further than to these from now on; of two lists that were the first, to the one noted first."""
        is_all = len(streams) < STREAMS_PER_PAGE
        with self._lock:
            if self._since is None:
                self._since = "" if is_all else _oldest(streams) or ""
                return ""
            return self._since

    def _pages(
        self, since: str | None, deadline: Deadline, note: Callable[[Sequence[Stream]], None]
    ) -> list[Stream] | None:
        """The pages that are needed, or None if a stream was deleted meanwhile: the next page would lack one then."""
        streams, number, before = dict[str, Stream](), 0, 0
        while True:
            number += 1
            page, total = self._client.live_streams.newest_page(number, deadline)
            if since is not None:
                note(_later(page, since))
            if total < before:
                return None
            before = total
            streams.update((one.id, one) for one in page)
            is_last, oldest = number * STREAMS_PER_PAGE >= total, _oldest(page)
            if is_last or (oldest and (since is None or oldest <= since)):
                return list(streams.values())


def _later(streams: Sequence[Stream], since: str) -> tuple[Stream, ...]:
    """Those that came later. One of which nobody knows when is as old as its neighbours: they are listed in order."""
    later, is_behind_older = list[Stream](), False
    for one in streams:
        at = _created(one)
        if at is not None and at <= since:
            is_behind_older = True
        elif at is not None or not is_behind_older:
            later.append(one)
    return tuple(later)


def _oldest(streams: Sequence[Stream]) -> str | None:
    """When the oldest of them was created; None if FastPix shows that of none."""
    return min(filter(None, map(_created, streams)), default=None)


def _created(stream: Stream) -> str | None:
    """When a stream was created, in a form that can be compared: `2026-05-20T12:50:15.267974000`; None if not shown."""
    at = stream.details.created_at if stream.details else None
    if at is None:
        return None
    second, _, fraction = at.rstrip("Z").partition(".")
    return f"{second}.{fraction:0<9}"
