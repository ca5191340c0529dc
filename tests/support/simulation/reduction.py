"""Cuts a schedule that fails down to a short one that fails in the same way, and explains how to go on from there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any

from pydantic import ValidationError

from pulumi_fastpix.sandbox import Fault, Switches
from support.simulation.drawing import draw_schedule
from support.simulation.promises import BrokenPromiseError
from support.simulation.schedule import Schedule, default_of

SECONDS = 120.0
"""At most, for one reduction. It takes a few seconds unless threads block for real."""
SEEDS = range(4)
"""Tried with each shorter schedule besides its own: when a step is missing, the threads take other turns."""
NO_AMOUNTS = {"status", "seed"}
"""Numbers that are not simpler when they are lower."""


def explain(number: int, error: Exception, perform: Callable[[Schedule], object]) -> str:
    """The message of a failure: a short schedule that fails in the same way, and how to repeat the drawn one.

    Args:
        number: of the schedule that failed.
        error: how it failed.
        perform: performs a schedule, and raises an error if it fails.
    """

    def fails(candidate: Schedule) -> bool:
        try:
            perform(candidate)
        except Exception as other:  # noqa: BLE001  # whatever it is, it is compared
            return _kind(other) == _kind(error)
        return False

    return (
        f"Schedule {number} fails: {error}\n\n"
        f"A short schedule that fails in the same way, for tests/model/test_regressions.py:\n\n"
        f"{reduce_schedule(draw_schedule(number), fails)}\n\n"
        f"To repeat the one that was drawn: pytest tests/model/test_schedules.py --only-schedule={number}"
    )


def _kind(error: Exception) -> tuple[type[Exception], str | None]:
    return type(error), error.promise if isinstance(error, BrokenPromiseError) else None


def reduce_schedule(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """Leave things out, one after the other, as long as the rest fails.

    Args:
        schedule: one that fails.
        fails: performs another one, and returns whether it fails in the same way.
    """
    ends = time.monotonic() + SECONDS
    tried: set[str] = set()

    def fails_too(candidate: Schedule) -> bool:
        if _size(candidate) >= _size(schedule) or repr(candidate) in tried or time.monotonic() > ends:
            return False
        tried.add(repr(candidate))
        return fails(candidate)

    while shorter := next(filter(fails_too, _candidates(schedule)), None):
        schedule = shorter
    return schedule


def _size(schedule: Schedule) -> tuple[int, str, int]:
    """The shorter text is the simpler schedule; of two equally long ones, the one with lower numbers."""
    text = repr(replace(schedule, seed=0))
    return len(text), text, schedule.seed


def _candidates(schedule: Schedule) -> Iterator[Schedule]:
    for simpler in (*_simpler(schedule), schedule):
        if simpler.commands:
            for seed in (schedule.seed, *SEEDS):
                yield replace(simpler, seed=seed)


def _simpler(value: Any) -> Iterator[Any]:
    """The same value with something left out or lowered: at first as much as possible."""
    if isinstance(value, tuple):
        size = len(value)
        while size:
            yield from (value[:start] + value[start + size :] for start in range(0, len(value), size))
            size //= 2
        for index, one in enumerate(value):
            yield from ((*value[:index], simpler, *value[index + 1 :]) for simpler in _simpler(one))
    elif isinstance(value, frozenset):
        yield from (value - {one} for one in sorted(value))
    elif isinstance(value, Switches):
        given = value.model_dump(exclude_defaults=True)
        yield from (Switches(**{name: given[name] for name in given if name != left_out}) for left_out in given)
    elif isinstance(value, int) and not isinstance(value, bool) and value > 0:
        yield from (value // 2, value - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Fault):
            yield Fault(kind="drop", method=value.method, when="after")
        for one in fields(value):
            yield from _with_simpler_field(value, one)


def _with_simpler_field(value: Any, one: Any) -> Iterator[Any]:
    if one.name in NO_AMOUNTS:
        return
    default = default_of(one)
    for simpler in (*([] if default is MISSING else [default]), *_simpler(getattr(value, one.name))):
        with suppress(ValidationError):  # of a fault, when this field is needed or has to be in a range
            yield replace(value, **{one.name: simpler})
