"""The lines of the journal, as they are written, and as they are after a kill, a disk's fault or another version."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.journal import noted
from pulumi_fastpix.journal.noted import FORMAT, LONGEST_LINE, NotedCreate, encoded, left_over
from support.noted import NOTED, create, lines_of
from support.states import STREAM

SENT = replace(NOTED, is_sent=True)
MADE = replace(SENT, id="id-1", existing=frozenset({"old"}))


def read(lines: Iterable[bytes]) -> list[NotedCreate]:
    """What is left over in a file with these lines."""
    return left_over(b"".join(lines).splitlines(keepends=True))


def raw(**line: Any) -> bytes:
    return b"\n" + json.dumps(line).encode()


@pytest.mark.parametrize(
    "one",
    [
        NOTED,
        SENT,
        MADE,
        replace(MADE, existing=frozenset()),
        replace(SENT, replaces="old"),
        replace(MADE, restricts=("domains", "userAgents")),
        replace(MADE, stream_id="", kind="digest", type_name="LiveStream"),
        replace(MADE, urn="urn:pulumi:dev::project::type::a name::with colons, ü and \n a line's end"),
    ],
)
def test_what_is_written_is_read(one: NotedCreate) -> None:
    assert read(lines_of(one)) == [one]


def test_later_lines_change_earlier_ones() -> None:
    lines = [*lines_of(MADE), *lines_of(create(2, is_sent=True)), *lines_of(create(3, is_sent=True))]
    lines += [encoded(noted.made_nothing(create(2))), encoded(noted.looked_for(create(3)))]
    lines += [encoded(noted.made_later(create(2), "id-2"))]
    old = frozenset({"old"})
    assert read(lines) == [
        MADE,
        create(2, existing=old, later=frozenset({"id-2"})),
        create(3, is_sent=True, is_looked_for=True, existing=old),
    ]
    assert read([*lines, encoded(noted.settled(MADE)), encoded(noted.settled(create(2)))]) == [
        create(3, is_sent=True, is_looked_for=True, existing=old)
    ]


def test_a_list_counts_as_it_was_first_and_for_its_own_creates_only() -> None:
    elsewhere = create(2, stream_id="another")
    second = [encoded(noted.existing(NOTED, ["later"]))]
    assert [one.existing for one in read([*lines_of(MADE), *lines_of(elsewhere), *second])] == [{"old"}, None]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\n\n\n",
        b"\nno JSON",
        b"\n\x00\x00\x00\x00",
        b"\n\xff\xfe{",
        b'\n{"event": "begun", "key": "key-9", "ur',
        b'\n"a string"',
        b"\n[1]",
        b"\nnull",
        b"\n{}",
        b"\n" + b"[" * 100_000,
        b"\n" + b"9" * 5_000,
        b"\n" + b"x" * (3 * LONGEST_LINE),
        raw(event=None),
        raw(event=["begun"]),
        raw(event="begun", key="key-9"),
        raw(event="begun", format=FORMAT, key="key-9", urn="no URN"),
        raw(event="begun", format=FORMAT, key="", urn=NOTED.urn),
        raw(event="begun", format=FORMAT, key=9, urn=NOTED.urn),
        raw(event="begun", format=FORMAT, key="key-9", urn=[NOTED.urn]),
        raw(event="begun", format=FORMAT, key="key-9", urn=NOTED.urn, kind={"a": 1}),
        raw(event="begun", format=FORMAT, key="key-9", urn=NOTED.urn, restricts="domains"),
        raw(event="begun", format=FORMAT + 1, key="key-9", urn=NOTED.urn),
        raw(event="begun", format=str(FORMAT), key="key-9", urn=NOTED.urn),
        raw(event="sending", key="never begun"),
        raw(event="sending", key=["key-1"]),
        raw(event="made", key="key-1"),
        raw(event="made", key="key-1", id=1),
        raw(event="made", key="never begun", id="id-9"),
        raw(event="settled", key=None),
        raw(event="settled", key="never begun"),
        raw(event="existing", list="LivePlaybackId", ids=["x"]),
        raw(event="existing", list=[["LivePlaybackId"], {}, 1], ids=[1, None]),
        raw(event="existing", list=[NOTED.type_name, NOTED.seen_by, STREAM], ids=None),
        raw(event="something new", key="key-1", id="id-9"),
    ],
)
def test_what_is_not_understood_changes_nothing(damaged: bytes) -> None:
    begun, *rest = lines_of(MADE)
    # An interrupted write stands where it was begun, and the next line behind it all the same.
    assert read([damaged, begun, damaged, *rest, damaged]) == [MADE]


def test_each_line_may_be_lost_or_cut() -> None:
    """Whatever part of a file is there, reading it raises nothing and makes nothing up."""
    whole = b"".join([*lines_of(MADE), *lines_of(create(2, is_sent=True, id="id-2"))])
    for end in range(len(whole)):
        for one in left_over(whole[:end].splitlines(keepends=True)):
            assert one.id in {"", "id-1", "id-2"}
            assert one.key in {"key-1", "key-2"}
            assert not one.id or one.is_sent


def test_a_line_has_none_of_the_line_ends_that_a_name_has() -> None:
    line = encoded(noted.begun(replace(NOTED, urn=f"{NOTED.urn}\r\n\u2028")))
    assert line.startswith(b"\n{")
    assert len(line[1:].splitlines()) == 1
