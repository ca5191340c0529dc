"""Creates whose responses are lost, against the sandbox: one playback ID for each, or an error that names it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.clock import Clock, SystemClock
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import INPUTS, PLAYBACK_ID, ids_on


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return Settings(
        sandbox.access_token_id, sandbox.secret_key, sandbox.base_url, timeout_seconds=1, retry_for_seconds=4
    )


@pytest.fixture
def clock() -> Clock:
    """A real one: the sandbox's faults take real time."""
    return SystemClock()


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
def test_the_playback_id_of_a_lost_create_is_claimed_and_announced(
    fault: Fault, lifecycle: Lifecycle, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    before = ids_on(sandbox)
    sandbox.faults.add(fault)
    made = lifecycle.create(INPUTS)
    assert ids_on(sandbox) - before == {made.id}
    assert len(sandbox.mutating_requests) == 1
    assert made.id in capfd.readouterr().err


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault(kind="status", status=status, method="POST", times=2) for status in (408, 500, 502, 503)),
        Fault(kind="drop", when="before", method="POST", times=2),
    ],
    ids=["408", "500", "502", "503", "drop"],
)
def test_a_create_that_made_nothing_is_repeated_with_the_same_idempotency_key_and_announced(
    fault: Fault, lifecycle: Lifecycle, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    before = ids_on(sandbox)
    sandbox.faults.add(fault)
    made = lifecycle.create(INPUTS)
    assert ids_on(sandbox) - before == {made.id}
    assert len({request.idempotency_key for request in sandbox.mutating_requests}) == 1
    assert len(sandbox.mutating_requests) == 3
    assert capfd.readouterr().err.count("is sent again") == 2


def test_a_create_whose_connection_is_lost_each_time_fails_in_doubt(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="drop", when="before", method="POST"))
    with pytest.raises(errors.CreateInDoubtError, match="nothing was made"):
        lifecycle.create(INPUTS)
    assert len(sandbox.mutating_requests) == 4


def test_what_the_first_request_of_a_repeated_create_makes_late_is_announced(
    lifecycle: Lifecycle, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    before = ids_on(sandbox)
    sandbox.faults.add(
        Fault(kind="slow-finish", seconds=0.2, client="dropped", method="POST", times=1),
        Fault(kind="latency", seconds=0.6, method="POST"),
    )
    made = lifecycle.create(INPUTS)
    (late,) = ids_on(sandbox) - before - {made.id}
    assert f"playback ID {late} has appeared" in capfd.readouterr().err


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="latency", seconds=3, method="POST"),
        Fault(kind="status", status=504, body="html", method="POST"),
        Fault(kind="status", status=524, body="html", method="POST"),
    ],
    ids=["time-out", "504", "524"],
)
def test_a_create_that_may_still_be_carried_out_is_not_repeated(
    fault: Fault, lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    sandbox.faults.add(fault)
    with pytest.raises(
        errors.CreateInDoubtError,
        match=f"may still appear.* a public playback ID on stream {DEMO_STREAM_ID}",
    ):
        lifecycle.create(INPUTS)
    assert len(sandbox.mutating_requests) == 1


def test_a_create_carried_out_in_the_settling_period_is_claimed(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="slow-finish", seconds=0.1, client="dropped", method="POST", times=1))
    made = lifecycle.create(INPUTS)
    assert ids_on(sandbox) - before == {made.id}


