"""The `pulumi-fastpix` command: where it starts. All that it needs is imported where Ctrl-C is already handled."""

from __future__ import annotations

import sys
from io import TextIOWrapper

STATUS_AFTER_CTRL_C = 130  # what a shell reports for a program ended by Ctrl-C


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names that its encoding can't say
    try:
        from pulumi_fastpix.cli import subcommands  # noqa: PLC0415  # so that Ctrl-C may come meanwhile

        subcommands.main()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(STATUS_AFTER_CTRL_C)
