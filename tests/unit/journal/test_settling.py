"""When what a killed process had begun is nobody's concern any more, and when it isn't."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.journal.writing import Journal
from support.noted import NOTED, create, write_journal
from unit.journal.conftest import make, send


def test_what_pulumi_has_is_settled(journal: Journal, folder: Path) -> None:
    write_journal(
        folder,
        create(1, "known", is_sent=True, id="id-1"),
        create(2, "in doubt", is_sent=True),
        create(3, "moved", is_sent=True, id="id-3"),
        create(4, "left", is_sent=True, id="id-4"),
        create(5, "in doubt", is_sent=True, id="id-5"),
    )
    journal.note_recorded(create(1, "known").urn, "id-1")
    journal.note_recorded(create(2, "in doubt").urn, "another")
    journal.note_recorded("", "id-3")
    assert [one.key for one in LeftOver(folder).creates] == ["key-4", "key-5"]
    assert [one.key for one in journal.left_over(create(4, "left").urn)] == ["key-4"]
    assert journal.left_over(create(1, "known").urn) == []


def test_what_existed_before_a_create_does_not_settle_it(journal: Journal, folder: Path) -> None:
    """The create of a replacement: Pulumi has what is to be replaced, and that isn't what the create made."""
    write_journal(folder, create(1, is_sent=True, existing=frozenset({"old"})))
    journal.note_recorded(NOTED.urn, "old")
    assert len(journal.left_over(NOTED.urn)) == 1
    journal.note_recorded(NOTED.urn, "new")
    assert journal.left_over(NOTED.urn) == []


def test_what_a_create_was_to_replace_does_not_settle_it(journal: Journal, folder: Path) -> None:
    """A list that is long shows only some of what existed, and what is on another stream is in none."""
    killed = Journal(folder)
    killed.note_recorded(NOTED.urn, "old")
    with killed.creating(NOTED) as noting:
        send(noting)
    journal.note_recorded(NOTED.urn, "old", NOTED.stream_id)
    assert [one.replaces for one in journal.left_over(NOTED.urn)] == ["old"]
    journal.note_recorded(NOTED.urn, "new", NOTED.stream_id)
    assert len(journal.left_over(NOTED.urn)) == 1, "its process is alive"
    assert killed._descriptor is not None
    os.close(killed._descriptor)
    journal.note_recorded(NOTED.urn, "new", NOTED.stream_id)
    assert journal.left_over(NOTED.urn) == []


def test_what_is_on_another_stream_does_not_settle_it(journal: Journal, folder: Path) -> None:
    """Pulumi doesn't always ask what differs: it replaces what is `deleted_with` something that it replaces."""
    write_journal(folder, create(1, is_sent=True))
    journal.note_recorded(NOTED.urn, "old", "another stream")
    assert len(journal.left_over(NOTED.urn)) == 1
    journal.note_recorded(NOTED.urn, "new", NOTED.stream_id)
    assert journal.left_over(NOTED.urn) == []


@pytest.mark.parametrize(
    ("created_at", "is_settled"),
    [
        ("2026-05-20T12:45:14.267974Z", False),
        ("2026-05-20T12:49:59Z", True),
        ("2026-05-20T13:50:15.5Z", True),
        (None, True),
        ("by hand", True),
    ],
)
def test_what_is_older_does_not_settle_it(
    created_at: str | None, is_settled: bool, journal: Journal, folder: Path
) -> None:
    """Five minutes, since FastPix's clock may be another one. Pulumi doesn't always ask what differs: `--replace`."""
    write_journal(folder, create(1, is_sent=True))
    journal.note_recorded(NOTED.urn, "old", None, created_at)
    assert (journal.left_over(NOTED.urn) == []) is is_settled


def test_what_several_later_runs_made_does_not_settle_it(journal: Journal, folder: Path) -> None:
    write_journal(folder, create(1, is_sent=True))
    for made in ("second", "third"):
        make(journal, create(2), made)
    for made in ("second", "third"):
        journal.note_recorded(NOTED.urn, made)
        assert len(journal.left_over(NOTED.urn)) == len(LeftOver(folder).creates) - 1 == 1


def test_what_was_looked_for_is_settled_by_any_run_of_its_stack(journal: Journal, folder: Path) -> None:
    """Its resource may have another name by then, or none."""
    write_journal(folder, create(1, "renamed", is_sent=True))
    found = LeftOver(folder)
    found.note_looked_for(found.creates)
    journal.note_recorded(NOTED.urn.replace("::project::", "::another::"), "id-2")
    assert len(LeftOver(folder).creates) == 1
    journal.note_recorded(NOTED.urn, "id-1")
    assert LeftOver(folder).creates == []


def test_its_own_creates_are_not_left_over(journal: Journal) -> None:
    make(journal, NOTED)
    assert journal.left_over(NOTED.urn) == []
