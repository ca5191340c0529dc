"""Who may pass the gate in front of a stream, and who waits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest

from pulumi_fastpix.api.clock import SystemClock
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.resources.tracking.gate import Gate


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def gate() -> Gate:
    return Gate(SystemClock())


def deadline() -> Deadline:
    return Deadline(SystemClock(), 60)


def enter(gate: Gate) -> bool:
    return gate.enter(deadline(), lambda: True)


def waits(future: Future[bool]) -> bool:
    try:
        future.result(0.05)
    except FutureTimeoutError:
        return True
    return False


def test_creates_pass_side_by_side(gate: Gate) -> None:
    assert enter(gate)
    assert enter(gate)
    assert gate.passed == 2
    assert not gate.quiet
    gate.leave()
    gate.leave()
    assert gate.quiet


def test_nobody_passes_who_is_not_ready(gate: Gate) -> None:
    assert not gate.enter(deadline(), lambda: False)
    assert gate.quiet
    assert gate.passed == 0


def test_whoever_wants_to_be_alone_waits_for_the_creates_under_way_and_holds_back_others(
    gate: Gate, pool: ThreadPoolExecutor
) -> None:
    enter(gate)

    def alone() -> bool:
        with gate.alone(deadline()):
            return gate.quiet

    judging = pool.submit(alone)
    assert waits(judging)
    later = pool.submit(enter, gate)
    assert waits(later)
    gate.leave()
    assert judging.result(10)
    assert later.result(10)


def test_a_shut_gate_holds_creates_back_until_it_is_reopened_by_whoever_is_alone(
    gate: Gate, pool: ThreadPoolExecutor
) -> None:
    enter(gate)
    gate.shut()
    gate.leave()
    held_back = pool.submit(enter, gate)
    assert waits(held_back)
    with gate.alone(deadline()):
        pass
    assert waits(held_back)
    with gate.alone(deadline()):
        gate.reopen()
    assert held_back.result(10)


def test_waiting_does_not_use_up_the_deadline(gate: Gate, pool: ThreadPoolExecutor) -> None:
    short = Deadline(SystemClock(), 0.01)
    with gate.alone(deadline()):
        entering = pool.submit(gate.enter, short, lambda: True)
        assert waits(entering)
    assert entering.result(10)
    assert short.left() > 0
