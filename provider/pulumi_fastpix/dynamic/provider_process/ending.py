"""The end of the process, when Pulumi asks for it. tests/process/test_end_of_process.py fails if the SDK moves.

Pulumi ends a process by SIGINT, and kills it if it is still there after five seconds. The main thread waits for that in
`Event().wait()`, which only a signal to that thread interrupts; now and then the system gives it to another one, where
Python only notes it. So the main thread is interrupted a few times a second by a signal that does nothing, and then
sees what Python has noted.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import os
import signal
import threading
import time

from pulumi_fastpix.dynamic.provider_process import provider_process

_WAKES_MAIN_THREAD_EVERY_SECONDS = 0.2


@functools.cache  # each type of resource has a provider, and the process may serve all of them
def end_by_a_signal_to_any_thread() -> None:
    """Have SIGINT end this process whichever thread gets it, if this is Pulumi's dynamic provider process."""
    # Whatever is wrong here must not fail the call: Pulumi ends the process anyway, if later.
    with contextlib.suppress(Exception):
        if provider_process() and hasattr(faulthandler, "register"):  # Windows has no such signals
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
