"""The last look after a repeat: a surplus shows that a first request had made something after all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import CreateInDoubtError, Refusal, ServerError
from pulumi_fastpix.resources.live_playback_id.settling import Settling
from pulumi_fastpix.resources.tracking.doubt import Doubt, Failed, Made
from pulumi_fastpix.resources.tracking.tracker import StreamTracker
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.scripted_server import Reply, ScriptedServer, scripted_server
from support.still_clock import StillClock


def listing(*playback_ids: str) -> Reply:
    listed = [{"id": playback_id, "accessPolicy": "public"} for playback_id in playback_ids]
    return Reply(200, {"success": True, "data": {"streamId": DEMO_STREAM_ID, "playbackIds": listed}})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.on("POST", Reply(201, {"success": True, "data": {"id": "repeated", "accessPolicy": "public"}}))
        yield server


@pytest.fixture
def doubts(server: ScriptedServer) -> Iterator[list[Doubt]]:
    """Two creates that FastPix answered with a 500, one of which turns out to have made `claimed`."""
    answered = ServerError("create a playback ID", Refusal(500, "internal error"))
    with Client(Settings("id", "secret-key", server.base_url), StillClock()) as client:
        tracker = StreamTracker(client, DEMO_STREAM_ID)
        doubts = [Doubt("public", f"key-{number}", answered, client.deadline()) for number in range(2)]
        with tracker.creating(client.deadline()):
            for doubt in doubts:
                tracker.put_in_doubt(doubt)
        with tracker.settling(client.deadline()):
            Settling(client, tracker, client.deadline()).judge()
        yield doubts


class TestWithoutASurplus:
    @pytest.fixture(autouse=True)
    def lists(self, server: ScriptedServer) -> None:
        server.on("GET", listing(), *[listing("claimed")] * 4, listing("claimed", "repeated"))

    def test_the_claim_and_the_repeat_are_accepted(self, doubts: list[Doubt]) -> None:
        made = [doubt.outcome.playback_id.id for doubt in doubts if isinstance(doubt.outcome, Made)]
        assert made == ["claimed", "repeated"]


class TestWithASurplus:
    @pytest.fixture(autouse=True)
    def lists(self, server: ScriptedServer) -> None:
        server.on("GET", listing(), *[listing("claimed")] * 4, listing("claimed", "repeated", "surplus"))

    def test_all_that_may_be_concerned_fail_and_name_it(self, doubts: list[Doubt]) -> None:
        for doubt, own in zip(doubts, ("claimed", "repeated"), strict=True):
            assert isinstance(doubt.outcome, Failed)
            assert isinstance(doubt.outcome.error, CreateInDoubtError)
            assert f"{own}, surplus" in str(doubt.outcome.error)
