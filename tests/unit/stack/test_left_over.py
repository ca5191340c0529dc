"""What the journal has of creates joins those that the state has as interrupted, as far as the state lacks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.left_over import with_left_over, without
from pulumi_fastpix.stack.live_streams import LiveStreams, live_streams_of
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import Operation, StackState
from support.live_streams import STREAM_TYPE, live_stream
from support.noted import MARK, create
from support.states import FAR_PROVIDER, STACK, STREAM, export, resource, secret, urn

FAR = FAR_PROVIDER.rpartition("::")[0]
EMPTY = export()
PENDING = export(pending=(resource("main"),))


def joined(
    exported: Any, *creates: NotedCreate, provider: str = "", secret_streams: tuple[str, ...] = ()
) -> StackState:
    return with_left_over(parse(exported), creates, {MARK: provider}.__getitem__, secret_streams)


def operations(exported: Any, *creates: NotedCreate) -> list[tuple[str, str, str, bool]]:
    """Of each operation the kind, the name, the id, and whether the state remembers it."""
    return [_of(one) for one in joined(exported, *creates).interrupted]


def _of(one: Operation) -> tuple[str, str, str, bool]:
    return one.kind, one.resource.name, one.resource.id, one.remembered


SENT, MADE = create(1, is_sent=True), create(1, is_sent=True, id="id-1")


@pytest.mark.parametrize(
    ("exported", "creates", "expected"),
    [
        # What the state remembers gets what the journal knows.
        (PENDING, [MADE], [("creating", "main", "id-1", True)]),
        (PENDING, [SENT], [("creating", "main", "", True)]),
        (PENDING, [create(1)], [("creating", "main", "", True)]),
        (
            PENDING,
            [create(1, "other", is_sent=True)],
            [("creating", "main", "", True), ("creating", "other", "", False)],
        ),
        (export(pending=(resource("main"),), operation="deleting"), [], [("deleting", "main", "", True)]),
        # Two runs were killed, one after the other.
        (
            export(pending=(resource("main"), resource("main"))),
            [MADE, create(2, is_sent=True, id="id-2")],
            [("creating", "main", "id-1", True), ("creating", "main", "id-2", True)],
        ),
        (
            PENDING,
            [MADE, create(2, is_sent=True, id="id-2")],
            [("creating", "main", "id-1", True), ("creating", "main", "id-2", False)],
        ),
        (PENDING, [SENT, create(2, is_sent=True)], [("creating", "main", "", True), ("creating", "main", "", False)]),
        # Where only a provider was killed, the state remembers nothing.
        (EMPTY, [MADE], [("creating", "main", "id-1", False)]),
        (EMPTY, [SENT], [("creating", "main", "", False)]),
        (EMPTY, [create(1)], []),
        # The state has it.
        (export(resource("main", "id-1")), [MADE], []),
        (export(resource("elsewhere", "id-1")), [MADE], []),
        (export(pending=(resource("main", "id-1"),)), [MADE], [("creating", "main", "id-1", True)]),
        # A later run has taken the name: what that made may be what was in doubt, and isn't what has another id.
        (export(resource("main", "id-2")), [SENT], []),
        (export(resource("main", "id-2")), [MADE], [("creating", "main", "id-1", False)]),
        (
            export(resource("main", "id-2")),
            [replace(SENT, later=frozenset({"id-2"}))],
            [("creating", "main", "", False)],
        ),
        # The name is that of what was to be replaced.
        (
            export(resource("main", "old")),
            [replace(SENT, existing=frozenset({"old"}))],
            [("creating", "main", "", False)],
        ),
        (export(resource("main", "old")), [replace(SENT, replaces="old")], [("creating", "main", "", False)]),
        (export(resource("main", "old")), [replace(SENT, stream_id="other")], [("creating", "main", "", False)]),
        (export(resource("main", "old", delete=True)), [SENT], [("creating", "main", "", False)]),
        # `recover` has looked for it in vain: it counts until the next run.
        (EMPTY, [replace(SENT, is_looked_for=True)], [("creating", "main", "", False)]),
        (EMPTY, [replace(SENT, is_looked_for=True), create(2)], []),
        (
            EMPTY,
            [replace(SENT, is_looked_for=True), create(2, "other", is_sent=True)],
            [("creating", "main", "", False), ("creating", "other", "", False)],
        ),
    ],
)
def test_the_state_and_the_journal_are_joined(
    exported: Any, creates: list[NotedCreate], expected: list[tuple[str, str, str, bool]]
) -> None:
    assert operations(exported, *creates) == expected


def test_what_the_journal_has_of_an_operation_is_kept_with_it() -> None:
    (operation,) = joined(PENDING, MADE).interrupted
    assert operation.noted is MADE
    assert operation.resource.inputs["accessPolicy"] == "public"


def test_a_create_that_was_never_sent_explains_only_what_no_other_one_does() -> None:
    """After a killed run that didn't come so far, a later one was killed, too."""
    never_sent, sent = create(1), create(2, is_sent=True)
    (operation,) = joined(PENDING, never_sent, sent).interrupted
    assert operation.noted is sent
    twice = export(pending=(resource("main"), resource("main")))
    assert [one.noted for one in joined(twice, never_sent, sent).interrupted] == [sent, never_sent]


