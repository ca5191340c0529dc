"""Creates whose response are lost, against the real sandbox: one playback ID for each, or an error that names them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings

INPUTS = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}


@pytest.fixture
def lifecycle(sandbox: Sandbox) -> Iterator[Lifecycle]:
    settings = Settings(
        sandbox.access_token_id, sandbox.secret_key, sandbox.base_url, timeout_seconds=1, retry_for_seconds=4
    )
    client = Client(settings)
    yield LivePlaybackIdLifecycle(Workspace(client))
    client.close()


def made_since(sandbox: Sandbox, before: list[tuple[str, str]]) -> set[str]:
    return {playback_id.id for playback_id in sandbox.store.playback_ids.list(DEMO_STREAM_ID)} - {
        id_ for id_, _ in before
    }


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop", when="after", method="POST", times=1),
        Fault(kind="drop", when="mid-answer", method="POST", times=1),
        Fault(kind="status", status=500, when="after", method="POST", times=1),
        Fault(kind="status", status=502, body="html", when="after", method="POST", times=1),
        Fault(kind="broken-body", body="invalid-json", method="POST", times=1),
        Fault(kind="broken-body", body="without-id", method="POST", times=1),
        Fault(kind="broken-body", body="success-false", method="POST", times=1),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.when or fault.body}-{fault.status}",
)
def test_what_was_made_is_found_and_announced(
    fault: Fault, lifecycle: Lifecycle, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(fault)
    made = lifecycle.create(INPUTS)
    assert made_since(sandbox, list(before)) == {made.id}
    assert len(sandbox.mutating_requests) == 1
    assert made.id in capfd.readouterr().err


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_what_was_certainly_not_made_is_asked_for_again_with_the_same_key(
    status: int, lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(Fault(kind="status", status=status, method="POST", times=2))
    made = lifecycle.create(INPUTS)
    assert made_since(sandbox, list(before)) == {made.id}
    assert len({request.idempotency_key for request in sandbox.mutating_requests}) == 1
    assert len(sandbox.mutating_requests) == 3


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop", when="before", method="POST"),
        Fault(kind="status", status=504, body="html", method="POST"),
        Fault(kind="status", status=524, body="html", method="POST"),
    ],
    ids=["drop", "504", "524"],
)
def test_what_may_still_come_is_not_asked_for_again(fault: Fault, lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    sandbox.faults.add(fault)
    with pytest.raises(
        errors.CreateInDoubtError,
        match=f"may still appear.* a public playback ID of stream {DEMO_STREAM_ID}",
    ):
        lifecycle.create(INPUTS)
    assert len(sandbox.mutating_requests) == 1


def test_a_server_that_finishes_late_but_in_time_is_waited_for(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(Fault(kind="slow-finish", seconds=0.3, client="dropped", method="POST", times=1))
    made = lifecycle.create(INPUTS)
    assert made_since(sandbox, list(before)) == {made.id}


def test_more_than_was_asked_for_is_named_and_left_alone(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    """Somebody else makes one of the same policy while ours is in doubt."""
    lifecycle.create(INPUTS)
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    foreign = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    with pytest.raises(errors.CreateInDoubtError) as raised:
        lifecycle.create(INPUTS)
    appeared = made_since(sandbox, list(before))
    assert foreign in appeared
    assert len(appeared) == 2
    assert all(playback_id in str(raised.value) for playback_id in appeared)


def test_others_policies_don_t_disturb(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    lifecycle.create(INPUTS)
    foreign = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    assert lifecycle.create(INPUTS).id != foreign


def test_a_list_that_lacks_what_exists_is_not_trusted(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    known = lifecycle.create(INPUTS).id
    sandbox.faults.add(
        Fault(kind="drop", when="before", method="POST", times=1), Fault(kind="short-list", method="GET")
    )
    with pytest.raises(errors.CreateInDoubtError, match=f"lacks playback ID {known}, which exists"):
        lifecycle.create(INPUTS)


def test_an_id_that_somebody_deleted_meanwhile_makes_no_list_incomplete(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, lifecycle.create(INPUTS).id)
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    assert lifecycle.create(INPUTS)


def test_a_stream_deleted_meanwhile_leaves_nothing(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    lifecycle.create(INPUTS)
    sandbox.faults.add(Fault(kind="status", status=404, method="GET", path=f"*/{DEMO_STREAM_ID}"))
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    with pytest.raises(errors.NotFoundError):
        lifecycle.create(INPUTS)


def test_nothing_is_sent_when_the_stream_cannot_be_listed(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="status", status=500, method="GET"))
    with pytest.raises(errors.ServerError):
        lifecycle.create(INPUTS)
    assert sandbox.mutating_requests == []


def test_several_lost_at_once_are_judged_together(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(
        Fault(kind="latency", seconds=0.1, method="POST"), Fault(kind="drop", when="after", method="POST", rate=0.5)
    )
    with ThreadPoolExecutor(4) as pool:
        made = [existing.id for existing in pool.map(lambda _: lifecycle.create(INPUTS), range(8))]
    assert len(set(made)) == 8
    assert made_since(sandbox, list(before)) == set(made)
    assert len(sandbox.mutating_requests) == 8


def test_many_readers_share_one_list(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    existing = [lifecycle.create(INPUTS) for _ in range(5)]
    sandbox.clear_requests()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: lifecycle.read(each.id, each.state), existing * 10))
    assert found == existing * 10
    assert len(sandbox.requests) == 1


def test_a_list_from_before_our_own_change_is_not_used(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    first, second = lifecycle.create(INPUTS), lifecycle.create(INPUTS)
    assert lifecycle.read(first.id, first.state) == first
    sandbox.clear_requests()
    lifecycle.delete(second.id, second.state)
    assert lifecycle.read(second.id, second.state) is None
    assert [request.method for request in sandbox.requests] == ["DELETE", "GET", "GET"]


def test_an_absence_is_confirmed_singly(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    existing = lifecycle.create(INPUTS)
    sandbox.faults.add(Fault(kind="short-list", method="GET"))
    assert lifecycle.read(existing.id, existing.state) == existing


def test_an_id_that_a_single_read_took_for_gone_is_not_claimed_by_another_create(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    """The list and the single read lag behind alike; then the list catches up."""
    first = lifecycle.create(INPUTS)
    sandbox.faults.add(
        Fault(kind="drop", when="before", method="POST", times=1),
        Fault(kind="short-list", method="GET", times=1),
        Fault(kind="status", status=404, method="GET", path=f"*/{first.id}", times=1),
    )
    with pytest.raises(errors.CreateInDoubtError, match="may still appear"):
        lifecycle.create(INPUTS)


def test_an_id_whose_delete_failed_is_not_claimed_by_a_create(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    first = lifecycle.create(INPUTS)
    sandbox.faults.add(Fault(kind="status", status=403, method="DELETE", times=1))
    with pytest.raises(errors.PermissionDeniedError):
        lifecycle.delete(first.id, first.state)
    sandbox.faults.add(Fault(kind="drop", when="before", method="POST", times=1))
    with pytest.raises(errors.CreateInDoubtError, match="may still appear"):
        lifecycle.create(INPUTS)


def test_what_was_seen_before_the_lists_failed_is_named(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(
        Fault(kind="drop", when="after", method="POST", times=1), Fault(kind="status", status=403, method="GET", skip=2)
    )
    with pytest.raises(errors.CreateInDoubtError) as raised:
        lifecycle.create(INPUTS)
    (made,) = made_since(sandbox, list(before))
    assert made in str(raised.value)


def test_nothing_is_deleted_in_a_workspace_that_has_not_shown_the_stream(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    state = {"streamId": "0" * 32, "accessPolicy": "public", "seenBy": "another"}
    with pytest.raises(errors.StreamNotVisibleError):
        lifecycle.delete("43751449-62d6-42e4-8153-783e28c31ed1", state)
    assert sandbox.mutating_requests == []
