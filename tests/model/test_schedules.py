"""Random schedules break no law: exactly once, or said; and only what is gone is gone."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from support.simulation.counts import count
from support.simulation.laws import examine
from support.simulation.program import Program
from support.simulation.programs import crowded_programs, programs
from support.simulation.report import COUNTS, ENDS
from support.simulation.run import Run

SCHEDULES_PER_TEST = 250


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share the schedules out over tests, so that xdist can spread them; each has a seed of its own."""
    if "shard" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("schedules", default=2000)
        metafunc.parametrize("shard", range(-(-wanted // SCHEDULES_PER_TEST)))


@pytest.mark.timeout(900)  # a failure is cut down to the simplest program that fails, which takes some minutes
def test_no_law_is_broken(shard: int, request: pytest.FixtureRequest) -> None:
    """Hypothesis prints the program that breaks one; put it into test_programs_once_failed.py to keep it."""
    if time.monotonic() > request.config.stash[ENDS]:
        pytest.skip("the time for schedules is up")
    explore(programs, SCHEDULES_PER_TEST, shard, request.config.stash[COUNTS])


@pytest.mark.timeout(900)
def test_no_law_is_broken_in_a_crowd(request: pytest.FixtureRequest) -> None:
    """As many threads as the provider may ever have, most of them on the same stream."""
    explore(crowded_programs, 150, 0, request.config.stash[COUNTS])


def explore(drawn: st.SearchStrategy[Program], number: int, first: int, counts: Counter[str]) -> None:
    @seed(first)
    @settings(
        max_examples=number,
        database=None,  # every run of the tests is the same
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn)
    def once(program: Program) -> None:
        run = Run(program)
        run.perform(examine)
        counts.update(count(run))

    once()
