"""`pulumi-fastpix` as the tests of the sandbox run it, and what it says of its page."""

from __future__ import annotations

import re
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("pulumi-fastpix"))


def page_and_rest(stderr: str) -> tuple[str, str]:
    """The address of the page that `sandbox exec` prints first, and whatever else is on stderr."""
    line, _, rest = stderr.partition("\n")
    address = line.removeprefix("The sandbox's page, while the command runs: ")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{32}", address)
    return address, rest
