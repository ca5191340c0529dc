"""How the tests run one of the commands."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from click.testing import CliRunner, Result

from pulumi_fastpix.cli.subcommands import main
from support.forked_python import forked

EXECUTABLE = Path(sys.executable).parent / "pulumi-fastpix"
IMPORT_FILE = Path("fastpix-import.json")
COLUMNS = 60


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def at_a_terminal(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    """Run a command at a real terminal of 60 columns; the exit status, and what it prints there on both streams."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    with subprocess.Popen(
        [forked("pulumi-fastpix"), *arguments],
        cwd=cwd,
        # Without it, a COLUMNS that a library in C has set would be handed on, of which Python doesn't know.
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as command:
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 4096):
                printed += piece
        except OSError:
            pass  # how Linux reports that nobody writes to it any more
        finally:
            os.close(ours)
    return command.returncode, printed.decode().replace("\r\n", "\n")
