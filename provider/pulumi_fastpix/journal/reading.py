"""Reads what killed processes have left in the journal."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pulumi_fastpix.journal.files import MOST_BYTES, files_in, is_being_written
from pulumi_fastpix.journal.noted import (
    LONGEST_LINE,
    NotedCreate,
    encoded,
    left_over,
    looked_for,
    made,
    made_later,
    settled,
)


class LeftOver:
    """The creates in a folder that aren't settled, as they were when it was read.

    A process that ends when Pulumi asks it to removes its file. So those that are left are of processes that were
    killed, or are at work.

    Args:
        folder: where the files are; None if there is no journal.
        own: the file of this process, which doesn't count.

    Attributes:
        creates: these.
        unreadable: what couldn't be read, in sentences.
    """

    def __init__(self, folder: Path | None, own: Path | None = None) -> None:
        self.creates: list[NotedCreate] = []
        self.unreadable: list[str] = []
        if folder is None:
            return
        try:
            next(folder.iterdir(), None)
        except FileNotFoundError:
            return
        except OSError as error:
            self.unreadable.append(f"The journal in {folder} can't be read: {error.strerror}.")
        for file in files_in(folder):
            if file != own:
                self._read(file)

    def of_stack(self, stack: str, project: str) -> list[NotedCreate]:
        """Those of one stack."""
        return [one for one in self.creates if one.urn.startswith(f"urn:pulumi:{stack}::{project}::")]

    def note_looked_for(self, creates: Iterable[NotedCreate]) -> None:
        """Note that `recover` has told what these may have made, if it found anything: the next run settles them."""
        for create in creates:
            with contextlib.suppress(OSError):
                _append(create.file, encoded(looked_for(create)))

    def note_made(self, create: NotedCreate, id_: str) -> None:
        """Note that somebody knows what this has made."""
        with contextlib.suppress(OSError):
            _append(create.file, encoded(made(create, id_)))

    def note_later(self, urn: str, id_: str) -> None:
        """Note that this was made now for a resource, and by none of the creates of it that are left over."""
        for number, create in enumerate(self.creates):
            if create.urn == urn:
                self.creates[number] = replace(create, later=create.later | {id_})
                with contextlib.suppress(OSError):
                    _append(create.file, encoded(made_later(create, id_)))

    def forget(self, creates: Iterable[NotedCreate]) -> None:
        """Note that these are settled, and remove the files in which no other is left."""
        for create in creates:
            self.creates.remove(create)
            # If it can't be noted, it is found again, which changes nothing.
            with contextlib.suppress(OSError):
                _append(create.file, encoded(settled(create)))
                left = any(one.file == create.file and one.is_sent for one in self.creates)
                if not left and not is_being_written(create.file):
                    create.file.unlink()

    def _read(self, file: Path) -> None:
        try:
            if file.stat().st_size > MOST_BYTES:
                self.unreadable.append(f"{file}, of the journal, is too large to be read.")
                return
            with file.open("rb") as opened:
                lines = iter(lambda: opened.readline(LONGEST_LINE + 1), b"")
                creates = left_over(lines)
        except FileNotFoundError:
            return
        except OSError as error:
            self.unreadable.append(f"{file}, of the journal, can't be read: {error.strerror}.")
            return
        self.creates += [replace(create, file=file) for create in creates]


def _append(file: Path, line: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
