"""One list for everyone who asks: single flight, and an age up to which a list may be used again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.errors import CancelledError, FastPixError

Listed = TypeVar("Listed")

SHARED_FOR_SECONDS = 60.0


class SharedList(Generic[Listed]):
    """A list that one thread reads for all that ask meanwhile or soon after. Safe for any number of threads.

    A list that fails fails for all who wait for it, but for those with a later deadline: they try again. So do those
    whom Ctrl-C doesn't end, if it has ended the reader.

    Args:
        client: whose clock and outage count.
        fetch: reads the list.
        what: the list, as it follows "The list of".
        for_seconds: for how long it is shared, from its request on.
    """

    def __init__(
        self,
        client: BaseClient,
        fetch: Callable[[Deadline], Listed],
        what: str,
        for_seconds: float = SHARED_FOR_SECONDS,
    ) -> None:
        self._client = client
        self._fetch = fetch
        self._what = what
        self._for_seconds = for_seconds
        self._condition = client.cancellation.condition()
        self._latest: _Reading[Listed] | None = None
        self._changes = 0

    def get(self, deadline: Deadline) -> Listed:
        """The list as it was at most that many seconds ago, and certainly after every change before this call.

        Raises:
            FastPixError: it can't be read.
        """
        while True:
            with self._condition:
                reading = self._latest
                is_mine = reading is None or not self._may_share(reading)
                if reading is None or is_mine:
                    reading = self._latest = _Reading(self._client.clock.now(), self._changes, deadline)
            if is_mine:
                self._read(reading, deadline)
            self._wait_for(reading, deadline)
            if reading.listed is not None:
                return reading.listed
            if reading.error is not None and (is_mine or not self._is_worth_another_try(reading, deadline)):
                raise reading.error

    def invalidate(self) -> None:
        """Note a change: no list that was asked for before it is used from now on."""
        with self._condition:
            self._changes += 1

    def _wait_for(self, reading: _Reading[Listed], deadline: Deadline) -> None:
        # The deadline goes on, as if it were read here: else those who wait would fail one after the other.
        with self._condition:
            self._condition.wait_for(lambda: reading.done or self._client.is_cancelled(deadline))
        if not reading.done:
            self._client.refuse_if_cancelled(f"read {self._what}", deadline)

    def _may_share(self, reading: _Reading[Listed]) -> bool:
        if reading.changes != self._changes or reading.error is not None:
            return False
        return self._client.clock.now() - reading.began <= self._for_seconds

    def _is_worth_another_try(self, reading: _Reading[Listed], deadline: Deadline) -> bool:
        """Whether the reader may have failed for lack of time only, of which there is more here, or was interrupted."""
        if isinstance(reading.error, CancelledError):
            return not self._client.is_cancelled(deadline)
        if reading.error is None or not retry.may_repeat("GET", reading.error):
            return False
        return not self._client.in_outage and deadline.outlasts(reading.deadline)

    def _read(self, reading: _Reading[Listed], deadline: Deadline) -> None:
        try:
            reading.listed = self._fetch(deadline)
        except FastPixError as error:
            reading.error = error
        except BaseException as error:
            # Those who wait for it would wait for ever.
            reading.error = FastPixError(f"The list of {self._what} could not be read: {error!r}.")
            raise
        finally:
            with self._condition:
                reading.done = True
                self._condition.notify_all()


class _Reading(Generic[Listed]):
    """A list under way, or its outcome: one of `listed` and `error` once it is done."""

    def __init__(self, began: float, changes: int, deadline: Deadline) -> None:
        self.began = began
        self.changes = changes
        self.deadline = deadline
        self.done = False
        self.listed: Listed | None = None
        self.error: FastPixError | None = None
