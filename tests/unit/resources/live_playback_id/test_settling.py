"""The last list after a repeat: a surplus in it shows that a first request had created a playback ID after all."""

from __future__ import annotations

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.errors import CreateInDoubtError, Refusal, ServerError
from pulumi_fastpix.resources.live_playback_id.settling import Settling
from pulumi_fastpix.resources.tracking.doubt import Doubt, Failed, Made
from pulumi_fastpix.resources.tracking.tracker import StreamTracker
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.responses import created, listing
from support.scripted_server import ScriptedServer


def judged(client: Client, *deadlines: Deadline) -> list[Doubt]:
    """Creates that failed with a 500, judged together: one for each deadline, or two."""
    failure = ServerError("create a playback ID", Refusal(500, "internal error"))
    tracker = StreamTracker(client, DEMO_STREAM_ID)
    deadlines = deadlines or (client.deadline(), client.deadline())
    doubts = [Doubt("public", f"key-{number}", failure, deadline) for number, deadline in enumerate(deadlines)]
    with tracker.creating(client.deadline()):
        for doubt in doubts:
            tracker.put_in_doubt(doubt)
    with tracker.settling(client.deadline()):
        Settling(client, tracker, client.deadline()).judge()
    return doubts


def test_of_two_creates_in_doubt_one_claims_the_candidate_and_the_other_is_repeated(
    server: ScriptedServer, client: Client
) -> None:
    server.on("GET", listing(), *[listing("claimed")] * 4, listing("claimed", "repeated"))
    server.on("POST", created("repeated"))
    made = [doubt.outcome.playback_id.id for doubt in judged(client) if isinstance(doubt.outcome, Made)]
    assert made == ["claimed", "repeated"]


def test_a_surplus_after_a_repeat_fails_every_create_that_it_may_belong_to(
    server: ScriptedServer, client: Client
) -> None:
    server.on("GET", listing(), *[listing("claimed")] * 4, listing("claimed", "repeated", "surplus"))
    server.on("POST", created("repeated"))
    for doubt, own in zip(judged(client), ("claimed", "repeated"), strict=True):
        assert isinstance(doubt.outcome, Failed)
        assert isinstance(doubt.outcome.error, CreateInDoubtError)
        assert f"{own}, surplus" in str(doubt.outcome.error)


def test_a_create_that_began_in_an_outage_is_repeated_once_the_lists_are_answered(
    server: ScriptedServer, client: Client
) -> None:
    """Its deadline was short because nothing was answered, and has passed when the lists have been read."""
    server.on("GET", *[listing()] * 5, listing("repeated"))
    server.on("POST", created("repeated"))
    [doubt] = judged(client, Deadline(client.clock, client.settings.retry_for_seconds, at_first=1.0))
    assert isinstance(doubt.outcome, Made)
