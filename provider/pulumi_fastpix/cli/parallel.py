"""Does many slow things at once, a few at a time, and can be interrupted at any moment.

Threads of an executor are waited for when the interpreter ends, so that Ctrl-C would seem to be ignored while one of
them waits for a response. These are daemons, which end with the process; they only read.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TypeVar

import click

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 8
SHOW_PROGRESS_FROM = 10


def in_parallel(function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]:
    """Call the function for each item; the results come in the items' order.

    Args:
        function: may be called by several threads at once.
        items: what to call it for.
        label: of the progress bar, which is shown when there are many and stderr is a terminal.

    Raises:
        BaseException: what the function raised first.
    """
    waiting: SimpleQueue[tuple[int, Item]] = SimpleQueue()
    done: SimpleQueue[tuple[int, Result | BaseException]] = SimpleQueue()
    for numbered in enumerate(items):
        waiting.put(numbered)

    def work() -> None:
        while True:
            try:
                number, item = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put((number, function(item)))
            except BaseException as error:  # noqa: BLE001  # raised again where the result is awaited
                done.put((number, error))

    for _ in range(min(WORKERS, len(items))):
        threading.Thread(target=work, daemon=True).start()
    results: dict[int, Result] = {}
    with progress(len(items), label) as advance:
        for _ in items:
            number, result = done.get()
            if isinstance(result, BaseException):
                raise result
            results[number] = result
            advance(1)
    return [results[number] for number in range(len(items))]


@contextmanager
def progress(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """A progress bar, if there is much to do and stderr is a terminal; call what it gives with the steps made."""
    if length < SHOW_PROGRESS_FROM or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
