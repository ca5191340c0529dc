"""Lets threads take turns on simulated time, so that a run can be repeated exactly.

The code under test is written for threads that block, so it gets real ones; but only the thread that holds the baton
runs. It passes the baton on where a real thread could be overtaken at a bad moment: at a request, a sleep, a condition.
A seeded generator picks the thread that goes on. Time passes only when all threads wait.
"""

from __future__ import annotations

import heapq
import itertools
import random
import sys
import threading
import traceback
from collections.abc import Callable

REAL_SECONDS = 20.0
"""For the tasks of one command. They take some milliseconds; only a thread that blocks for real takes longer."""


class StandstillError(AssertionError):
    """All tasks wait, and nothing is due that would change this."""


class AbandonedError(BaseException):
    """Ends the threads of a run that failed, or of a process that is killed.

    Not an Exception, so that the code under test lets it through.
    """


class Scheduler:
    """A number of tasks, simulated time, and what is due in it.

    Args:
        rng: picks the task that goes on when several can.
    """

    def __init__(self, rng: random.Random) -> None:
        self.now = 1000.0
        self._rng = rng
        self._count = itertools.count()
        self._due: list[tuple[float, float, int, Callable[[], None]]] = []
        self._tasks: list[_Task] = []
        self._running: _Task | None = None
        self._failure: BaseException | None = None
        self._over = threading.Event()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Have something done later. What is due at the same instant is done in random order."""
        heapq.heappush(self._due, (self.now + seconds, self._rng.random(), next(self._count), act))

    def run(self, tasks: list[Callable[[], None]]) -> None:
        """Perform the tasks at the same time, each on a thread of its own, until all have returned or are killed.

        Raises:
            StandstillError: they wait for each other, or one blocks for real.
            BaseException: the first that a task raised.
        """
        self._over.clear()
        self._tasks = [_Task(self._perform, act) for act in tasks]
        threads = [task.thread for task in self._tasks]
        self._pass_baton()
        if not self._over.wait(REAL_SECONDS):
            raise StandstillError(f"This schedule does not end. What runs now:\n{self._stack_of_running()}")
        for task in list(self._tasks):  # left over after a failure: unwound one after the other
            task.baton.release()
            task.thread.join()
        for thread in threads:
            thread.join()
        self._running = None
        failure, self._failure = self._failure, None
        if failure is not None and not isinstance(failure, AbandonedError):
            raise failure

    def kill(self) -> None:
        """Called by a task that is about to wait: those that are left do nothing any more, and `run` returns."""
        if self._tasks:
            self._failure = AbandonedError()

    def pass_time(self, seconds: float) -> None:
        """Let time pass while no task runs."""
        until = self.now + seconds
        while self._due and self._due[0][0] <= until:
            self._next_event()
        self.now = until

    def finish(self) -> None:
        """Let everything happen that is due, however late."""
        while self._due:
            self._next_event()

    def give_way(self) -> None:
        """Let other tasks go on first, if a task calls this that holds no condition."""
        if self._running is not None and not self._running.holding:
            self.wait_until(lambda: True, "its turn")

    def sleep(self, seconds: float) -> None:
        """Called by a task: go on when that much time has passed."""
        due = self.now + seconds
        self.wake_at(due)
        self.wait_until(lambda: self.now >= due, f"{due:.2f}, asleep")

    def wake_at(self, time: float) -> None:
        """See to it that time does not jump over this moment."""
        self.after(time - self.now, lambda: None)

    def wait_until(self, ready: Callable[[], bool], reason: str) -> None:
        """Called by a task: go on when `ready` is true; `reason` is shown if that never happens."""
        task = self._running
        if self._failure is not None:
            raise AbandonedError
        if task is None:
            raise RuntimeError("Only a task may wait: nothing else holds the baton.")
        if task.holding:
            raise AssertionError(f"A task holds a condition while it waits for {reason}: all others are held up.")
        task.ready, task.reason = ready, reason
        self._pass_baton()
        task.baton.acquire()
        if self._failure is not None:
            raise AbandonedError

    def hold(self, change: int) -> None:
        """Note that the running task takes (1) or gives up (-1) a condition."""
        if self._running is not None:
            self._running.holding += change

    def _perform(self, task: _Task) -> None:
        task.baton.acquire()
        try:
            if self._failure is None:
                task.act()
        except AbandonedError:
            pass
        except BaseException as error:  # noqa: BLE001  # whatever it is, the caller of `run` gets it
            self._failure = self._failure or error
        self._tasks.remove(task)
        self._pass_baton()

    def _pass_baton(self) -> None:
        """Pass the baton to a task that can go on; at the end, or after a failure, to the caller of `run`."""
        if self._failure is None and self._tasks:
            try:
                self._running = self._next_task()
            except BaseException as error:  # noqa: BLE001  # raised by `run`
                self._failure = error
            else:
                self._running.baton.release()
                return
        self._over.set()

    def _next_task(self) -> _Task:
        while not (ready := [task for task in self._tasks if task.ready()]):
            if not self._due:
                waiting = "\n".join(f"- for {task.reason}" for task in self._tasks)
                raise StandstillError(f"All tasks wait, and nothing is due any more:\n{waiting}")
            self._next_event()
        return self._rng.choice(ready)

    def _next_event(self) -> None:
        time, _, _, act = heapq.heappop(self._due)
        self.now = max(self.now, time)
        act()

    def _stack_of_running(self) -> str:
        task = self._running
        frame = sys._current_frames().get(task.thread.ident or 0) if task else None
        return "".join(traceback.format_stack(frame)) if frame else "nothing"


class _Task:
    """One task, its thread, and the reason why it waits."""

    def __init__(self, perform: Callable[[_Task], None], act: Callable[[], None]) -> None:
        self.act = act
        self.ready: Callable[[], bool] = lambda: True
        self.reason = "its beginning"
        self.holding = 0
        self.baton = threading.Lock()
        self.baton.acquire()
        # A daemon, because a thread that blocks for real must not keep the test run from ending.
        self.thread = threading.Thread(target=perform, args=(self,), daemon=True)
        self.thread.start()
