"""What a process that may be killed runs on: a scheduler that ends it at a chosen turn, and its journal."""

from __future__ import annotations

import atexit
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_fastpix.journal.writing import Journal
from support.simulation.scheduler import Scheduler


class MortalScheduler(Scheduler):
    """Does something after a number of turns that the tasks have taken: at each of them a process may be killed."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self._turns_left = 0
        self._act: Callable[[], None] | None = None

    def run_for(self, turns: int, tasks: list[Callable[[], None]], act: Callable[[], None]) -> None:
        """Perform the tasks, and do that amid them, or after them if they don't take so many turns."""
        self._turns_left, self._act = turns, act
        self.run(tasks)
        self._do_it()

    def wait_until(self, ready: Callable[[], bool], reason: str) -> None:
        self._turns_left -= 1
        if self._turns_left < 0:
            self._do_it()
        super().wait_until(ready, reason)

    def _do_it(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


class MortalJournal(Journal):
    """A journal whose process may be killed before and after each line."""

    def __init__(self, folder: Path | None, scheduler: Scheduler) -> None:
        super().__init__(folder)
        self._scheduler = scheduler

    def write(self, line: dict[str, Any]) -> None:
        self._scheduler.give_way()
        super().write(line)
        self._scheduler.give_way()

    def release(self) -> None:
        """Do what the system does when its process has ended."""
        atexit.unregister(self.end)
        if self._descriptor is not None:
            os.close(self._descriptor)
