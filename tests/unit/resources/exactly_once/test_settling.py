"""When a create in doubt is judged: at the first list that is clear, else at the end of the settling period."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.errors import FastPixError, NoResponseError, Refusal, ServerError, UnexpectedResponseError
from pulumi_fastpix.resources.exactly_once.accounting import PendingCreate
from pulumi_fastpix.resources.exactly_once.settling import is_done, settle
from pulumi_fastpix.resources.exactly_once.tracker import Tracker
from pulumi_fastpix.resources.lists import PlaybackIdsOfStream
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.responses import listing
from support.scripted_server import ScriptedServer
from support.still_clock import StillClock

FAILURE = ServerError("create a playback ID", Refusal(500, "internal error"))


def settled(client: Client, deadline: Deadline) -> str | None:
    """What a create has made that failed with a 500."""
    tracker, create = Tracker(client, PlaybackIdsOfStream(client, DEMO_STREAM_ID)), PendingCreate("public")
    with tracker.creating(create, client.deadline()):
        create.in_doubt = True
    made = settle(client, tracker, create, FAILURE, deadline)
    return made.id if made else None


def test_a_playback_id_that_is_there_at_the_first_look_is_claimed_after_two_seconds(
    server: ScriptedServer, client: Client, clock: StillClock
) -> None:
    server.on("GET", listing(), listing("came"))
    began = clock.now()
    assert settled(client, client.deadline()) == "came"
    assert clock.now() - began == pytest.approx(15 / 7)


def test_one_that_comes_late_is_claimed_as_soon_as_it_is_seen(
    server: ScriptedServer, client: Client, clock: StillClock
) -> None:
    server.on("GET", listing(), listing(), listing("came"))
    began = clock.now()
    assert settled(client, client.deadline()) == "came"
    assert clock.now() - began == pytest.approx(15 * 3 / 7)


def test_that_nothing_was_made_is_known_after_the_whole_period(
    server: ScriptedServer, client: Client, clock: StillClock
) -> None:
    server.on("GET", listing())
    began = clock.now()
    assert settled(client, client.deadline()) is None
    assert clock.now() - began == pytest.approx(15)


def test_the_deadline_of_a_create_that_began_in_an_outage_lasts_as_long_as_it_was_meant_to_once_a_list_is_answered(
    server: ScriptedServer, client: Client
) -> None:
    """It was short because nothing was answered, and has passed when the lists have been read."""
    server.on("GET", listing())
    deadline = Deadline(client.clock, client.settings.retry_for_seconds, at_first=1.0)
    settled(client, deadline)
    assert deadline.left() > 60


@pytest.mark.parametrize(
    ("failure", "done"),
    [
        (FAILURE, True),
        (ServerError("create", Refusal(504, "gateway time-out")), False),
        (UnexpectedResponseError("a page", status=502), True),
        (UnexpectedResponseError("a page", status=524), False),
        (UnexpectedResponseError("a redirect", status=302), False),
        (NoResponseError("lost", is_unfinished=False), True),
        (NoResponseError("timed out", is_unfinished=True), False),
    ],
)
def test_a_server_is_done_once_it_has_answered_itself_or_lost_the_connection(
    failure: FastPixError, *, done: bool
) -> None:
    assert is_done(failure) is done
