"""Random schedules break no promise.

A failure shows a short schedule that breaks the promise, as Python code. Paste it into test_regressions.py, and debug
with that. To repeat the schedule that failed at first, by its number:

    pytest tests/model/test_schedules.py --only-schedule=1234

Schedule 1234 is the same in every run of the tests, and so is all that happens in it; test_repeatability.py shows that.
tests/support/simulation/__init__.py describes what a schedule is, and how it is performed.
"""

from __future__ import annotations

import time

import pytest

from support.simulation.counts import count
from support.simulation.drawing import draw_schedule
from support.simulation.promises import check_promises
from support.simulation.reduction import explain
from support.simulation.report import COUNTS, DEADLINE
from support.simulation.run import Run
from support.simulation.schedule import Schedule

pytestmark = pytest.mark.usefixtures("one_core")

SCHEDULES_PER_TEST = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share the schedules out over tests, so that xdist can spread them."""
    if "numbers" in metafunc.fixturenames:
        only, total = metafunc.config.getoption("only_schedule"), metafunc.config.getoption("schedules")
        starts = range(0, total, SCHEDULES_PER_TEST)
        shares = [range(start, min(start + SCHEDULES_PER_TEST, total)) for start in starts]
        metafunc.parametrize("numbers", shares if only is None else [range(only, only + 1)], ids=_id)


def _id(numbers: range) -> str:
    return f"{numbers.start}-{numbers.stop - 1}"


@pytest.mark.timeout(900)  # a failure is cut down, which may take some minutes
def test_no_promise_is_broken(numbers: range, request: pytest.FixtureRequest) -> None:
    if time.monotonic() > request.config.stash[DEADLINE]:
        pytest.skip("the time for schedules is up")
    for number in numbers:
        try:
            run = perform(draw_schedule(number))
        except Exception as error:  # whatever it is, a shorter schedule is wanted
            raise AssertionError(explain(number, error, perform)) from error
        request.config.stash[COUNTS].update(count(run))


def perform(schedule: Schedule) -> Run:
    run = Run(schedule)
    run.perform(check_promises)
    return run
