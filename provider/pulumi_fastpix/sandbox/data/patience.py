"""Work on the data file that holds nobody else up: while another process has it locked, the event loop goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pulumi_fastpix.sandbox.data.database import PATIENCE_SECONDS, PAUSE_SECONDS, LockedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store

_Result = TypeVar("_Result")


async def in_one_transaction(store: Store, clock: Clock, work: Callable[[], _Result], *, writing: bool) -> _Result:
    """Do the work in one transaction, as soon as no other process has the data file locked.

    Args:
        store: what the work uses.
        clock: the time to wait by.
        work: called once, when the transaction has begun; what it changed before an error is undone.
        writing: whether the work may change anything.

    Raises:
        LockedError: the file is locked for longer than PATIENCE_SECONDS.
        DataFileError: the file cannot be used any more.
    """
    until = clock.now() + PATIENCE_SECONDS
    while True:
        try:
            with store.transaction(writing=writing, patience=0):
                return work()
        except LockedError:
            if clock.now() >= until:
                raise
        await clock.sleep(PAUSE_SECONDS)
