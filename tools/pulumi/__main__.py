"""Finds or makes a working Pulumi engine.

python3 tools/pulumi                 prints its directory, which belongs first on PATH
python3 tools/pulumi COMMAND ...     runs the command with that engine's `pulumi` on PATH

The engine is the one on PATH, or Pulumi's release, or a build from Go modules: the first that can be had.
"""

import os
import signal
import sys
from pathlib import Path

import cache
import installed
import pinned
import release
import source
from report import EngineError, announce


def main(command: list[str]) -> int:
    """Prints the engine's directory or becomes the command. Returns 1 if there is no engine; stderr has the reason."""
    try:
        directory = installed.find()
        if directory is None:
            directory = cache.keep(pinned.name(), _get)
            os.environ["PATH"] = f"{directory}{os.pathsep}{os.environ['PATH']}"
        if command:
            _become(command)
    except (EngineError, OSError) as error:
        announce(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(f"{directory}\n")
    return 0


def _get(directory: Path) -> None:
    try:
        release.unpack(directory)
    except EngineError as reason:
        announce(str(reason))
        source.build(directory)


def _become(command: list[str]) -> None:
    # A shell starts background jobs with SIGINT ignored, and a CLI that inherits that is 5 seconds slower.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        raise EngineError(f"{command[0]} cannot be run: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
