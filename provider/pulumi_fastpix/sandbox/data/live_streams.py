"""The live streams of the store. As at FastPix, each is created with a playback ID and deleted with all of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_fastpix.sandbox.data.database import unused
from pulumi_fastpix.sandbox.data.metadata import metadata_of, metadata_text
from pulumi_fastpix.sandbox.data.playback_ids import playback_ids_of
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE, NO_RESTRICTIONS, Stream, StreamSettings
from pulumi_fastpix.sandbox.data.simulcasts import simulcasts_of
from pulumi_fastpix.sandbox.data.timestamps import timestamp
from pulumi_fastpix.sandbox.errors import StreamNotFoundError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from pulumi_fastpix.sandbox.data.database import Database
    from pulumi_fastpix.sandbox.data.identifiers import Identifiers
    from pulumi_fastpix.sandbox.data.playback_ids import PlaybackIds
    from pulumi_fastpix.sandbox.data.records import AccessPolicy, Restrictions, StreamStatus

_COLUMNS = (
    "id, created_at, status, stream_key, srt_secret, srt_playback_secret, "
    "max_resolution, reconnect_window, media_policy, enable_recording, enable_dvr_mode, metadata"
)

_MOST = 2**63 - 1
"""The largest number that SQLite knows."""


class LiveStreams:
    """The live streams of a store."""

    def __init__(
        self,
        database: Database,
        identifiers: Identifiers,
        playback_ids: PlaybackIds,
        wall_clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._identifiers = identifiers
        self._playback_ids = playback_ids
        self._wall_clock = wall_clock

    def create(
        self,
        access_policy: AccessPolicy = "public",
        *,
        settings: StreamSettings | None = None,
        restrictions: Restrictions = NO_RESTRICTIONS,
        stream_id: str | None = None,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> str:
        """Create a live stream and, as FastPix does, one playback ID on it with this policy and these restrictions.

        Returns:
            The stream id.
        """
        settings = settings or StreamSettings()
        with self._database.writing() as database:
            stream_id = stream_id or unused(database, "streams", self._identifiers.stream_id)
            database.execute(
                "INSERT INTO streams (id, workspace, created_at, stream_key, srt_secret, srt_playback_secret, "
                "max_resolution, reconnect_window, media_policy, enable_recording, enable_dvr_mode, metadata) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    stream_id,
                    workspace,
                    timestamp(self._wall_clock()),
                    self._identifiers.stream_secret(stream_id),
                    self._identifiers.stream_secret(stream_id),
                    self._identifiers.stream_secret(stream_id),
                    settings.max_resolution,
                    settings.reconnect_window,
                    settings.media_policy,
                    settings.enable_recording,
                    settings.enable_dvr_mode,
                    metadata_text(settings.metadata),
                ),
            )
            self._playback_ids.create(stream_id, access_policy, restrictions=restrictions, workspace=workspace)
        return stream_id

    def get(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> Stream:
        """The stream with this id.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.reading() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM streams WHERE id = ? AND workspace = ?",  # noqa: S608 - a constant
                (stream_id, workspace),
            ).fetchone()
            if row is None:
                raise StreamNotFoundError(stream_id)
            return _stream(database, row)

    def list(
        self,
        *,
        limit: int | None = None,
        page: int = 1,
        newest_first: bool = True,
        lacking: int = 0,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> Sequence[Stream]:
        """The workspace's streams in order of creation.

        Args:
            limit: streams per page; None for all streams on one page.
            page: counted from 1.
            newest_first: the order; false for oldest first.
            lacking: how many of the newest ones are left out, as if they weren't listed yet.
            workspace: the workspace.
        """
        direction = "DESC" if newest_first else "ASC"
        rows_per_page = -1 if limit is None else min(limit, _MOST)  # for SQLite, -1 is no limit
        with self._database.reading() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM (SELECT * FROM streams WHERE workspace = ? "  # noqa: S608 - constants
                f"ORDER BY sequence DESC LIMIT -1 OFFSET ?) ORDER BY sequence {direction} LIMIT ? OFFSET ?",
                (workspace, lacking, rows_per_page, min((page - 1) * max(rows_per_page, 0), _MOST)),
            ).fetchall()
            return [_stream(database, row) for row in rows]

    def count(self, *, workspace: str = DEFAULT_WORKSPACE) -> int:
        """The number of the workspace's streams."""
        with self._database.reading() as database:
            (total,) = database.execute("SELECT count(*) FROM streams WHERE workspace = ?", (workspace,)).fetchone()
        return int(total)

    def change(
        self,
        stream_id: str,
        *,
        metadata: Mapping[str, str] | None,
        reconnect_window: int,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> None:
        """Replace the metadata as a whole, and the reconnect window (in seconds).

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.writing() as database:
            changed = database.execute(
                "UPDATE streams SET metadata = ?, reconnect_window = ? WHERE id = ? AND workspace = ?",
                (metadata_text(metadata), reconnect_window, stream_id, workspace),
            )
        if changed.rowcount == 0:
            raise StreamNotFoundError(stream_id)

    def set_status(self, stream_id: str, status: StreamStatus, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Give the stream this status; the sandbox has no broadcasts that would.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.writing() as database:
            changed = database.execute(
                "UPDATE streams SET status = ? WHERE id = ? AND workspace = ?", (status, stream_id, workspace)
            )
        if changed.rowcount == 0:
            raise StreamNotFoundError(stream_id)

    def delete(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Delete the stream, its playback IDs and its simulcasts.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.writing() as database:
            deleted = database.execute("DELETE FROM streams WHERE id = ? AND workspace = ?", (stream_id, workspace))
        if deleted.rowcount == 0:
            raise StreamNotFoundError(stream_id)


def _stream(database: sqlite3.Connection, row: tuple[Any, ...]) -> Stream:
    return Stream(
        id=row[0],
        created_at=row[1],
        status=row[2],
        stream_key=row[3],
        srt_secret=row[4],
        srt_playback_secret=row[5],
        settings=StreamSettings(
            max_resolution=row[6],
            reconnect_window=row[7],
            media_policy=row[8],
            enable_recording=bool(row[9]),
            enable_dvr_mode=bool(row[10]),
            metadata=metadata_of(row[11]),
        ),
        playback_ids=tuple(playback_ids_of(database, row[0])),
        simulcasts=tuple(simulcasts_of(database, row[0])),
    )
