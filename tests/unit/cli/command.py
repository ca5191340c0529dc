"""How the tests run one of the commands, and what they run it on."""

from __future__ import annotations

import sys
from pathlib import Path

from click.testing import CliRunner, Result

from pulumi_fastpix.cli import main
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.states import export, resource

EXECUTABLE = Path(sys.executable).parent / "pulumi-fastpix"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def begun() -> object:
    """A stack in which one create was cut off."""
    return export(pending=(resource("main", stream_id=DEMO_STREAM_ID),))
