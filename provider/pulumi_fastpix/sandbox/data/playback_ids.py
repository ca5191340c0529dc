"""The playback IDs of the store, and their access restrictions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.database import unused
from pulumi_fastpix.sandbox.data.records import DEFAULT_WORKSPACE, NO_RESTRICTIONS, FoundPlaybackId, PlaybackId, Rules
from pulumi_fastpix.sandbox.errors import PlaybackIdNotFoundError, StreamNotFoundError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from pulumi_fastpix.sandbox.data.database import Database
    from pulumi_fastpix.sandbox.data.identifiers import Identifiers
    from pulumi_fastpix.sandbox.data.records import AccessPolicy, Restrictions


class PlaybackIds:
    """The playback IDs of a store."""

    def __init__(self, database: Database, identifiers: Identifiers) -> None:
        self._database = database
        self._identifiers = identifiers

    def list(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> Sequence[PlaybackId]:
        """The stream's playback IDs, from oldest to newest.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.reading() as database:
            require_stream(database, stream_id, workspace)
            return playback_ids_of(database, stream_id)

    def create(
        self,
        stream_id: str,
        access_policy: AccessPolicy = "public",
        *,
        restrictions: Restrictions = NO_RESTRICTIONS,
        workspace: str = DEFAULT_WORKSPACE,
        playback_id: str | None = None,
    ) -> str:
        """Create a playback ID on the stream and return it: the given `playback_id`, or a new one.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.writing() as database:
            require_stream(database, stream_id, workspace)
            playback_id = playback_id or unused(database, "playback_ids", self._identifiers.playback_id)
            database.execute(
                "INSERT INTO playback_ids (id, stream_id, access_policy) VALUES (?, ?, ?)",
                (playback_id, stream_id, access_policy),
            )
            _restrict(database, playback_id, restrictions)
        return playback_id

    def create_once(
        self,
        stream_id: str,
        access_policy: AccessPolicy,
        idempotency_key: str,
        *,
        restrictions: Restrictions = NO_RESTRICTIONS,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> PlaybackId:
        """Create a playback ID, or return the one that was first created on this stream with this key.

        The first one is returned for ever, with the policy it had, even when it has been deleted: FastPix was
        observed to treat the key so when it creates signing keys.

        Raises:
            StreamNotFoundError: the workspace has no such stream.
        """
        with self._database.writing() as database:
            require_stream(database, stream_id, workspace)
            first = database.execute(
                "SELECT playback_id, access_policy FROM first_answers WHERE stream_id = ? AND idempotency_key = ?",
                (stream_id, idempotency_key),
            ).fetchone()
            if first is not None:
                return PlaybackId(*first)
            playback_id = self.create(stream_id, access_policy, restrictions=restrictions, workspace=workspace)
            database.execute(
                "INSERT INTO first_answers (stream_id, idempotency_key, playback_id, access_policy) "
                "VALUES (?, ?, ?, ?)",
                (stream_id, idempotency_key, playback_id, access_policy),
            )
        return PlaybackId(playback_id, access_policy)

    def get(self, stream_id: str, playback_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> PlaybackId:
        """The playback ID on the stream.

        Raises:
            PlaybackIdNotFoundError: the stream has no such playback ID, or the workspace no such stream.
        """
        with self._database.reading() as database:
            row = database.execute(
                "SELECT playback_ids.id, access_policy FROM playback_ids JOIN streams ON streams.id = stream_id "
                "WHERE playback_ids.id = ? AND stream_id = ? AND workspace = ?",
                (playback_id, stream_id, workspace),
            ).fetchone()
        if row is None:
            raise PlaybackIdNotFoundError(stream_id, playback_id)
        return PlaybackId(*row)

    def find(self, playback_id: str) -> FoundPlaybackId | None:
        """The playback ID, in whatever workspace it is: a viewer knows none. None if there is no such playback ID."""
        with self._database.reading() as database:
            row = database.execute(
                "SELECT access_policy, stream_id, workspace FROM playback_ids JOIN streams ON streams.id = stream_id "
                "WHERE playback_ids.id = ?",
                (playback_id,),
            ).fetchone()
            if row is None:
                return None
            restrictions = self.restrictions(row[1]).get(playback_id, NO_RESTRICTIONS)
        return FoundPlaybackId(row[0], row[2], restrictions)

    def restrict(
        self, stream_id: str, playback_id: str, restrictions: Restrictions, *, workspace: str = DEFAULT_WORKSPACE
    ) -> None:
        """Set restrictions of a playback ID; a kind that is not given keeps its rules.

        Raises:
            PlaybackIdNotFoundError: the stream has no such playback ID, or the workspace no such stream.
        """
        with self._database.writing() as database:
            self.get(stream_id, playback_id, workspace=workspace)
            _restrict(database, playback_id, restrictions)

    def restrictions(self, stream_id: str) -> dict[str, Restrictions]:
        """The restrictions of the stream's playback IDs, by playback ID; without those that were never restricted."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT playback_id, restricted_by, default_policy, allow, deny "
                "FROM access_restrictions JOIN playback_ids ON playback_ids.id = playback_id WHERE stream_id = ?",
                (stream_id,),
            ).fetchall()
        found: dict[str, Restrictions] = {}
        for playback_id, by, default_policy, allow, deny in rows:
            rules = Rules(default_policy=default_policy, allow=tuple(json.loads(allow)), deny=tuple(json.loads(deny)))
            found[playback_id] = {**found.get(playback_id, {}), by: rules}
        return found

    def delete(self, stream_id: str, playback_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Delete the playback ID.

        Raises:
            PlaybackIdNotFoundError: the stream has no such playback ID, or the workspace no such stream.
        """
        with self._database.writing() as database:
            self.get(stream_id, playback_id, workspace=workspace)
            database.execute("DELETE FROM playback_ids WHERE id = ?", (playback_id,))


def playback_ids_of(database: sqlite3.Connection, stream_id: str) -> list[PlaybackId]:
    """The stream's playback IDs, from oldest to newest; none when there is no such stream."""
    rows = database.execute(
        "SELECT id, access_policy FROM playback_ids WHERE stream_id = ? ORDER BY sequence", (stream_id,)
    )
    return [PlaybackId(*row) for row in rows]


def _restrict(database: sqlite3.Connection, playback_id: str, restrictions: Restrictions) -> None:
    for by, rules in restrictions.items():
        database.execute(
            "INSERT OR REPLACE INTO access_restrictions (playback_id, restricted_by, default_policy, allow, deny) "
            "VALUES (?, ?, ?, ?, ?)",
            (playback_id, by, rules.default_policy, json.dumps(rules.allow), json.dumps(rules.deny)),
        )


def require_stream(database: sqlite3.Connection, stream_id: str, workspace: str) -> None:
    """Raise StreamNotFoundError unless the workspace has that stream."""
    found = database.execute("SELECT 1 FROM streams WHERE id = ? AND workspace = ?", (stream_id, workspace))
    if found.fetchone() is None:
        raise StreamNotFoundError(stream_id)
