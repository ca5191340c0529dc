"""Reads many streams with few requests: a page of FastPix's list has fifty of them, with all that a stream has."""

from __future__ import annotations

import threading

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.live_streams import STREAMS_PER_PAGE
from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.errors import UnexpectedResponseError
from pulumi_fastpix.resources.exactly_once.shared_list import SharedList

FEWEST_STREAMS = 3
"""Of which a page is read. It isn't known beforehand how many will be asked for, or whether a page has them."""


class StreamPages:
    """The streams of a workspace, page by page, for whoever asks for many. Safe for any number of threads.

    The newest page is read for the third stream that is asked for, the others once as many streams weren't on it as
    there are other pages. So all that is asked for takes at most twice the fewest requests, and two.

    A page tells only what exists. What isn't on one may exist all the same: streams move between pages.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._newest = SharedList(client, self._read_newest, "the newest live streams")
        self._others = SharedList(client, self._read_others, "live streams")
        self._lock = threading.Lock()
        self._asked: set[str] = set()
        self._not_on_newest: set[str] = set()
        self._number = 1
        self._is_understood = True

    def find(self, stream_id: str, deadline: Deadline) -> Stream | None:
        """The stream as it was at most a minute ago, if a page has it; None if it has to be read by itself.

        Raises:
            FastPixError: a page can't be read.
        """
        with self._lock:
            self._asked.add(stream_id)
            if len(self._asked) < FEWEST_STREAMS or not self._is_understood:
                return None
        try:
            if found := self._newest.get(deadline).get(stream_id):
                return found
            with self._lock:
                self._not_on_newest.add(stream_id)
                if self._number == 1 or len(self._not_on_newest) < self._number - 1:
                    return None
            return self._others.get(deadline).get(stream_id)
        except UnexpectedResponseError:
            # It has been asked for over and over until the deadline, which others needn't do as well.
            self._is_understood = False
            return None

    def invalidate(self) -> None:
        """Note a change: no page that was asked for before it is used from now on."""
        self._newest.invalidate()
        self._others.invalidate()

    def _read_newest(self, deadline: Deadline) -> dict[str, Stream]:
        streams, total = self._client.live_streams.newest_page(1, deadline, complete=False)
        self._number = max(1, -(-total // STREAMS_PER_PAGE))
        return {one.stream_id: one for one in streams}

    def _read_others(self, deadline: Deadline) -> dict[str, Stream]:
        found: dict[str, Stream] = {}
        for number in range(2, self._number + 1):
            streams, _ = self._client.live_streams.newest_page(number, deadline, complete=False)
            found.update((one.stream_id, one) for one in streams)
        return found
