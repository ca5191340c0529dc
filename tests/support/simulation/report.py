"""A pytest plugin: which schedules to run, and at the end what they put to the test, from all of xdist's workers."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

COUNTS = pytest.StashKey["Counter[str]"]()
DEADLINE = pytest.StashKey[float]()
DIGEST = "digest of everything that happened"
"""A sum of digests: it does not depend on the order of the runs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("schedules")
    group.addoption("--schedules", type=int, default=1000, help="how many random schedules to run (default: 1000)")
    group.addoption("--only-schedule", type=int, metavar="NUMBER", help="run only the random schedule with this number")
    group.addoption(
        "--schedules-for-seconds",
        type=float,
        default=float("inf"),
        help="begin no more schedules after this many seconds (default: no limit)",
    )


def pytest_configure(config: pytest.Config) -> None:
    counts: Counter[str] = Counter()
    config.stash[COUNTS] = counts
    config.stash[DEADLINE] = time.monotonic() + config.getoption("schedules_for_seconds", default=float("inf"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the counts of a worker to the process that reports."""
    if hasattr(session.config, "workeroutput"):
        counts = session.config.stash[COUNTS]
        session.config.workeroutput["schedules"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[COUNTS].update(getattr(node, "workeroutput", {}).get("schedules", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counts = config.stash[COUNTS]
    if counts:
        terminalreporter.section("schedules on simulated time")
        for event, number in counts.items():
            shown = f"{number % 16**8:08x}" if event == DIGEST else f"{number:,}"
            terminalreporter.write_line(f"{shown:>10}  {event}")
