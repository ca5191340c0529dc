"""What an audit finds, from what exists and what is declared."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.audit.comparison import Stacks, compare
from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind, Level, exit_status
from pulumi_fastpix.cli.audit.messages import message
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId
from support.states import STREAM, export, interrupted, resource, secret


def declared(id_: str = "x", policy: str = "public", **more: Any) -> StoredPlaybackId:
    return PlaybackIds(parse(export(resource("main", id_, policy, **more)))).recorded[0]


def create(policy: str = "public", id_: str = "") -> StoredPlaybackId:
    return PlaybackIds(parse(interrupted(policy=policy, id_=id_))).interrupted_creates[0]


def listed(policy: str = "public", **restrictions: Any) -> PlaybackId:
    return PlaybackId.model_validate({"id": "x", "accessPolicy": policy, "accessRestrictions": restrictions})


OPEN = {"defaultPolicy": "allow", "allow": [], "deny": []}
PARTNER = {"defaultPolicy": "deny", "allow": ["a.example"]}
DENIED = {"deny": ["b.example"]}


def test_the_names_in_the_json_output_are_frozen() -> None:
    """Pipelines compare them."""
    assert {kind.value: kind.level.value for kind in Kind} == {
        "undeclared-public": "critical",
        "opened": "critical",
        "undeclared-restricted": "warning",
        "undeclared-non-public": "warning",
        "stream-deleted": "warning",
        "deleted": "warning",
        "access-policy": "warning",
        "access-restrictions": "warning",
        "two-owners": "warning",
        "stream-two-owners": "warning",
        "interrupted-stream": "warning",
        "interrupted": "warning",
        "signing-key-deleted": "warning",
        "signing-key-two-owners": "warning",
        "interrupted-signing-key": "warning",
        "shared-stream": "note",
        "looked-up": "note",
        "restricted-elsewhere": "note",
        "undeclared-signing-key": "note",
        "undeclared-stream": "note",
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
        ([listed(domains=PARTNER)], [], [], [Kind.UNDECLARED_RESTRICTED]),
        ([listed(userAgents=PARTNER)], [], [], [Kind.UNDECLARED_RESTRICTED]),
        ([listed(domains=OPEN, userAgents=OPEN)], [], [], [Kind.UNDECLARED_PUBLIC]),
        ([listed(domains=DENIED)], [], [], [Kind.UNDECLARED_PUBLIC]),
        ([listed("private", domains=PARTNER)], [], [], [Kind.UNDECLARED_NON_PUBLIC]),
        ([listed(domains=PARTNER)], [declared(delete=True)], [], [Kind.UNDECLARED_RESTRICTED]),
        ([listed()], [declared(restrictions={"domains": PARTNER})], [], []),
        ([listed(domains=PARTNER)], [declared(restrictions={"domains": PARTNER})], [], []),
        ([listed(domains=OPEN)], [declared(restrictions={"domains": PARTNER})], [], [Kind.OPENED]),
        ([listed(domains=DENIED)], [declared(restrictions={"domains": PARTNER})], [], [Kind.OPENED]),
        ([listed(domains=PARTNER)], [declared(restrictions={"domains": DENIED})], [], [Kind.ACCESS_RESTRICTIONS]),
        ([listed(domains=OPEN)], [declared(restrictions={"domains": DENIED})], [], [Kind.ACCESS_RESTRICTIONS]),
        (
            [listed(domains=OPEN)],
            [declared(restrictions={"domains": PARTNER, "userAgents": PARTNER})],
            [],
            [Kind.ACCESS_RESTRICTIONS],
        ),
        (
            [listed("private", domains=OPEN)],
            [declared(policy="private", restrictions={"domains": PARTNER})],
            [],
            [Kind.ACCESS_RESTRICTIONS],
        ),
        ([listed(domains=PARTNER)], [declared()], [], [Kind.RESTRICTED_ELSEWHERE]),
        ([listed(domains=OPEN)], [declared()], [], []),
        (
            [listed(domains=OPEN, userAgents=DENIED)],
            [declared(restrictions={"domains": PARTNER})],
            [],
            [Kind.OPENED, Kind.RESTRICTED_ELSEWHERE],
        ),
        (
            [listed(domains=OPEN)],
            [declared(external=True, restrictions={"domains": PARTNER})],
            ["prod"],
            [Kind.SHARED_STREAM],
        ),
    ],
)
def test_the_findings_on_one_playback_id(
    exists: list[PlaybackId] | None, recorded: list[StoredPlaybackId], others: list[str], kinds: list[Kind]
) -> None:
    findings = compare([AuditedStream(STREAM, exists, recorded)], Stacks({"x": others} if others else {}))
    assert [finding.kind for finding in findings] == kinds
    assert all(message(finding) for finding in findings)


@pytest.mark.parametrize("external", [False, True])
def test_a_declaration_on_a_deleted_stream_has_to_be_taken_out_of_the_program(external: bool) -> None:
    (with_stream,) = compare([AuditedStream(STREAM, None, [declared(external=external)])], Stacks())
    assert with_stream.detail is Detail.STREAM_DELETED
    assert "its stream was deleted" in message(with_stream)
    assert "the next `pulumi up` fails unless it is taken out of the program" in message(with_stream)
    (alone,) = compare([AuditedStream(STREAM, [], [declared(external=external)])], Stacks())
    assert "taken out of the program" not in message(alone)


def test_the_worst_finding_comes_first() -> None:
    streams = [
        AuditedStream("a", [], [], [create()]),
        AuditedStream("b", [], [declared("deleted")]),
        AuditedStream("c", [listed()], []),
    ]
    findings = compare(streams, Stacks())
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
    finding = compare([stream], Stacks())[0]
    assert finding.detail is detail
    assert text in message(finding)
    assert message(finding).endswith(", and anyone who has its address can watch")
    assert stream.owned == 0


def test_the_message_on_a_changed_policy_names_the_recorded_one() -> None:
    (finding,) = compare([AuditedStream(STREAM, [listed("private")], [declared()])], Stacks())
    assert (finding.access_policy, finding.recorded_policy) == ("private", "public")
    assert "it is public in the stack's state" in message(finding)


def test_access_restrictions_are_put_in_words() -> None:
    def message_on(exists: PlaybackId, *recorded: StoredPlaybackId) -> str:
        (finding,) = compare([AuditedStream(STREAM, [exists], recorded)], Stacks())
        return message(finding)

    for_partner = "public, for the domain a.example alone and for all user agents"
    assert message_on(listed(domains=PARTNER)).endswith(f" declares it; it is {for_partner}")
    assert message_on(listed(domains=DENIED)).endswith(
        "it is public, for all domains but b.example and for all user agents"
    )
    assert message_on(listed(domains=PARTNER), declared()).startswith(f"it is {for_partner}; ")
    assert message_on(listed(domains=OPEN), declared(restrictions={"domains": PARTNER})) == (
        f"it is public, for all domains and for all user agents; in the stack's state it is {for_partner}; `pulumi "
        f"refresh` and then `pulumi up` restore what is declared"
    )


@pytest.mark.parametrize(
    "group", [secret(plaintext=json.dumps(PARTNER)), {**PARTNER, "allow": [secret(plaintext='"a.example"')]}]
)
def test_access_restrictions_that_are_a_secret_of_the_stack_are_compared_and_not_shown(group: Any) -> None:
    def findings_on(*, replaced: bool = False, **restrictions: Any) -> list[Finding]:
        recorded = [declared(restrictions={"domains": group}, delete=replaced)]
        return compare([AuditedStream(STREAM, [listed(**restrictions)], recorded)], Stacks())

    assert findings_on(domains=PARTNER) == []
    (undeclared,) = findings_on(domains=PARTNER, replaced=True)
    assert undeclared.kind is Kind.UNDECLARED_RESTRICTED
    assert "a.example" not in f"{undeclared}{message(undeclared)}"
    found = findings_on(domains={**PARTNER, "allow": ["a.example", "c.example"]}, userAgents=DENIED)
    assert [one.kind for one in found] == [Kind.ACCESS_RESTRICTIONS, Kind.RESTRICTED_ELSEWHERE]
    assert "a.example" not in f"{found}{[message(one) for one in found]}"
    assert "a secret of the stack" in message(found[0])


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
