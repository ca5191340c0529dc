"""Programs that a person may go without: then their tests are skipped. In continuous integration, they fail."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


class MissingError(Exception):
    """This machine doesn't have the program; the message says what to do."""


def find(*command: str) -> Path:
    """The path that one of the tools of this repository prints, such as `tools/program chromium`.

    Raises:
        MissingError: it found none.
    """
    found = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise MissingError(found.stderr.strip())
    return Path(found.stdout.strip())


def find_or_skip(*command: str) -> Path:
    """As `find`, in a test or a fixture."""
    try:
        return find(*command)
    except MissingError as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
