"""Journals with a known fault, each of which the promises have to find."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from pulumi_fastpix.journal.noted import NotedCreate, existing, list_of
from support.simulation.mortal import MortalJournal


class DoesNotNoteWhatWasMade(MortalJournal):
    """It keeps to itself what a create was answered with."""

    def write(self, line: dict[str, Any]) -> None:
        if line["event"] != "made":
            super().write(line)


class NotesSendingAfterwards(MortalJournal):
    """It notes that a request is sent once it is answered."""

    def write(self, line: dict[str, Any]) -> None:
        if line["event"] in {"made", "made nothing"}:
            super().write({"event": "sending", "key": line["key"]})
        if line["event"] != "sending":
            super().write(line)


class DoesNotNoteWhatExisted(MortalJournal):
    """It keeps to itself what was there before."""

    def write(self, line: dict[str, Any]) -> None:
        if line["event"] != "existing":
            super().write(line)


class NotesTheListTooLate(MortalJournal):
    """It lets other creates go on before the list is noted, which may have what these made."""

    def note_existing(self, create: NotedCreate, ids: Callable[[], Collection[str]]) -> None:
        if list_of(create) not in self._listed:
            self._listed.add(list_of(create))
            self.write(existing(create, ids()))


class RefusesNothing(MortalJournal):
    """It doesn't find what killed processes have left."""

    def left_over(self, urn: str) -> list[NotedCreate]:
        del urn
        return []


class NotesAnotherCreatesId(MortalJournal):
    """It mixes two creates up."""

    _before = ""

    def write(self, line: dict[str, Any]) -> None:
        if line["event"] == "made":
            self._before, line = line["id"], {**line, "id": self._before or line["id"]}
        super().write(line)
