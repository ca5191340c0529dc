"""What the SDK's dynamic provider process has no setting for: errors in one line, calls at once, Ctrl-C, and its end.

*Errors.* The process of newer SDKs answers every failed call with `traceback.format_exc()`. The text of an expected
error already has what was attempted, what came back and what to do, and a trace would bury it. So the *name*
`traceback` in the SDK's main module is replaced by a stand-in. Other errors keep their trace, ours and other providers'
alike. Older SDKs (3.216 does, 3.272 doesn't) answer with just the error's text, behind "Exception calling application:
". There our unexpected errors carry their trace in their text.

*Calls.* The process answers from a pool of four threads, whatever Pulumi's `--parallel` is. The pool is a local
variable of the SDK, but a thread that runs a provider's method belongs to it, and CPython lets a thread of a pool refer
to the pool. So the pool is found there, and made larger.

*Ctrl-C.* The first one has the engine call Cancel on each provider process. This one answers with `empty_pb2.Empty()`,
and tells no provider. So the *name* `empty_pb2` in the SDK's main module is replaced by a stand-in, which knows by the
name of the function that calls it that this is the answer to Cancel.

*Its end.* Pulumi ends a process by SIGINT, and kills it if it is still there after five seconds. The main thread waits
for that in `Event().wait()`, which only a signal to that thread interrupts; now and then the system gives it to another
one (once in some hundred and fifty commands, on Linux 6.18), where Python only notes it. So the main thread is
interrupted a few times a second by a signal that does nothing, and then sees what Python has noted.

All is done in that process and nowhere else, and only where everything looks as it did when this was written; else
the SDK's own behaviour stays. tests/process/test_sdk_seams.py, test_cancel.py and test_end_of_process.py fail where
something has moved.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import os
import signal
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any, TypeVar, cast

from google.protobuf import empty_pb2

from pulumi_fastpix.errors import FastPixError, shortened
from pulumi_fastpix.resources.base import CALLS_AT_ONCE

_PROVIDER_PROCESS = "pulumi.dynamic.__main__"
_THREADS = CALLS_AT_ONCE + 1
"""One is for Cancel, while the others wait for FastPix."""
_WAKES_MAIN_THREAD_EVERY_SECONDS = 0.2

Method = TypeVar("Method", bound=Callable[..., Any])


class _TracebackOfUnexpectedErrors:
    """Stands in for the module `traceback`, of which the SDK uses `format_exc` only."""

    def __getattr__(self, name: str) -> object:
        return getattr(traceback, name)

    @staticmethod
    def format_exc() -> str:
        error = sys.exc_info()[1]
        return shortened(str(error)) if isinstance(error, FastPixError) else traceback.format_exc()


class _NoneIdle(threading.Semaphore):
    """A pool's count of idle threads, by which each submission starts a thread until there are as many as may be.

    The pool's own count becomes too high while calls wait, and the pool would stay smaller than it may be.
    """

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT001, FBT002  # inherited
        del blocking, timeout
        return False


class _Empty:
    """Stands in for the module `empty_pb2`, of which the SDK uses `Empty` only, and tells when Cancel does."""

    def __init__(self) -> None:
        self.on_cancel: list[Callable[[], None]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(empty_pb2, name)

    def Empty(self) -> empty_pb2.Empty:  # noqa: N802  # the module's name for it
        # Whatever is wrong here must not fail the call, which may be that of another provider.
        with contextlib.suppress(Exception):
            if sys._getframe(1).f_code.co_name == "Cancel":
                for cancel in list(self.on_cancel):
                    cancel()
        return empty_pb2.Empty()


class _UnexpectedError(Exception):
    """Its text is the trace of an error that nobody expected."""


def show_as_one_line() -> None:
    """Install the stand-in if this is Pulumi's dynamic provider process; else, and when called again, do nothing."""
    main = _provider_process()
    if main is not None and isinstance(getattr(main, "traceback", None), ModuleType):
        main.traceback = _TracebackOfUnexpectedErrors()  # type: ignore[attr-defined]  # a module takes any attribute


def answer_more_calls_at_once() -> None:
    """Enlarge the pool that runs this thread if this is Pulumi's dynamic provider process; else do nothing."""
    # Whatever is wrong here must not fail the call: the process works as it is.
    with contextlib.suppress(Exception):
        thread: Any = threading.current_thread()
        if _provider_process() and isinstance(thread._args[0], weakref.ref):
            _enlarge(thread._args[0]())


def call_on_cancel(cancel: Callable[[], None]) -> None:
    """Have something called after Ctrl-C if this is Pulumi's dynamic provider process; else do nothing."""
    main = _provider_process()
    if main is not None and isinstance(getattr(main, "empty_pb2", None), ModuleType):
        main.empty_pb2 = _Empty()  # type: ignore[attr-defined]  # a module takes any attribute
    if main is not None and isinstance(stand_in := getattr(main, "empty_pb2", None), _Empty):
        stand_in.on_cancel.append(cancel)


@functools.cache  # each type of resource has a provider, and the process may serve all of them
def end_by_a_signal_to_any_thread() -> None:
    """Have SIGINT end this process whichever thread gets it, if this is Pulumi's dynamic provider process."""
    # Whatever is wrong here must not fail the call: Pulumi ends the process anyway, if later.
    with contextlib.suppress(Exception):
        if _provider_process() and hasattr(faulthandler, "register"):  # Windows has no such signals
            nowhere = os.open(os.devnull, os.O_WRONLY)
            # What it writes is no matter. Only in the main thread `signal` can give a signal a handler, and nothing of
            # ours runs there. With `chain` the signal interrupts what the thread waits for.
            faulthandler.register(signal.SIGURG, nowhere, all_threads=False, chain=True)
            threading.Thread(target=_wake_main_thread, daemon=True).start()


def _wake_main_thread() -> None:
    main = threading.main_thread()
    while main.ident is not None:
        time.sleep(_WAKES_MAIN_THREAD_EVERY_SECONDS)
        signal.pthread_kill(main.ident, signal.SIGURG)


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


def keeps_trace(method: Method) -> Method:
    """Let a provider's method raise unexpected errors with their trace, where the SDK would drop it."""

    @functools.wraps(method)
    def call(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except FastPixError:
            raise
        except Exception:
            main = _provider_process()
            if main is None or hasattr(main, "traceback"):
                raise
            raise _UnexpectedError(traceback.format_exc()) from None

    return cast("Method", call)


def _provider_process() -> ModuleType | None:
    """The main module of Pulumi's dynamic provider process, if this is one."""
    main = sys.modules.get("__main__")
    return main if getattr(getattr(main, "__spec__", None), "name", None) == _PROVIDER_PROCESS else None
