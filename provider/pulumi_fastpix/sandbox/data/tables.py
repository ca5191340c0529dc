"""The tables of a data file, and how a file that an earlier version wrote gets those of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.errors import DataFileError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_APPLICATION_ID = 0x46505842  # "FPXB": marks an SQLite file as ours

# The statements that lead to each format from the one before it, and to the first from an empty file. A new file goes
# the same way as an old one, so that both have the same tables. Format 1 was never released.
_STEPS = {
    2: """
CREATE TABLE access_tokens (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    secret    TEXT NOT NULL,
    workspace TEXT NOT NULL,
    read_only INTEGER NOT NULL
);
CREATE TABLE streams (
    sequence            INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE,
    workspace           TEXT NOT NULL,
    created_at          TEXT NOT NULL,
    stream_key          TEXT NOT NULL,
    srt_secret          TEXT NOT NULL,
    srt_playback_secret TEXT NOT NULL,
    max_resolution      TEXT NOT NULL,
    reconnect_window    INTEGER NOT NULL,
    media_policy        TEXT NOT NULL,
    enable_recording    INTEGER NOT NULL,
    enable_dvr_mode     INTEGER NOT NULL,
    metadata            TEXT
);
CREATE TABLE playback_ids (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    stream_id     TEXT NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
    access_policy TEXT NOT NULL CHECK (access_policy IN ('public', 'private'))
);
CREATE INDEX playback_ids_of_stream ON playback_ids (stream_id);
-- The first response to each idempotency key. No foreign key: the response outlives its playback ID.
CREATE TABLE first_answers (
    stream_id       TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    playback_id     TEXT NOT NULL,
    access_policy   TEXT NOT NULL,
    PRIMARY KEY (stream_id, idempotency_key)
);
CREATE TABLE address (port INTEGER NOT NULL);
CREATE TABLE access_restrictions (
    playback_id    TEXT NOT NULL REFERENCES playback_ids (id) ON DELETE CASCADE,
    restricted_by  TEXT NOT NULL CHECK (restricted_by IN ('domains', 'userAgents')),
    default_policy TEXT NOT NULL CHECK (default_policy IN ('allow', 'deny')),
    allow          TEXT NOT NULL,
    deny           TEXT NOT NULL,
    PRIMARY KEY (playback_id, restricted_by)
);
""",
    3: """
ALTER TABLE streams ADD COLUMN status TEXT NOT NULL DEFAULT 'idle'
    CHECK (status IN ('idle', 'preparing', 'active', 'disabled'));
CREATE TABLE simulcasts (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    stream_id  TEXT NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
    url        TEXT NOT NULL,
    stream_key TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    metadata   TEXT
);
CREATE INDEX simulcasts_of_stream ON simulcasts (stream_id);
""",
    4: """
CREATE TABLE signing_keys (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    workspace  TEXT NOT NULL,
    created_at TEXT NOT NULL,
    public_key TEXT NOT NULL
);
-- The first response to each idempotency key, private key included. No foreign key: it outlives its signing key.
CREATE TABLE first_signing_keys (
    idempotency_key TEXT PRIMARY KEY,
    id              TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    private_key     TEXT NOT NULL
);
""",
}


def prepare_tables(connection: sqlite3.Connection, path: Path | None) -> None:
    """Make the tables of this version in a new file, or in one of an earlier format, inside the open transaction.

    Raises:
        DataFileError: the file is another program's, or of a format that this version does not read.
    """
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    found = 0 if tables == 0 else _format_of(connection, path)
    for number, statements in _STEPS.items():
        if number > found:
            for statement in statements.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
    if found == 0:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")


def _format_of(connection: sqlite3.Connection, path: Path | None) -> int:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION_ID:
        raise DataFileError(
            f"{path} is an SQLite file of another program, and was not changed. Name another data file."
        )
    if found not in _STEPS:
        raise DataFileError(
            f"{path} was written by another version of pulumi-fastpix: it has data format {found}, and this version "
            f"reads formats {min(_STEPS)} to {max(_STEPS)} only. Name a new data file, or use the version that wrote "
            "this one."
        )
    return int(found)
