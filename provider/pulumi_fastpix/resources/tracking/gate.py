"""Decides who may change a stream when: any number of creates at once, or one thread alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pulumi_fastpix.api.clock import Clock
from pulumi_fastpix.api.deadline import Deadline


class Gate:
    """A gate that creates pass on their way to one stream. Safe for any number of threads.

    It is shut from the first create that is in doubt until all are judged, and as long as one thread has the stream to
    itself (:meth:`alone`).

    Attributes:
        passed: how many creates have ever passed.
    """

    def __init__(self, clock: Clock) -> None:
        self._condition = clock.condition()
        self._under_way = 0
        self._alone = False
        self._shut = False
        self.passed = 0

    @property
    def quiet(self) -> bool:
        """Whether no create is under way."""
        return not self._under_way

    def enter(self, deadline: Deadline, is_ready: Callable[[], bool]) -> bool:
        """Wait until the gate is open, and pass if everything is ready then; whoever passes calls :meth:`leave`.

        Args:
            deadline: is paused while waiting.
            is_ready: asked while nobody else can pass or shut the gate.
        """
        with self._condition:
            with deadline.paused():
                self._condition.wait_for(lambda: not self._alone and not self._shut)
            if not is_ready():
                return False
            self._under_way += 1
            self.passed += 1
            return True

    def leave(self) -> None:
        """A create has ended."""
        with self._condition:
            self._under_way -= 1
            self._condition.notify_all()

    def shut(self) -> None:
        """Let no more creates pass. Called by a create that is under way."""
        with self._condition:
            self._shut = True

    def reopen(self) -> None:
        """Let creates pass again. Called by the thread that is alone."""
        with self._condition:
            self._shut = False

    @contextmanager
    def alone(self, deadline: Deadline) -> Iterator[None]:
        """Inside, no create is under way and none begins.

        Args:
            deadline: is paused while waiting.
        """
        with self._condition, deadline.paused():
            self._condition.wait_for(lambda: not self._alone)
            self._alone = True
            self._condition.wait_for(lambda: not self._under_way)
        try:
            yield
        finally:
            with self._condition:
                self._alone = False
                self._condition.notify_all()
