"""What an audit finds, from what exists and what is declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind, Level, compare, exit_status
from pulumi_fastpix.cli.audit.report import message
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId
from support.states import STREAM, export, interrupted, resource


def declared(id_: str = "x", policy: str = "public", **more: bool) -> StoredPlaybackId:
    return PlaybackIds(parse(export(resource("main", id_, policy, **more)))).recorded[0]


def create(policy: str = "public", id_: str = "") -> StoredPlaybackId:
    return PlaybackIds(parse(interrupted(policy=policy, id_=id_))).interrupted_creates[0]


def listed(policy: str = "public") -> PlaybackId:
    return PlaybackId.model_validate({"id": "x", "accessPolicy": policy})


def test_the_names_in_the_json_output_are_frozen() -> None:
    """Pipelines compare them."""
    assert {kind.value: kind.level.value for kind in Kind} == {
        "undeclared-public": "critical",
        "undeclared-non-public": "warning",
        "deleted": "warning",
        "access-policy": "warning",
        "two-owners": "warning",
        "interrupted": "warning",
        "shared-stream": "note",
        "looked-up": "note",
    }


@pytest.mark.parametrize(
    ("exists", "recorded", "others", "kinds"),
    [
        ([listed()], [declared()], [], []),
        ([listed()], [], [], [Kind.UNDECLARED_PUBLIC]),
        ([listed("private")], [], [], [Kind.UNDECLARED_NON_PUBLIC]),
        ([listed("drm")], [], [], [Kind.UNDECLARED_NON_PUBLIC]),
        ([listed()], [], ["prod"], [Kind.SHARED_STREAM]),
        ([], [declared()], [], [Kind.DELETED]),
        (None, [declared()], [], [Kind.DELETED]),
        ([listed("private")], [declared()], [], [Kind.ACCESS_POLICY]),
        ([listed()], [declared()], ["prod"], [Kind.TWO_OWNERS, Kind.SHARED_STREAM]),
        ([listed()], [declared(external=True)], ["prod"], [Kind.SHARED_STREAM]),
        ([listed()], [declared(external=True)], [], [Kind.LOOKED_UP]),
        ([listed()], [declared(external=True), declared()], [], []),
        ([listed()], [declared(), declared(external=True)], [], []),
        ([], [declared(external=True)], [], [Kind.DELETED]),
        ([listed()], [declared(delete=True)], [], [Kind.UNDECLARED_PUBLIC]),
        ([], [declared(delete=True)], [], []),
        (None, [declared(delete=True)], [], []),
    ],
)
def test_the_findings_on_one_playback_id(
    exists: list[PlaybackId] | None, recorded: list[StoredPlaybackId], others: list[str], kinds: list[Kind]
) -> None:
    findings = compare([AuditedStream(STREAM, exists, recorded)], {"x": others} if others else {})
    assert [finding.kind for finding in findings] == kinds
    assert all(message(finding) for finding in findings)


@pytest.mark.parametrize("external", [False, True])
def test_a_declaration_on_a_deleted_stream_has_to_be_taken_out_of_the_program(external: bool) -> None:
    (with_stream,) = compare([AuditedStream(STREAM, None, [declared(external=external)])], {})
    assert with_stream.detail is Detail.STREAM_DELETED
    assert "its stream was deleted" in message(with_stream)
    assert "the next `pulumi up` fails unless it is taken out of the program" in message(with_stream)
    (alone,) = compare([AuditedStream(STREAM, [], [declared(external=external)])], {})
    assert "taken out of the program" not in message(alone)


def test_the_worst_finding_comes_first() -> None:
    streams = [
        AuditedStream("a", [], [], [create()]),
        AuditedStream("b", [], [declared("deleted")]),
        AuditedStream("c", [listed()], []),
    ]
    findings = compare(streams, {})
    assert [finding.kind for finding in findings] == [Kind.UNDECLARED_PUBLIC, Kind.DELETED, Kind.INTERRUPTED]


@pytest.mark.parametrize(
    ("stream", "detail", "text"),
    [
        (AuditedStream(STREAM, [listed()], []), None, "none of the stacks that were read declares it"),
        (AuditedStream(STREAM, [listed()], [], [create("private")]), None, "none of the stacks that were read"),
        (AuditedStream(STREAM, [listed()], [], [create()]), Detail.MAY_BE_INTERRUPTED, "may have made it"),
        (AuditedStream(STREAM, [listed()], [], [create(id_="x")]), Detail.MAY_BE_INTERRUPTED, "may have made it"),
        (AuditedStream(STREAM, [listed()], [], [create(id_="y")]), None, "none of the stacks that were read"),
        (
            AuditedStream(STREAM, [listed()], [declared(delete=True)]),
            Detail.REPLACED,
            "the next `pulumi up` deletes it",
        ),
    ],
)
def test_an_undeclared_playback_id_may_be_about_to_be_recorded_or_deleted(
    stream: AuditedStream, detail: Detail | None, text: str
) -> None:
    finding = compare([stream], {})[0]
    assert finding.detail is detail
    assert text in message(finding)
    assert message(finding).endswith(", and anyone who has its address can watch")
    assert stream.owned == 0


def test_the_message_on_a_changed_policy_names_the_recorded_one() -> None:
    (finding,) = compare([AuditedStream(STREAM, [listed("private")], [declared()])], {})
    assert (finding.access_policy, finding.recorded_policy) == ("private", "public")
    assert "it is public in the stack's state" in message(finding)


@pytest.mark.parametrize(("stacks", "text"), [(("prod",), "stack prod owns it"), (("a", "b"), "stacks a, b own it")])
def test_the_message_on_several_owners_names_them(stacks: tuple[str, ...], text: str) -> None:
    assert text in message(Finding(Kind.TWO_OWNERS, STREAM, stacks=stacks))


@pytest.mark.parametrize(
    ("level", "least", "reaches"),
    [
        (Level.CRITICAL, Level.WARNING, True),
        (Level.WARNING, Level.WARNING, True),
        (Level.NOTE, Level.WARNING, False),
        (Level.WARNING, Level.CRITICAL, False),
        (Level.NOTE, Level.NOTE, True),
    ],
)
def test_a_level_reaches_those_below_it(level: Level, least: Level, reaches: bool) -> None:
    assert level.reaches(least) is reaches


@pytest.mark.parametrize(
    ("kinds", "least", "complete", "status"),
    [
        ([], Level.NOTE, True, 0),
        ([Kind.SHARED_STREAM], Level.WARNING, True, 0),
        ([Kind.DELETED, Kind.SHARED_STREAM], Level.WARNING, True, 1),
        ([Kind.DELETED], Level.CRITICAL, True, 0),
        ([Kind.UNDECLARED_PUBLIC], Level.CRITICAL, True, 1),
        ([], Level.WARNING, False, 2),
        ([Kind.UNDECLARED_PUBLIC], Level.WARNING, False, 2),
    ],
)
def test_the_exit_status(kinds: list[Kind], least: Level, complete: bool, status: int) -> None:
    assert exit_status([Finding(kind, STREAM) for kind in kinds], least, complete=complete) == status


def test_the_audit_page_has_every_kind_with_its_level() -> None:
    page = (Path(__file__).parents[3] / "docs" / "audit.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| `([a-z]+)` \|", page, flags=re.MULTILINE)
    assert rows == [(kind.value, kind.level.value) for kind in Kind]