def test_a_playback_id_that_only_the_journal_has_is_as_it_was_declared() -> None:
    one = replace(MADE, kind="private", restricts=("domains",))
    (stored,) = PlaybackIds(joined(EMPTY, one)).interrupted_creates
    assert (stored.id, stored.name, stored.stream_id, stored.access_policy) == ("id-1", "main", STREAM, "private")
    assert stored.access_restrictions == {"domains": {"defaultPolicy": "unconfirmed"}}
    assert (stored.explicit_provider, stored.keeps_stream_secret) == ("", False)


def test_a_live_stream_that_only_the_journal_has() -> None:
    one = replace(MADE, urn=urn("concert", type_=STREAM_TYPE), type_name="LiveStream", stream_id="", kind="digest")
    streams: LiveStreams = live_streams_of(joined(EMPTY, one))
    assert [(stream.name, stream.id) for stream in streams.interrupted_creates] == [("concert", "id-1")]
    (pending,) = live_streams_of(joined(export(pending=(live_stream("concert", ""),)), one)).interrupted_creates
    assert (pending.id, pending.inputs["maxResolution"]) == ("id-1", "1080p")


def test_a_live_stream_that_is_older_than_the_create_is_what_it_was_to_replace() -> None:
    one = replace(SENT, urn=urn("concert", type_=STREAM_TYPE), type_name="LiveStream", stream_id="")
    old = live_stream("concert", "id-0")
    for created_at, left in (("2026-05-01T00:00:00Z", 1), ("2026-05-20T12:50:16Z", 0)):
        old["outputs"]["createdAt"] = created_at
        assert len(joined(export(old), one).interrupted) == left


def test_its_provider_is_that_of_the_mark() -> None:
    (operation,) = joined(EMPTY, MADE, provider=FAR).interrupted
    assert operation.resource.explicit_provider == FAR
    (operation,) = joined(EMPTY, MADE).interrupted
    assert operation.resource.explicit_provider == ""


def test_a_stream_that_the_stack_keeps_secret_stays_a_secret() -> None:
    (stored,) = PlaybackIds(joined(EMPTY, MADE, secret_streams=(STREAM,))).interrupted_creates
    assert stored.keeps_stream_secret
    assert stored.stream_id == STREAM
    assert stored.inputs["streamId"] == secret(plaintext=f'"{STREAM}"')


def test_its_parent_is_one_that_makes_the_same_urn() -> None:
    component = {
        "urn": "urn:pulumi:dev::project::my:Show::concert",
        "custom": False,
        "type": "my:Show",
        "parent": STACK,
    }
    other = {**component, "urn": "urn:pulumi:dev::project::my:Hall::concert", "type": "my:Hall"}
    child = replace(MADE, urn=urn("main", "my:Show$"))
    (operation,) = joined(export(other, component), child).interrupted
    assert operation.resource.parent == component["urn"]
    assert joined(EMPTY, child).interrupted[0].resource.parent == ""
    assert joined(export(component), MADE).interrupted[0].resource.parent == ""


def test_a_type_that_no_version_has_yet_is_nobodys_playback_id() -> None:
    one = replace(MADE, type_name="MadeUp", urn=urn("main", type_="pulumi-python:dynamic/fastpix:MadeUp"))
    state = joined(EMPTY, one)
    assert len(state.interrupted) == 1
    assert PlaybackIds(state).interrupted_creates == ()
    assert live_streams_of(state).interrupted_creates == ()


def test_what_was_deleted_since_is_left_out_as_far_as_only_the_journal_has_it() -> None:
    other = create(2, "other", is_sent=True, id="id-2")
    state = joined(PENDING, MADE, other)
    assert [one.resource.id for one in without(state, [MADE, other]).interrupted] == ["id-1"]
    assert without(state, []) == state


@pytest.mark.parametrize(
    ("pending", "more", "maybe"),
    [
        ("", {}, False),
        ("", {"existing": frozenset()}, True),
        ("", {"existing": frozenset(), "is_sent": False}, False),
        ("id-1", {}, True),
        ("id-2", {"existing": frozenset()}, False),
    ],
)
def test_what_the_journal_knows_to_have_been_there_is_nobodys_interrupted_create(
    pending: str, more: dict[str, Any], maybe: bool
) -> None:
    noted = create(1, **{"is_sent": True, "existing": frozenset({"id-1"}), "id": pending, **more})
    (one,) = PlaybackIds(joined(EMPTY if noted.is_sent else PENDING, noted)).interrupted_creates
    assert one.may_be("id-1") is maybe
