"""Makes the report on schedules known to pytest when these tests are run alone."""

from __future__ import annotations

import pytest

REPORT = "support.simulation.report"


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    # Does nothing if it is known already. With `pytest -n`, the process that reports loads only tests/conftest.py.
    pluginmanager.import_plugin(REPORT)
