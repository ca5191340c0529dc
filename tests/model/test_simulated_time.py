"""The scheduler: one task at a time, in an order that a seed decides, on time that costs nothing."""

from __future__ import annotations

import random
import threading
import time

import pytest

from support.simulation import scheduler as scheduling
from support.simulation.clocks import ProviderClock
from support.simulation.program import Batch, Create, Delete, Program
from support.simulation.run import Run
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


def test_the_seed_decides_who_goes_on() -> None:
    def order(seed: int) -> str:
        scheduler = Scheduler(random.Random(seed))  # noqa: S311
        said: list[str] = []

        def speak(name: str) -> None:
            for _ in range(3):
                scheduler.give_way()
                said.append(name)

        scheduler.run([lambda: speak("a"), lambda: speak("b")])
        return "".join(said)

    assert order(1) == order(1)
    assert len({order(seed) for seed in range(20)}) > 10


def test_who_waits_for_a_condition_looks_again_when_notified(scheduler: Scheduler) -> None:
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


def test_a_program_runs_the_same_way_each_time() -> None:
    program = Program((Batch((Create(), Create(), Delete(), Create()), workers=3),), luck=5)

    def story() -> list[tuple[str, int, str]]:
        run = Run(program)
        run.perform(lambda _: None)
        return [(one.kind, one.ended.order, one.playback_id) for one in run.chronicle.operations]

    assert story() == story()


def test_a_program_is_shown_as_it_is_written() -> None:
    program = Program((Batch((Create(stream=1), Delete()), workers=3),), luck=5)
    assert repr(program) == "Program(batches=(Batch(steps=(Create(stream=1), Delete()), workers=3),), luck=5)"
