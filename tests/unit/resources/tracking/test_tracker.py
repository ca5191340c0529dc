"""A stream's tracker: the lists that it reads anew, and the creates that it holds back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.clock import Clock, SystemClock
from pulumi_fastpix.errors import NoResponseError
from pulumi_fastpix.resources.tracking.doubt import Doubt, Failed
from pulumi_fastpix.resources.tracking.tracker import StreamTracker
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings

LOST = NoResponseError("The response was lost.")


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url)


@pytest.fixture
def clock() -> Clock:
    """A real one: threads wait for each other."""
    return SystemClock()


@pytest.fixture
def tracker(client: Client) -> StreamTracker:
    return StreamTracker(client, DEMO_STREAM_ID)


def test_a_create_and_a_delete_make_the_shared_list_outdated(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    before = tracker.shared_list(client.deadline()).by_id.keys()
    with tracker.creating(client.deadline()):
        created = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    assert tracker.shared_list(client.deadline()).by_id.keys() == before | {created}
    with tracker.deleting(created):
        sandbox.store.playback_ids.delete(DEMO_STREAM_ID, created)
    assert tracker.shared_list(client.deadline()).by_id.keys() == before


def test_creates_are_held_back_until_every_create_in_doubt_is_judged(
    tracker: StreamTracker, client: Client, pool: ThreadPoolExecutor
) -> None:
    doubts = [Doubt("public", "key", LOST, client.deadline()) for _ in range(2)]
    with tracker.creating(client.deadline()), tracker.creating(client.deadline()):
        for doubt in doubts:
            tracker.put_in_doubt(doubt)

    def create() -> bool:
        with tracker.creating(client.deadline()):
            return not tracker.doubts

    with tracker.settling(client.deadline()):
        doubts[0].outcome = Failed(LOST)
    creating = pool.submit(create)
    with pytest.raises(FutureTimeoutError):
        creating.result(0.1)
    with tracker.settling(client.deadline()):
        doubts[1].outcome = Failed(LOST)
    assert creating.result(10)


def test_a_create_never_begins_with_a_baseline_that_lacks_an_existing_playback_id(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    """A list that is found to be incomplete drops the baseline, so the next create reads a new one."""
    with tracker.creating(client.deadline()):
        playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        tracker.account_for(client.playback_ids.get(DEMO_STREAM_ID, playback_id))
    tracker.fresh_list(client.deadline())
    sandbox.faults.add(Fault(kind="short-list", missing=1, times=1))
    with pytest.raises(Exception, match="lacks playback ID"):
        tracker.unaccounted(client.deadline())
    sandbox.clear_requests()
    with tracker.creating(client.deadline()):
        assert [request.method for request in sandbox.requests] == ["GET"]


def test_a_list_that_lacks_one_of_ours_leaves_creates_no_older_baseline(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    """Somebody has deleted one of ours and created another: a lost create must not claim that one."""
    with tracker.creating(client.deadline()):
        ours = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        tracker.account_for(client.playback_ids.get(DEMO_STREAM_ID, ours))
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, ours)
    theirs = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    tracker.fresh_list(client.deadline())
    with tracker.creating(client.deadline()):
        pass
    assert theirs not in {one.id for one in tracker.unaccounted(client.deadline())}
