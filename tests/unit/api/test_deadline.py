"""The time that an operation has left."""

from __future__ import annotations

from pulumi_fastpix.api.deadline import Deadline
from support.still_clock import StillClock


def test_a_paused_deadline_loses_no_time(clock: StillClock) -> None:
    deadline = Deadline(clock, 10)
    clock.sleep(4)
    assert deadline.left() == 6
    with deadline.paused():
        clock.sleep(100)
    assert deadline.left() == 6
    clock.sleep(7)
    assert deadline.left() == -1


def test_a_success_extends_a_short_deadline_to_its_whole_length(clock: StillClock) -> None:
    deadline = Deadline(clock, 60, at_first=5)
    assert deadline.left() == 5
    assert not deadline.lasts_for(60)
    clock.sleep(3)
    deadline.extend()
    assert deadline.left() == 57
    assert deadline.lasts_for(60)


def test_a_short_start_never_makes_a_deadline_later() -> None:
    assert Deadline(StillClock(), 2, at_first=5).left() == 2


def test_a_deadline_outlasts_those_that_end_before_it(clock: StillClock) -> None:
    long, short = Deadline(clock, 60), Deadline(clock, 60, at_first=5)
    assert long.outlasts(short)
    assert not short.outlasts(long)
    assert not long.outlasts(long)
