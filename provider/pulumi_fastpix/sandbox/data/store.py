"""The store: one data file, with one part for each kind of object in it. It knows nothing of HTTP."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.access_tokens import AccessTokens
from pulumi_fastpix.sandbox.data.database import Database
from pulumi_fastpix.sandbox.data.identifiers import Identifiers
from pulumi_fastpix.sandbox.data.live_streams import LiveStreams
from pulumi_fastpix.sandbox.data.overview import Overview, overview
from pulumi_fastpix.sandbox.data.playback_ids import PlaybackIds
from pulumi_fastpix.sandbox.data.records import DEMO_STREAM_ID
from pulumi_fastpix.sandbox.data.signing_keys import SigningKeys
from pulumi_fastpix.sandbox.data.simulcasts import Simulcasts

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from contextlib import AbstractContextManager


class Store:
    """The objects in one data file, or in memory when no path is given.

    A new one holds one access token and one live stream, `DEMO_STREAM_ID`. Every change is committed before the
    method returns.

    Attributes:
        access_tokens: the credentials that the sandbox accepts.
        live_streams: the live streams, and their statuses.
        playback_ids: the playback IDs of the streams, and their access restrictions.
        simulcasts: the simulcasts of the streams.
        signing_keys: the keys that sign the tokens of private playback IDs.

    Raises:
        DataFileError: the file cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        seed: int | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = Database(None if path is None else Path(path))
        self._identifiers = Identifiers(seed)
        self.access_tokens = AccessTokens(self._database)
        self.playback_ids = PlaybackIds(self._database, self._identifiers)
        self.simulcasts = Simulcasts(self._database, self._identifiers)
        self.signing_keys = SigningKeys(self._database, self._identifiers, wall_clock)
        self.live_streams = LiveStreams(self._database, self._identifiers, self.playback_ids, wall_clock)
        try:
            self._fill_if_new()
        except BaseException:
            self._database.close()
            raise

    def _fill_if_new(self) -> None:
        with self._database.writing() as database:
            if database.execute("SELECT 1 FROM access_tokens").fetchone() is not None:
                return
            self.access_tokens.add()
            # A file without tokens is not new if it has had a stream: its tokens were revoked.
            if database.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'streams'").fetchone() is None:
                self.live_streams.create(stream_id=DEMO_STREAM_ID)

    def close(self) -> None:
        """Close the data file; the store cannot be used afterwards."""
        self._database.close()

    def transaction(self, *, writing: bool, patience: float) -> AbstractContextManager[object]:
        """One transaction for all that this thread does to the store inside it.

        Args:
            writing: whether that may change anything.
            patience: the seconds to wait while another process has the data file locked.

        Raises:
            LockedError: it is locked for longer.
            DataFileError: the file cannot be used any more.
        """
        kind = self._database.writing if writing else self._database.reading
        return kind(patience=patience)

    def overview(self, most: int) -> Overview:
        """What the store holds, without secrets: the newest of everything, `most` of each kind."""
        with self._database.reading() as database:
            return overview(database, most)

    def remembered_port(self) -> int | None:
        """The port that this data file was first served on, or None if it never was."""
        with self._database.reading() as database:
            row = database.execute("SELECT port FROM address").fetchone()
        return None if row is None else int(row[0])

    def remember_port(self, port: int) -> None:
        """Remember the port, unless the data file has one already."""
        with self._database.writing() as database:
            database.execute("INSERT INTO address (port) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM address)", (port,))
