"""A stack's state together with what the journal has of creates that it didn't record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.stack.left_over import with_left_over, without
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import CREATING, Operation, Resource, StackState
from pulumi_fastpix.stack.values import is_secret

TYPE = "fastpix:index:LivePlaybackId"
URN = f"urn:pulumi:dev::project::{TYPE}::main"
FAR = "urn:pulumi:dev::project::pulumi:providers:fastpix::far"
MADE = NotedCreate("k", URN, "LivePlaybackId", "mark", "s", "public", is_sent=True, id="p")
SENT = replace(MADE, id="")
BEGUN = replace(SENT, is_sent=False)


def resource(urn: str = URN, id_: str = "", **more: Any) -> Resource:
    return Resource(urn, TYPE, "LivePlaybackId", id_, **more)


def merged(state: StackState, *creates: NotedCreate, secret: str = "") -> StackState:
    return with_left_over(state, creates, {"mark": "", "far": FAR}.__getitem__, {secret})


@pytest.mark.parametrize(
    ("create", "taken_by", "interrupted"),
    [
        pytest.param(MADE, "", ["p"], id="made"),
        pytest.param(SENT, "", [""], id="sent"),
        pytest.param(BEGUN, "", [], id="never sent"),
        pytest.param(MADE, "p", [], id="made, and recorded"),
        pytest.param(MADE, "other", ["p"], id="made, and its name is taken"),
        pytest.param(SENT, "other", [], id="sent, and its name is taken"),
    ],
)
def test_a_create_that_pulumi_forgot_is_interrupted_unless_it_is_over(
    create: NotedCreate, taken_by: str, interrupted: list[str]
) -> None:
    recorded = (resource(id_=taken_by),) if taken_by else ()
    state = merged(StackState("dev", "project", recorded), create)
    assert [(one.resource.id, one.noted, one.remembered) for one in state.interrupted] == [
        (id_, create, False) for id_ in interrupted
    ]


def test_creates_that_pulumi_remembers_get_what_the_journal_knows() -> None:
    """Of two with one name, each gets one; their inputs stay as the state has them."""
    remembered = [Operation(CREATING, resource(inputs={"streamId": "s", "of": number})) for number in range(2)]
    other = Operation("updating", resource())
    second = replace(MADE, key="k2", id="q")
    state = merged(StackState("dev", "project", (), (*remembered, other)), MADE, second, replace(BEGUN, key="k3"))
    assert [(one.resource.id, one.noted, one.remembered) for one in state.interrupted] == [
        ("p", MADE, True),
        ("q", second, True),
        ("", None, True),
    ]
    assert [one.resource.inputs.get("of") for one in state.interrupted[:2]] == [0, 1]


def test_a_create_that_was_never_sent_has_no_candidate() -> None:
    remembered = Operation(CREATING, resource(inputs={"streamId": "s", "accessPolicy": "public"}))
    (create,) = PlaybackIds(merged(StackState("dev", "project", (), (remembered,)), BEGUN)).interrupted_creates
    assert create.only_candidate == BEGUN.key


def test_what_was_looked_for_in_vain_is_over_once_a_later_run_is_at_work() -> None:
    looked_for, later = replace(SENT, is_looked_for=True), replace(SENT, key="later")
    nothing = StackState("dev", "project")
    assert [one.noted for one in merged(nothing, looked_for).interrupted] == [looked_for]
    assert [one.noted for one in merged(nothing, looked_for, later).interrupted] == [later]
    assert [one.noted for one in merged(nothing, SENT, later).interrupted] == [SENT, later]


def test_a_resource_that_only_the_journal_has_is_described_as_far_as_that_goes() -> None:
    parent = resource("urn:pulumi:dev::project::my:index:Studio::north")
    urn = f"urn:pulumi:dev::project::my:index:Studio${TYPE}::main"
    create = replace(MADE, urn=urn, seen_by="far", restricts=("domains",))
    (operation,) = merged(StackState("dev", "project", (parent,)), create).interrupted
    assert operation.resource == Resource(
        urn,
        TYPE,
        "LivePlaybackId",
        "p",
        {
            "streamId": "s",
            "accessPolicy": "public",
            "accessRestrictions": {"domains": {"defaultPolicy": "unconfirmed"}},
        },
        provider=FAR,
        parent=parent.urn,
    )


def test_a_stream_that_the_stack_keeps_secret_stays_secret() -> None:
    (operation,) = merged(StackState("dev", "project"), MADE, secret="s").interrupted
    assert is_secret(operation.resource.inputs["streamId"])


def test_creates_that_only_the_journal_has_can_be_left_out() -> None:
    remembered = Operation(CREATING, resource(f"{URN}2"))
    second = replace(SENT, key="k2", urn=f"{URN}2")
    state = merged(StackState("dev", "project", (), (remembered,)), MADE, second)
    assert [one.noted for one in without(state, [MADE, second]).interrupted] == [second]
