"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pulumi_fastpix.sandbox import Sandbox

pytest_plugins = ["support.simulation.report"]
"""Prints what the random schedules of tests/model came to. Named here, where also the process that reports finds it."""


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have FastPix credentials in the environment: they must never be used."""
    for name in (
        "FASTPIX_USERNAME",
        "FASTPIX_PASSWORD",
        "FASTPIX_BASE_URL",
        "FASTPIX_SANDBOX",
        "FASTPIX_DELETED_STREAMS",
        "FASTPIX_TIMEOUT_SECONDS",
        "FASTPIX_RETRY_FOR_SECONDS",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means. Twice the cores: half of the time, a test that uses Pulumi waits."""
    return 2 * (os.cpu_count() or 1)
