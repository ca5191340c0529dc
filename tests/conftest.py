"""A clean environment and a sandbox, for all tests."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support import cheap_rsa_keys, forked_python

pytest_plugins = ["support.simulation.report"]
"""Prints the results of the random schedules in tests/model. Named here, where xdist's own process finds it, too."""


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the person at the keyboard may hold FastPix credentials: no test may use them."""
    for name in (
        "FASTPIX_USERNAME",
        "FASTPIX_PASSWORD",
        "FASTPIX_BASE_URL",
        "FASTPIX_SANDBOX",
        "FASTPIX_DELETED_STREAMS",
        "FASTPIX_TIMEOUT_SECONDS",
        "FASTPIX_RETRY_FOR_SECONDS",
        "FASTPIX_STREAM_URL",
        "FASTPIX_SIGNING_KEY_ID",
        "FASTPIX_SIGNING_PRIVATE_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    # Nor may a test leave a journal in their home. Stacks have a home of their own.
    monkeypatch.setenv("FASTPIX_JOURNAL", "off")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("engine")
    group.addoption(
        "--without-shortcuts", action="store_true", help="spare Pulumi's commands nothing (tests/support/shortcuts.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C reach what the tests start, also when they run as a background job.

    A shell starts background jobs with SIGINT ignored, and whatever they start inherits that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cheap_rsa_keys.use()
    if "forks" in (given := getattr(config, "workerinput", {})):
        forked_python.share(Path(given["forks"]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each of xdist's processes where to find what they share."""
    node.workerinput["forks"] = str(forked_python.shared_folder())


def pytest_collection_finish() -> None:
    """Spare each garbage collection a look at all the tests."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Twice the cores: half of the time, a test that uses Pulumi waits."""
    return 2 * (os.cpu_count() or 1)
