"""Writes the journal of one provider process: ahead of each request that makes something, and after it.

Each line is handed to the operating system before anything is sent, so that it outlives a process that is killed. It
may not outlive a power cut: to wait for the disk each time would cost more than a request.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import functools
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import thread as pools
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi_fastpix.announce import warn
from pulumi_fastpix.journal import noted
from pulumi_fastpix.journal.files import is_being_written, lock, new_file, prune
from pulumi_fastpix.journal.noted import NotedCreate, in_one_stack
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.settings.names import JOURNAL_OFF, JOURNAL_VARIABLE


class Noting:
    """Notes one create, step by step."""

    def __init__(self, journal: Journal, create: NotedCreate) -> None:
        self._journal = journal
        self._create = create
        self._is_sent = False
        journal.write(noted.begun(create))

    def sending(self, existing: Callable[[], Collection[str]]) -> None:
        """A request is about to be sent, for the first time or again.

        Args:
            existing: gives the ids in the list in which what it makes will be.
        """
        if not self._is_sent:
            self._is_sent = True
            self._journal.note_existing(self._create, existing)
            self._journal.write(noted.sending(self._create))

    def made(self, id_: str) -> None:
        """It is known what it has made."""
        self._journal.write(noted.made(self._create, id_))
        self._journal.note_later(self._create.urn, id_)

    def made_nothing(self) -> None:
        """It was refused each time that it was sent, or never sent."""
        self._journal.write(noted.made_nothing(self._create))


class Journal:
    """The journal of one process. Safe for any number of threads.

    Args:
        folder: where the files are; None for no journal.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._descriptor: int | None = None
        self._is_broken = False
        self._listed: set[tuple[str, str, str]] = set()
        self._recorded: dict[str, str] = {}
        self._under_way = 0
        self._left_over: LeftOver | None = None

    @contextmanager
    def creating(self, create: NotedCreate) -> Iterator[Noting]:
        """Make something inside. Without a URN it isn't noted: nobody could tell later which stack it is of."""
        with self._lock:
            self._under_way += 1
            replaces = self._recorded.get(create.urn, "")
        try:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            begun = replace(create, begun_at=moment, replaces=replaces)
            yield Noting(self if create.urn else Journal(None), begun)
        finally:
            # Once Python waits for the threads of pools to exit, the server has ended: nobody hears what this has made.
            # Nothing public tells; the main thread counts as alive until then.
            if not getattr(pools, "_shutdown", False):
                with self._lock:
                    self._under_way -= 1

    def outlive_pulumi(self) -> None:
        """Keep the file: Pulumi was killed, and may not know what was made."""
        with self._lock:
            self._under_way += 1

    def end(self) -> None:
        """Remove the file, since this process ends when Pulumi asks it to, and Pulumi knows of all that was made.

        Not if it is asked amid a create: nobody waits for what that makes.
        """
        with self._lock:
            if self._file is not None and not self._under_way:
                # What can't be removed says nothing new of what Pulumi has.
                with contextlib.suppress(OSError):
                    self._file.unlink()

    def left_over(self, urn: str) -> list[NotedCreate]:
        """What processes that were killed had begun to make for a resource."""
        with self._lock:
            return [one for one in self._found().creates if one.urn == urn]

    def note_recorded(self, urn: str, id_: str, stream_id: str | None = None, created_at: str | None = None) -> None:
        """Note that Pulumi knows of this object, as what this resource is: so nothing of it is left over.

        Unless it is something else than what a create made: what that was to replace, or what a later run made. Then
        what it made, if it was sent, is left over until `recover` has looked for it, and a run of the stack is at work.
        What a process that is at work has begun isn't left over: this may be a preview meanwhile.

        Args:
            urn: the resource's.
            id_: the object's.
            stream_id: the stream that a playback ID is on.
            created_at: when it was made, as FastPix shows it.
        """

        def is_settled(one: NotedCreate) -> bool:
            if one.id == id_ or one.may_have_made(urn, id_, stream_id, created_at):
                return True
            made_nothing = not one.is_sent and one.urn == urn
            return not one.id and (made_nothing or (one.is_looked_for and in_one_stack(one.urn, urn)))

        with self._lock:
            self._recorded[urn] = id_
            found = self._found()
            settled = filter(is_settled, found.creates)
            found.forget([one for one in settled if not is_being_written(one.file)])

    def note_later(self, urn: str, id_: str) -> None:
        """Note for what is left over of a resource that this process has made something else for it."""
        with self._lock:
            if urn:
                self._found().note_later(urn, id_)

    def note_existing(self, create: NotedCreate, ids: Callable[[], Collection[str]]) -> None:
        """Note what is in the list in which a create will be, unless that was noted before.

        Creates that begin at once may all do so. The first line counts: nothing is sent before there is one.
        """
        with self._lock:
            if noted.list_of(create) in self._listed:
                return
        if len(listed := ids()) <= noted.MOST_EXISTING:
            self.write(noted.existing(create, listed))
        with self._lock:
            self._listed.add(noted.list_of(create))

    def write(self, line: dict[str, Any]) -> None:
        """Write a line. If that fails, nothing is written any more, which is announced once."""
        if self._folder is None or self._is_broken:
            return
        try:
            _write_whole(self._opened(self._folder), noted.encoded(line))
        except OSError as error:
            with self._lock:
                is_first, self._is_broken = not self._is_broken, True
            if is_first:
                warn(
                    f"The journal in {self._folder} can't be written: {error.strerror}. Everything goes on without it; "
                    f"but should this run be killed, `pulumi-fastpix recover` has to guess what it made. Make room "
                    f"there, or have {JOURNAL_VARIABLE} name another folder, or be `{JOURNAL_OFF}`."
                )

    def _opened(self, folder: Path) -> int:
        with self._lock:
            if self._descriptor is None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                prune(folder)
                file = new_file(folder)
                self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
                self._file = file
                lock(self._descriptor)
                atexit.register(self.end)
            return self._descriptor

    def _found(self) -> LeftOver:
        if self._left_over is None:
            self._left_over = LeftOver(self._folder, self._file)
        return self._left_over


@functools.cache
def journal_in(folder: Path | None) -> Journal:
    """The journal of this process in a folder, the same every time; None is no journal."""
    return Journal(folder)


def _write_whole(descriptor: int, data: bytes) -> None:
    """Write it in one piece, since there are other threads, and other processes that may add to this file."""
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
