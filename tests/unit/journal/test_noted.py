"""The lines of the journal, and what is read from whole, damaged and foreign ones."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.journal import noted
from pulumi_fastpix.journal.noted import NotedCreate, left_over

CREATE = NotedCreate(
    key="k",
    urn="urn:pulumi:dev::project::fastpix:index:LivePlaybackId::main",
    type_name="LivePlaybackId",
    seen_by="mark",
    stream_id="s",
    kind="public",
    restricts=("domains",),
    begun_at="2026-11-29T12:00:00Z",
)
BEGUN, SENDING, MADE = noted.begun(CREATE), noted.sending(CREATE), noted.made(CREATE, "p")
EXISTING = noted.existing(CREATE, ["b", "a"])


def read(*lines: dict[str, Any] | bytes) -> list[NotedCreate]:
    """What is read from a file with these lines."""
    text = b"".join(line if isinstance(line, bytes) else noted.encoded(line) for line in lines)
    return left_over(text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        pytest.param([BEGUN], {}, id="begun"),
        pytest.param([BEGUN, EXISTING, SENDING], {"is_sent": True, "existing": frozenset("ab")}, id="sent"),
        pytest.param([BEGUN, SENDING, MADE], {"is_sent": True, "id": "p"}, id="made"),
        pytest.param([BEGUN, SENDING, noted.made_nothing(CREATE)], {}, id="made nothing"),
        pytest.param(
            [BEGUN, SENDING, noted.not_found(CREATE)], {"is_sent": True, "is_looked_for": True}, id="not found"
        ),
        pytest.param([BEGUN, EXISTING, noted.existing(CREATE, "c")], {"existing": frozenset("ab")}, id="first list"),
        pytest.param([BEGUN, {"event": "of a newer version"}, {**SENDING, "more": 1}], {"is_sent": True}, id="newer"),
        pytest.param([BEGUN, b"\n" + b"\xff" * 9, SENDING], {"is_sent": True}, id="no JSON"),
        pytest.param([BEGUN, noted.encoded(SENDING)[:9], MADE], {"id": "p"}, id="half a line"),
        pytest.param([BEGUN, b"\n" + b"[" * 900_000, SENDING], {"is_sent": True}, id="nested too deeply"),
        pytest.param([BEGUN, b"\n[1, null]", {"event": "made", "key": 7, "id": []}], {}, id="other types"),
        pytest.param([BEGUN, noted.existing(CREATE, ["i" * 1_000_000]), SENDING], {"is_sent": True}, id="too long"),
    ],
)
def test_a_create_is_read_as_far_as_it_came(lines: list[dict[str, Any] | bytes], changes: dict[str, Any]) -> None:
    assert read(*lines) == [replace(CREATE, **changes)]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="empty"),
        pytest.param([BEGUN, SENDING, MADE, noted.settled(CREATE)], id="settled"),
        pytest.param([SENDING, MADE], id="without its beginning"),
        pytest.param([{**BEGUN, "format": 2}, SENDING], id="another format"),
        pytest.param([{**BEGUN, "urn": "main"}], id="no URN"),
        pytest.param([{**BEGUN, "kind": 1}], id="wrong type"),
        pytest.param([{**BEGUN, "restricts": "domains"}], id="wrong type of a list"),
        pytest.param([{**BEGUN, "key": ""}], id="no key"),
    ],
)
def test_there_is_no_create(lines: list[dict[str, Any]]) -> None:
    assert read(*lines) == []


def test_each_list_has_what_existed_in_it() -> None:
    other = replace(CREATE, key="o", stream_id="another")
    creates = read(BEGUN, EXISTING, noted.begun(other), noted.existing(other, "c"))
    assert [one.existing for one in creates] == [frozenset("ab"), frozenset("c")]


def test_a_line_has_no_more_than_it_needs() -> None:
    assert json.loads(noted.encoded(noted.begun(NotedCreate("k", CREATE.urn, "SigningKey", "mark")))) == {
        "event": "begun",
        "format": 1,
        "key": "k",
        "urn": CREATE.urn,
        "type_name": "SigningKey",
        "seen_by": "mark",
    }
