"""What an audit finds, from what exists and what is declared."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.audit.findings import AuditedStream, Kind, Level, compare
from pulumi_fastpix.stack.state import Resource, parse
from support.states import STREAM, export, resource


def known(id_: str = "x", policy: str = "public", **more: bool) -> Resource:
    return parse(export(resource("main", id_, policy, **more))).playback_ids[0]


def begun(policy: str = "public") -> Resource:
    return parse(export(pending=(resource("begun", policy=policy),))).pending_creates[0]


def listed(policy: str = "public") -> PlaybackId:
    return PlaybackId.model_validate({"id": "x", "accessPolicy": policy})


@pytest.mark.parametrize(
    ("exists", "declared", "others", "kinds"),
    [
        ([listed()], [known()], [], []),
        ([listed()], [], [], [Kind.OPEN]),
        ([listed("private")], [], [], [Kind.UNDECLARED]),
        ([listed("drm")], [], [], [Kind.UNDECLARED]),
        ([listed()], [], ["prod"], [Kind.SHARED]),
        ([], [known()], [], [Kind.GONE]),
        (None, [known()], [], [Kind.GONE]),
        ([listed("private")], [known()], [], [Kind.POLICY]),
        ([listed()], [known()], ["prod"], [Kind.TWO_OWNERS, Kind.SHARED]),
        ([listed()], [known(external=True)], ["prod"], [Kind.SHARED]),
        ([listed()], [known(external=True)], [], [Kind.USED]),
        ([listed()], [known(external=True), known()], [], []),
        ([listed()], [known(), known(external=True)], [], []),
        ([], [known(external=True)], [], [Kind.GONE]),
        ([listed()], [known(delete=True)], [], [Kind.OPEN]),
        ([], [known(delete=True)], [], []),
        (None, [known(delete=True)], [], []),
    ],
)
def test_one_playback_id(
    exists: list[PlaybackId] | None, declared: list[Resource], others: list[str], kinds: list[Kind]
) -> None:
    findings = compare([AuditedStream(STREAM, exists, declared)], {"x": others} if others else {})
    assert [finding.kind for finding in findings] == kinds
    assert all(finding.text for finding in findings)


@pytest.mark.parametrize("external", [False, True])
def test_of_a_deleted_stream_nothing_can_be_made_again(external: bool) -> None:
    (with_stream,) = compare([AuditedStream(STREAM, None, [known(external=external)])], {})
    assert "its stream was deleted" in with_stream.text
    assert "the next `pulumi up` fails unless it is taken out of the program" in with_stream.text
    (alone,) = compare([AuditedStream(STREAM, [], [known(external=external)])], {})
    assert "taken out of the program" not in alone.text


def test_the_worst_comes_first_and_a_killed_run_is_mentioned() -> None:
    streams = [
        AuditedStream("a", [], [], [begun()]),
        AuditedStream("b", [], [known("gone")]),
        AuditedStream("c", [listed()], []),
    ]
    findings = compare(streams, {})
    assert [finding.kind for finding in findings] == [Kind.OPEN, Kind.GONE, Kind.CUT_OFF]
    assert [finding.level for finding in findings] == [Level.OPEN, Level.DRIFT, Level.DRIFT]


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (AuditedStream(STREAM, [listed()], []), "nobody declares it"),
        (AuditedStream(STREAM, [listed()], [], [begun("private")]), "nobody declares it"),
        (AuditedStream(STREAM, [listed()], [], [begun()]), "still going on, may have made it"),
        (AuditedStream(STREAM, [listed()], [known(delete=True)]), "its deletion is still to come"),
    ],
)
def test_what_looks_undeclared_may_be_on_its_way(stream: AuditedStream, says: str) -> None:
    finding = compare([stream], {})[0]
    assert says in finding.text
    assert finding.text.endswith(", and whoever has its address can watch")
    assert stream.owned == 0


@pytest.mark.parametrize(
    ("level", "least", "reaches"),
    [
        (Level.OPEN, Level.DRIFT, True),
        (Level.DRIFT, Level.DRIFT, True),
        (Level.NOTE, Level.DRIFT, False),
        (Level.DRIFT, Level.OPEN, False),
        (Level.NOTE, Level.NOTE, True),
    ],
)
def test_levels(level: Level, least: Level, reaches: bool) -> None:
    assert level.reaches(least) is reaches
