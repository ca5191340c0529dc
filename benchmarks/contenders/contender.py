"""What every contender is: a way to make playback IDs, prepared in a folder and then run as commands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from benchmarks.server import Server
from benchmarks.work import OPERATIONS, Operation, Work


class Prepared(ABC):
    """A contender in a folder, about to do one work.

    Attributes:
        folder: where its commands run.
        environ: what they run with.
        state: the file in which it remembers what it has made.
    """

    folder: Path
    environ: Mapping[str, str]
    state: Path

    @abstractmethod
    def command(self, operation: Operation) -> Sequence[str]:
        """The command for an operation, after whatever has to be changed before it."""


class Contender(ABC):
    """One way to make playback IDs.

    Attributes:
        name: as the command line and the results have it.
        title: as the page has it.
        operations: those that it has at all.
        ids: between how few and how many playback IDs it is measured.
        at_once: how many requests it is meant to send at once.
        makes_playback_ids: whether it does the work, or only what is around it.
        floor: the name of the contender that does the same without any request.
    """

    name: str
    title: str
    operations: ClassVar[tuple[Operation, ...]] = OPERATIONS
    ids: range = range(1, 1_000_001)
    at_once: int
    makes_playback_ids: ClassVar[bool] = True
    floor: str | None = None

    def missing(self) -> str | None:
        """What this machine lacks for it."""
        return None

    @abstractmethod
    def prepare(self, folder: Path, work: Work, server: Server) -> Prepared:
        """Get everything ready that isn't to be measured."""
