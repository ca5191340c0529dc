"""The scheduler runs one task at a time, in an order that a seed decides, on time that costs nothing."""

from __future__ import annotations

import random
import threading
import time

import pytest

from pulumi_fastpix.sandbox.data.records import Rules
from support.simulation import scheduler as scheduling
from support.simulation.clocks import ProviderClock
from support.simulation.run import Run
from support.simulation.schedule import Command, Create, Delete, Schedule
from support.simulation.scheduler import Scheduler, StandstillError


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(random.Random(0))  # noqa: S311  # chance, not secrets


def test_sleeping_takes_no_real_time(scheduler: Scheduler) -> None:
    began = time.perf_counter()
    woken: list[float] = []

    def sleep(seconds: float) -> None:
        ProviderClock(scheduler).sleep(seconds)
        woken.append(scheduler.now)

    scheduler.run([lambda: sleep(3600), lambda: sleep(60)])
    assert woken == [1060.0, 4600.0]
    assert time.perf_counter() - began < 1


def test_the_seed_decides_which_task_goes_on() -> None:
    def order(seed: int) -> str:
        scheduler = Scheduler(random.Random(seed))  # noqa: S311
        turns: list[str] = []

        def take_turns(name: str) -> None:
            for _ in range(3):
                scheduler.give_way()
                turns.append(name)

        scheduler.run([lambda: take_turns("a"), lambda: take_turns("b")])
        return "".join(turns)

    assert order(1) == order(1)
    assert len({order(seed) for seed in range(20)}) > 10


def test_a_task_that_waits_for_a_condition_looks_again_when_notified(scheduler: Scheduler) -> None:
    condition = ProviderClock(scheduler).condition()
    arrived: list[str] = []

    def wait() -> None:
        with condition:
            condition.wait_for(lambda: bool(arrived))
            arrived.append("noticed")

    def notify() -> None:
        scheduler.sleep(5)
        with condition:
            arrived.append("arrived")
            condition.notify_all()

    scheduler.run([wait, notify])
    assert arrived == ["arrived", "noticed"]


def test_the_first_error_ends_all_tasks(scheduler: Scheduler) -> None:
    left: list[threading.Thread] = []

    def wait() -> None:
        try:
            scheduler.sleep(1000)
        finally:
            left.append(threading.current_thread())

    def fail() -> None:
        scheduler.sleep(1)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        scheduler.run([wait, wait, fail])
    assert len(left) == 2
    assert not any(thread.is_alive() for thread in left)


def test_a_thread_that_blocks_for_real_is_shown(scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "REAL_SECONDS", 0.2)
    lock = threading.Lock()

    def block() -> None:
        with lock:
            scheduler.sleep(1)

    with pytest.raises(StandstillError, match=r"in block\n"):
        scheduler.run([block, block])
    lock.release()


def test_a_schedule_runs_the_same_way_each_time() -> None:
    schedule = Schedule((Command((Create(), Create(), Delete(), Create()), threads=3),), seed=5)

    def course() -> list[tuple[str, int, str]]:
        run = Run(schedule)
        run.perform(lambda _: None)
        return [(one.kind, one.ended.order, one.object_id) for one in run.chronicle.operations]

    assert course() == course()


def test_a_schedule_is_shown_as_it_is_written() -> None:
    create = Create(stream=1, domains=Rules(deny=("a.example",)))
    schedule = Schedule((Command((create, Delete()), threads=3),), seed=5)
    assert repr(schedule) == (
        "Schedule(commands=(Command(steps=(Create(stream=1, domains=Rules(deny=('a.example',))), Delete()), "
        "threads=3),), seed=5)"
    )
