"""What existed before a run is noted before anything is sent, and nothing else, however creates overtake each other."""

from __future__ import annotations

from pathlib import Path

from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.journal.writing import Journal
from support.noted import create


def test_a_list_lacks_what_another_create_makes_while_it_is_noted(folder: Path) -> None:
    journal = Journal(folder)
    with journal.creating(create(1)) as slow, journal.creating(create(2)) as overtaking:

        def listed() -> list[str]:
            overtaking.sending(lambda: ["old"])
            overtaking.made("ours")
            return ["old", "ours"]

        slow.sending(listed)
    assert [one.existing for one in LeftOver(folder).creates] == [frozenset({"old"})] * 2
    journal.end()


def test_no_create_is_sent_before_its_list_is_noted(folder: Path) -> None:
    journal = Journal(folder)
    with journal.creating(create(1)) as slow, journal.creating(create(2)) as overtaking:

        def listed() -> list[str]:
            overtaking.sending(lambda: ["old"])
            # Its process may be killed now.
            assert [one.existing for one in LeftOver(folder).creates] == [frozenset({"old"})] * 2
            return ["old"]

        slow.sending(listed)
    journal.end()
