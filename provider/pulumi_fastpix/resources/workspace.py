"""A FastPix workspace as one process knows it, shared by all resource types and all provider classes in it."""

from __future__ import annotations

import threading

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.journal.writing import Journal
from pulumi_fastpix.resources.exactly_once.tracker import Tracker
from pulumi_fastpix.resources.in_doubt import CreatesInDoubt
from pulumi_fastpix.resources.lists import NewestStreams, PlaybackIdsOfStream, StreamTracker
from pulumi_fastpix.resources.stream_deletions import StreamDeletions
from pulumi_fastpix.resources.stream_pages import StreamPages
from pulumi_fastpix.settings.settings import Settings


class Workspace:
    """One client, and a tracker for each list that it touches. Safe for any number of threads.

    Attributes:
        client: talks to FastPix.
        journal: notes what is being made.
        settings: the client's.
        streams: what this process knows of the workspace's live streams.
        in_doubt: creates of this process that may have made something nobody knows of.
        deletions: the streams that this process deletes.
        keys_in_doubt: the `Idempotency-Key` of creates of signing keys that are in doubt, by their resources' URNs.
        key_creates: held by whoever makes a signing key: one at a time, so that what appears meanwhile isn't another's.
    """

    def __init__(self, client: Client, journal: Journal | None = None) -> None:
        self.client = client
        self.journal = journal or Journal(None)
        self.settings = client.settings
        self.in_doubt = CreatesInDoubt()
        self.deletions = StreamDeletions(client.clock)
        self.key_creates = threading.Lock()
        self.keys_in_doubt: dict[str, str] = {}
        self._pages = StreamPages(client)
        self.streams = Tracker(client, NewestStreams(client), self._pages.invalidate)
        self._trackers: dict[str, StreamTracker] = {}

    def tracker(self, stream_id: str) -> StreamTracker:
        """What this process knows of a stream's playback IDs; the same tracker every time."""
        if (known := self._trackers.get(stream_id)) is not None:
            return known
        tracker = Tracker(self.client, PlaybackIdsOfStream(self.client, stream_id), self._pages.invalidate)
        # setdefault is atomic: two threads get the same one.
        return self._trackers.setdefault(stream_id, tracker)

    def stream(self, stream_id: str, deadline: Deadline) -> Stream:
        """A stream as it was at most a minute ago, and certainly after our latest change to it.

        Raises:
            NotFoundError: the workspace has no such stream.
            FastPixError: it can't be read.
        """
        return self._pages.find(stream_id, deadline) or self.tracker(stream_id).shared_list(deadline)

    def cancel(self) -> None:
        """Let what was sent end, and nothing else. See :meth:`BaseClient.cancel`.

        Whoever connects with the same settings later gets another workspace.
        """
        self.client.cancel()
        with _lock:
            if _workspaces.get(self.settings) is self:
                del _workspaces[self.settings]


_lock = threading.Lock()
_workspaces: dict[Settings, Workspace] = {}


def workspace_of(settings: Settings, journal: Journal) -> Workspace:
    """The workspace that these settings reach; one per process and settings.

    Pulumi configures each dynamic provider class in a process apart from the others. If each had its own trackers, a
    stream deleted through one would stay on another one's list for a minute, and an outage would be met once by each.
    """
    with _lock:
        if settings not in _workspaces:
            _workspaces[settings] = Workspace(Client(settings), journal)
        return _workspaces[settings]
