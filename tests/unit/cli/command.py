"""How the tests run one of the commands."""

from __future__ import annotations

import sys
from pathlib import Path

from click.testing import CliRunner, Result

from pulumi_fastpix.cli.subcommands import main

EXECUTABLE = Path(sys.executable).parent / "pulumi-fastpix"
IMPORT_FILE = Path("fastpix-import.json")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)