def test_ambiguous_candidates_are_named_and_left_alone(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    """Somebody else creates one with the same policy while ours is in doubt."""
    lifecycle.create(INPUTS)
    before = ids_on(sandbox)
    foreign = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    with pytest.raises(errors.CreateInDoubtError) as raised:
        lifecycle.create(INPUTS)
    appeared = ids_on(sandbox) - before
    assert foreign in appeared
    assert len(appeared) == 2
    assert all(playback_id in str(raised.value) for playback_id in appeared)


def test_a_playback_id_with_another_policy_is_no_candidate(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    lifecycle.create(INPUTS)
    foreign = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    assert lifecycle.create(INPUTS).id != foreign


def test_a_list_that_lacks_an_existing_playback_id_leaves_the_create_in_doubt(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    known = lifecycle.create(INPUTS).id
    sandbox.faults.add(
        Fault(kind="drop", when="before", method="POST", times=1), Fault(kind="short-list", method="GET")
    )
    with pytest.raises(errors.CreateInDoubtError, match=f"lacks playback ID {known}, which exists"):
        lifecycle.create(INPUTS)


def test_a_list_without_a_playback_id_that_somebody_deleted_is_complete(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, lifecycle.create(INPUTS).id)
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    assert lifecycle.create(INPUTS)


def test_a_create_in_doubt_on_a_deleted_stream_fails_as_not_found(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    lifecycle.create(INPUTS)
    sandbox.faults.add(Fault(kind="status", status=404, method="GET", path=f"*/{DEMO_STREAM_ID}"))
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    with pytest.raises(errors.NotFoundError):
        lifecycle.create(INPUTS)


def test_a_create_is_not_sent_if_the_stream_cannot_be_read(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="status", status=500, method="GET"))
    with pytest.raises(errors.ServerError):
        lifecycle.create(INPUTS)
    assert sandbox.mutating_requests == []


def test_creates_lost_at_once_are_judged_together(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    before = ids_on(sandbox)
    sandbox.faults.add(
        Fault(kind="latency", seconds=0.1, method="POST"), Fault(kind="drop", when="after", method="POST", rate=0.5)
    )
    with ThreadPoolExecutor(4) as pool:
        made = [existing.id for existing in pool.map(lambda _: lifecycle.create(INPUTS), range(8))]
    assert len(set(made)) == 8
    assert ids_on(sandbox) - before == set(made)
    assert len(sandbox.mutating_requests) == 8


def test_concurrent_reads_share_one_list(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    existing = [lifecycle.create(INPUTS) for _ in range(5)]
    sandbox.clear_requests()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: lifecycle.read(each.id, each.state), existing * 10))
    assert found == existing * 10
    assert len(sandbox.requests) == 1


def test_a_delete_makes_the_shared_list_outdated(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    first, second = lifecycle.create(INPUTS), lifecycle.create(INPUTS)
    assert lifecycle.read(first.id, first.state) == first
    sandbox.clear_requests()
    lifecycle.delete(second.id, second.state)
    assert lifecycle.read(second.id, second.state) is None
    assert [request.method for request in sandbox.requests] == ["DELETE", "GET", "GET"]


def test_a_playback_id_missing_from_the_list_is_looked_up_before_it_counts_as_deleted(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    existing = lifecycle.create(INPUTS)
    sandbox.faults.add(Fault(kind="short-list", method="GET"))
    assert lifecycle.read(existing.id, existing.state) == existing


def test_a_playback_id_once_taken_for_deleted_is_not_claimed_by_a_create(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    """The list and the single read lag behind alike; then the list catches up."""
    first = lifecycle.create(INPUTS)
    sandbox.faults.add(
        Fault(kind="drop", when="before", method="POST", times=1),
        Fault(kind="short-list", method="GET", times=1),
        Fault(kind="status", status=404, method="GET", path=f"*/{first.id}", times=1),
    )
    assert lifecycle.create(INPUTS).id != first.id


def test_a_playback_id_whose_delete_failed_is_not_claimed_by_a_create(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    first = lifecycle.create(INPUTS)
    sandbox.faults.add(Fault(kind="status", status=403, method="DELETE", times=1))
    with pytest.raises(errors.PermissionDeniedError):
        lifecycle.delete(first.id, first.state)
    sandbox.faults.add(Fault(kind="drop", when="before", method="POST", times=1))
    assert lifecycle.create(INPUTS).id != first.id


def test_a_create_in_doubt_whose_settling_fails_names_what_had_appeared(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    """Somebody else creates there, too, so that the first look isn't enough."""
    existing = lifecycle.create(INPUTS)
    sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    lifecycle.read(existing.id, existing.state)
    before = ids_on(sandbox)
    sandbox.faults.add(
        Fault(kind="drop", when="after", method="POST", times=1), Fault(kind="status", status=403, method="GET", skip=1)
    )
    with pytest.raises(errors.CreateInDoubtError) as raised:
        lifecycle.create(INPUTS)
    (made,) = ids_on(sandbox) - before
    assert made in str(raised.value)


def test_nothing_is_deleted_in_a_workspace_that_has_not_shown_the_stream(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    state = {"streamId": "0" * 32, "accessPolicy": "public", "seenBy": "another"}
    with pytest.raises(errors.StreamNotVisibleError):
        lifecycle.delete(PLAYBACK_ID, state)
    assert sandbox.mutating_requests == []
