"""A FastPix workspace as one process knows it, shared by all resource types and all provider classes in it."""

from __future__ import annotations

import threading

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.tracking.tracker import StreamTracker
from pulumi_fastpix.settings.settings import Settings


class Workspace:
    """One client, and a tracker for each stream that it touches. Safe for any number of threads.

    Attributes:
        client: talks to FastPix.
        settings: the client's.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.settings = client.settings
        self._trackers: dict[str, StreamTracker] = {}

    def tracker(self, stream_id: str) -> StreamTracker:
        """What this process knows of a stream; the same tracker every time."""
        # setdefault is atomic: two threads get the same one.
        return self._trackers.setdefault(stream_id, StreamTracker(self.client, stream_id))

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


def workspace_of(settings: Settings) -> Workspace:
    """The workspace that these settings reach; one per process and settings.

    Pulumi configures each dynamic provider class in a process apart from the others. If each had its own trackers, a
    stream deleted through one would stay on another one's list for a minute, and an outage would be met once by each.
    """
    with _lock:
        if settings not in _workspaces:
            _workspaces[settings] = Workspace(Client(settings))
        return _workspaces[settings]
