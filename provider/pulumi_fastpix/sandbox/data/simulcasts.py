"""The simulcasts of the store: the places that FastPix sends a live stream on to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_fastpix.sandbox.data.database import unused
from pulumi_fastpix.sandbox.data.metadata import metadata_of, metadata_text
from pulumi_fastpix.sandbox.data.playback_ids import require_stream
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE, Simulcast
from pulumi_fastpix.sandbox.errors import SimulcastNotFoundError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from pulumi_fastpix.sandbox.data.database import Database
    from pulumi_fastpix.sandbox.data.identifiers import Identifiers

_COLUMNS = "simulcasts.id, url, simulcasts.stream_key, is_enabled, simulcasts.metadata"


class Simulcasts:
    """The simulcasts of a store. A stream lists its own: `Stream.simulcasts`."""

    def __init__(self, database: Database, identifiers: Identifiers) -> None:
        self._database = database
        self._identifiers = identifiers

    def create(
        self,
        stream_id: str,
        url: str,
        stream_key: str,
        *,
        metadata: Mapping[str, str] | None = None,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> Simulcast:
        """Create an enabled simulcast of the stream, with the stream key of the place that the URL leads to.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.writing() as database:
            require_stream(database, stream_id, workspace)
            simulcast_id = unused(database, "simulcasts", self._identifiers.simulcast_id)
            database.execute(
                "INSERT INTO simulcasts (id, stream_id, url, stream_key, is_enabled, metadata) "
                "VALUES (?, ?, ?, ?, 1, ?)",
                (simulcast_id, stream_id, url, stream_key, metadata_text(metadata)),
            )
        return Simulcast(id=simulcast_id, url=url, stream_key=stream_key, is_enabled=True, metadata=metadata)

    def get(self, stream_id: str, simulcast_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> Simulcast:
        """The simulcast of the stream.

        Raises:
            SimulcastNotFoundError: the stream has no such simulcast, or the workspace no such stream.
        """
        with self._database.reading() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM simulcasts JOIN streams ON streams.id = stream_id "  # noqa: S608 - a constant
                "WHERE simulcasts.id = ? AND stream_id = ? AND workspace = ?",
                (simulcast_id, stream_id, workspace),
            ).fetchone()
        if row is None:
            raise SimulcastNotFoundError(stream_id, simulcast_id)
        return _simulcast(row)

    def change(
        self,
        stream_id: str,
        simulcast_id: str,
        *,
        is_enabled: bool,
        metadata: Mapping[str, str] | None,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> None:
        """Enable or disable the simulcast, and replace its metadata as a whole.

        Raises:
            SimulcastNotFoundError: the stream has no such simulcast, or the workspace no such stream.
        """
        with self._database.writing() as database:
            self.get(stream_id, simulcast_id, workspace=workspace)
            database.execute(
                "UPDATE simulcasts SET is_enabled = ?, metadata = ? WHERE id = ?",
                (is_enabled, metadata_text(metadata), simulcast_id),
            )

    def delete(self, stream_id: str, simulcast_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Delete the simulcast.

        Raises:
            SimulcastNotFoundError: the stream has no such simulcast, or the workspace no such stream.
        """
        with self._database.writing() as database:
            self.get(stream_id, simulcast_id, workspace=workspace)
            database.execute("DELETE FROM simulcasts WHERE id = ?", (simulcast_id,))


def simulcasts_of(database: sqlite3.Connection, stream_id: str) -> list[Simulcast]:
    """The stream's simulcasts, from oldest to newest; none when there is no such stream."""
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM simulcasts WHERE stream_id = ? ORDER BY sequence",  # noqa: S608 - a constant
        (stream_id,),
    )
    return [_simulcast(row) for row in rows]


def _simulcast(row: tuple[Any, ...]) -> Simulcast:
    return Simulcast(id=row[0], url=row[1], stream_key=row[2], is_enabled=bool(row[3]), metadata=metadata_of(row[4]))
