"""What the store holds, for a person to look at: the newest of everything, how many there are, and no secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pulumi_fastpix.sandbox.data.metadata import metadata_of
from pulumi_fastpix.sandbox.data.records import Rules

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from pulumi_fastpix.sandbox.data.records import AccessPolicy, RestrictedBy, StreamStatus


@dataclass(frozen=True)
class PlaybackIdOverview:
    """A playback ID, its access policy, and those of its access restrictions that were ever set."""

    id: str
    access_policy: AccessPolicy
    restrictions: Mapping[RestrictedBy, Rules]


@dataclass(frozen=True, kw_only=True)
class StreamOverview:
    """A live stream with its newest playback IDs, and how many playback IDs and simulcasts it has."""

    id: str
    workspace: str
    created_at: str
    status: StreamStatus
    max_resolution: str
    reconnect_window: int
    metadata: Mapping[str, str]
    playback_ids: Sequence[PlaybackIdOverview]
    playback_id_count: int
    simulcast_count: int


@dataclass(frozen=True)
class SigningKeyOverview:
    """A signing key."""

    id: str
    workspace: str
    created_at: str


@dataclass(frozen=True)
class AccessTokenOverview:
    """An access token, without its secret key."""

    id: str
    workspace: str
    read_only: bool


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The newest objects of all workspaces, newest first, and how many there are."""

    streams: Sequence[StreamOverview]
    stream_count: int
    signing_keys: Sequence[SigningKeyOverview]
    signing_key_count: int
    access_tokens: Sequence[AccessTokenOverview]
    access_token_count: int


def overview(database: sqlite3.Connection, most: int) -> Overview:
    """The overview, with this many at most of everything: of each stream's playback IDs, too."""
    keys = _newest(database, "signing_keys", "id, workspace, created_at", most)
    tokens = _newest(database, "access_tokens", "id, workspace, read_only", most)
    columns = "id, workspace, created_at, status, max_resolution, reconnect_window, metadata"
    return Overview(
        streams=[_stream(database, row, most) for row in _newest(database, "streams", columns, most)],
        stream_count=_count(database, "streams"),
        signing_keys=[SigningKeyOverview(*row) for row in keys],
        signing_key_count=_count(database, "signing_keys"),
        access_tokens=[AccessTokenOverview(row[0], row[1], bool(row[2])) for row in tokens],
        access_token_count=_count(database, "access_tokens"),
    )


_Table = Literal["streams", "signing_keys", "access_tokens"]


def _newest(database: sqlite3.Connection, table: _Table, columns: str, most: int) -> list[tuple[Any, ...]]:
    return database.execute(f"SELECT {columns} FROM {table} ORDER BY sequence DESC LIMIT ?", (most,)).fetchall()  # noqa: S608 - constants


def _count(database: sqlite3.Connection, table: _Table) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a constant


def _stream(database: sqlite3.Connection, row: tuple[Any, ...], most: int) -> StreamOverview:
    stream_id = row[0]
    playback_ids, simulcasts = database.execute(
        "SELECT (SELECT count(*) FROM playback_ids WHERE stream_id = :id), "
        "(SELECT count(*) FROM simulcasts WHERE stream_id = :id)",
        {"id": stream_id},
    ).fetchone()
    return StreamOverview(
        id=stream_id,
        workspace=row[1],
        created_at=row[2],
        status=row[3],
        max_resolution=row[4],
        reconnect_window=row[5],
        metadata=metadata_of(row[6]) or {},
        playback_ids=_playback_ids(database, stream_id, most),
        playback_id_count=playback_ids,
        simulcast_count=simulcasts,
    )


def _playback_ids(database: sqlite3.Connection, stream_id: str, most: int) -> list[PlaybackIdOverview]:
    rows = database.execute(
        "SELECT newest.id, access_policy, restricted_by, default_policy, allow, deny FROM "
        "(SELECT * FROM playback_ids WHERE stream_id = ? ORDER BY sequence DESC LIMIT ?) AS newest "
        "LEFT JOIN access_restrictions ON playback_id = newest.id ORDER BY sequence DESC, restricted_by",
        (stream_id, most),
    ).fetchall()
    found: dict[str, tuple[AccessPolicy, dict[RestrictedBy, Rules]]] = {}
    for playback_id, access_policy, by, default_policy, allow, deny in rows:
        _, restrictions = found.setdefault(playback_id, (access_policy, {}))
        if by is not None:
            restrictions[by] = Rules(
                default_policy=default_policy, allow=tuple(json.loads(allow)), deny=tuple(json.loads(deny))
            )
    return [PlaybackIdOverview(playback_id, *rest) for playback_id, rest in found.items()]
