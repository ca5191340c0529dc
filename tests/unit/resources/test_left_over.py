"""What a killed run has made for a resource isn't made a second time unsaid: real lifecycles before the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.announce import announcing_through
from pulumi_fastpix.errors import AuthenticationError, LeftOverError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.journal.writing import Journal
from pulumi_fastpix.resources.connection import Connection
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.signing_key import SIGNING_KEY
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import read_settings
from support.noted import create, write_journal
from support.playback_ids import INPUTS, PLAYBACK_ID
from support.states import STREAM

STREAM_INPUTS = LIVE_STREAM.check({})[0]
SENT = create(is_sent=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def environ(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    return {**sandbox.environment(), "FASTPIX_JOURNAL": str(folder)}


@pytest.fixture
def connection(environ: dict[str, str]) -> Iterator[Connection]:
    """As a provider has it: made anew for each process, here for each test."""
    connection = Connection({}, environ)
    yield connection
    connection._journal.end()


@pytest.fixture
def mark(environ: dict[str, str]) -> str:
    return read_settings({}, environ).workspace_mark


@contextmanager
def announced() -> Iterator[list[str]]:
    said: list[str] = []
    with announcing_through(lambda _, text: said.append(text)):
        yield said


def make(connection: Connection, one: NotedCreate = SENT) -> str:
    lifecycle = connection.lifecycle(LIVE_PLAYBACK_ID, urn=one.urn)
    return lifecycle.create(INPUTS, urn=one.urn).id


def keys_left(folder: Path) -> list[str]:
    """The creates of killed processes; those of this process have other keys."""
    return [one.key for one in LeftOver(folder).creates if one.key.startswith("key-")]


@pytest.mark.parametrize("access_token", ["this one", "another one"])
def test_a_playback_id_that_exists_is_not_made_again(
    access_token: str, sandbox: Sandbox, connection: Connection, folder: Path, mark: str
) -> None:
    """A workspace has several access tokens, so that the mark alone says nothing."""
    seen_by = mark if access_token == "this one" else "sandbox-ffffffffffff"
    made = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    one = replace(SENT, id=made, seen_by=seen_by)
    write_journal(folder, one)
    with pytest.raises(LeftOverError, match=f"an earlier run made the playback ID {made} for this resource") as raised:
        make(connection)
    assert f"`pulumi-fastpix delete {DEMO_STREAM_ID} {made}`" in str(raised.value)
    assert sandbox.mutating_requests == []
    # Of another resource, nothing stands in the way.
    assert make(connection, create(9, "other"))


def test_once_it_is_deleted_another_one_is_made(connection: Connection, folder: Path) -> None:
    write_journal(folder, replace(SENT, id=PLAYBACK_ID))
    with announced() as said:
        assert make(connection)
    assert said == []


@pytest.mark.parametrize("stream", ["0" * 32, "no id"])
def test_once_its_stream_is_deleted_another_one_is_made(stream: str, connection: Connection, folder: Path) -> None:
    write_journal(folder, replace(SENT, id=PLAYBACK_ID, stream_id=stream))
    assert make(connection)


def test_nothing_is_made_while_it_can_not_be_found_out(sandbox: Sandbox, connection: Connection, folder: Path) -> None:
    write_journal(folder, replace(SENT, id=PLAYBACK_ID))
    sandbox.faults.add(Fault(kind="status", status=401))
    with pytest.raises(AuthenticationError):
        make(connection)
    assert sandbox.mutating_requests == []


def test_a_live_stream_that_exists_is_not_made_again(sandbox: Sandbox, connection: Connection, folder: Path) -> None:
    one = replace(SENT, id=STREAM, type_name="LiveStream", stream_id="")
    write_journal(folder, one)
    lifecycle = connection.lifecycle(LIVE_STREAM, urn=one.urn)
    with pytest.raises(LeftOverError, match=f"an earlier run made the live stream {STREAM} for this resource"):
        lifecycle.create(STREAM_INPUTS, urn=one.urn)
    assert sandbox.mutating_requests == []


def test_once_it_is_deleted_another_stream_is_made(sandbox: Sandbox, connection: Connection, folder: Path) -> None:
    write_journal(folder, replace(SENT, id="0" * 32, type_name="LiveStream", stream_id=""))
    lifecycle = connection.lifecycle(LIVE_STREAM, urn=SENT.urn)
    assert lifecycle.create(STREAM_INPUTS, urn=SENT.urn).id
    assert len(sandbox.mutating_requests) == 1


def test_a_create_in_flight_is_warned_of_until_it_was_looked_for(connection: Connection, folder: Path) -> None:
    write_journal(folder, SENT)
    with announced() as said:
        made = make(connection)
    (warning,) = said
    assert "An earlier run was killed while it created this playback ID (2026-05-20T12:50:15Z), and may" in warning
    stored = {**INPUTS, "seenBy": "sandbox-0123456789ab"}
    # What is there by now was made by this run, what isn't on the same stream by an earlier one.
    for id_, stream_id in ((made, DEMO_STREAM_ID), (PLAYBACK_ID, "f" * 32)):
        connection.note_stored(LIVE_PLAYBACK_ID, id_, {**stored, "streamId": stream_id}, SENT.urn)
        assert keys_left(folder) == ["key-1"]
    # `recover` finds nothing.
    connection._journal.end()
    found = LeftOver(folder)
    found.note_looked_for(found.creates)
    Journal(folder).note_recorded(SENT.urn, made, DEMO_STREAM_ID)
    assert keys_left(folder) == []


def test_what_is_imported_by_hand_is_taken_for_what_was_made(connection: Connection, folder: Path) -> None:
    write_journal(folder, SENT)
    connection.note_stored(LIVE_PLAYBACK_ID, PLAYBACK_ID, {**INPUTS, "seenBy": "sandbox-0123456789ab"}, SENT.urn)
    assert keys_left(folder) == []


@pytest.mark.parametrize("one", [create(), replace(SENT, is_looked_for=True)], ids=["never sent", "looked for"])
def test_what_made_nothing_is_not_warned_of(one: NotedCreate, connection: Connection, folder: Path) -> None:
    write_journal(folder, one)
    if one.is_looked_for:
        found = LeftOver(folder)
        found.note_looked_for(found.creates)
    with announced() as said:
        assert make(connection)
    assert said == []


@pytest.mark.parametrize(
    ("known", "warning"),
    [
        (True, "An earlier run made the signing key {lost} for this resource, and was killed (2026-05-20T12:50:15Z)"),
        (False, "An earlier run may have made a signing key for this resource, and was killed (2026-05-20T12:50:15Z)"),
    ],
)
def test_a_signing_key_is_made_again_with_a_warning(
    known: bool, warning: str, sandbox: Sandbox, connection: Connection, folder: Path
) -> None:
    """Nobody has the private key of the other one."""
    lost = sandbox.store.signing_keys.create().id
    write_journal(folder, replace(SENT, id=lost if known else "", type_name="SigningKey", stream_id=""))
    lifecycle = connection.lifecycle(SIGNING_KEY, urn=SENT.urn)
    with announced() as said:
        made = lifecycle.create({}, urn=SENT.urn).id
    (only,) = said
    assert warning.format(lost=lost) in only
    assert {one.id for one in sandbox.store.signing_keys.list()} == {lost, made}
    connection.note_stored(SIGNING_KEY, made, {"seenBy": "sandbox-0123456789ab"}, SENT.urn)
    assert keys_left(folder) == ["key-1"]


def test_a_signing_key_that_can_not_be_read_is_warned_of(
    sandbox: Sandbox, connection: Connection, folder: Path
) -> None:
    lost = sandbox.store.signing_keys.create().id
    write_journal(folder, replace(SENT, id=lost, type_name="SigningKey", stream_id=""))
    sandbox.faults.add(Fault(kind="status", status=403, method="GET", path=f"*/{lost}"))
    with announced() as said:
        assert connection.lifecycle(SIGNING_KEY, urn=SENT.urn).create({}, urn=SENT.urn).id
    (warning,) = said
    assert f"An earlier run made the signing key {lost}" in warning


def test_a_signing_key_that_was_deleted_is_not_warned_of(connection: Connection, folder: Path) -> None:
    write_journal(folder, replace(SENT, id="c" * 32, type_name="SigningKey", stream_id=""))
    with announced() as said:
        assert connection.lifecycle(SIGNING_KEY, urn=SENT.urn).create({}, urn=SENT.urn).id
    assert said == []


@pytest.mark.parametrize("call", ["diff", "read"])
def test_what_pulumi_asks_about_is_settled(
    call: str, sandbox: Sandbox, connection: Connection, folder: Path, mark: str
) -> None:
    made = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    write_journal(folder, replace(SENT, id=made), create(2, "other", is_sent=True, id="id-2"))
    state: dict[str, Any] = {**INPUTS, "seenBy": mark}
    if call == "diff":
        connection.note_stored(LIVE_PLAYBACK_ID, made, state, SENT.urn)
    else:
        assert connection.lifecycle(LIVE_PLAYBACK_ID, made, state, SENT.urn).read(made, state)
    assert keys_left(folder) == ["key-2"]
    assert make(connection)


def test_a_lookup_settles_nothing(sandbox: Sandbox, connection: Connection, folder: Path) -> None:
    """Whoever looks it up doesn't own it."""
    made = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    write_journal(folder, replace(SENT, id=made))
    state = {"streamId": DEMO_STREAM_ID}
    assert connection.lifecycle(LIVE_PLAYBACK_ID, made, state, SENT.urn).read(made, state)
    assert keys_left(folder) == ["key-1"]
