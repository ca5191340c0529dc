"""Tells of a provider process that is killed under a program. Pulumi itself says no more than "EOF" then."""

from __future__ import annotations

import asyncio
import functools
import os
import threading
import time
from pathlib import Path

import pulumi
from pulumi.runtime.mocks import MockMonitor

LOOKED_EVERY_SECONDS = 0.02
"""Pulumi ends the program soon after it has lost a provider, and shows nothing of it from then on."""


def watch_for_killed_processes() -> None:
    """Have this process tell if a provider process of the stack is killed, as long as the program runs."""
    if pulumi.runtime.is_dry_run() or isinstance(pulumi.runtime.settings.SETTINGS.monitor, MockMonitor):
        return
    try:
        program = asyncio.get_running_loop()
    except RuntimeError:
        # No program that Pulumi runs.
        return
    _watch_once(program, pulumi.get_stack(), pulumi.get_project())


@functools.lru_cache(maxsize=8)
def _watch_once(program: asyncio.AbstractEventLoop, stack: str, project: str) -> None:
    threading.Thread(target=_watch, args=(program, stack, project, time.time()), daemon=True).start()


def _watch(program: asyncio.AbstractEventLoop, stack: str, project: str, began: float) -> None:
    # Here, because declaring resources takes none of it.
    from pulumi_fastpix.announce import warn  # noqa: PLC0415  # see above
    from pulumi_fastpix.journal.files import files_in, folder_of, has_ended  # noqa: PLC0415  # see above
    from pulumi_fastpix.journal.reading import LeftOver  # noqa: PLC0415  # see above

    folder, looked_at = folder_of(os.environ), set[Path]()
    while folder and not program.is_closed():
        time.sleep(LOOKED_EVERY_SECONDS)
        dead = {file for file in files_in(folder, since=began) if file not in looked_at and has_ended(file)}
        looked_at |= dead
        if dead and any(one.is_sent and one.file in dead for one in LeftOver(folder).of_stack(stack, project)):
            warn(
                "A provider process was killed during this run. What it had made and Pulumi hadn't recorded is at "
                "FastPix, and in no stack. Run `pulumi-fastpix recover` before the next `pulumi up`: it finds that, "
                "and has the stack take it."
            )
            return
