"""The data file as a database: opening it, and transactions that processes can share."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Literal, TypeVar

from pulumi_fastpix.sandbox.data.private_file import create_private
from pulumi_fastpix.sandbox.data.tables import prepare_tables
from pulumi_fastpix.sandbox.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

PATIENCE_SECONDS = 5.0
"""How long a file that another process has locked is waited for: longer than any contention among sandboxes, and
shorter than the time-outs of most clients."""
PAUSE_SECONDS = 0.01
"""How long to wait before the next attempt at a locked file."""

_Result = TypeVar("_Result")


class LockedError(DataFileError):
    """Another process has the file locked. Users catch it as a DataFileError."""


class Database:
    """The data file, created if it does not exist, or memory when there is no path.

    Every change is committed before its `with` block is left. One lock serialises the threads of a process, and
    SQLite's own locks the processes that have the same file open.

    Raises:
        DataFileError: the file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection = _open(path)

    def writing(self, *, patience: float = PATIENCE_SECONDS) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction that is applied whole or not at all, one at a time among threads and processes.

        One inside another joins it.

        Args:
            patience: the seconds to wait while another process has the file locked.

        Raises:
            LockedError: the file is locked for longer.
            DataFileError: the file cannot be used any more, for example because the disk is full.
        """
        return self._transaction("IMMEDIATE", patience)

    def reading(self, *, patience: float = PATIENCE_SECONDS) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction that sees one snapshot, whatever other processes write meanwhile.

        Arguments and errors are those of `writing`.
        """
        return self._transaction("DEFERRED", patience)

    def close(self) -> None:
        """Close the file; the database cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, kind: Literal["IMMEDIATE", "DEFERRED"], patience: float) -> Iterator[sqlite3.Connection]:
        try:
            with _when_unlocked(lambda: self._begun(kind), self._path, patience):
                yield self._connection
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a mistake of the caller's, such as an id that exists
        except sqlite3.DatabaseError as error:
            raise _unusable(self._path, error) from error

    def _begun(self, kind: Literal["IMMEDIATE", "DEFERRED"]) -> ExitStack:
        """The lock, taken, and a transaction, unless this thread is in one already; both end with the result.

        The lock is not held while the file is waited for: other threads may only want to read.
        """
        with ExitStack() as end:
            end.enter_context(self._lock)
            if not self._connection.in_transaction:
                end.push(self._end)
                self._connection.execute(f"BEGIN {kind}")
                # A deferred transaction begins with its first read: after this one, no statement meets a locked file.
                self._connection.execute("SELECT 1 FROM sqlite_master")
            return end.pop_all()

    def _end(self, failure: type[BaseException] | None, *_: object) -> None:
        try:
            if failure is None:
                self._connection.execute("COMMIT")
        finally:
            # After some errors, such as a full disk, SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def unused(
    database: sqlite3.Connection,
    table: Literal["streams", "playback_ids", "simulcasts", "signing_keys"],
    draw: Callable[[], str],
) -> str:
    """A new id that is not in the table yet.

    A seeded run draws the same ids as an earlier run with the same seed, whose ids may be in the file.
    """
    while True:
        candidate = draw()
        if database.execute(f"SELECT 1 FROM {table} WHERE id = ?", (candidate,)).fetchone() is None:  # noqa: S608 - a constant
            return candidate


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        with contextlib.suppress(OSError):  # SQLite itself reports a file that cannot be created
            create_private(path)
    try:
        connection = sqlite3.connect(
            ":memory:" if path is None else path,
            timeout=0,  # `_when_unlocked` waits: unlike SQLite, it can be interrupted
            isolation_level=None,  # every transaction is begun and ended explicitly
            check_same_thread=False,  # `Database` has a lock
        )
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _unusable(path: Path | None, error: sqlite3.Error) -> DataFileError:
    """The error for a file that SQLite cannot use."""
    return DataFileError(
        f"Cannot use {path} as the sandbox's data file ({error}). "
        "Name a file in an existing, writable directory; the file is created if it does not exist."
    )


def _when_unlocked(attempt: Callable[[], _Result], path: Path | None, patience: float = PATIENCE_SECONDS) -> _Result:
    """Make the attempt until no other process has the file locked.

    Raises:
        LockedError: one has, for longer than the patience, in seconds.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if not str(error).startswith("database is locked"):  # the error codes are known from Python 3.11 on
                raise
            if time.monotonic() >= until:
                raise LockedError(
                    f"Another process has the sandbox's data file {path} locked. Let it end its transaction, or end "
                    "the process (it may be an SQLite shell or a backup), or name another data file."
                ) from error
        time.sleep(PAUSE_SECONDS)


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # IMMEDIATE, or two processes that start on a new file at once would both find it empty.
    _when_unlocked(lambda: connection.execute("BEGIN IMMEDIATE"), path)
    prepare_tables(connection, path)
    # Without a write-ahead log, which comes next, a commit too has to wait: for the readers.
    _when_unlocked(lambda: connection.execute("COMMIT"), path)
    if path is not None:
        _use_write_ahead_log(connection, path)


def _use_write_ahead_log(connection: sqlite3.Connection, path: Path) -> None:
    # With a write-ahead log, readers and a writer do not block each other.
    _when_unlocked(lambda: connection.execute("PRAGMA journal_mode = WAL"), path)
    # Without an fsync for each change: a committed change still survives `kill -9` of the process. Only a power
    # failure can lose the last ones, which a sandbox can afford.
    connection.execute("PRAGMA synchronous = NORMAL")
