"""More calls at once than four. tests/process/test_sdk_seams.py fails if the SDK or Python moves.

The process answers from a pool of four threads, whatever Pulumi's `--parallel` is. The pool is a local variable of the
SDK, but a thread that runs a provider's method belongs to it, and CPython lets a thread of a pool refer to the pool. So
the pool is found there, and made larger.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pulumi_fastpix.dynamic.provider_process import provider_process
from pulumi_fastpix.resources.base import CALLS_AT_ONCE

_THREADS = CALLS_AT_ONCE + 1
"""One is for Cancel, while the others wait for FastPix."""


class _NoneIdle(threading.Semaphore):
    """A pool's count of idle threads, by which each submission starts a thread until there are as many as may be.

    The pool's own count becomes too high while calls wait, and the pool would stay smaller than it may be.
    """

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT001, FBT002  # inherited
        del blocking, timeout
        return False


def answer_more_calls_at_once() -> None:
    """Enlarge the pool that runs this thread if this is Pulumi's dynamic provider process; else do nothing."""
    # Whatever is wrong here must not fail the call: the process works as it is.
    with contextlib.suppress(Exception):
        thread: Any = threading.current_thread()
        if provider_process() and isinstance(thread._args[0], weakref.ref):
            _enlarge(thread._args[0]())


def _enlarge(pool: object) -> None:
    if (
        isinstance(pool, ThreadPoolExecutor)
        and isinstance(pool._idle_semaphore, threading.Semaphore)
        and isinstance(pool._max_workers, int)
        and pool._max_workers < _THREADS
    ):
        pool._idle_semaphore = _NoneIdle()
        pool._max_workers = _THREADS
        for _ in range(_THREADS):
            # Only a submission starts a thread, and there may be calls that wait for one already.
            pool.submit(int)
