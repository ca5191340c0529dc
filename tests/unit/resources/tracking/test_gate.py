"""The gate in front of a stream: creates pass side by side, and wait while a thread judges alone."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest

from pulumi_fastpix.api.clock import SystemClock
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.resources.tracking.gate import Gate


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


def test_a_create_that_is_not_ready_does_not_pass(gate: Gate) -> None:
    assert not gate.enter(deadline(), lambda: False)
    assert gate.quiet
    assert gate.passed == 0


def test_a_thread_alone_at_the_gate_waits_for_creates_under_way_and_holds_back_later_ones(
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


def test_a_shut_gate_holds_creates_back_until_a_thread_alone_reopens_it(gate: Gate, pool: ThreadPoolExecutor) -> None:
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


def test_waiting_at_the_gate_does_not_use_up_the_deadline(gate: Gate, pool: ThreadPoolExecutor) -> None:
    short = Deadline(SystemClock(), 0.01)
    with gate.alone(deadline()):
        entering = pool.submit(gate.enter, short, lambda: True)
        assert waits(entering)
    assert entering.result(10)
    assert short.left() > 0
