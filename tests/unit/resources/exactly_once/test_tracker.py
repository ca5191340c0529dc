"""A stream's tracker: the lists that it reads anew, and what they tell of creates in doubt while others go on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.clock import Clock, SystemClock
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import UnexpectedResponseError
from pulumi_fastpix.resources.exactly_once.accounting import PendingCreate
from pulumi_fastpix.resources.exactly_once.tracker import Tracker
from pulumi_fastpix.resources.exactly_once.verdicts import Claim, Nothing, Unclear
from pulumi_fastpix.resources.lists import PlaybackIdsOfStream, StreamTracker
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url)


@pytest.fixture
def clock() -> Clock:
    """A real one: threads wait for each other."""
    return SystemClock()


@pytest.fixture
def tracker(client: Client) -> StreamTracker:
    return Tracker(client, PlaybackIdsOfStream(client, DEMO_STREAM_ID))


def answered(tracker: StreamTracker, client: Client, sandbox: Sandbox) -> str:
    with tracker.creating(PendingCreate("public"), client.deadline()):
        made = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        return tracker.account_for(PlaybackId(id=made, accessPolicy="public")).id


def lost(tracker: StreamTracker, client: Client) -> PendingCreate:
    create = PendingCreate("public")
    with tracker.creating(create, client.deadline()):
        create.in_doubt = True
    return create


def test_a_create_and_a_delete_make_the_shared_list_outdated(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    before = tracker.shared_list(client.deadline()).by_id.keys()
    created = answered(tracker, client, sandbox)
    assert tracker.shared_list(client.deadline()).by_id.keys() == before | {created}
    with tracker.deleting(created):
        sandbox.store.playback_ids.delete(DEMO_STREAM_ID, created)
    assert tracker.shared_list(client.deadline()).by_id.keys() == before


def test_creates_go_on_while_one_is_in_doubt(tracker: StreamTracker, client: Client, sandbox: Sandbox) -> None:
    in_doubt = lost(tracker, client)
    answered(tracker, client, sandbox)
    sighting = tracker.look(in_doubt, client.deadline())
    assert tracker.judge(in_doubt, sighting, client.deadline(), is_last=False) == Unclear()


def test_a_create_in_doubt_is_judged_once_those_under_way_have_ended(
    tracker: StreamTracker, client: Client, sandbox: Sandbox, pool: ThreadPoolExecutor
) -> None:
    """Until then what they made can't be told from what was lost."""
    in_doubt = lost(tracker, client)
    own = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    with tracker.creating(PendingCreate("public"), client.deadline()):
        other = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        sighting = tracker.look(in_doubt, client.deadline())
        judging = pool.submit(tracker.judge, in_doubt, sighting, client.deadline(), is_last=True)
        with pytest.raises(FutureTimeoutError):
            judging.result(0.1)
        tracker.account_for(PlaybackId(id=other, accessPolicy="public"))
    assert judging.result(10) == Claim(PlaybackId(id=own, accessPolicy="public"))


def test_a_create_that_is_sent_after_the_list_is_not_waited_for(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    in_doubt = lost(tracker, client)
    own = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    sighting = tracker.look(in_doubt, client.deadline())
    with tracker.creating(PendingCreate("public"), client.deadline()):
        verdict = tracker.judge(in_doubt, sighting, client.deadline(), is_last=False)
    assert verdict == Claim(PlaybackId(id=own, accessPolicy="public"))


def test_what_appeared_after_a_list_is_not_given_by_it(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    """A create may have made it that was sent after the list, and is under way."""
    in_doubt = lost(tracker, client)
    sighting = tracker.look(in_doubt, client.deadline())
    with tracker.creating(PendingCreate("public"), client.deadline()):
        sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        tracker.fresh_list(client.deadline())
        verdict = tracker.judge(in_doubt, sighting, client.deadline(), is_last=True)
    assert verdict == Nothing()


def test_a_playback_id_is_claimed_once(tracker: StreamTracker, client: Client, sandbox: Sandbox) -> None:
    first, second = lost(tracker, client), lost(tracker, client)
    sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    sighting = tracker.look(first, client.deadline())
    assert isinstance(tracker.judge(first, sighting, client.deadline(), is_last=True), Claim)
    assert not isinstance(tracker.judge(second, sighting, client.deadline(), is_last=True), Claim)


def test_a_create_never_begins_with_a_baseline_that_lacks_an_existing_playback_id(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    """A list that is found to be incomplete drops the baseline, so the next create reads a new one."""
    answered(tracker, client, sandbox)
    in_doubt = lost(tracker, client)
    sandbox.faults.add(Fault(kind="short-list", missing=1, times=1))
    with pytest.raises(UnexpectedResponseError, match="lacks playback ID"):
        tracker.look(in_doubt, client.deadline())
    sandbox.clear_requests()
    with tracker.creating(PendingCreate("public"), client.deadline()):
        assert [request.method for request in sandbox.requests] == ["GET"]


def test_creates_that_wait_for_a_baseline_share_its_failure(
    tracker: StreamTracker, client: Client, sandbox: Sandbox, pool: ThreadPoolExecutor
) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.3), Fault(kind="status", status=403))

    def create() -> None:
        with tracker.creating(PendingCreate("public"), client.deadline()):
            pass

    creating = [pool.submit(create) for _ in range(4)]
    assert [type(each.exception(10)).__name__ for each in creating] == ["PermissionDeniedError"] * 4
    assert len(sandbox.requests) == 1


def test_what_appeared_before_a_create_was_sent_is_not_claimed_even_if_that_list_lacked_one_of_ours(
    tracker: StreamTracker, client: Client, sandbox: Sandbox
) -> None:
    """Somebody has deleted one of ours and created another."""
    ours = answered(tracker, client, sandbox)
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, ours)
    theirs = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    tracker.fresh_list(client.deadline())
    in_doubt = lost(tracker, client)
    tracker.look(in_doubt, client.deadline())
    assert theirs not in tracker.appeared(in_doubt)


def test_a_surplus_after_a_repeat_is_announced_once(
    tracker: StreamTracker, client: Client, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    in_doubt = lost(tracker, client)
    tracker.note_repeat(in_doubt)
    tracker.close(in_doubt)
    late = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    tracker.fresh_list(client.deadline())
    tracker.fresh_list(client.deadline())
    assert capsys.readouterr().err.count(late) == 1


def test_what_appeared_before_a_later_create_was_sent_may_be_a_surplus_of_an_earlier_one(
    tracker: StreamTracker, client: Client, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = lost(tracker, client)
    late = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    tracker.fresh_list(client.deadline())
    later = lost(tracker, client)
    for create in (earlier, later):
        tracker.note_repeat(create)
    for create in (earlier, later):
        tracker.close(create)
    assert late in capsys.readouterr().err
